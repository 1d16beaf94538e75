"""What is different between two versions of a bundle, part by part, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.canonical import read
from engine.errors import MalformedXml
from engine.xml import parse_xml

from .language import Words, noop

if TYPE_CHECKING:
    from engine.bundles import Bundle
    from engine.diagram import Diagram, Element, Flow

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
TONES = {ADDED: "ok", CHANGED: "warn", REMOVED: "bad"}
MEANT = {
    "name": noop("is called"),
    "kind": noop("is of the kind"),
    "documentation": noop("is described as"),
    "instructions": noop("tells people"),
    "lane": noop("is in the lane of"),
    "form": noop("asks with the form"),
    "variable_name": noop("keeps its answers as"),
    "post_script": noop("works out afterwards"),
    "script": noop("works out"),
    "called_decision": noop("asks the decision"),
    "called_process": noop("calls the process"),
    "dueIn": noop("is due in"),
    "candidateGroups": noop("is done by"),
    "assignee": noop("is for"),
    "priority": noop("has the priority"),
    "fourEyes": noop("may not be done by whoever did"),
    "operator": noop("calls the operator"),
    "event": noop("waits for or throws"),
    "condition": noop("is taken if"),
    "source": noop("leaves"),
    "target": noop("leads to"),
    "multi_instance": noop("runs once for each of"),
}
PLAIN = (
    "name",
    "kind",
    "documentation",
    "instructions",
    "lane",
    "form",
    "variable_name",
    "post_script",
    "script",
    "called_decision",
    "called_process",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference: what it is about, what is said of it, and both sides."""

    kind: str
    what: str
    said: str = ""
    before: str = ""
    after: str = ""
    element: str = ""

    @property
    def tone(self) -> str:
        """The tone of its kind."""
        return TONES[self.kind]


def differences(old: Bundle | None, files: Mapping[str, bytes], new: Diagram | None, words: Words) -> list[Difference]:
    """What a bundle would change; without an old one, everything is new."""
    if old is None:
        return []
    found = list(_diagram(old.diagram, new, words)) if old.diagram and new else []
    for path in sorted({*old.files, *files}):
        before, after = old.files.get(path), files.get(path)
        if before != after and not path.endswith(".bpmn"):
            found += _file(path, before, after, words)
    return found


def marks(found: list[Difference]) -> dict[str, str]:
    """The same for the diagram: marks by the id of what was added or changed."""
    return {one.element: one.kind for one in found if one.element and one.kind != REMOVED}


def _diagram(old: Diagram, new: Diagram, words: Words) -> Iterator[Difference]:
    before = {part.id: part for part in (*old.elements, *old.flows)}
    after = {part.id: part for part in (*new.elements, *new.flows)}
    for id in [*after, *(id for id in before if id not in after)]:
        if id not in before:
            yield Difference(kind=ADDED, what=_called(after[id], new, words), element=id)
        elif id not in after:
            yield Difference(kind=REMOVED, what=_called(before[id], old, words), element=id)
        else:
            yield from _compared(_facts(before[id]), _facts(after[id]), _called(after[id], new, words), id, words)


def _compared(
    before: Mapping[str, str], after: Mapping[str, str], what: str, element: str, words: Words
) -> Iterator[Difference]:
    for name in dict.fromkeys([*after, *before]):
        if before.get(name, "") != after.get(name, ""):
            said = words(MEANT[name]) if name in MEANT else name
            yield Difference(
                kind=CHANGED,
                what=what,
                said=said,
                before=before.get(name, ""),
                after=after.get(name, ""),
                element=element,
            )


def _facts(part: Element | Flow) -> dict[str, str]:
    """What is written about an element or flow, by name."""
    if not hasattr(part, "kind"):
        names = ("name", "source", "target", "condition")
        return {name: str(getattr(part, name)) for name in names if getattr(part, name)}
    found = {name: str(getattr(part, name)) for name in PLAIN if getattr(part, name)}
    found |= dict(part.metadata) | {
        name: value for name, value in part.properties.items() if name != "formJsonSchemaFilename"
    }
    if part.operation:
        given = ", ".join(f"{name} = {value}" for name, value in sorted(part.operation.parameters.items()))
        found["operator"] = f"{part.operation.id} ({given})" if given else part.operation.id
    if part.event:
        found["event"] = " ".join(filter(None, (part.event.name, part.event.expression or "", part.event.key or "")))
    if part.multi_instance:
        found["multi_instance"] = part.multi_instance.collection or part.multi_instance.cardinality or ""
    return {name: value for name, value in found.items() if value}


def _called(part: Element | Flow, diagram: Diagram, words: Words) -> str:
    if hasattr(part, "kind"):
        return words("“%(name)s”", name=part.name or part.id)
    return words(
        "Flow from “%(source)s” to “%(target)s”", source=diagram.label(part.source), target=diagram.label(part.target)
    )


def _file(path: str, before: bytes | None, after: bytes | None, words: Words) -> Iterator[Difference]:
    if before is None or after is None:
        yield Difference(kind=ADDED if before is None else REMOVED, what=words("File %(path)s", path=path))
        return
    try:
        old, new = _contents(path, before), _contents(path, after)
    except (ValueError, MalformedXml, RecursionError):
        old = new = {}
    what = words("File %(path)s", path=path)
    compared = list(_compared(old, new, what, "", words))
    yield from compared or [Difference(kind=CHANGED, what=what)]


def _contents(path: str, body: bytes) -> dict[str, str]:
    """The parts of a file that can be compared one by one."""
    if path.endswith(".dmn"):
        return _table(body)
    content = read(body)
    if not isinstance(content, dict):
        raise ValueError(path)
    properties = content.get("properties") if path.startswith("forms/") else content
    parts = properties if isinstance(properties, dict) else {}
    found = {name: _written(value) for name, value in parts.items()}
    if path.startswith("forms/"):
        found |= {name: _written(value) for name, value in content.items() if name != "properties"}
    return found


def _table(body: bytes) -> dict[str, str]:
    """The rows of a decision table, each as one line."""
    rows = {}
    for number, rule in enumerate(parse_xml(body).iter("{*}rule"), start=1):
        cells = [
            " ".join("".join(cell.itertext()).split()) or "-"
            for cell in rule
            if isinstance(cell.tag, str) and cell.tag.endswith(("inputEntry", "outputEntry"))
        ]
        rows[str(number)] = " | ".join(cells)
    return rows


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
