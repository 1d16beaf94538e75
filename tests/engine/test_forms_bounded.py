"""Forms that mean harm, and harm sent through honest forms: refused at deployment or stopped by a measure of work."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import InvalidForm
from engine.canonical import read_file
from engine.forms import accept, read_form
from engine.forms.accept import checker
from engine.forms.bounded import TooMuchWork, charge, left
from engine.forms.patterns import Unmatchable, compile_pattern
from tests.engine.check.bundles import ask, check, simple
from tests.support.work import at_most


def sent(schema, values):
    """The faults of a submission, found with little work."""
    form = read_form("forms/x.json", json.dumps(schema).encode())
    with at_most(2):
        try:
            return accept(form, values, checker()) and {}
        except InvalidForm as refused:
            return {place: fault.code for place, fault in refused.fields.items()}


def refused(content):
    """The rules that a form breaks at deployment, found with little work."""
    with at_most(2):
        return {one.rule for one in check(simple(ask("a"), ask_json=content)) if one.severity == "error"}


def doubling(word, depth=30):
    """A schema that refers to the next twice, and that one again: two to the power of `depth`."""
    chain = {f"d{n}": {word: [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(depth)}
    return {"$defs": {**chain, f"d{depth}": {"type": "integer"}}, "properties": {"x": {"$ref": "#/$defs/d0"}}}


ENDLESS = {
    "ring": {"$defs": {"a": {"$ref": "#/$defs/a"}}, "properties": {"x": {"$ref": "#/$defs/a"}}},
    "dynamic ring": {"properties": {"x": {"$dynamicRef": "#/properties/x"}}},
    "allOf": doubling("allOf"),
    "anyOf": doubling("anyOf"),
    "oneOf": doubling("oneOf"),
    "chain": {
        "$defs": {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(900)},
        "properties": {"x": {"$ref": "#/$defs/d0"}},
    },
}


@pytest.mark.parametrize("schema", ENDLESS.values(), ids=ENDLESS)
def test_schemas_without_end(schema):
    assert refused(json.dumps(schema).encode()) & {"form-endless", "form-reference"}
    assert sent(schema, {"x": "y"}) in ({"": "maxWork"}, {"x": "type"}, {})


@pytest.mark.parametrize(
    "schema",
    [
        {"$id": "http://127.0.0.1:9/b", "properties": {"x": {"$ref": "a"}}},
        {"properties": {"x": {"$id": "c/", "$ref": "#/properties/x"}}},
        {"$defs": {"q": {"$anchor": "q"}}, "properties": {"x": {"$ref": "#q"}}},
        {"properties": {"x": {"$ref": "#/properties/nobody"}}},
        {"properties": {"x": {"$ref": "file:///etc/passwd"}}},
    ],
)
def test_references_that_lead_elsewhere(schema):
    assert "form-reference" in refused(json.dumps(schema).encode())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"properties": {}, "properties": {"x": {}}}', "'properties' is there twice"),
        ('{"properties": {"\\ud800": {}}}', "half of a character"),
        ('{"title": "\\udfff"}', "half of a character"),
        ('{"title": "a\\u0000"}', "NUL"),
        ('{"properties": {"%s": {}}}' % ("n" * 5000), "longer than 2000"),
        ('{"properties": {"x": {"maximum": 1e999999999}}}', "too large or too small"),
        ('{"properties": {"x": {"multipleOf": 1e-2000}}}', "too large or too small"),
        ('{"properties": {"x": {"default": 1e400}}}', "too large or too small"),
        ('{"properties": {"x": {"maximum": %s}}}' % ("9" * 5000), "limit"),
        ('{"properties": {"x": {"x-when": {"field": ["a"], "equals": 1}}}}', "x-when"),
        ('{"properties": {"x": {"x-when": {"field": "a", "in": 5}}}}', "x-when"),
        ('{"x-order": 7}', "x-order"),
        ('{"properties": {"x": {"x-exists": []}}}', "x-exists"),
        ('{{"required": [1{}]}}'.format("".join(f',"a{n}"' for n in range(20_000))), "too much work"),
        ('{{"properties": {{"x": {{"anyOf": [{}]}}}}}}'.format(",".join(["{}"] * 3000)), "too much work"),
        ('{{"properties": {{{}}}}}'.format(",".join(f'"x{n}": {{}}' for n in range(3000))), "too much work"),
    ],
)
def test_files_that_read_differently_or_take_too_long(text, why):
    assert "form-malformed" in refused(text.encode())
    with pytest.raises(ValueError, match=why):
        read_form("forms/x.json", text.encode())


def test_another_dialect_does_not_lift_the_measure():
    inner = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "string", "pattern": "(a|aa)*b"}
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"x": inner}}
    assert sent(schema, {"x": "a" * 60}) == {"x": "pattern"}


def test_what_is_sent_is_compared_once_with_each():
    unique = {"properties": {"x": {"type": "array", "uniqueItems": True}}}
    many = [{str(n): 1} for n in range(3000)]
    assert sent(unique, {"x": many}) == {} and sent(unique, {"x": [*many, {"7": 1}]}) == {"x": "uniqueItems"}
    assert sent(unique, {"x": [1, True, "1", [1]]}) == {} and sent(unique, {"x": [1, 1.0]}) == {"x": "uniqueItems"}
    wide = {"properties": {"x": {"items": {"anyOf": [{"const": f"c{n}"} for n in range(400)]}}}}
    assert sent(wide, {"x": ["y"] * 20_000}) == {"": "maxWork"}


LARGE = [0] * 40_000
WIDE = {f"a{n}": 0 for n in range(19_000)}
HEAVY = {
    "uniqueItems": ({"uniqueItems": True}, [LARGE, [*LARGE, 1]]),
    "const": ({"const": LARGE}, LARGE),
    "const inside": ({"const": [LARGE]}, [LARGE]),
    "enum": ({"enum": [[*LARGE, 1], LARGE]}, LARGE),
    "what is said": ({"not": {"not": {"type": "string"}}}, LARGE),
    "items": ({"items": {}}, LARGE * 2),
    "contains": ({"contains": {}, "minContains": 70_000}, LARGE * 2),
    "additionalProperties": ({"additionalProperties": {}}, WIDE),
    "propertyNames": ({"propertyNames": {}}, WIDE),
    "unevaluatedItems": ({"unevaluatedItems": False}, LARGE),
    "unevaluatedProperties": ({"unevaluatedProperties": {}}, WIDE),
}


@pytest.mark.parametrize(("schema", "value"), HEAVY.values(), ids=HEAVY)
def test_keywords_are_charged_by_the_size_of_what_they_look_at(schema, value):
    again = {"$defs": {"c": schema}, "properties": {"x": {"allOf": [{"$ref": "#/$defs/c"}] * 400}}}
    assert sent(again, {"x": value}) == {"": "maxWork"}


def test_what_an_honest_form_sends_is_far_below_the_measure():
    row = {"type": "object", "properties": {"fund": {"type": "string"}, "share": {"type": "number"}}}
    rows = [{"fund": f"{n:06}", "share": n} for n in range(2000)]
    form = {"properties": {"x": {"type": "array", "items": row, "uniqueItems": True}}}
    assert sent(form, {"x": rows}) == {} and sent(form, {"x": [*rows, rows[7]]}) == {"x": "uniqueItems"}
    assert sent({"properties": {"x": {"const": rows}}}, {"x": rows}) == {}
    assert sent({"properties": {"x": {"enum": [rows[1:], rows]}}}, {"x": rows[2:]}) == {"x": "enum"}


@pytest.mark.parametrize("shown", [{"in": [f"a{n}" for n in range(100)]}, {"equals": "a"}], ids=["in", "equals"])
def test_what_shows_a_field_is_looked_for_within_the_measure(shown):
    hidden = {f"f{n}": {"type": "string", "x-when": {"field": "x", **shown}} for n in range(150)}
    form = {"properties": {"x": {"type": "array", "items": {}}, **hidden}}
    assert sent(form, {"x": LARGE}) == {"": "maxWork"}
    assert sent(form, {"x": ["b", "a", "a1"], "f1": "y"}) == {} == sent(form, {"x": list(range(20)), "f1": "y"})


# Patterns

RUNAWAYS = [(r"(a|aa)*b", "a" * 60), (r"(a|a)*b", "a" * 60), (r"\d+x", "1" * 20_000), (r"(.*)(.*)(.*)x", "a" * 5000)]


@pytest.mark.parametrize(("pattern", "text"), RUNAWAYS)
def test_patterns_that_run_away_elsewhere(pattern, text):
    assert sent({"properties": {"x": {"type": "string", "pattern": pattern}}}, {"x": text}) == {"x": "pattern"}


def test_a_text_that_costs_too_much_is_refused():
    pattern = "(" + "|".join(f"{letter}*b" for letter in "aaaaaaaaaaaaaaaaaaaa") + ")x"
    assert sent({"properties": {"x": {"pattern": pattern}}}, {"x": "a" * 100_000}) == {"": "maxWork"}


@pytest.mark.parametrize("pattern", ["(){100000000}a", "((){10000}){100000000,}a", "(|(){100000000})a"])
def test_nothing_again_and_again_is_nothing(pattern):
    assert sent({"properties": {"x": {"pattern": pattern}}}, {"x": "b"}) == {"x": "pattern"}
    assert sent({"properties": {"x": {"pattern": pattern}}}, {"x": "ba"}) == {}


@pytest.mark.parametrize(
    ("pattern", "why"),
    [("(", "syntax"), ("a{2,1}", "syntax"), ("(a{9}){999}", "large"), ("(" * 5000 + ")" * 5000, "large")]
    + [(text, "looking") for text in ("(?=a)b", "(?<!a)b", r"(a)\1", "(?i)a", "(?i:a)b", "(?>a)b", "a*+b")],
)
def test_patterns_that_are_not_tried(pattern, why):
    with pytest.raises(Unmatchable, match=why):
        compile_pattern(pattern)
    assert (
        "unsafe-pattern" in refused(json.dumps({"properties": {"x": {"pattern": pattern}}}).encode())
        or why != "looking"
    )


def test_names_by_pattern_are_refused():
    assert refused(b'{"patternProperties": {"^(a|aa)*b": {}}}') == {"unsafe-pattern"}


ATOMS = ["a", "b", ".", "[ab]", "[^a]", r"\d", r"\s", r"\w", r"\W", "(ab|a)", "(a|b|)", "^", "$", r"\b", r"\B", "(a*)"]
TIMES = ["", "", "", "*", "+", "?", "{2}", "{1,3}", "*?", "{,2}"]


@given(
    st.lists(st.tuples(st.sampled_from(ATOMS), st.sampled_from(TIMES)), min_size=1, max_size=5),
    st.text("aab1 \nxc_", max_size=8),
)
def test_a_pattern_finds_what_python_finds(parts, text):
    source = "".join(atom + times for atom, times in parts)
    try:
        wanted = re.search(source, text) is not None
    except re.error:
        return
    assert compile_pattern(source).found_in(text, lambda amount: None) is wanted


def test_work_is_counted_down():
    before = left.set(3)
    charge(3)
    with pytest.raises(TooMuchWork):
        charge(1)
    left.reset(before)


def test_a_file_is_read_as_it_is():
    assert read_file(b'{"a": [1, 1.50, "\\ud83d\\udc0e", null, {"a": true}]}')["a"][2] == "\U0001f40e"
