"""Forms: what is taken, what is refused and at which field, what hidden and empty fields come to."""

import itertools
import json
from decimal import Decimal

import pytest

from engine import InvalidForm
from engine.errors import FieldError
from engine.forms import accept, accept_plain, read_form
from engine.forms.accept import checker

MONEY = {"type": "number", "multipleOf": Decimal("0.01")}


def form_of(schema=None, /, required=(), **properties):
    """A form with these fields, or of this schema; decimals stand in it as they do in a file."""
    found = schema or {"type": "object", "properties": properties, "required": list(required)}
    return read_form("forms/x.json", json.dumps(found, default=float).encode())


def taken(form, values, formats=None, exists=None):
    return accept(form, values, checker(formats), exists)


def faults(form, values, formats=None, exists=None):
    """What is wrong, as {field: code}."""
    with pytest.raises(InvalidForm) as refused:
        taken(form, values, formats, exists)
    return {name: fault.code for name, fault in refused.value.fields.items()}


def test_a_small_form_is_read_once_and_a_large_one_each_time():
    small, large = b'{"type": "object"}', b'{"description": "%s"}' % (b"x" * 20_000)
    assert read_form("forms/a.json", small) is read_form("forms/a.json", small)
    assert [read_form(path, small).path for path in ("forms/a.json", "forms/b.json")] == [
        "forms/a.json",
        "forms/b.json",
    ]
    assert read_form("forms/a.json", large) is not read_form("forms/a.json", large)


def test_declared_fields_are_taken_as_they_are():
    form = form_of(name={"type": "string"}, amount=MONEY, count={"type": "integer"}, sure={"type": "boolean"})
    given = {"name": "张敏", "amount": Decimal("12.50"), "count": 3, "sure": True}
    assert taken(form, given) == given
    assert str(taken(form, given)["amount"]) == "12.5"


def test_missing_undeclared_and_wrong():
    form = form_of(name={"type": "string"}, count={"type": "integer"}, required=["name", "count"])
    assert faults(form, {}) == {"name": "required", "count": "required"}
    assert faults(form, {"name": 1, "count": 2}) == {"name": "type"}
    assert faults(form, {"name": "a", "count": 2, "is_admin": True, "limit": 1}) == {
        "is_admin": "undeclared",
        "limit": "undeclared",
    }
    assert faults(form, {"name": "a", "count": "2"}) == {"count": "type"}
    assert faults(form, {"name": None, "count": True}) == {"name": "type", "count": "type"}


@pytest.mark.parametrize("values", [None, [], "x", 1, [["name", 1]]])
def test_what_is_no_object(values):
    assert faults(form_of(name={}), values) == {"": "type"}
    with pytest.raises(InvalidForm):
        accept_plain(values)


@pytest.mark.parametrize("text", ["19.99", "0.07", "0", "-3.10", "1E+3", "123456789012345678901234567890.01", "10"])
def test_money_of_two_decimals(text):
    assert taken(form_of(amount=MONEY), {"amount": Decimal(text)}) == {"amount": Decimal(text)}


@pytest.mark.parametrize(
    "text", ["12.001", "0.005", "1E-5", "123456789012345678901234567890.015", "1." + "0" * 60 + "1"]
)
def test_money_of_more_decimals(text):
    assert faults(form_of(amount=MONEY), {"amount": Decimal(text)}) == {"amount": "multipleOf"}


def test_floats_become_the_decimals_they_show():
    assert taken(form_of(amount=MONEY), {"amount": 0.07}) == {"amount": Decimal("0.07")}
    assert taken(form_of(amount=MONEY), {"amount": 19.99}) == {"amount": Decimal("19.99")}
    assert faults(form_of(amount=MONEY), {"amount": 12.001}) == {"amount": "multipleOf"}
    assert taken(form_of(count={"type": "integer"}), {"count": 3.0}) == {"count": 3}


