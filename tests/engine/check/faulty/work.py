"""Faults of the work: tasks that nobody can do, forms that cannot be filled in, calls of what is not there."""

from ..bundles import ask, call, decide, el, form, simple
from .data import chosen

NUMBER = {"type": "number"}


def shown(when, **more):
    """A form with a field that another one shows."""
    kind = {"type": "string", "enum": ["A", "B"]}
    return form(("amount", "kind"), kind=kind, detail={"type": "string", "x-when": when}, **more)


FORM = {
    "a field that no answer shows": lambda: (
        simple(ask("a"), ask_json=shown({"field": "kind", "equals": "C"})),
        "field-never-shown",
        "",
    ),
    "fields that show each other": lambda: (
        simple(
            ask("a"),
            ask_json=form(
                one={"type": "string", "x-when": {"field": "other", "equals": "x"}},
                other={"type": "string", "x-when": {"field": "one", "equals": "x"}},
            ),
        ),
        "field-never-shown",
        "",
    ),
    "a field that is demanded while it is hidden": lambda: (
        simple(
            ask("a"),
            ask_json=form(
                ("amount", "kind", "detail"),
                kind={"type": "string", "enum": ["A", "B"]},
                detail={"type": "string", "x-when": {"field": "kind", "equals": "A"}},
            ),
        ),
        "hidden-required",
        "",
    ),
    "a field that no number fits": lambda: (
        simple(ask("a"), ask_json=form(years={"type": "number", "minimum": 10, "maximum": 1})),
        "field-without-value",
        "",
    ),
    "a default that is refused": lambda: (
        simple(ask("a"), ask_json=form(kind={"type": "string", "enum": ["A", "B"], "default": "C"})),
        "default-refused",
        "",
    ),
    "a demand for a field that is not there": lambda: (
        simple(ask("a"), ask_json=form(("amount", "gone"))),
        "form-unsendable",
        "",
    ),
}
FAULTY = {
    **FORM,
    "a task without a form": lambda: (simple(ask("a", form=None)), "task-without-form", "a"),
    "a task for nobody": lambda: (simple(ask("a", groups="")), "task-for-nobody", "a"),
    "a term that is none": lambda: (simple(ask("a", dueIn="2 weeks")), "timer-malformed", "a"),
    "a second pair of eyes of nobody": lambda: (simple(ask("a", fourEyes="gone")), "unknown-four-eyes", "a"),
    "an operator that is not there": lambda: (simple(call("a", "ratte")), "unknown-operator", "a"),
    "an operator without what it needs": lambda: (simple(call("a", "rate")), "missing-parameter", "a"),
    "a table that is not there": lambda: (simple(decide("a", "gone")), "unknown-decision", "a"),
    "a process that calls itself": lambda: (
        simple(el("callActivity", "a", calledElement="p"), ways="start > a > end"),
        "call-to-itself",
        "a",
    ),
    "what is personal decides": lambda: (
        chosen("phone = 1", ask_json=form(("phone",), phone={"type": "number", "x-personal": True})),
        "reads-personal-data",
        "x_b",
    ),
}
