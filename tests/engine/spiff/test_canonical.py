"""The canonical form, checked by hypothesis and against a reader that uses only the standard library."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.canonical import canonical, normal, shortest
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


@settings(max_examples=50)
@given(
    st.builds(
        Marking,
        data=st.dictionaries(st.text(), values.map(normal)),
        issued=small,
        tokens=st.lists(
            st.builds(
                Token,
                st.text(),
                small,
                st.sampled_from(["ready", "waiting"]),
                st.lists(small).map(tuple),
                locals=st.dictionaries(st.text(), values.map(normal)),
            )
        ).map(tuple),
        timers=st.lists(st.builds(Timer, st.text(), small, st.text())).map(tuple),
        subscriptions=st.lists(st.builds(Subscription, st.text(), small, st.just("message"), st.text())).map(tuple),
        counters=st.lists(st.builds(Counter, small, small, items=st.lists(values.map(normal)).map(tuple))).map(tuple),
    )
)
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
