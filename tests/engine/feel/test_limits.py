"""Hostile expressions end within their fuel, depth, size and time."""

import pytest

from engine.feel import (
    Budget,
    DeadlineExceeded,
    ExpressionError,
    LimitExceeded,
    Limits,
    Purse,
    compile_expression,
    compile_script,
    compile_unary_tests,
    export,
)
from tests.support.work import at_most

NO_CLOCK = Limits(seconds=None)
DATA = {"big": list(range(10_000)), "text": "x" * 90_000, "nest": [[1]]}
HOSTILE = [
    "for a in big, b in big return a + b",
    "some a in big, b in big, c in big satisfies false",
    "for a in 1..10000, b in 1..10000 return 1",
    "distinct values(big)",
    "union(big, big)",
    "big[list contains(big, item + 20000)]",
    "count(for a in big return sort(big))",
    "text + text",
    'replace(text, "x", "xxxxxxxxxx")',
    'for a in big return text + "a"',
    "sum(for a in big return sum(big))",
    "index of(for a in big return big, big)",
    "for a in 1..99999999999 return a",
    "every a in big satisfies every b in big satisfies a + b >= 0",
    "flatten(for a in big return big)",
    "for a in 1..10000 return 1.0000001 ** 9999999",
    "for a in big return upper case(text)",
    "concatenate(big, big, big)",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_expressions_end_within_their_fuel(source):
    compiled = compile_expression(source)
    with at_most(1), pytest.raises(LimitExceeded) as first:
        compiled.evaluate(DATA, limits=NO_CLOCK)
    assert not isinstance(first.value, DeadlineExceeded)
    with pytest.raises(LimitExceeded) as second:
        compiled.evaluate(DATA, limits=NO_CLOCK)
    assert str(first.value) == str(second.value)


@pytest.mark.parametrize(
    "source",
    [
        "(" * 500 + "1" + ")" * 500,
        "[" * 100 + "]" * 100,
        "-" * 3000 + "1",
        "1" + "+1" * 1500,
        "not " * 900 + "true",
        "1" * 5000,
        "a" + ".b" * 900,
        "a" + "[1]" * 900,
        "if true then " * 200 + "1",
        "1+" * 400 + "1",
        "true and " * 1200 + "true",
        "{a:" * 100 + "1" + "}" * 100,
    ],
)
def test_large_sources_are_refused(source):
    for compile_ in (compile_expression, compile_unary_tests):
        with pytest.raises(LimitExceeded):
            compile_(source)


def test_many_conditions_are_fine():
    assert compile_expression(" and ".join(["1 < 2"] * 200)).evaluate({}) is True


def test_the_deadline_is_a_backstop():
    compiled = compile_expression("sum(for a in big return a)")
    with pytest.raises(DeadlineExceeded):
        compiled.evaluate(DATA, limits=Limits(seconds=0))
    assert compiled.evaluate(DATA, limits=NO_CLOCK) == sum(range(10_000))


def test_deep_data():
    deep = value = []
    for _ in range(500):
        value.append([])
        value = value[0]
    with pytest.raises(ExpressionError, match="nested too deeply"):
        compile_expression("deep").evaluate({"deep": deep})
    with pytest.raises(ExpressionError):
        compile_script("a = [1]\n" + "a = [a, a]\n" * 60).run({})


def test_expressions_share_a_purse():
    limits = Limits(purse=Purse(150))
    heavy = compile_expression("count(for i in 1..10 return i)")
    assert heavy.evaluate({}, limits=limits) == 10
    with pytest.raises(LimitExceeded, match="the expressions of this step do too much work together"):
        for _ in range(20):
            heavy.evaluate({}, limits=limits)


def test_a_text_is_paid_for_wherever_it_stands():
    with pytest.raises(LimitExceeded):
        export(["x" * 16_000] * 1_000, Budget(Limits()))
