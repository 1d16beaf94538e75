"""Which values of a form leave the house, by the schema and by what they are."""

from decimal import Decimal

import pytest

from engine.export.fields import fields_of, leaving

PLANTED = "Zhang Min 13800001111"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"enum": ["A", "B"]}, "A"),
        ({"type": "string", "enum": ["A", None]}, "A"),
        ({"type": "string", "oneOf": [{"const": "A", "title": "First"}, {"const": "B"}]}, "B"),
        ({"type": "boolean"}, False),
        ({"type": "integer"}, 7),
        ({"type": "integer", "enum": [1, 2]}, 2),
        ({"type": "number"}, Decimal("19.99")),
        ({"type": ["number", "null"]}, 3),
        ({"type": "string", "format": "date"}, "2026-03-02"),
        ({"type": "string", "format": "date-time"}, "2026-03-02T09:00:00+08:00"),
    ],
)
def test_what_leaves(schema, value):
    fields = fields_of({"properties": {"field": schema}})
    assert leaving(fields, {"field": value}) == {"field": value}
    assert leaving(fields_of({"properties": {"field": {**schema, "x-personal": True}}}), {"field": value}) == {}
    for other in (PLANTED, None, [value], {"$vault": "1.2.1", "sha256": "00"}, {"inside": value}):
        assert leaving(fields, {"field": other, "more": PLANTED}) == {}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "string", "pattern": "^[0-9]+$"},
        {"type": "string", "const": PLANTED},
        {"type": ["string", "number"]},
        {"type": "string", "oneOf": [{"const": "A"}, {"type": "string"}]},
        {"type": "string", "oneOf": [{"const": "A"}, True]},
        {"type": "array", "items": {"enum": [PLANTED]}},
        {"type": "object", "properties": {"inside": {"type": "boolean"}}},
        {},
        True,
    ],
)
def test_what_stays(schema):
    fields = fields_of({"properties": {"field": schema}})
    for value in (PLANTED, [PLANTED], {"inside": True}, 5, True):
        assert leaving(fields, {"field": value}) == {}


def test_a_form_without_fields_lets_nothing_out():
    assert (
        fields_of({}) == fields_of({"properties": True}) == {} and leaving({}, {"field": 1}) == leaving({}, None) == {}
    )
