"""Every cell shape that dmn-js writes, and usual FEEL."""

from datetime import date, datetime, time, timedelta

import pytest

from engine.feel import compile_unary_tests

CELLS = [
    ("5", 5, True),
    ("5", 6, False),
    ("> 5", 6, True),
    ("<= 5", 5, True),
    ("[1..10]", 5, True),
    ("[1..10]", 11, False),
    ("]1..10[", 1, False),
    ("]1..10[", 2, True),
    ("(1..10)", 10, False),
    ("[1..10)", 1, True),
    ("< 3, > 10", 11, True),
    ("< 3, > 10", 5, False),
    ("1,2,3", 2, True),
    ("1,2,3", 9, False),
    ("-3", -3, True),
    ('"EU"', "EU", True),
    ('"EU","UK"', "UK", True),
    ('"EU","UK"', "US", False),
    ('not("EU")', "US", True),
    ('not("EU")', "EU", False),
    ('not("EU","UK")', "US", True),
    ('not("EU","UK")', "UK", False),
    ("true", True, True),
    ("false", False, True),
    ("true", False, False),
    ("-", 7, True),
    ("", 7, True),
    ('date("2026-12-01")', date(2026, 12, 1), True),
    ('< date("2027-01-01")', date(2026, 12, 1), True),
    ('[date("2026-01-01")..date("2026-12-31")]', date(2026, 12, 1), True),
    ('[date("2026-01-01")..date("2026-12-31")]', date(2027, 12, 1), False),
    ('> date and time("2026-01-01T00:00:00")', datetime(2026, 6, 1), True),
    ('time("10:00:00")', time(10), True),
    ('> duration("P1D")', timedelta(days=2), True),
    (']duration("P1D")..duration("P3D")[', timedelta(days=2), True),
    ("null", None, True),
    ("not(null)", None, False),
    ("> 5", None, False),
    ("? > 5 and ? < 9", 7, True),
    ('contains(?, "x")', "axb", True),
    ('starts with(?, "ab")', "abc", True),
    ("= 5", 5, True),
    ("limit", 100, True),
    ("> limit", 101, True),
    ("[limit..200]", 150, True),
    ('"O\'Brien"', "O'Brien", True),
    ('"why?"', "why?", True),
    ('"a?","b"', "a?", True),
    ('@"2026-12-01"', date(2026, 12, 1), True),
]


@pytest.mark.parametrize(("cell", "value", "expected"), CELLS)
def test_cell(cell, value, expected):
    assert compile_unary_tests(cell).match(value, {"val": value, "limit": 100}) is expected
