"""Searching cases, reading many at once, and what somebody has done: page by page, and only what he may see."""

import pytest

from engine import NotFound, Policy
from tests.engine import tiny
from tests.engine.people import AMY, ANN, AUDREY, EVE, NOBODY, OLGA
from tests.engine.watching import statements

START = {"who": {"type": "string"}, "about": {"type": "string"}}
SAID = {"customer": "who", "subject": "about"}
CASES = (("C1", "100% of it"), ("C2", "基金净值"), ("C1", "MONEY"), ("C3", "money_back"), ("C2", "a car"))


@pytest.fixture
def desk(opened):
    """An engine with five cases, and one more that only aml may see."""
    engine = opened(policy=Policy(confidential={"aml": frozenset({"aml"})}))
    engine.deploy(tiny.one_task(start=START, process=SAID), by=OLGA)
    secret = tiny.one_task(
        "secret",
        task=tiny.ask("ask", candidateGroups="aml"),
        start=START,
        process=SAID | {"confidentiality": "aml"},
    )
    engine.deploy(secret, by=OLGA)
    for who, about in CASES:
        engine.start("loan", {"who": who, "about": about}, by=ANN)
    engine.start("secret", {"who": "C1", "about": "money"}, by=AMY)
    return engine


def found(engine, text, who=ANN, **more):
    return [case.id for case in engine.search(text, who, **more)]


def test_what_a_search_finds(desk):
    assert found(desk, "money") == ["4", "3"]
    assert found(desk, " Money ") == ["4", "3"]
    assert found(desk, "净值") == ["2"]
    assert found(desk, desk.case("5").number.lower()) == ["5"]
    assert found(desk, desk.case("5").number[-6:]) == ["5"]
    assert found(desk, "nowhere") == []


def test_signs_of_patterns_are_ordinary_signs(desk):
    assert found(desk, "%") == ["1"]
    assert found(desk, "_") == ["4"]
    assert found(desk, "\\") == []


def test_a_customer_or_a_subject_is_found_beside_the_text(desk):
    assert found(desk, "nowhere", customers=["C2", "C3"]) == ["5", "4", "2"]
    assert found(desk, "净值", customers=["C3"]) == ["4", "2"]
    assert found(desk, "nowhere", subjects=[("loan", "MONEY")]) == ["3"]
    assert found(desk, "nowhere", subjects=[("other", "MONEY")]) == []
    assert found(desk, "", customers=["C3"]) == ["4"]
    assert found(desk, "") == []


def test_a_search_goes_by_key(desk):
    seen, after = [], None
    while page := desk.search("nowhere", ANN, customers=["C1", "C2"], limit=2, after=after):
        seen += [case.id for case in page]
        after = page[-1].id
    assert seen == ["5", "3", "2", "1"]


def test_only_what_one_may_see_is_found(desk):
    assert found(desk, "money", AMY) == ["6"]
    assert found(desk, "money", AUDREY) == ["4", "3"]
    for who in (EVE, NOBODY):
        assert found(desk, "money", who) == found(desk, "", who, customers=["C1"]) == []


def test_many_cases_are_read_at_once(desk):
    assert [case.id for case in desk.cases(ANN, ids=["1", "3", "3", "6", "99"])] == ["3", "1"]
    assert desk.cases(ANN, ids=[]) == []
    assert len(desk.cases(ANN, limit=1, ids=["1", "2", "3"])) == 3
    with pytest.raises(NotFound):
        desk.cases(ANN, ids=["x"])
    with statements(desk) as few:
        desk.cases(ANN, ids=["1"])
    with statements(desk) as many:
        desk.cases(ANN, ids="12345")
    assert len(many) == len(few), many


def test_what_somebody_has_done_goes_by_key(desk, clock):
    since = clock.now()
    for case in "12345":
        desk.complete(f"{case}.1.2", {"approved": True}, by=ANN)
    seen, after = [], None
    while page := desk.done(ANN, since=since, limit=2, after=after):
        seen += [str(row.case_id) for row in page]
        after = f"{page[-1].case_id}.{page[-1].seq}"
    assert seen == ["5", "4", "3", "2", "1"]
    assert len(desk.done(ANN, since=since, after="99.9")) == 5
