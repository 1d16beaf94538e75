"""Fields of forms that can never be shown or filled in, and errors that nothing throws or catches."""

import pytest

from .bundles import START, ask, bundle, call, check, el, event, form, found, simple, sub

KIND = {"type": "string", "enum": ["A", "B"]}
YES = {"type": "boolean"}
MANY = {"type": "array", "items": {"enum": ["A", "B"]}}
ABOUT = {"field-never-shown", "hidden-required", "field-without-value", "default-refused"}


def said(required=("amount",), **fields):
    """What is wrong with the fields of a form, by field."""
    findings = check(simple(ask("a"), ask_json=form(required, **fields)))
    return [(one.rule, one.data["field"]) for one in findings if one.rule in ABOUT]


def shown(field, **when):
    return {"type": "string", "x-when": {"field": field, **when}}


@pytest.mark.parametrize(
    "other, when, never",
    [
        (KIND, {"equals": "A"}, False),
        (KIND, {"equals": "C"}, True),
        (KIND, {"in": ["C", "B"]}, False),
        (KIND, {"in": ["C", "D"]}, True),
        (KIND, {"equals": None}, False),  # while it is empty
        (YES, {"equals": True}, False),
        (YES, {"equals": "true"}, True),
        (MANY, {"equals": "A"}, False),
        (MANY, {"equals": "C"}, True),
        ({"type": "number"}, {"equals": 3}, False),
        ({"type": "number"}, {"equals": "3"}, True),
        ({"type": "string"}, {"equals": "anything"}, False),
        ({"type": "boolean", "const": True}, {"equals": False}, True),
    ],
)
def test_a_field_that_no_answer_shows(other, when, never):
    assert said(other=other, field=shown("other", **when)) == ([("field-never-shown", "field")] if never else [])


def test_what_hangs_on_a_field_that_is_never_shown():
    fields = {"kind": KIND, "one": shown("kind", equals="C"), "two": shown("one", equals="x")}
    assert said(**fields) == [("field-never-shown", "one"), ("field-never-shown", "two")]
    fields["two"] = shown("one", equals=None)
    assert said(**fields) == [("field-never-shown", "one")]


def test_fields_that_show_each_other():
    three = {"one": shown("two", equals="x"), "two": shown("three", equals="x"), "three": shown("one", equals="x")}
    assert {field for _, field in said(**three)} == {"one", "two", "three"}


def test_a_hidden_field_must_not_be_demanded():
    fields = {"kind": KIND, "detail": shown("kind", equals="A")}
    assert said(("amount", "detail"), **fields) == [("hidden-required", "detail")]
    assert said(("amount", "kind"), **fields) == []


@pytest.mark.parametrize(
    "field, rules",
    [
        ({"type": "number", "minimum": 3, "maximum": 2}, ["field-without-value"]),
        ({"type": "number", "minimum": 3, "maximum": 3}, []),
        ({"type": "string", "minLength": 9, "maxLength": 2}, ["field-without-value"]),
        ({"type": "number", "enum": ["1", "2"]}, ["field-without-value"]),
        ({"type": "string", "enum": ["1"], "default": "2"}, ["default-refused"]),
        ({"type": "number", "default": "2"}, ["default-refused"]),
        ({"type": "number", "default": 2}, []),
        ({"type": "string", "oneOf": [{"const": "A"}], "default": "A"}, []),
    ],
)
def test_a_field_has_a_value(field, rules):
    assert [rule for rule, _ in said(field=field)] == rules


# Errors

CODES = "".join(f'<bpmn:error id="E{code}" name="{code}" errorCode="{code}"/>' for code in "xy")


def error(code):
    return f'<bpmn:errorEventDefinition errorRef="E{code}"/>' if code else "<bpmn:errorEventDefinition/>"


def thrown(inside, caught, host="phase"):
    """What is found where a phase ends with one error, and another one is caught at its edge."""
    last = event("endEvent", "k", error(inside)) if inside else el("endEvent", "k")
    phase = sub("phase", [el("startEvent", "i"), ask("a"), last], "i > a > k")
    edge = event("boundaryEvent", "failed", error(caught), attachedToRef=host)
    files = simple(phase, edge, el("endEvent", "over"), ways="start > phase > end\nfailed > over", roots=CODES)
    return [one for one in found(files) if one[0].startswith("error-")]


def test_errors_are_caught_by_their_code():
    assert thrown("x", "x") == []
    assert thrown("x", "") == []
    assert thrown("x", "y") == [("error-never-thrown", "failed"), ("error-not-caught", "k")]
    assert thrown("", "x") == [("error-never-thrown", "failed")]


def test_an_operator_may_throw_any_error():
    edge = event("boundaryEvent", "failed", error("x"), attachedToRef="c")
    files = simple(call("c", "send"), edge, el("endEvent", "over"), ways="start > c > end\nfailed > over", roots=CODES)
    assert found(files) == []


def test_an_event_subprocess_catches_what_is_thrown_beside_it_and_not_its_own():
    handler = sub(
        "handler", [event("startEvent", "h", error("x")), el("endEvent", "g")], "h > g", triggeredByEvent="true"
    )
    ways = "start > a > end"
    bad = event("endEvent", "end", error("x"))
    assert found(bundle([START, ask("a"), bad, handler], ways, CODES)) == []
    own = handler.replace('<bpmn:endEvent id="g" name="g">', f'<bpmn:endEvent id="g" name="g">{error("x")}')
    findings = found(bundle([START, ask("a"), el("endEvent", "end"), own], ways, CODES))
    assert findings == [("error-never-thrown", "h"), ("error-not-caught", "g")]