def test_bounds_say_what_they_are():
    form = form_of(
        amount={"type": "number", "minimum": 1, "maximum": 5}, code={"type": "string", "pattern": "^[0-9]{6}$"}
    )
    with pytest.raises(InvalidForm) as refused:
        taken(form, {"amount": 6, "code": "12"})
    assert refused.value.fields == {
        "amount": FieldError("maximum", 5),
        "code": FieldError("pattern", "^[0-9]{6}$"),
    }
    assert faults(form, {"amount": 0}) == {"amount": "minimum"}


def test_choices():
    form = form_of(
        size={"enum": ["S", "L"]},
        kind={"oneOf": [{"const": "A", "title": "a"}, {"const": "B", "title": "b"}]},
        sure={"const": True},
    )
    assert taken(form, {"size": "S", "kind": "B", "sure": True}) == {"size": "S", "kind": "B", "sure": True}
    assert faults(form, {"size": "M", "kind": "C", "sure": False}) == {"size": "enum", "kind": "enum", "sure": "enum"}


# Nested


def test_fields_inside_objects_and_lists():
    person = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name"],
    }
    form = form_of(person=person, others={"type": "array", "items": person, "maxItems": 3})
    given = {"person": {"name": "a"}, "others": [{"name": "b", "age": 3}]}
    assert taken(form, given) == given
    assert faults(form, {"person": {"age": "x", "admin": 1}, "others": [{"name": "b"}, {"name": 1}, {}]}) == {
        "person.name": "required",
        "person.age": "type",
        "person.admin": "undeclared",
        "others.1.name": "type",
        "others.2.name": "required",
    }
    assert faults(form, {"others": [{"name": "b"}] * 4}) == {"others": "maxItems"}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object"},
        {"properties": {"a": {}}},
        {"type": "object", "properties": {"a": {}}, "allOf": [{"properties": {"x": {"type": "string"}}}]},
        {"type": "object", "patternProperties": {"^a": {}}},
    ],
)
def test_a_form_takes_its_declared_fields_alone_whatever_it_leaves_out(schema):
    assert faults(form_of(schema), {"is_admin": True}) == {"is_admin": "undeclared"}


def test_objects_inside_take_their_declared_fields_alone():
    inner = {"type": "object", "properties": {"a": {"type": "string"}}}
    form = form_of(
        {
            "type": "object",
            "properties": {
                "one": {"$ref": "#/$defs/inner"},
                "two": {"oneOf": [inner, {"type": "null"}]},
                "three": {"type": "array", "items": {"$ref": "#/$defs/inner"}},
                "four": {"type": "object"},
                "five": {"type": "object", "properties": {}, "additionalProperties": {"type": "integer"}},
                "six": {"type": "object", "additionalProperties": inner},
            },
            "$defs": {"inner": inner},
        }
    )
    assert taken(
        form, {"one": {"a": "x"}, "two": {"a": "x"}, "three": [{"a": "x"}], "five": {"z": 1}, "six": {"z": {}}}
    )
    for values in (
        {"one": {"b": 1}},
        {"two": {"b": 1}},
        {"three": [{"b": 1}]},
        {"four": {"b": 1}},
        {"six": {"z": {"b": 1}}},
    ):
        assert faults(form, values)


def test_an_open_form_takes_any_field():
    form = form_of({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True})
    assert taken(form, {"a": "x", "b": [1]}) == {"a": "x", "b": [1]}
    assert faults(form, {"a": 1, "b": 2}) == {"a": "type"}


# Hidden and empty fields


REASON = {"type": "string", "x-when": {"field": "approved", "equals": False}}
IF_REFUSED = {
    "type": "object",
    "properties": {"approved": {"type": "boolean"}, "reason": REASON},
    "required": ["approved"],
    "allOf": [
        {
            "if": {"properties": {"approved": {"const": False}}, "required": ["approved"]},
            "then": {"required": ["reason"]},
        }
    ],
}


