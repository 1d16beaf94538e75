"""Small bundles in good order: drawn, named, translated, with a form for each user task; each test spoils one thing."""

import json
import re
from itertools import pairwise

from engine.calendars import default, functions, parameters_function
from engine.check import check_bundle
from engine.diagram import read_diagram
from engine.feel import Language
from engine.operators import Operator, Parameter, Registry
from engine.spiff import parse
from engine.xml import parse_xml, serialise

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
HEAD = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)
RATE = Operator(
    name="rate",
    kind="local",
    run=lambda call: {},
    parameters=(Parameter(name="amount"), Parameter(name="note", required=False)),
    result={"properties": {"risk": {"type": "string"}, "mobile": {"type": "string", "x-personal": True}}},
)
SEND = Operator(name="send", kind="remote", run=lambda call: None)
LOOK = Operator(name="look", kind="local", run=lambda call: {}, result={"properties": {"found": {"type": "boolean"}}})
REGISTRY = Registry.of([RATE, SEND, LOOK])
LANGUAGE = Language(host=(*functions(default()), parameters_function({})))


def el(kind, id, inner="", name=None, **attributes):
    """One element; its name is its id unless another is given."""
    given = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<bpmn:{kind} id="{id}" name="{id if name is None else name}"{given}>{inner}</bpmn:{kind}>'


def extensions(*inner):
    return f"<bpmn:extensionElements>{''.join(inner)}</bpmn:extensionElements>"


