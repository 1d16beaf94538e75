"""Expressions, tests, scripts and tables made by the grammar: what holds of all of them.

Nothing but ExpressionError comes out; the same comes out twice; the work is bounded by fuel; a value that can be stored
has a canonical form; and numbers that are equal give results that are equal, however they are written.
"""

import os
import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.canonical import canonical, normal
from engine.feel import (
    Budget,
    ExpressionError,
    Limits,
    compile_expression,
    compile_script,
    compile_unary_tests,
    export,
    read_decisions,
)
from engine.xml import parse_xml
from tests.engine.check.bundles import table
from tests.engine.feel.grammar import DATA, expressions, joined, results, scripts, tests

NOW = datetime(2026, 5, 4, tzinfo=UTC)
LIMITS = Limits(fuel=20_000, seconds=None)
NUMBER = re.compile(r'(?<![\w."@-])(\d+)(?![\w.":-])')
FEW = settings(
    max_examples=int(os.environ.get("FEEL_FUZZ", "15")), deadline=None, suppress_health_check=list(HealthCheck)
)
MANY = settings(FEW, max_examples=int(os.environ.get("FEEL_FUZZ", "100")))


def outcome(run):
    """What comes out: a value, or an error with its place and its words."""
    try:
        return "value", run()
    except ExpressionError as error:
        assert error.message and error.line > 0 and error.column > 0
        return "error", str(error)


def evaluated(source, data=DATA):
    return outcome(lambda: compile_expression.__wrapped__(source).evaluate(data, now=NOW, limits=LIMITS))


def written_otherwise(source):
    """The same expression with each whole number as a decimal; positions and repetitions stay what they are."""
    return NUMBER.sub(lambda found: f"{found[1]}.0", source)


@FEW
@given(expressions)
@example("0 ** -1")
@example("[1][1.5]")
def test_an_expression_gives_a_value_or_an_error_twice_the_same(source):
    how, found = evaluated(source)
    assert (how, found) == evaluated(source)
    if how == "value":
        how, kept = outcome(lambda: export(found, Budget(LIMITS)))
        assert how == "error" or canonical(normal(kept))


@pytest.mark.slow
@MANY
@given(expressions)
@example("string(2)")
@example("[1, 2][2]")
def test_equal_numbers_give_equal_results(source):
    (how, found), (other_how, other) = evaluated(source), evaluated(written_otherwise(source))
    assert how == other_how and (how == "error" or found == other)


@pytest.mark.slow
@MANY
@given(expressions)
def test_data_may_write_their_numbers_as_they_like(source):
    written = {
        **DATA,
        "amount": Decimal("12000.00"),
        "rate": Decimal("0.10"),
        "numbers": [Decimal("3.0"), 1, 2.5, None],
    }
    (how, found), (other_how, other) = evaluated(source), evaluated(source, written)
    assert how == other_how and (how == "error" or found == other)


@pytest.mark.slow
@MANY
@given(tests, st.sampled_from([*DATA.values(), "a", 1, Decimal("1.0")]))
def test_a_cell_says_yes_or_no_or_why_not(source, value):
    def match():
        return compile_unary_tests.__wrapped__(source).match(value, DATA, now=NOW, limits=LIMITS)

    how, found = outcome(match)
    assert (how, found) == outcome(match)
    assert how == "error" or type(found) is bool


@pytest.mark.slow
@MANY
@given(scripts)
@example("a = (0.5 ** 1e3)")
def test_a_script_leaves_data_that_can_be_stored(source):
    def run():
        return compile_script.__wrapped__(source).run(DATA, now=NOW, limits=LIMITS)

    before = repr(DATA)
    how, found = outcome(run)
    assert (how, found) == outcome(run) and repr(DATA) == before
    assert how == "error" or all(canonical(normal(value)) for value in found.values())


@pytest.mark.slow
@MANY
@given(
    st.lists(st.tuples(tests, results), min_size=1, max_size=5),
    st.sampled_from(["UNIQUE", "FIRST", "ANY", "RULE ORDER", "COLLECT", "PRIORITY", "OUTPUT ORDER"]),
    joined("{}", results),
)
def test_a_table_decides_or_says_why_not(rows, policy, column):
    def decide():
        document = table(rows=rows, policy=policy).replace(
            b"<inputExpression><text>amount<",
            b"<inputExpression><text>" + column.replace("&", "&amp;").replace("<", "&lt;").encode() + b"<",
        )
        (found,) = read_decisions(parse_xml(document)).values()
        return found.evaluate(DATA, now=NOW, limits=LIMITS)

    how, found = outcome(decide)
    assert (how, found) == outcome(decide)
