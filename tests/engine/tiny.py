"""Tiny bundles in good order: a diagram of a few elements with the forms that its tasks need."""

import json

from tests.engine.spiff.xmls import END, START, el, flow, line, xml

ASK = "forms/ask.json"
APPROVED = {"approved": {"type": "boolean"}, "note": {"type": "string"}}


def form(properties=APPROVED, required=("approved",), **more):
    """A form as it lies in a bundle."""
    return json.dumps({"type": "object", "properties": properties, "required": list(required), **more})


def extensions(*inner):
    return f"<bpmn:extensionElements>{''.join(inner)}</bpmn:extensionElements>"


def properties(**values):
    inner = "".join(f'<spiffworkflow:property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<spiffworkflow:properties>{inner}</spiffworkflow:properties>"


def with_form(path):
    return properties(formJsonSchemaFilename=path)


def ask(id, form=ASK, inner="", variable="", post="", kind="userTask", **said):
    """A user task; what is said of it (candidateGroups, assignee, dueIn ...) is for csr if nothing is."""
    said = said if {"candidateGroups", "assignee"} & said.keys() else {"candidateGroups": "csr", **said}
    values = "".join(f'<spiffworkflow:taskMetadataValue name="{n}" value="{v}"/>' for n, v in said.items())
    given = [with_form(form)] if kind == "userTask" else []
    given.append(f"<spiffworkflow:taskMetadataValues>{values}</spiffworkflow:taskMetadataValues>")
    given += [f"<spiffworkflow:postScript>{post}</spiffworkflow:postScript>"] if post else []
    given += [f"<spiffworkflow:variableName>{variable}</spiffworkflow:variableName>"] if variable else []
    return el(kind, id, extensions(*given) + inner)


def call(id, operator, variable="", inner="", **parameters):
    """A service task; parameters are expressions."""
    given = "".join(f'<spiffworkflow:parameter id="{k}" type="any" value="{v}"/>' for k, v in parameters.items())
    return el(
        "serviceTask",
        id,
        extensions(
            f'<spiffworkflow:serviceTaskOperator id="{operator}" resultVariable="{variable}">'
            f"<spiffworkflow:parameters>{given}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        )
        + inner,
    )


def script(id, text):
    return el("scriptTask", id, f"<bpmn:script>{text}</bpmn:script>")


def message(name, variable="", payload=""):
    """A message event; its name has to be among `messages`."""
    inner = f"<spiffworkflow:messageVariable>{variable}</spiffworkflow:messageVariable>" if variable else ""
    inner += f"<spiffworkflow:messagePayload>{payload}</spiffworkflow:messagePayload>" if payload else ""
    return f'<bpmn:messageEventDefinition messageRef="M_{name}">{extensions(inner)}</bpmn:messageEventDefinition>'


def messages(*names):
    return "".join(f'<bpmn:message id="M_{name}" name="{name}"/>' for name in names)


def signal(name):
    """A signal event; its signal has to be among `signals`."""
    return f'<bpmn:signalEventDefinition signalRef="S_{name}"/>'


def signals(*names, payload=""):
    inner = f"<spiffworkflow:payloadExpression>{payload}</spiffworkflow:payloadExpression>" if payload else ""
    return "".join(f'<bpmn:signal id="S_{name}" name="{name}">{extensions(inner)}</bpmn:signal>' for name in names)


def catch(id, definition, **said):
    """An intermediate catch event; properties such as correlationKey or a form."""
    return el("intermediateCatchEvent", id, (extensions(properties(**said)) if said else "") + definition)


def boundary(id, host, definition, interrupting=True):
    return el("boundaryEvent", id, definition, attachedToRef=host, cancelActivity=str(interrupting).lower())


def begin(form="forms/start.json", definition=""):
    """A start event with a form, which declares what a case begins with."""
    return el("startEvent", "start", extensions(with_form(form)) + definition)


def bundle(key, body, roots="", process=None, **files):
    """The files of a bundle: `forms_ask=` is forms/ask.json; `process` are properties of the process."""
    said = extensions(properties(**process)) if process else ""
    named = {name.replace("_", "/", 1) + ".json": content for name, content in files.items()}
    found = {f"{key}.bpmn": xml(said + body, roots, key).decode(), **named}
    if f'"{ASK}"' in found[f"{key}.bpmn"]:
        found.setdefault(ASK, form())
    return found


def one_task(key="loan", task=None, before="", after="", start=None, **more):
    """start, `before`, one task, `after`, end; `start` are the fields of a start form."""
    ids = ["start", *_ids(before), "ask", *_ids(after), "end"]
    if start is not None:
        more["forms_start"] = form(start, required=())
    first = START if start is None else begin()
    return bundle(key, first + before + (task or ask("ask")) + after + END + line(*ids), **more)


def _ids(elements):
    from lxml import etree

    from tests.engine.spiff.xmls import NS

    return [node.get("id") for node in etree.fromstring(f"<x {NS}>{elements}</x>")] if elements else []


def two_tasks(key="both"):
    """Two tasks at once, then one."""
    body = (
        START
        + el("parallelGateway", "split")
        + ask("left", variable="left")
        + ask("right", variable="right")
        + el("parallelGateway", "join")
        + ask("last", variable="last")
        + END
        + line("start", "split", "left", "join", "last", "end")
        + line("split", "right", "join")
    )
    return bundle(key, body)


def rounds(key="rounds"):
    """One task again and again until its form says so; the note may be left empty."""
    body = (
        START
        + el("exclusiveGateway", "again")
        + ask("ask")
        + el("exclusiveGateway", "enough", default="stop")
        + END
        + line("start", "again", "ask", "enough")
        + flow("stop", "enough", "end")
        + flow("back", "enough", "again", "not(approved)")
    )
    return bundle(key, body)
