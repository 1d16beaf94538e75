"""The search: what fits is found whichever way it goes, page after page, and each page does bounded work."""

from datetime import timedelta

import pytest

from engine import SYSTEM, NotAllowed, Refusal
from engine.auditing import search as module
from engine.auditing.search import Query
from tests.engine import tiny
from tests.engine.auditing.conftest import CHIEF
from tests.engine.people import AMY, ANN, AUDREY, BEN, EVE, OLGA
from tests.engine.watching import statements

pytestmark = pytest.mark.databases


def found(office, limit=100, who=AUDREY, **given):
    """The places that fit, over all pages."""
    places, after = [], None
    while True:
        page = office.look_for(Query(**given), who, limit=limit, after=after)
        places += [f"{hit.case_id}.{hit.step.seq}" for hit in page.hits]
        if page.later is None:
            return places
        assert page.later != after and (page.back_to or page.back_at)
        after = page.later


def test_everything_newest_first(office, three):
    assert found(office) == ["3.1", "2.2", "2.1", "1.2", "1.1"]
    assert found(office, limit=2) == found(office)


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({"actor": "ann"}, ["3.1", "2.1", "1.2", "1.1"]),
        ({"actor": "ben"}, ["2.2"]),
        ({"actor": "nobody"}, []),
        ({"kind": "completed"}, ["2.2", "1.2"]),
        ({"actor": "ann", "kind": "completed"}, ["1.2"]),
        ({"element": "ask"}, ["3.1", "2.2", "2.1", "1.2", "1.1"]),
        ({"element": "ask", "kind": "completed"}, ["2.2", "1.2"]),
        ({"element": "end"}, ["2.2", "1.2"]),
        ({"element": "as"}, []),
        ({"field": "amount", "value": "1,200.50"}, ["3.1", "2.1", "1.1"]),
        ({"field": "amount", "value": "1200.5"}, ["3.1", "2.1", "1.1"]),
        ({"field": "amount", "value": "1200"}, []),
        ({"field": "amount", "value": "1200", "contains": True}, ["3.1", "2.1", "1.1"]),
        ({"field": "note", "value": "1200.5"}, []),
        ({"value": "WELL", "contains": True}, ["1.2"]),
        ({"value": "well"}, []),
        ({"field": "topic", "value": "fees"}, ["3.1", "2.1", "1.1"]),
        ({"field": "approved", "value": "true"}, ["1.2"]),
        ({"field": "approved", "value": "1"}, []),
        ({"key": "loan", "version": 1, "status": "open"}, ["3.1"]),
        ({"key": "check"}, []),
        ({"version": 2}, []),
    ],
)
def test_what_fits(office, three, given, places):
    assert found(office, **given) == places
    assert found(office, limit=1, **given) == places


def test_periods(office, three, clock):
    yesterday = clock.now() - timedelta(hours=1)
    assert found(office, since=yesterday) == found(office, since=yesterday, actor="ben") == ["2.2"]
    assert found(office, until=yesterday) == ["3.1", "2.1", "1.2", "1.1"]
    assert found(office, since=clock.now() + timedelta(days=1)) == []


def test_personal_values_are_not_found(office, three):
    assert office.case("1").data["name"].keys() == {"$vault", "sha256"}
    for value in ("Zhang", "1.1.1", office.case("1").data["name"]["sha256"]):
        assert found(office, value=value) == found(office, field="name", value=value, contains=True) == []
        assert found(office, field="$vault", value=value) == found(office, field="sha256", value=value) == []


def test_cases_of_a_class_are_for_those_to_whom_it_is_open(office, three):
    office.start("check", by=AMY)
    assert "4.1" not in found(office) and found(office, actor="amy") == []
    assert found(office, who=CHIEF)[0] == "4.1" and found(office, who=CHIEF, actor="amy") == ["4.1"]


def test_deviations(office, three, clock):
    office.cancel("3", by=ANN, reason="withdrawn")
    (hit,) = office.look_for(Query(deviation="intervention"), AUDREY).hits
    assert (hit.case_id, hit.step.kind, hit.deviation.detail["reason"]) == ("3", "cancelled", "withdrawn")
    assert found(office, deviation="any") == ["3.2"]
    assert found(office, deviation="overdue") == found(office, deviation="any", actor="ben") == []
    assert found(office, deviation="any", until=clock.now() - timedelta(hours=1)) == []


def test_deviations_go_page_by_page(office, begun):
    for case in begun(5):
        office.cancel(case.id, by=ANN, reason="withdrawn")
    assert found(office, limit=2, deviation="any") == [f"{n}.2" for n in (5, 4, 3, 2, 1)]


@pytest.mark.parametrize("given", [{}, {"actor": "ann"}, {"deviation": "any"}, {"kind": "completed"}])
def test_a_page_does_bounded_work_and_says_how_far_it_came(office, begun, monkeypatch, given):
    for name, most in (("MOST_STEPS", 3), ("MOST_CASES", 4), ("TOGETHER", 2), ("READ_WHOLE", 2), ("AT_ONCE", 2)):
        monkeypatch.setattr(module, name, most)
    begun(9)
    wanted = Query(**given, value="nowhere") if "deviation" not in given else Query(**given)
    page = office.look_for(wanted, AUDREY)
    assert page.hits == () and page.steps <= 4 and page.cases <= 4 and page.later and (page.back_to or page.back_at)
    pages = 1
    while page.later is not None:
        page, pages = office.look_for(wanted, AUDREY, after=page.later), pages + 1
    assert pages >= 3 and page.hits == ()
    assert len(found(office)) == 9, "the same pages find what there is"


def test_a_page_asks_few_questions(office, begun):
    begun(30)
    office.look_for(Query(), AUDREY)
    for given in ({}, {"actor": "ann"}, {"deviation": "any"}, {"kind": "nothing"}):
        with statements(office) as seen:
            office.look_for(Query(**given), AUDREY)
        assert len(seen) <= 10, seen


@pytest.mark.parametrize(
    "given",
    [
        {"actor": "\0"},
        {"value": "x" * 999},
        {"field": "amount"},
        {"deviation": "x"},
        {"status": "x"},
        {"version": 10**40},
        {"key": "\0"},
    ],
)
def test_what_is_no_query(office, given):
    with pytest.raises(Refusal):
        office.look_for(Query(**given), AUDREY)


@pytest.mark.parametrize("after", ["", "x", "1", "-1.2", "1.2.3", "9" * 40 + ".1", "1.x", "１.1"])
def test_what_is_no_place(office, three, after):
    with pytest.raises(Refusal):
        office.look_for(Query(), AUDREY, after=after)


def test_a_place_behind_everything_is_the_beginning(office, three):
    assert office.look_for(Query(), AUDREY, after="999999999999999999.1").hits[0].case_id == "3"
    assert office.look_for(Query(), AUDREY, after="0.0").hits == ()


def test_who_may_search(office, three):
    for who in (ANN, BEN, EVE, AMY):
        with pytest.raises(NotAllowed):
            office.look_for(Query(), who)
    assert len(found(office, who=OLGA)) == len(found(office, who=SYSTEM)) == 5


def test_a_long_case(office, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 3)
    office.deploy(tiny.rounds(), by=OLGA)
    case = office.start("rounds", by=ANN)
    for _ in range(10):
        office.complete(office.tasks(case.id)[0].id, {"approved": False}, by=ANN)
    assert found(office, limit=4) == found(office) == [f"{case.id}.{n}" for n in range(11, 0, -1)]