def test_hidden_fields_are_dropped():
    form = form_of(IF_REFUSED)
    assert taken(form, {"approved": True, "reason": "left over"}) == {"approved": True}
    assert taken(form, {"approved": False, "reason": "x"}) == {"approved": False, "reason": "x"}
    assert faults(form, {"approved": False}) == {"reason": "required"}


def test_what_a_hidden_field_hides_is_hidden():
    form = form_of(
        kind={"type": "string"},
        more={"type": "string", "x-when": {"field": "kind", "equals": "other"}},
        last={"type": "string", "x-when": {"field": "more", "equals": "yes"}},
    )
    assert taken(form, {"kind": "plain", "last": "z", "more": "yes"}) == {"kind": "plain"}
    assert taken(form, {"kind": "other", "last": "z", "more": "yes"}) == {"kind": "other", "more": "yes", "last": "z"}


def test_hidden_by_one_of_several_values_or_by_a_list():
    form = form_of(
        kind={"type": "array", "items": {"type": "string"}},
        a={"x-when": {"field": "kind", "in": ["x", "y"]}},
        b={"x-when": {"field": "kind", "equals": "z"}},
    )
    assert taken(form, {"kind": ["y"], "a": 1, "b": 2}) == {"kind": ["y"], "a": 1}
    assert taken(form, {"kind": ["z", "x"], "a": 1, "b": 2}) == {"kind": ["z", "x"], "a": 1, "b": 2}
    assert taken(form, {"kind": [], "a": 1, "b": 2}) == {"kind": []}


def test_what_an_empty_form_means():
    form = form_of(
        box={"type": "boolean"},
        sure={"type": "boolean", "const": True},
        many={"type": "array", "items": {"type": "string"}},
        some={"type": "array", "minItems": 1},
        size={"type": "string", "default": "M"},
        text={"type": "string"},
        hidden={"type": "string", "default": "x", "x-when": {"field": "box", "equals": True}},
        hidden_box={"type": "boolean", "x-when": {"field": "size", "equals": "L"}},
    )
    assert taken(form, {}) == {"box": False, "many": [], "size": "M"}
    assert taken(form, {"box": True})["hidden"] == "x"


def test_a_required_box_has_to_be_answered():
    assert faults(form_of(approved={"type": "boolean"}, required=["approved"]), {}) == {"approved": "required"}


# Formats and look-ups


@pytest.mark.parametrize(
    ("format", "good", "bad"),
    [
        ("date", ["2026-02-28"], ["2026-02-30", "20260228", "2026-W01-1", "28.02.2026", "", "2026-2-8"]),
        ("date-time", ["2026-02-28T10:00:00Z", "2026-02-28T10:00+08:00"], ["2026-02-28T10:00:00", "2026-02-28", "x"]),
        ("time", ["10:00", "10:00:30"], ["25:00", "ten"]),
        (
            "email",
            ["a@b.cn", "a.b+c@d-e.com"],
            ["a", "a@b", "a@", "@b.cn", "a b@c.cn", "a@b@c.cn", "a@b..cn", "a@" + "b" * 300 + ".cn"],
        ),
        ("cn-id", ["11010519491231002X"], ["110105194912310021"]),
    ],
)
def test_formats(format, good, bad):
    form, own = form_of(x={"type": "string", "format": format}), {"cn-id": lambda text: text.endswith("X")}
    for text in good:
        assert taken(form, {"x": text}, own) == {"x": text}
    for text in bad:
        assert faults(form, {"x": text}, own) == {"x": "format"}


def test_values_that_have_to_exist():
    fund = {"type": "string", "x-exists": "fund"}
    form = form_of(
        code=fund, codes={"type": "array", "items": fund}, inner={"type": "object", "properties": {"code": fund}}
    )

    def exists(name, value):
        return (name, value) == ("fund", "000001")

    good = {"code": "000001", "codes": ["000001"], "inner": {"code": "000001"}}
    assert taken(form, good, exists=exists) == good
    bad = {"code": "1", "codes": ["000001", "2"], "inner": {"code": "3"}}
    assert faults(form, bad, exists=exists) == {"code": "exists", "codes.1": "exists", "inner.code": "exists"}
    assert taken(form, {"code": "", "codes": []}, exists=exists)