def properties(**values):
    inner = "".join(f'<spiffworkflow:property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<spiffworkflow:properties>{inner}</spiffworkflow:properties>"


def metadata(**values):
    inner = "".join(f'<spiffworkflow:taskMetadataValue name="{n}" value="{v}"/>' for n, v in values.items())
    return f"<spiffworkflow:taskMetadataValues>{inner}</spiffworkflow:taskMetadataValues>"


def ask(id, form="forms/ask.json", groups="csr", more="", inner="", post="", variable="", name=None, **values):
    """A user task with a form and a group."""
    given = [properties(formJsonSchemaFilename=form)] if form else []
    given.append(metadata(**({"candidateGroups": groups} if groups else {}), **values))
    given += [f"<spiffworkflow:postScript>{post}</spiffworkflow:postScript>"] if post else []
    given += [f"<spiffworkflow:variableName>{variable}</spiffworkflow:variableName>"] if variable else []
    return el("userTask", id, extensions(*given, more) + inner, name)


def call(id, operator="rate", variable="", inner="", **parameters):
    """A service task."""
    given = "".join(f'<spiffworkflow:parameter id="{k}" type="any" value="{v}"/>' for k, v in parameters.items())
    return el(
        "serviceTask",
        id,
        extensions(
            f'<spiffworkflow:serviceTaskOperator id="{operator}" resultVariable="{variable}"><spiffworkflow:parameters>'
            f"{given}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        )
        + inner,
    )


def script(id, text):
    return el("scriptTask", id, f"<bpmn:script>{text}</bpmn:script>")


def decide(id, decision, **values):
    inner = f"<spiffworkflow:calledDecisionId>{decision}</spiffworkflow:calledDecisionId>"
    return el("businessRuleTask", id, extensions(inner, properties(**values) if values else ""))


def event(kind, id, definition="", **attributes):
    return el(kind, id, definition, **attributes)


def timer(text, tag="timeDuration"):
    return f"<bpmn:timerEventDefinition><bpmn:{tag}>{text}</bpmn:{tag}></bpmn:timerEventDefinition>"


def message(name, variable="", payload=""):
    inner = f"<spiffworkflow:messageVariable>{variable}</spiffworkflow:messageVariable>" if variable else ""
    inner += f"<spiffworkflow:messagePayload>{payload}</spiffworkflow:messagePayload>" if payload else ""
    return f'<bpmn:messageEventDefinition messageRef="M_{name}">{extensions(inner)}</bpmn:messageEventDefinition>'


def messages(*names):
    return "".join(f'<bpmn:message id="M_{name}" name="{name}"/>' for name in names)


TERMINATE = "<bpmn:terminateEventDefinition/>"
XOR, AND, OR, EVENTS = "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"


def flows(text):
    """Flows, one way in a line: `a > b > c`, `x > b : amount > 10`, `x > b : default` for those of a gateway."""
    found = []
    for line in filter(None, map(str.strip, text.strip().splitlines())):
        way, _, condition = line.partition(" : ")
        for source, target in pairwise(way.split(" > ")):
            test = condition if condition and condition != "default" else ""
            inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{test}</bpmn:conditionExpression>'
            id = f"{source}_{target}"
            found.append(
                f'<bpmn:sequenceFlow id="{id}" name="{id}" sourceRef="{source}" targetRef="{target}">'
                f"{inner if test else ''}</bpmn:sequenceFlow>"
            )
    return "".join(found)


def sub(id, nodes, ways, **attributes):
    """A subprocess."""
    return el("subProcess", id, "".join(nodes) + flows(ways), **attributes)


def with_defaults(ways, nodes):
    """The nodes with the default flows that the ways name."""
    found = "".join(nodes)
    for line in ways.splitlines():
        if line.strip().endswith(" : default"):
            source, target = line.split(" : ")[0].strip().split(" > ")
            found = re.sub(f'(<bpmn:\\w+ id="{source}")', f'\\1 default="{source}_{target}"', found, count=1)
    return found


def document(nodes, ways, roots="", key="p", process="", name="Process"):
    """A diagram in good order: drawn, and with all flows listed at their elements."""
    body = with_defaults(ways, [process, *nodes]) + flows(ways)
    text = (
        f'<bpmn:definitions {HEAD} xmlns:bpmndi="{DI}" targetNamespace="x" id="d">{roots}<bpmn:process id="{key}" '
        f'name="{name}" isExecutable="true">{body}</bpmn:process><bpmndi:BPMNDiagram id="D"/></bpmn:definitions>'
    )
    root = parse_xml(text)
    by_id = {node.get("id"): node for node in root.iter(f"{BPMN}*") if node.get("id")}
    for way in root.iter(f"{BPMN}sequenceFlow"):
        for end, tag in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
            if way.get(end) in by_id:
                link = by_id[way.get(end)].makeelement(f"{BPMN}{tag}")
                link.text = way.get("id")
                by_id[way.get(end)].append(link)
    for id in by_id:
        root[-1].append(root.makeelement(f"{{{DI}}}BPMNShape", bpmnElement=id))
    return serialise(root)


def form(required=("amount",), open=False, **fields):
    """A form with an amount, and further fields."""
    found = {"amount": {"type": "number", "title": "Amount"}, **fields}
    schema = {"type": "object", "properties": found, "required": list(required), "additionalProperties": open}
    return json.dumps(schema).encode()


def table(
    id="grade", rows=(("> 100", '"HIGH"'), ("<= 100", '"LOW"')), policy="UNIQUE", column="amount", outputs=("level",)
):
    """A decision table with one input."""
    cells = "".join(
        f'<rule id="{id}_r{n}"><inputEntry><text>{escaped(test)}</text></inputEntry>'
        + "".join(f"<outputEntry><text>{escaped(result)}</text></outputEntry>" for result in results)
        + "</rule>"
        for n, (test, *results) in enumerate(rows, 1)
    )
    columns = "".join(f'<output id="{id}_{name}" name="{name}" label="{name}"/>' for name in outputs)
    return (
        f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="dd" name="d" namespace="x">'
        f'<decision id="{id}" name="{id}"><decisionTable id="{id}_t" hitPolicy="{policy}"><input id="{id}_i" '
        f'label="{column}"><inputExpression><text>{column}</text></inputExpression></input>{columns}{cells}'
        f"</decisionTable></decision></definitions>"
    ).encode()


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


def bundle(nodes, ways, roots="", process="", key="p", **files):
    """The files of a bundle in good order; `ask_json` stands for forms/ask.json."""
    diagram = document(nodes, ways, roots, key, process)
    found = {f"{key}.bpmn": diagram, "forms/ask.json": form()}
    for name, content in files.items():
        stem, kind = name.rsplit("_", 1)
        found[f"{'forms/' if kind == 'json' else ''}{stem}.{kind}"] = content
    if b"forms/ask.json" not in diagram:
        del found["forms/ask.json"]
    return translated(found)


def translated(files):
    """The files with a translation of everything that the check says has none."""
    texts = {label.text for path in files if path.endswith(".bpmn") for label in read_diagram(files[path]).labels()}
    for path in files:
        if path.endswith(".dmn"):
            for node in parse_xml(files[path]).iter("{*}decision", "{*}input", "{*}output"):
                texts |= {node.get("name") or "", node.get("label") or ""}
    catalogue = {text: f"{text} 译" for text in sorted(texts) if any(map(str.isalpha, text))}
    return {**files, "i18n/zh.json": json.dumps(catalogue).encode()}


def check(files, **given):
    """The findings on a bundle."""
    given = {
        "operators": REGISTRY,
        "built_in_operators": ("case/start",),
        "language": LANGUAGE,
        "parse": parse,
        **given,
    }
    return check_bundle(files, **given)


def found(files, *severities, **given):
    """The rules that a bundle breaks, with the elements, of some severities (errors and warnings if none is named)."""
    wanted = severities or ("error", "warning")
    return [(one.rule, one.element) for one in check(files, **given) if one.severity in wanted]


LINE = "start > a > end"
START, END = el("startEvent", "start"), el("endEvent", "end")


def simple(*nodes, ways=LINE, **more):
    """Start, some elements, end."""
    return bundle([START, *nodes, END], ways, **more)
