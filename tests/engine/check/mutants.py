"""Bundles as an owner could spoil them by one slip: a flow dropped, a gateway of another kind, a name misspelt.

Each kind of slip is a function that changes a copy of the files; it gives nothing where there is nothing to spoil.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from engine.xml import parse_xml, serialise

from .bundles import BPMN

SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")
ACTIVITIES = ("userTask", "serviceTask", "scriptTask", "businessRuleTask", "subProcess", "callActivity", "manualTask")
NAME = re.compile(r'"[^"]*"|\b([a-z][A-Za-z0-9]{3,})\b(?!\s*\()')
WORDS = {"then", "else", "satisfies", "some", "every", "true", "false", "null", "item", "defined", "return", "between"}
TEXT = re.compile(r'"([A-Z][A-Z_]{2,})"')


@dataclass
class Draft:
    """The files of a bundle that are being spoilt."""

    files: dict[str, bytes]
    random: random.Random
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.path = next(path for path in self.files if path.endswith(".bpmn"))
        self.root = parse_xml(self.files[self.path])
        self.process = next(p for p in self.root.iter(f"{BPMN}process") if p.get("isExecutable") == "true")

    def all(self, *tags):
        """The elements of the process with some tags."""
        return [node for tag in tags for node in self.process.iter(f"{BPMN}{tag}")]

    def any(self, nodes):
        """One of them, if there is one."""
        return self.random.choice(nodes) if nodes else None

    def by_id(self):
        return {node.get("id"): node for node in self.process.iter(f"{BPMN}*") if node.get("id")}

    def targets(self, scope):
        """Where a flow of a scope may lead."""
        kinds = (*ACTIVITIES, *GATEWAYS, "endEvent", "intermediateCatchEvent", "intermediateThrowEvent")
        return [n for kind in kinds for n in scope.iterchildren(BPMN + kind) if n.get("triggeredByEvent") != "true"]

    def done(self):
        """The files with the changed diagram, its elements listing the flows that there are."""
        found = self.by_id()
        for node in list(self.process.iter(f"{BPMN}incoming", f"{BPMN}outgoing")):
            node.getparent().remove(node)
        for flow in self.all("sequenceFlow"):
            for end, tag in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
                if flow.get(end) in found:
                    link = flow.makeelement(BPMN + tag)
                    link.text = flow.get("id")
                    found[flow.get(end)].append(link)
        return {**self.files, self.path: serialise(self.root)}


Slip = Callable[[Draft], str | None]  # what was spoilt, if anything was


def drop_flow(draft):
    flow = draft.any(draft.all("sequenceFlow"))
    flow.getparent().remove(flow)
    return flow.get("id")


def redirect_flow(draft):
    flow = draft.any(draft.all("sequenceFlow"))
    targets = [
        n for n in draft.targets(flow.getparent()) if n.get("id") not in (flow.get("targetRef"), flow.get("sourceRef"))
    ]
    target = draft.any(targets)
    if target is None:
        return None
    flow.set("targetRef", target.get("id"))
    return f"{flow.get('id')} to {target.get('id')}"


def move_source(draft):
    """A flow that leaves another element than it did."""
    flow = draft.any(draft.all("sequenceFlow"))
    source = draft.any([n for n in draft.targets(flow.getparent()) if n.tag != BPMN + "endEvent"])
    if source is None or source.get("id") in (flow.get("sourceRef"), flow.get("targetRef")):
        return None
    flow.set("sourceRef", source.get("id"))
    return f"{flow.get('id')} from {source.get('id')}"


def add_flow(draft):
    """One flow more, out of an activity."""
    source = draft.any([n for n in draft.all(*ACTIVITIES) if n.get("triggeredByEvent") != "true"])
    target = draft.any([n for n in draft.targets(source.getparent()) if n is not source])
    if target is None:
        return None
    flow = source.makeelement(f"{BPMN}sequenceFlow", id="Extra", sourceRef=source.get("id"), targetRef=target.get("id"))
    source.getparent().append(flow)
    return f"{source.get('id')} to {target.get('id')}"


def swap_gateway(draft):
    gate = draft.any(draft.all(*GATEWAYS))
    if gate is None:
        return None
    kind = draft.random.choice([kind for kind in GATEWAYS if BPMN + kind != gate.tag])
    gate.tag = BPMN + kind
    return f"{gate.get('id')} as {kind}"


def drop_condition(draft):
    condition = draft.any(draft.all("conditionExpression"))
    if condition is None:
        return None
    condition.getparent().remove(condition)
    return "condition"


def drop_default(draft):
    gate = draft.any([node for node in draft.all(*GATEWAYS) if node.get("default")])
    if gate is None:
        return None
    del gate.attrib["default"]
    return gate.get("id")


def skip_activity(draft):
    """What leads to an activity leads past it."""
    node = draft.any([n for n in draft.all(*ACTIVITIES) if n.get("triggeredByEvent") != "true"])
    flows = draft.all("sequenceFlow")
    out = [flow for flow in flows if flow.get("sourceRef") == node.get("id")]
    if len(out) != 1:
        return None
    for flow in flows:
        if flow.get("targetRef") == node.get("id"):
            flow.set("targetRef", out[0].get("targetRef"))
    edges = [e for e in draft.all("boundaryEvent") if e.get("attachedToRef") == node.get("id")]
    for gone in (node, out[0], *edges):
        gone.getparent().remove(gone)
    gone = {edge.get("id") for edge in edges}
    for flow in flows:
        if flow.get("sourceRef") in gone:
            flow.getparent().remove(flow)
    return node.get("id")


def toggle_interrupting(draft):
    event = draft.any(draft.all("boundaryEvent"))
    if event is None or event.find(f"{BPMN}errorEventDefinition") is not None:
        return None
    event.set("cancelActivity", "true" if event.get("cancelActivity") == "false" else "false")
    return event.get("id")


def end_plainly(draft):
    """An end that took all other tokens away and does so no more."""
    ends = [d for d in draft.all("terminateEventDefinition") if len(d.getparent().getparent())]
    definition = draft.any(ends)
    if definition is None:
        return None
    id = definition.getparent().get("id")
    definition.getparent().remove(definition)
    return id


def detach_form(draft):
    found = [p for p in draft.process.iter(f"{SPIFF}property") if p.get("name") == "formJsonSchemaFilename"]
    node = draft.any(found)
    if node is None:
        return None
    node.getparent().remove(node)
    return node.get("value")


def drop_script(draft):
    node = draft.any([*draft.process.iter(f"{SPIFF}postScript"), *draft.all("script")])
    if node is None:
        return None
    lines = node.text.split("\n")
    gone = lines.pop(draft.random.randrange(len(lines)))
    node.text = "\n".join(lines) or "unused = 1"
    return gone


def texts(draft) -> Iterator[tuple[str, Callable[[str], None]]]:
    """Every expression of the diagram, and how to give it another text."""
    for node in (*draft.all("conditionExpression", "script"), *draft.process.iter(f"{SPIFF}postScript")):
        yield node.text or "", lambda text, node=node: setattr(node, "text", text)
    for node in draft.process.iter(f"{SPIFF}parameter"):
        yield node.get("value", ""), lambda text, node=node: node.set("value", text)


def misspelt(word, chance):
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :] if len(word) > 2 else word + "x"


def change_text(draft, pattern, replaced):
    found = [(text, put, m) for text, put in texts(draft) for m in pattern.finditer(text) if m[1] and m[1] not in WORDS]
    if not found:
        return None
    text, put, match = draft.random.choice(found)
    other = replaced(match[1])
    if other == match[1]:
        return None
    put(text[: match.start(1)] + other + text[match.end(1) :])
    return f"{match[1]} as {other}"


def rename_variable(draft):
    return change_text(draft, NAME, lambda word: misspelt(word, draft.random))


def misspell_value(draft):
    return change_text(draft, TEXT, lambda word: misspelt(word, draft.random))


def rename_result(draft):
    """Where the answer of an operator, a task or a message goes."""
    nodes = [
        (n, "resultVariable") for n in draft.process.iter(f"{SPIFF}serviceTaskOperator") if n.get("resultVariable")
    ]
    nodes += [(n, None) for n in draft.process.iter(f"{SPIFF}variableName", f"{SPIFF}messageVariable")]
    if not nodes:
        return None
    node, attribute = draft.random.choice(nodes)
    old = node.get(attribute) if attribute else node.text
    new = misspelt(old, draft.random)
    node.set(attribute, new) if attribute else setattr(node, "text", new)
    return f"{old} as {new}" if old != new else None


def changed_form(draft, change):
    paths = [path for path, body in draft.files.items() if path.startswith("forms/") and json.loads(body)["properties"]]
    path = draft.any(paths)
    schema = json.loads(draft.files[path])
    said = change(schema)
    draft.files[path] = json.dumps(schema).encode()
    return f"{path} {said}" if said else None


def rename_field(draft):
    def change(schema):
        name = draft.random.choice(sorted(schema["properties"]))
        other = misspelt(name, draft.random)
        schema["properties"][other] = schema["properties"].pop(name)
        for key in ("required", "x-order"):
            schema[key] = [other if one == name else one for one in schema.get(key, [])]
        return name if other != name else None

    return changed_form(draft, change)


def optional_field(draft):
    def change(schema):
        required = schema.get("required") or []
        return required.pop(draft.random.randrange(len(required))) if required else None

    return changed_form(draft, change)


def retype_field(draft):
    def change(schema):
        name = draft.random.choice(sorted(schema["properties"]))
        one = schema["properties"][name]
        if one.get("type") not in ("string", "number", "integer", "boolean"):
            return None
        title = one.get("title", name)
        kind = "number" if one["type"] in ("string", "boolean") else "string"
        schema["properties"][name] = {"type": kind, "title": title}
        return f"{name} as {kind}"

    return changed_form(draft, change)


def drop_value(draft):
    """A choice of a form fewer, or by another name."""

    def change(schema):
        found = [one for one in schema["properties"].values() if one.get("oneOf") or one.get("enum")]
        if not found:
            return None
        one = draft.random.choice(found)
        choices = one.get("oneOf") or one["enum"]
        place = draft.random.randrange(len(choices))
        if isinstance(choices[place], dict) and isinstance(choices[place].get("const"), str):
            choices[place]["const"] += "_NEW"
        elif isinstance(choices[place], str):
            choices[place] += "_NEW"
        else:
            return None
        return str(choices[place])[:40]

    return changed_form(draft, change)


def changed_table(draft, change):
    path = draft.any([path for path in draft.files if path.endswith(".dmn")])
    if path is None:
        return None
    root = parse_xml(draft.files[path])
    said = change(root)
    draft.files[path] = serialise(root)
    return f"{path} {said}" if said else None


def drop_row(draft):
    def change(root):
        rule = draft.any(list(root.iter("{*}rule")))
        rule.getparent().remove(rule)
        return rule.get("id")

    return changed_table(draft, change)


def misspell_output(draft):
    def change(root):
        cells = [n for entry in root.iter("{*}outputEntry") for n in entry.iter("{*}text") if TEXT.search(n.text or "")]
        if not cells:
            return None
        cell = draft.random.choice(cells)
        old = cell.text
        cell.text = TEXT.sub(lambda m: f'"{misspelt(m[1], draft.random)}"', old, count=1)
        return old if cell.text != old else None

    return changed_table(draft, change)


SLIPS: tuple[Slip, ...] = (
    drop_flow,
    swap_gateway,
    rename_variable,
    detach_form,
    redirect_flow,
    rename_field,
    skip_activity,
    drop_default,
    misspell_value,
    add_flow,
    drop_condition,
    rename_result,
    retype_field,
    toggle_interrupting,
    move_source,
    drop_script,
    optional_field,
    drop_row,
    drop_value,
    misspell_output,
    end_plainly,
)


def mutant(files, slip, seed):
    """The files after a slip, and what it was; nothing where the bundle has nothing for it."""
    draft = Draft(dict(files), random.Random(f"{slip.__name__} {seed}"))
    said = slip(draft)
    return (f"{slip.__name__}: {said}", draft.done()) if said else None
