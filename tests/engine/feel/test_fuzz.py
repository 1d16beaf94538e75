"""Whatever is written, only ExpressionError comes out."""

import os
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.feel import BUILT_IN, ExpressionError, Limits, compile_expression, compile_script, compile_unary_tests

WORDS = (
    "1 2.5 0 1e300 - + * / ** ( ) [ ] { } , . .. : = != < <= > >= and or not in between if then else for some every satisfies"
    ' return true false null "a" "" @"2026-01-01" @"P1M" @"PT5H" @"2026-01-01T00:00:00Z" @"10:00:00" amount tags applicant items'
    ' item x ? big date("2026-01-31") "P1Y" ;'
).split() + [f"{name}(" for name in BUILT_IN]
SEEDS = [
    "amount >= 10000 and risk > 2",
    'if amount > 5 then "a" else "b"',
    "for x in tags return upper case(x)",
    "some x in items satisfies x.p > 60",
    'date("2026-01-31") + @"P1M"',
    "items[p > 50][1].p",
    'substring("foobar", -3, 2)',
    "round half up(amount / 3, 2)",
    "{a:1,b:[1,2]}.b[2]",
    "amount in (< 3, [5..10], > 11)",
    "sort(big)",
    "flatten([[1,[2]],3])",
    "is defined(applicant.age)",
    "union(big, big)",
]
DATA = {
    "amount": 12000,
    "risk": 3,
    "tags": ["vip", None],
    "applicant": {"age": 34, "n": None},
    "items": [{"p": 40}, {"p": 70.5}],
    "big": list(range(100)),
    "x": "z",
    "weird": object(),
    "nan": float("nan"),
    "huge": Decimal("1e9999"),
    3: 4,
}
SOUP = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
CALLS = st.builds(
    lambda name, arguments: f"{name}({', '.join(arguments)})",
    st.sampled_from(sorted(BUILT_IN)),
    st.lists(
        st.sampled_from(
            [
                *SEEDS,
                "amount",
                "-1",
                "1e300",
                "null",
                "tags",
                "big",
                '"a"',
                "true",
                "applicant",
                '@"PT1H"',
                '@"2026-01-31"',
                '@"P1M"',
                "0.5",
                "[1..2]",
            ]
        ),
        max_size=3,
    ),
)
MUTATED = st.builds(
    lambda seed, index, word: " ".join(
        [*(words := seed.split(" "))[: index % len(words)], word, *words[index % len(words) :]]
    ),
    st.sampled_from(SEEDS),
    st.integers(0, 20),
    st.sampled_from(WORDS),
)
INPUTS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.dates(), st.just([1]), st.just({})
)


@settings(max_examples=int(os.environ.get("FEEL_FUZZ", "1000")), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(SOUP, CALLS, MUTATED, st.text(max_size=30)), INPUTS)
def test_only_expression_errors(source, value):
    limits = Limits(fuel=20_000)
    for run in (
        lambda: compile_expression.__wrapped__(source).evaluate(DATA, limits=limits),
        lambda: compile_unary_tests.__wrapped__(source).match(value, DATA, limits=limits),
        lambda: compile_script.__wrapped__("y = " + source).run(DATA, limits=limits),
    ):
        try:
            run()
        except ExpressionError as error:
            assert str(error) and error.line > 0 and error.column > 0
