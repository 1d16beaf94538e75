"""How terms are written."""

from datetime import timedelta

import pytest

from engine.calendars import Term, parse_term


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("4 bh", Term(unit="bh", count=4)),
        ("2 h24", Term(unit="h24", count=2)),
        ("2 BD", Term(unit="BD", count=2)),
        ("5 TD", Term(unit="TD", count=5)),
        ("15 ND", Term(unit="ND", count=15)),
        ("T+1", Term(unit="T+", count=1)),
        ("T+0", Term(unit="T+", count=0)),
        ("PT72H", Term(unit="ISO", length=timedelta(hours=72))),
        ("P2D", Term(unit="ISO", length=timedelta(days=2))),
        ("P1Y6M", Term(unit="ISO", months=18)),
    ],
)
def test_terms(text, term):
    assert parse_term(text) == term
    assert parse_term(f" {text} ") == term
    assert parse_term(str(term)) == term


@pytest.mark.parametrize(
    ("text", "written"), [("2bd", "2 BD"), ("t + 1", "T+1"), ("004 BH", "4 bh"), ("PT90M", "PT1H30M")]
)
def test_a_term_is_written_in_one_way(text, written):
    assert str(parse_term(text)) == written


@pytest.mark.parametrize(
    "text",
    ["", "2", "BD", "2 days", "-1 BD", "1.5 bh", "2 BD 3 bh", "T-1", "T+", "P", "P1M2D", "P2W", "2 bds", "٢ BD", "72H"],
)
def test_what_is_no_term_is_refused_with_help(text):
    with pytest.raises(ValueError, match="is no term; write 4 bh") as caught:
        parse_term(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["0 BD", "0 h24", "0 bh", "PT0S", "-P1D", "-P2M", "P11Y", "P9999D", "P999999999M", "4000 BD", "T+9999", "99999 bh"],
)
def test_absurd_terms_are_refused(text):
    with pytest.raises(ValueError, match="is out of range; a term is longer than nothing and at most 10 years"):
        parse_term(text)
