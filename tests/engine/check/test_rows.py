"""Rows of decision tables: gaps, overlaps and rows that never hit, each with values for which it is so."""

import pytest

from engine.check.cells import MOST_ASKED
from engine.check.samples import MOST_VALUES
from tests.support.work import at_most

from .bundles import check, table

ABOUT = {"rows-missing", "rows-overlap", "row-never-hit", "table-not-searched"}


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


@pytest.mark.parametrize(
    "rows, found",
    [
        (["> 5, <= 5"], []),
        (["> 5, 5"], [("rows-missing", "", "amount is 4")]),
        (["[1..3], [2..6), 6", "< 1", "> 6"], []),
        (["[1..3), (3..6]", "< 1", "> 6"], [("rows-missing", "", "amount is 3")]),
        (["not(> 5)", "> 5"], []),
        (["not([1..3], 7)", "[1..3]"], [("rows-missing", "", "amount is 7")]),
        (["not(-3, 2)", "[-3, 2]"], []),
        (["< 0", "[0..9]", "not(<= 9)"], []),
        (["5, 6", "6, 7"], [("rows-overlap", "r2", "amount is 6")]),
        (['> "M"', '<= "M"', '"M", "Z"'], [("rows-overlap", "r3", 'amount is "M"')]),
        (['"A", > 5', "<= 5"], []),
        (["null", "null, 1"], [("rows-overlap", "r2", "amount is null")]),
    ],
)
def test_values_and_ranges_in_one_cell(rows, found):
    assert said(rows) == found


def values(number, begins=0):
    """A cell of so many numbers."""
    return ",".join(str(value) for value in range(begins, begins + number))


def test_all_values_of_a_long_table_are_tried():
    """More values than anybody reads: no row is said never to hit because its own was not tried."""
    rows = [str(number) for number in range(1000)]
    assert said(rows, "FIRST") == []
    assert said([*rows, "997"]) == [("rows-overlap", "r1001", "amount is 997")]


LONG = {
    "rows of many values": [values(300, begins) for begins in range(0, 3000, 300)],
    "many rows": [str(number) for number in range(1000)],
    "ranges": [f"[{number}..{number + 1})" for number in range(1000)],
    "all but some": [f"not({values(9, number)})" for number in range(600)],
}


@pytest.mark.parametrize("rows", LONG.values(), ids=LONG)
def test_a_long_table_is_searched_in_time(rows):
    with at_most(3):
        assert ("table-not-searched", "", "") not in said(rows, "FIRST")


@pytest.mark.parametrize(
    "rows",
    [
        [values(300, begins) for begins in range(0, MOST_VALUES + 300, 300)],
        [f'> date("{1000 + number}-01-01")' for number in range(MOST_ASKED // 1000)],
    ],
    ids=["values", "dates"],
)
def test_a_table_that_is_not_searched_says_so(rows):
    with at_most(6):
        assert said(rows) == [("table-not-searched", "", "")]


@pytest.mark.parametrize("most", ["MOST_CELLS", "MOST_SETS", "MOST_TRIED"])
def test_each_bound_of_the_search_is_said(most, monkeypatch):
    monkeypatch.setattr(f"engine.check.rows.{most}", 1)
    assert said(["1", "2", "3"]) == [("table-not-searched", "", "")]


def test_rows_that_all_overlap_are_told_in_time():
    with at_most(3):
        found = said([f"> {number}" for number in range(1500)])
    assert {row for rule, row, _ in found if rule == "rows-overlap"} == {f"r{number}" for number in range(2, 1501)}


def test_every_row_of_an_any_table_that_differs_is_said_once():
    rows = [("> 0", str(number % 2)) for number in range(6)]
    found = [one for one in check({"grade.dmn": table(rows=rows, policy="ANY")}) if one.rule == "rows-overlap"]
    assert [(one.data["row"], one.data["other"]) for one in found] == [(1, 2)]
