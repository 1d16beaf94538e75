"""Cases that wait for the message `paid`, and its form."""

import json

from tests.engine import tiny
from tests.engine.people import ANN
from tests.engine.spiff.xmls import END, START, line

PAID = json.dumps(
    {
        "type": "object",
        "properties": {"paid": {"type": "number"}, "by": {"type": "string", "x-personal": True}},
        "required": ["paid"],
    }
)


def waiting(key="loan", start=None, after="", **said):
    """A case that waits for `paid`; said are properties of the event, such as correlationKey."""
    said = {"formJsonSchemaFilename": "forms/paid.json", **said}
    event = tiny.catch("wait", tiny.message("paid"), **said)
    first, more = (START, {}) if start is None else (tiny.begin(), {"forms_start": tiny.form(start, required=())})
    body = first + tiny.ask("first") + event + after + END + line("start", "first", "wait", *tiny._ids(after), "end")
    return tiny.bundle(key, body, tiny.messages("paid"), forms_paid=PAID, **more)


ORDER = {"order": {"type": "string"}}


def begun(engine, data=None, key="loan", ready=True):
    """A case that waits for the message, or for its first task if it is not ready."""
    case = engine.start(key, data or {}, by=ANN)
    if ready:
        task = next(task for task in engine.tasks(case.id) if task.element == "first")
        engine.complete(task.id, {"approved": True}, by=ANN)
    return case.id
