"""What a browser sends becomes typed values and comes back as it was."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tests.webapp.schemas import EVERYTHING
from webapp.forms import edited, flat, lookups, read_form, touched
from webapp.forms.read import typed_number


def of(kind, **more):
    return {"properties": {"x": {"type": kind, **more}}}


def read(schema, *pairs):
    return read_form(schema, MultiDict(pairs)).get("x")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1860", 1860),
        ("1860.00", 1860),
        ("1,860.50", Decimal("1860.5")),
        ("12,345,678.90", Decimal("12345678.9")),
        ("１，８６０．５", Decimal("1860.5")),
        ("¥ 1 860", 1860),
        ("-0.07", Decimal("-0.07")),
        ("+5", 5),
        (".5", Decimal("0.5")),
        ("007", 7),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    found = typed_number(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text", ["", ".", "-", "1.860,50", "1,86", "1e5", "NaN", "Infinity", "12 yuan", "1.2.3", "0x10", "9" * 41, "一百"]
)
def test_what_is_no_number_stays_text(text):
    assert typed_number(text) == text


def test_a_whole_number_field_takes_no_fraction():
    assert read(of("integer"), ("x", "3")) == 3
    assert read(of("integer"), ("x", "3.0")) == 3
    assert read(of("integer"), ("x", "3.5")) == "3.5"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2026-11-20T14:50", "2026-11-20T14:50:00+08:00"),
        ("2026-11-20T14:50:07", "2026-11-20T14:50:07+08:00"),
        ("2026-11-20T06:50:00Z", "2026-11-20T14:50:00+08:00"),
        ("2026-11-20", "2026-11-20"),
        ("tomorrow", "tomorrow"),
    ],
)
def test_local_time_is_stored_with_its_offset(typed, stored):
    assert read(of("string", format="date-time"), ("x", typed)) == stored


def test_text_is_cleaned_but_not_changed():
    assert read(of("string"), ("x", "  a\r\nb\x00\x07\tc ")) == "a\nb\tc"
    assert read(of("string"), ("x", "   ")) is None


def test_boxes_that_are_not_ticked_are_false():
    assert read(of("boolean"), ("x", "on")) is True
    assert read(of("boolean")) is False


def test_choices_come_back_as_their_values_and_strangers_stay_text():
    schema = of("integer", enum=[1, 2])
    assert read(schema, ("x", "2")) == 2
    assert read(schema, ("x", "9")) == "9"


def test_an_empty_list_that_must_not_be_empty_is_no_value():
    many = {"items": {"enum": ["a", "b"]}}
    assert read(of("array", **many)) == []
    assert read(of("array", **many, minItems=1)) is None
    assert read(of("array", **many), ("x", "b"), ("x", "zz")) == ["b", "zz"]


def test_what_is_not_asked_for_is_left_out():
    schema = {
        "properties": {
            "ok": {"type": "boolean"},
            "why": {"type": "string", "x-when": {"field": "ok", "equals": False}},
            "more": {"type": "string", "x-when": {"field": "why", "in": ["x", "y"]}},
        }
    }
    assert read_form(schema, MultiDict({"why": "x", "more": "m"})) == {"ok": False, "why": "x", "more": "m"}
    assert read_form(schema, MultiDict({"why": "z", "more": "m"})) == {"ok": False, "why": "z"}
    assert read_form(schema, MultiDict({"ok": "on", "why": "x", "more": "m"})) == {"ok": True}


def test_an_optional_group_with_nothing_in_it_is_no_value():
    group = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "boolean"}}}
    assert read_form({"properties": {"g": group}}, MultiDict()) == {}
    assert read_form({"properties": {"g": group}, "required": ["g"]}, MultiDict()) == {"g": {}}
    assert read_form({"properties": {"g": group}}, MultiDict({"g.b": "on"})) == {"g": {"b": True}}


def test_only_declared_fields_are_read():
    assert read_form(of("string"), MultiDict({"x": "a", "admin": "yes", "csrf_token": "t"})) == {"x": "a"}


def test_names_with_dots_do_not_meet_nested_ones():
    schema = {
        "properties": {"a.b": {"type": "string"}, "a": {"type": "object", "properties": {"b": {"type": "string"}}}}
    }
    values = {"a.b": "outer", "a": {"b": "inner"}}
    assert read_form(schema, flat(schema, values)) == values


def test_rows_are_added_and_removed_without_script():
    form = MultiDict([("orders.0.number", "A"), ("orders.3.number", "B"), ("_add", "orders")])
    added = edited(EVERYTHING, form)
    assert read_form(EVERYTHING, added)["orders"] == [{"number": "A", "late": False}, {"number": "B", "late": False}]
    assert "orders.4" in added
    assert "_add" not in added
    added["_remove"] = "orders.0"
    assert [row["number"] for row in read_form(EVERYTHING, edited(EVERYTHING, added))["orders"]] == ["B"]


def test_entries_are_added_to_a_list():
    form = edited(EVERYTHING, MultiDict([("funds", "990014"), ("_add", "funds")]))
    assert form.getlist("funds") == ["990014", ""]
    assert read_form(EVERYTHING, form)["funds"] == ["990014"]


NESTED = {
    "properties": {
        "stays": {
            "type": "array",
            "items": {
                "properties": {
                    "where": {"properties": {"town": {"type": "string"}}},
                    "guests": {"type": "array", "items": {"type": "string"}},
                    "nights": {"type": "array", "items": {"properties": {"day": {"type": "string"}}}},
                }
            },
        }
    }
}


def test_entries_are_added_to_a_list_within_a_row():
    form = MultiDict([("stays.2.guests", "Ann"), ("_add", "stays.2.guests")])
    assert edited(NESTED, form).getlist("stays.2.guests") == ["Ann", ""]


@pytest.mark.parametrize(
    ("schema", "pressed", "focus"),
    [
        (EVERYTHING, ("_find", "f-customer"), "f-customer"),
        (EVERYTHING, ("_pick", "f-funds-1"), "f-funds-1"),
        (EVERYTHING, ("_add", "funds"), "f-funds-2"),
        (EVERYTHING, ("_add", "orders"), "f-orders-4-number"),
        (EVERYTHING, ("_remove", "orders.0"), "f-orders"),
        (NESTED, ("_add", "stays"), "f-stays-3-where-town"),
        (NESTED, ("_add", "stays.2.guests"), "f-stays-2-guests-1"),
        (NESTED, ("_add", "stays.2.nights"), "f-stays-2-nights-0-day"),
        (NESTED, ("_remove", "stays.2.nights.0"), "f-stays-2-nights"),
        (NESTED, ("_add", "nothing"), ""),
        (NESTED, ("_remove", f"stays.{'9' * 5000}.nights.0"), ""),
        (NESTED, ("other", "stays"), ""),
    ],
)
def test_a_button_leads_to_what_it_has_changed(schema, pressed, focus):
    rows = [("orders.0.number", "A"), ("orders.3.number", "B"), ("stays.2.guests", "Ann")]
    form = MultiDict([("funds", "990014"), ("funds", "bond"), *rows, pressed])
    assert touched(schema, form) == focus


def test_what_a_look_up_found_is_put_where_it_was_asked_for():
    form = MultiDict([("funds", "990014"), ("funds", "bond"), ("_pick", "f-funds-1"), ("_pick.f-funds-1", "990007")])
    assert edited(EVERYTHING, form).getlist("funds") == ["990014", "990007"]
    asked = {(one.id, one.kind, one.text) for one in lookups(EVERYTHING, form)}
    assert ("f-funds-1", "fund", "bond") in asked
    assert ("f-customer", "customer", "") in asked


def test_references_to_the_vault_are_never_typed():
    assert "name" not in flat(EVERYTHING, {"name": {"$vault": "1.1.1", "sha256": "00"}})


def test_a_ring_of_references_ends():
    ring = {"$defs": {"a": {"$ref": "#/$defs/a"}}, "properties": {"x": {"$ref": "#/$defs/a"}}}
    assert read(ring, ("x", "y")) == "y"
    deep = {
        "$defs": {"n": {"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}}}},
        "properties": {"x": {"$ref": "#/$defs/n"}},
    }
    assert read_form(deep, MultiDict()) == {}


# -- round trip

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(str.strip).filter(bool)
WHOLE = st.integers(-(10**12), 10**12)
MONEY = st.decimals(-(10**9), 10**9, places=2).map(lambda n: int(n) if n == n.to_integral_value() else n.normalize())
SHANGHAI = timezone(timedelta(hours=8))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=SHANGHAI).isoformat()
)
DAYS = st.dates(date(1900, 1, 1)).map(date.isoformat)
VALUES = st.fixed_dictionaries(
    {
        "name": TEXTS,
        "verdict": st.sampled_from(["YES", "NO"]),
        "level": st.sampled_from([1, 2, 3]),
        "people": WHOLE,
        "ratio": MONEY,
        "compensation": MONEY,
        "notice": st.booleans(),
        "until": DAYS,
        "called": MOMENTS,
        "funds": st.lists(TEXTS, max_size=3),
        "complainant": st.fixed_dictionaries({"mobile": TEXTS, "proxy": st.booleans()}),
        "orders": st.lists(
            st.fixed_dictionaries({"number": TEXTS, "amount": MONEY, "late": st.booleans()}), max_size=3
        ),
    },
    optional={"reply": TEXTS, "cause": st.sampled_from(["PEOPLE", "MARKET"]), "email": TEXTS, "customer": TEXTS},
)


@given(VALUES, st.lists(st.sampled_from(["FEE", "SORRY"]), min_size=1, unique=True) | st.none())
def test_values_come_back_as_they_were(values, remedies):
    values |= {"remedyDue": remedies is not None} | ({"remedies": remedies} if remedies else {})
    found = read_form(EVERYTHING, flat(EVERYTHING, values))
    assert found == values
    assert {name: type(value) for name, value in found.items()} == {name: type(value) for name, value in values.items()}


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=40), max_size=12))
def test_whatever_is_sent_is_read(form):
    read_form(EVERYTHING, MultiDict(form))
    edited(EVERYTHING, MultiDict(form))
    touched(EVERYTHING, MultiDict(form))