# What no form may be made to keep


def nested(depth):
    value = 1
    for _ in range(depth):
        value = {"a": [value]}
    return value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (float("nan"), "value"),
        (float("inf"), "value"),
        (Decimal("NaN"), "value"),
        (Decimal("1E+100"), "value"),
        (10**100, "value"),
        (10**10_000, "value"),
        ({"deep": [1, 10**70]}, "value"),
        ("\ud800", "value"),
        ({"\udfff": 1}, "value"),
        (b"bytes", "value"),
        ({1, 2}, "value"),
        (object(), "value"),
    ],
    ids=itertools.count(),
)
def test_values_that_cannot_be_kept(value, code):
    form = form_of({"type": "object", "properties": {"a": True, "b": True}})
    assert faults(form, {"a": value, "b": 1}) == {"a": code}
    with pytest.raises(InvalidForm) as refused:
        accept_plain({"a": value})
    assert refused.value.fields["a"].code == code


def test_names_that_cannot_be_kept():
    assert faults(form_of(a={}), {"\ud800": 1})["\\ud800"] == "value"
    assert faults(form_of(a={}), {1: 1}) == {"1": "undeclared"}


@pytest.mark.parametrize("depth", [7, 100, 100_000])
def test_too_deep(depth):
    assert faults(form_of({"additionalProperties": True}), {"a": nested(depth)}) == {"": "maxDepth"}
    with pytest.raises(InvalidForm) as refused:
        accept_plain({"a": nested(depth * 3)})
    assert refused.value.fields[""].code == "maxDepth"


def test_too_large():
    assert faults(form_of(a={}), {"a": "x" * 300_000}) == {"": "maxSize"}
    assert faults(form_of({"additionalProperties": True}), {str(n): n for n in range(100_000)}) == {"": "maxSize"}


def test_no_more_faults_than_anybody_reads():
    form = form_of(a={"type": "array", "items": {"type": "string"}})
    assert len(faults(form, {"a": [1] * 10_000})) == 50


def test_what_is_no_form():
    for content in (
        b"[]",
        b"{",
        b'{"type": "array"}',
        b'{"type": "nonsense"}',
        b'{"properties": 1}',
        b"\xff",
        b'{"a": 1' * 10,
    ):
        with pytest.raises(ValueError):
            read_form("forms/x.json", content)
    with pytest.raises(ValueError, match="deep"):
        read_form("forms/x.json", b'{"a":' * 5000 + b"1" + b"}" * 5000)


SECRET = {"type": "string", "x-personal": True}


@pytest.mark.parametrize(
    "schema",
    [
        {"x-personal": True},
        {"allOf": [{"properties": {"a": SECRET}}]},
        {"properties": {"a": {"oneOf": [SECRET, {"type": "null"}]}}},
        {"properties": {"a": {"$ref": "#/$defs/secret"}}, "$defs": {"secret": SECRET}},
        {"patternProperties": {"^a": SECRET}},
        {"additionalProperties": SECRET},
        {"properties": {"a": {"type": "array", "prefixItems": [SECRET]}}},
        {"properties": {"a": {"type": "object", "additionalProperties": SECRET}}},
        {"if": {"properties": {"a": SECRET}}},
    ],
)
def test_a_personal_mark_where_nobody_looks_for_it(schema):
    with pytest.raises(ValueError, match="x-personal"):
        read_form("forms/x.json", json.dumps(schema).encode())


def test_a_personal_mark_where_it_belongs():
    inner = {"type": "object", "properties": {"name": SECRET, "x-personal": {"type": "boolean"}}}
    form = form_of(a=SECRET, b=inner, c={"type": "array", "items": inner}, d={"type": "array", "items": SECRET})
    assert form.has_personal
    assert form_of(a={"default": {"x-personal": True}}).has_personal is False
