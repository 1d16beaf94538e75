"""Rows of decision tables: gaps, overlaps and rows that never hit, each with values for which it is so."""

import pytest

from .bundles import check, table

ABOUT = {"rows-missing", "rows-overlap", "row-never-hit"}


def said(rows, policy="UNIQUE", **more):
    """What is wrong with the rows of a shared table, with the example."""
    found = check({"grade.dmn": table(rows=[(test, "1") for test in rows], policy=policy, **more)})
    return [(one.rule, one.element[6:], str(one.data.get("example", ""))) for one in found if one.rule in ABOUT]


@pytest.mark.parametrize(
    "rows, found",
    [
        (["> 100", "<= 100"], []),
        (["> 100", "< 100"], [("rows-missing", "", "amount is 100")]),
        (["[1..5]", "> 5", "< 1"], []),
        (["[1..5]", ">= 7", "< 1"], [("rows-missing", "", "amount is 6")]),
        (["<= 5", ">= 6"], [("rows-missing", "", "amount is 5.5")]),
        (["1", "2", "3"], []),  # whether there is more than these three is not known
        ([">= 5"], [("rows-missing", "", "amount is 4")]),
        (["true"], [("rows-missing", "", "amount is false")]),
        (["true", "false"], []),
        (['"A"', '"B"'], []),
        (['"A"', "-"], [("rows-overlap", "r2", 'amount is "A"')]),
        (["> 10", "> 20", "<= 10"], [("rows-overlap", "r2", "amount is 21")]),
        (['not("A")', '"A"'], []),
        (["-"], []),
        (["parameter"], []),
        (['< date("2026-01-01")', '> date("2026-01-01")'], [("rows-missing", "", "amount is 2026-01-01")]),
        (['< time("15:00:00")', '>= time("15:00:00")'], []),
    ],
)
def test_a_table_of_which_one_row_hits(rows, found):
    assert said(rows) == found


@pytest.mark.parametrize(
    "rows, hidden",
    [
        (["> 10", "> 20", "-"], ["r2"]),
        (["> 20", "> 10", "-"], []),
        (["-", "> 10"], ["r2"]),
        (["> 10, <= 10", "-"], []),  # nothing at all is left for the second
        (['"A"', '"B"', '"A"', "-"], ["r3"]),
        (["parameter", "parameter", "-"], []),
        (["[5..1]", "-"], ["r1"]),
    ],
)
def test_rows_that_never_hit(rows, hidden):
    assert [row for rule, row, _ in said(rows, "FIRST") if rule == "row-never-hit"] == hidden


def test_a_table_that_gathers_rows_has_no_gaps_and_may_overlap():
    assert said(["> 10", "> 20"], "COLLECT") == []
    assert said(["> 10", "[5..1]"], "COLLECT") == [("row-never-hit", "r2", "")]


def test_rows_of_an_any_table_may_overlap_if_they_say_the_same():
    assert said(["> 10", "> 20", "<= 10"], "ANY") == []
    rows = [("> 10", "1"), ("> 20", "2"), ("<= 10", "3")]
    found = check({"grade.dmn": table(rows=rows, policy="ANY")})
    assert [one.rule for one in found if one.rule in ABOUT] == ["rows-overlap"]
