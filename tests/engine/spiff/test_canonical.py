"""The canonical form, checked by hypothesis and against a reader that uses only the standard library."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.canonical import canonical, normal, read, shortest
from engine.spiff import Counter, Marking, Subscription, Timer, Token

numbers = (
    st.integers()
    | st.decimals(-(10**30), 10**30, places=6)
    | st.floats(-1e30, 1e30, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-30)
)
values = st.recursive(
    st.none() | st.booleans() | st.text() | numbers,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
small = st.integers(1, 99)


@settings(max_examples=300)
@given(values)
def test_bytes_read_back_to_the_same_value_and_bytes(value):
    kept = normal(value)
    again = json.loads(canonical(kept), parse_float=Decimal)
    assert again == kept and canonical(again) == canonical(kept) and canonical(normal(again)) == canonical(kept)


words = st.text(max_size=6)
objects = st.dictionaries(words, values.map(normal), max_size=2)


def some(rows):
    return st.lists(rows, max_size=2).map(tuple)


tokens = st.builds(Token, words, small, st.sampled_from(["ready", "waiting"]), some(small), locals=objects)
markings = st.builds(
    Marking,
    data=objects,
    issued=small,
    tokens=some(tokens),
    timers=some(st.builds(Timer, words, small, words)),
    subscriptions=some(st.builds(Subscription, words, small, st.just("message"), words)),
    counters=some(st.builds(Counter, small, small, items=some(values.map(normal)))),
)


@settings(max_examples=100)
@given(markings)
def test_markings_read_back(marking):
    again = Marking.from_bytes(marking.to_bytes())
    assert again == marking and again.sha256 == marking.sha256


@pytest.mark.parametrize(
    "number, text",
    [
        ("1E+3", "1000"),
        ("0.10", "0.1"),
        ("-0.0", "0"),
        ("5.00", "5"),
        ("1E-7", "0.0000001"),
        ("100", "100"),
        ("19.99", "19.99"),
    ],
)
def test_numbers(number, text):
    assert shortest(Decimal(number)) == text


def test_what_has_no_canonical_form():
    for value in (float("nan"), Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999")):
        with pytest.raises((ValueError, TypeError)):
            normal(value)
    for value in (1.5, object(), {1, 2}):
        with pytest.raises(TypeError):
            canonical(value)


@pytest.mark.parametrize("text", ["1e99999999999999999999", "[1.5e-99999999999999999999]"])
def test_a_number_beyond_all_numbers_is_a_value_error(text):
    with pytest.raises(ValueError, match="no number that can be kept"):
        read(text)
