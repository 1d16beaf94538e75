"""The form builder: what is edited is edited, and nothing else; no form of the product loses a letter in it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from engine.forms import read_form
from webapp.studio.builder import (
    KINDS,
    Unreadable,
    added,
    changed,
    changed_whole,
    described,
    duplicated,
    entries,
    kind_of,
    moved,
    part_of,
    placed,
    read_source,
    removed,
    whole,
    with_part,
    written,
)
from webapp.studio.builder.boxes import FLAGS

SHIPPED = sorted(Path("bpmn_diagrams").rglob("forms/*.json"))
ASK = {
    "type": "object",
    "x-order": ["answered", "reason"],
    "required": ["answered"],
    "additionalProperties": False,
    "properties": {
        "answered": {"type": "boolean", "title": "Answered"},
        "reason": {"type": "string", "title": "Reason", "x-secret": {"of": "ours"}},
    },
}


def boxes(entry):
    """What a browser sends of a field that nobody touches."""
    sent = MultiDict({name: text for name, text in entry.texts.items() if text or name not in FLAGS})
    sent.setlist("box", [*FLAGS, "at"])
    sent.setlist("at", list(entry.asked_at))
    for number, line in enumerate(entry.lines):
        for name in ("was", "value", "title", "title_zh"):
            sent[f"choice.{number}.{name}"] = str(getattr(line, name))
    return sent


def edit(schema, which, **texts):
    """The form after some boxes of a field were changed; False unticks one, a list fills `at`."""
    sent = boxes(described(schema, which))
    for name, text in texts.items():
        name = name.replace("__", ".")
        if text is False:
            sent.pop(name, None)
        elif isinstance(text, list):
            sent.setlist(name, text)
        else:
            sent[name] = text
    return changed(schema, which, sent)


def inner(schema, at=()):
    """A form, and every form inside it with the names that lead there."""
    yield schema, at
    for entry in entries(schema):
        if entry.kind.holds_fields:
            yield from inner(part_of(schema, [entry.key]), (*at, entry.key))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: "/".join(path.parts[1:]))
def test_nothing_is_lost_of_a_shipped_form(path):
    text = path.read_text(encoding="utf-8")
    schema = read_source(text)
    assert written(schema) == text
    for part, at in inner(schema):
        assert [entry.key for entry in entries(part)] == part["x-order"]
        for entry in entries(part):
            assert entry.kind.name != "other"
            found = changed(part, entry.key, boxes(entry))
            assert not found.problems
            assert written(with_part(schema, at, found.schema)) == text
    assert written(changed_whole(schema, MultiDict(whole(schema).texts)).schema) == text


def test_every_shipped_field_can_be_called_something_else_and_back():
    for path in SHIPPED:
        text = path.read_text(encoding="utf-8")
        schema = read_source(text)
        for entry in entries(schema):
            found = edit(schema, entry.key, key="renamed_")
            assert found.key == "renamed_"
            assert not found.problems
            assert f'"{entry.key}"' not in "".join(
                written({k: v for k, v in found.schema.items() if k != "properties"})
            )
            assert written(edit(found.schema, "renamed_", key=entry.key).schema) == text


def test_numbers_stay_as_they_are_written():
    text = '{\n  "properties": {\n    "a": {\n      "multipleOf": 0.10,\n      "maximum": 1E+3\n    }\n  }\n}\n'
    assert written(read_source(text)) == text
    assert (
        written({"a": [], "b": {}, "c": [1, "·"]}) == '{\n  "a": [],\n  "b": {},\n  "c": [\n    1,\n    "·"\n  ]\n}\n'
    )


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{\n  "a": }', 2, 8),
        ("[]", 0, 0),
        ('{"a": 1, "a": 2}', 0, 0),
        ("[" * 100_000, 0, 0),
        ('{"a": 1e999999999}', 0, 0),
    ],
)
def test_what_is_no_form_is_refused_with_its_place(text, line, column):
    with pytest.raises(Unreadable) as refused:
        read_source(text)
    assert (refused.value.line, refused.value.column) == (line, column)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_field_of_every_type_is_made_known_and_read_by_the_engine(kind):
    start = added({"type": "object", "properties": {}})
    found = edit(start.schema, start.key, kind=kind.name).schema
    assert kind_of(found["properties"]["field1"]) is kind
    assert read_form("forms/ask.json", written(found).encode())
    assert found["properties"]["field1"]["title"] == "New field"
    back = edit(found, "field1", kind="text").schema["properties"]["field1"]
    assert back == {
        "type": "string",
        "title": "New field",
        "maxLength": back.get("maxLength"),
        "x-i18n": {"zh": {"title": "新字段"}},
    }


def test_what_the_builder_does_not_know_is_kept_and_shown():
    found = edit(ASK, "reason", kind="textarea", title="Why", title_zh="原因", description="In a sentence")
    part = found.schema["properties"]["reason"]
    assert part == {
        "type": "string",
        "title": "Why",
        "description": "In a sentence",
        "x-secret": {"of": "ours"},
        "x-widget": "textarea",
        "x-i18n": {"zh": {"title": "原因"}},
        "maxLength": 4000,
    }
    assert described(found.schema, "reason").kept == {"x-secret": {"of": "ours"}}
    assert ASK["properties"]["reason"] == {"type": "string", "title": "Reason", "x-secret": {"of": "ours"}}


def test_a_condition_takes_the_requirement_with_it():
    required = edit(ASK, "reason", required="yes").schema
    assert required["required"] == ["answered", "reason"]
    hidden = edit(required, "reason", when="answered", at=["false"]).schema
    assert hidden["properties"]["reason"]["x-when"] == {"field": "answered", "equals": False}
    assert hidden["required"] == ["answered"]
    assert hidden["allOf"] == [
        {
            "if": {"properties": {"answered": {"const": False}}, "required": ["answered"]},
            "then": {"required": ["reason"]},
        }
    ]
    assert described(hidden, "reason")["required"] == "yes"
    turned = edit(hidden, "reason", at=["true"]).schema
    assert turned["allOf"][0]["if"]["properties"] == {"answered": {"const": True}}
    free = edit(turned, "reason", required=False).schema
    assert "allOf" not in free
    always = edit(turned, "reason", when="").schema
    assert always["required"] == ["answered", "reason"]
    assert "allOf" not in always
    assert "x-when" not in always["properties"]["reason"]


def test_a_condition_on_several_values_of_a_list():
    schema = edit(ASK, "answered", kind="choices", choice__0__value="A").schema
    schema = edit(schema, "answered", choice__1__value="B", choice__1__title="Second").schema
    found = edit(schema, "reason", when="answered", at=["A", "B"], required="yes").schema
    assert found["properties"]["reason"]["x-when"] == {"field": "answered", "in": ["A", "B"]}
    assert found["allOf"][0]["if"]["properties"] == {"answered": {"contains": {"enum": ["A", "B"]}}}
    assert described(found, "reason").asked_at == ("A", "B")
    assert described(found, "reason")["required"] == "yes"


def test_a_field_that_goes_takes_along_what_is_said_of_it():
    schema = edit(ASK, "reason", when="answered", at=["false"], required="yes").schema
    found = removed(schema, "reason")
    assert found.schema == {**ASK, "x-order": ["answered"], "properties": {"answered": ASK["properties"]["answered"]}}
    assert found.key == "answered"
    assert "allOf" not in removed(schema, "answered").schema
    assert removed(found.schema, "answered").key == ""


def test_fields_are_added_copied_and_moved():
    found = added(ASK, "answered")
    assert found.schema["x-order"] == ["answered", "field1", "reason"]
    assert added(found.schema).key == "field2"
    copied = duplicated(ASK, "answered")
    assert copied.schema["x-order"] == ["answered", "answered1", "reason"]
    assert copied.schema["required"] == ["answered"]
    assert moved(ASK, "reason", -1).schema["x-order"] == ["reason", "answered"]
    assert moved(ASK, "answered", -1).schema["x-order"] == ["answered", "reason"]
    assert placed(ASK, "answered", 1).schema["x-order"] == ["reason", "answered"]
    plain = {name: value for name, value in ASK.items() if name != "x-order"}
    assert list(moved(plain, "reason", -1).schema["properties"]) == ["reason", "answered"]


def test_choices_keep_what_nobody_touched():
    one = {"const": 1, "title": "One", "x-note": "kept"}
    schema = {"type": "object", "properties": {"n": {"type": "integer", "oneOf": [one, {"const": 2}]}}}
    found = edit(schema, "n", choice__1__title="Two", choice__2__value="3").schema["properties"]["n"]["oneOf"]
    assert found == [one, {"const": 2, "title": "Two"}, {"const": 3}]
    for wrong in ({"choice__0__value": ""}, {"choice__0__value": "2"}, {"choice__0__value": "x"}):
        assert list(edit(schema, "n", **wrong).problems) == ["choices"]
    plain = {"type": "object", "properties": {"n": {"type": "string", "enum": ["a", "b"]}}}
    assert edit(plain, "n", choice__2__value="c").schema["properties"]["n"] == {
        "type": "string",
        "enum": ["a", "b", "c"],
    }
    named = edit(plain, "n", choice__0__title="A").schema["properties"]["n"]
    assert named == {"type": "string", "oneOf": [{"const": "a", "title": "A"}, {"const": "b"}]}


def test_bounds_are_numbers_and_defaults_are_of_the_type():
    start = edit(added({"type": "object", "properties": {}}).schema, "field1", kind="money").schema
    found = edit(start, "field1", minimum="1,000.50", maximum="", exclusiveMinimum="", default="2000").schema
    part = found["properties"]["field1"]
    assert (part["minimum"], part["default"], part["multipleOf"]) == (Decimal("1000.5"), 2000, Decimal("0.01"))
    assert "maximum" not in part
    assert edit(found, "field1", places="4").schema["properties"]["field1"]["multipleOf"] == Decimal("0.0001")
    wrong = edit(found, "field1", minimum="much", places="9", default="x", key="2x")
    assert wrong.problems == {"minimum": "number", "places": "places", "default": "number", "key": "name"}
    assert wrong.schema == found
    assert wrong.key == "field1"
    assert edit(ASK, "reason", key="answered").problems == {"key": "name-twice"}
    assert edit(ASK, "reason", when="nobody", at=["1"]).problems == {"when": "when-field"}


def test_a_group_and_a_table_are_edited_from_inside():
    start = edit(added({"type": "object", "properties": {}}).schema, "field1", kind="group").schema
    for kind in ("group", "rows"):
        schema = edit(start, "field1", kind=kind).schema
        part = part_of(schema, ["field1"])
        found = with_part(schema, ["field1"], edit(part, "field1", title="Inside").schema)
        assert part_of(found, ["field1"])["properties"]["field1"]["title"] == "Inside"
        assert kind_of(found["properties"]["field1"]).name == kind
        other = edit(found, "field1", kind={"group": "rows", "rows": "group"}[kind]).schema
        assert part_of(other, ["field1"])["properties"] == part_of(found, ["field1"])["properties"]
    assert part_of(start, ["nobody"]) is None
    assert part_of(ASK, ["reason"]) is None
