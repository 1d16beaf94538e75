"""Every way through a survey after a closed case, walked with the real domain; and that who is assessed has no part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import select, update

from engine import NotAllowed, NotFound
from tests.workflows.walking import House, Walk, Walked, all_flows, end_events, opened_house
from workflows.complaints import repository as complaints
from workflows.feedback import repository as feedback
from workflows.interactions import repository as interactions
from workflows.surveys import repository
from workflows.surveys.model import Survey
from workflows.tables import customer, outbox

ABOUT = "INQ-20261118-000009"
AGENT = "li.na"


def someone(house: House, **changed: object) -> str:
    """Another customer who can be reached and may be advertised to, unless something of it is changed."""
    usual = {"marketing_consent": True, "service_consent": True, "status": "ACTIVE", "vulnerable": []}
    found = next(house.customers)
    with house.engine.database.writing() as connection:
        connection.execute(update(customer).where(customer.c.id == found).values(**usual | changed))
    return found


def begun(house: House, whose: str | None = None, about: str = ABOUT) -> Walk:
    """A survey after a case that was closed on that Wednesday morning."""
    said = {"customerId": whose or someone(house), "about": about, "process": "inquiry", "agent": AGENT}
    return house.walk("survey", by="chs", **said)


def sent(house: House, **changed: object) -> Walk:
    """A survey that the customer has got."""
    walk = begun(house, someone(house, **changed))
    assert walk.open == [] and walk.letters == []
    walk.later(hours=1, minutes=59)
    assert walk.letters == []
    walk.later(minutes=1)
    assert walk.letters == ["survey"] and walk.waits_for == {"survey_answered", "survey_declined"}
    assert kept(walk).status == "SENT"
    return walk


def kept(walk: Walk) -> Survey:
    """The survey as it is kept."""
    with walk.house.engine.database.reading() as connection:
        found = repository.get(connection, walk.case.id)
    assert found is not None
    return found


def answered_well(house: House) -> Walk:
    walk = sent(house).hears("survey_answered", csat=5, ces=2, nps=10, resolved="YES", reasons=["SPEED"])
    found = kept(walk)
    assert (found.status, found.csat, found.ces, found.nps, found.counted) == ("ANSWERED", 5, 2, 10, True)
    assert (found.reasons, found.resolved, found.agent, found.about) == (("SPEED",), "YES", AGENT, ABOUT)
    (child,) = walk.linked
    assert (child.key, child.data["captured"]["agent"], child.outcome) == ("feedback", AGENT, "EndThanked")
    return walk.ended("EndAnswered")


def answered_badly(house: House) -> Walk:
    said = {"csat": 1, "comment": "等了半天，太慢。请打 13812345678 找我"}
    walk = sent(house).hears("survey_answered", **said)
    assert kept(walk).comment.endswith("138****5678 找我")
    assert "13812345678" not in str((walk.data, walk.history))
    (child,) = walk.linked
    assert child.data["judged"]["rule"] == "DT-04-2"
    with house.engine.database.reading() as connection:
        item = feedback.get(connection, child.id)
    assert item is not None and (item.instrument, item.score, item.source) == ("CSAT", 1, "SURVEY")
    assert item.text == kept(walk).comment and item.agent == AGENT
    (task,) = house.engine.tasks(child.id)
    assert task.element == "FollowUp" and "csl" in task.groups
    with pytest.raises(NotFound):
        house.engine.case(child.id, house.person(AGENT))
    return walk.ended("EndAnswered")


def the_worst_score_speaks(house: House) -> Walk:
    walk = sent(house).hears("survey_answered", csat=4, nps=2)
    (child,) = walk.linked
    assert (child.data["captured"]["instrument"], child.data["captured"]["score"]) == ("NPS", 2)
    assert child.data["judged"]["rule"] in ("DT-04-3", "DT-04-4")
    return walk.ended("EndAnswered")


def reminded_and_answered(house: House) -> Walk:
    walk = sent(house)
    walk.later(hours=71, minutes=59)
    assert walk.letters == ["survey"]
    walk.later(minutes=1)
    assert walk.letters == ["survey", "survey-reminder"]
    walk.hears("survey_answered", csat=4)
    return walk.ended("EndAnswered")


def declined(house: House) -> Walk:
    walk = sent(house).hears("survey_declined")
    assert kept(walk).status == "DECLINED" and walk.linked == []
    return walk.ended("EndDeclined")


def expired(house: House) -> Walk:
    walk = sent(house)
    walk.later(days=3).later(days=3)
    assert kept(walk).status == "SENT" and walk.letters == ["survey", "survey-reminder"]
    walk.later(days=2)
    assert kept(walk).status == "EXPIRED" and walk.letters == ["survey", "survey-reminder"]
    walk.later(days=25)
    assert kept(walk).answered_at is None
    return walk.ended("EndExpired")


def answered_too_late(house: House) -> Walk:
    walk = sent(house)
    walk.later(days=4).later(days=4)
    walk.hears("survey_answered", csat=1, comment="Too late, but still.")
    found = kept(walk)
    assert (found.status, found.csat, found.counted) == ("LATE", 1, False) and walk.linked == []
    return walk.ended("EndLate")


def not_asked(house: House, walk: Walk, why: str) -> Walk:
    """A survey that nobody was asked."""
    assert (kept(walk).status, kept(walk).why, walk.letters) == ("NOT_ASKED", why, [])
    return walk.ended("EndNotAsked")


def asked_lately(house: House) -> Walk:
    whose = someone(house)
    begun(house, whose)
    return not_asked(house, begun(house, whose), "ASKED_LATELY")


def asked_a_month_ago(house: House) -> Walk:
    whose = someone(house)
    begun(house, whose).later(days=30)
    start = {"customerId": whose, "about": ABOUT, "process": "inquiry"}
    walk = Walk(house, house.engine.start("survey", start, by=house.members("chs")[0])).settled()
    assert kept(walk).status == "PLANNED"
    walk.later(hours=2)
    return walk.hears("survey_answered", csat=3).ended("EndAnswered")


def restricted(house: House) -> Walk:
    return not_asked(house, begun(house, someone(house, status="RESTRICTED")), "NOT_REACHABLE")


def about_a_measure_against_money_laundering(house: House) -> Walk:
    whose, at = someone(house), house.clock.now()
    with house.engine.database.writing() as connection:
        said = {"customer_id": whose, "source": "PHONE", "complainants": 1, "amount_claimed": 0, "related_case": None}
        complaints.register(
            connection,
            case_id="900001",
            case_number="CMP-20261101-000001",
            category="AML_MEASURE",
            concerned=(),
            received_at=at,
            at=at,
            **said,
        )
    return not_asked(house, begun(house, whose, "CMP-20261101-000001"), "EXCLUDED")


def vulnerable(house: House) -> Walk:
    walk = begun(house, someone(house, vulnerable=["illness"])).later(hours=2)
    return not_asked(house, walk, "DT-08-6")


def closed_in_the_evening(house: House) -> Walk:
    house.clock.set("2026-11-18T19:30:00+08:00")
    start = {"customerId": someone(house), "about": ABOUT, "process": "inquiry"}
    walk = Walk(house, house.engine.start("survey", start, by=house.members("chs")[0])).settled()
    walk.later(hours=2)
    assert walk.data["permissionRule"] == "DT-08-4a" and walk.letters == []
    walk.later(hours=11, minutes=30)
    assert walk.letters == ["survey"]
    return walk.hears("survey_declined").ended("EndDeclined")


def tried_too_often(house: House) -> Walk:
    whose, at = someone(house), datetime.fromisoformat("2026-11-16T10:00:00+08:00")
    tried = {"channel": "PHONE", "direction": "OUT", "at": at, "by": AGENT, "customer_id": whose}
    with house.engine.database.writing() as connection:
        for number in range(3):
            interactions.record(connection, key=f"try-{whose}-{number}", **tried)
    walk = begun(house, whose).later(hours=2)
    for _ in range(3):
        walk.later(days=1)
    return not_asked(house, walk, "DT-08-5a")


PATHS = {
    path.__name__: path
    for path in (
        answered_well,
        answered_badly,
        the_worst_score_speaks,
        reminded_and_answered,
        declined,
        expired,
        answered_too_late,
        asked_lately,
        asked_a_month_ago,
        restricted,
        about_a_measure_against_money_laundering,
        vulnerable,
        closed_in_the_evening,
        tried_too_often,
    )
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """All walks, on one database."""
    with opened_house(tmp_path_factory.mktemp("survey")) as house:
        yield Walked(house, PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_path(walked: Walked, name: str) -> None:
    assert walked[name].case.number.startswith("SVY-2026")


def test_every_flow_and_every_end_is_walked(walked: Walked) -> None:
    walks = walked.all()
    assert set().union(*(walk.flows for walk in walks)) == all_flows("survey")
    assert set().union(*(walk.ends for walk in walks)) == end_events("survey")


def test_who_is_assessed_neither_starts_nor_reads_it(walked: Walked) -> None:
    walk, agent = walked["answered_well"], walked.house.person(AGENT)
    start = {"customerId": "C000001", "about": ABOUT, "process": "inquiry"}
    with pytest.raises(NotAllowed):
        walked.house.engine.start("survey", start, by=agent)
    with pytest.raises(NotFound):
        walked.house.engine.case(walk.case.id, agent)
    assert "survey" not in {one.key for one in walked.house.engine.startable(agent)}
    assert not [one for one in walked.house.engine.cases(agent, limit=1000) if one.key in ("survey", "feedback")]


def test_the_links_lead_to_one_question(walked: Walked) -> None:
    walk = walked["answered_well"]
    with walked.house.engine.database.reading() as connection:
        query = select(outbox.c.links, outbox.c.body).where(
            outbox.c.case_id == walk.case.id, outbox.c.template == "survey"
        )
        row = connection.execute(query).one()
    assert [link["message"] for link in row.links] == ["survey_answered", "survey_declined"]
    assert all(link["url"] in row.body for link in row.links)


def test_how_many_answered(walked: Walked) -> None:
    walked.all()
    first, end = (datetime.fromisoformat(f"2026-{month}-01T00:00:00+08:00") for month in ("11", "12"))
    with walked.house.engine.database.reading() as connection:
        found = repository.rates(connection, first, end)
    assert found == {"sent": 8, "answered": 4, "declined": 2, "expired": 2}
