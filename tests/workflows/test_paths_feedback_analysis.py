"""Every way through the monthly analysis, walked with the real domain: from the count to what it has changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from engine import NotAllowed
from tests.workflows.walking import House, Walk, Walked, all_flows, end_events, opened_house
from workflows.feedback import improvements, repository, tagging
from workflows.feedback.model import Improvement, Item

BEGIN = "2026-12-07T09:00:00+08:00"  # the fifth business day of December
DEFICIT = {"topic": "WAITING", "rootCause": "Too few people at noon.", "effort": 2}
PROPOSAL = {
    "topic": "WAITING",
    "proposal": "Move two shifts to noon and say the waiting time.",
    "owner": "gao.peng",
    "due": "2027-01-31",
    "expected": "Half as many remarks on waiting",
}


def said(house: House, name: str, at: datetime, text: str = "等待太慢，很差", judged: str | None = None) -> None:
    """A remark that came in at a moment."""
    item = Item(
        case_id=name,
        case_number=f"FBK-{name}",
        customer_id=None,
        source="APP",
        instrument=None,
        score=None,
        text=text,
        fingerprint=name,
        related_case=None,
        channel="APP",
        process="inquiry",
        process_version=1,
        agent=None,
        team="hotline",
        product=None,
        contact_allowed=False,
        captured_at=at,
        judged=judged,
    )
    with house.engine.database.writing() as connection:
        repository.capture(connection, item, days=1)
        repository.note_tag(connection, name, tagging.tagged(text))


def month(house: House, count: int, month: int) -> None:
    """So many remarks on waiting in a month."""
    for number in range(count):
        said(house, f"{month}-{number}", datetime.fromisoformat(f"2026-{month:02}-{number + 1:02}T10:00:00+08:00"))


def by_the_clock(house: House) -> Walk:
    """The case that begins by itself when its day comes."""
    house.clock.set("2026-12-07T08:59:00+08:00")
    house.engine.run_due()
    assert begun(house) == []
    house.clock.set(BEGIN)
    house.engine.run_due()
    (case,) = begun(house)
    return Walk(house, house.engine.case(case)).settled()


def begun(house: House) -> list[str]:
    """The cases of the process."""
    return [case.id for case in house.engine.cases(key="feedback-analysis", limit=100)]


def released(walk: Walk) -> Walk:
    """The improvements work from today on."""
    day = walk.house.clock.now() + timedelta(hours=8)
    return walk.does("Release", releasedOn=f"{day:%Y-%m-%d}")


def kept(walk: Walk) -> list[Improvement]:
    """The improvements of the case, newest first."""
    with walk.house.engine.database.reading() as connection:
        return [one for one in improvements.newest(connection) if one.case_id == walk.case.id]


def better_after_sixty_days(house: House) -> Walk:
    month(house, 10, 11)
    said(house, "praise", datetime.fromisoformat("2026-11-05T10:00:00+08:00"), "说明清楚，感谢")
    walk = by_the_clock(house)
    found = walk.data["statistics"]
    assert (found["period"], found["n"], found["previous"]) == ("2026-11", 11, 0)
    first = found["topics"][0]
    assert (first["topic"], first["n"], first["reach"], len(first["examples"])) == ("WAITING", 10, 10, 3)
    task = walk.task("Analyse")
    assert task.groups == ("chs",) and task.due == datetime.fromisoformat("2026-12-14T18:00:00+08:00")
    walk.does("Analyse", deficits=[DEFICIT, {"topic": "CLARITY", "rootCause": "None known.", "effort": 5}])
    ranked = walk.data["ranked"]
    assert [one["topic"] for one in ranked] == ["WAITING", "CLARITY"]
    assert ranked[0]["value"] == first["n"] * first["severity"] * first["reach"] / 2
    walk.does("Propose", proposals=[PROPOSAL]).does("Approve", approved=True)
    (one,) = kept(walk)
    assert (one.status, one.period, one.owner, one.before) == ("APPROVED", "2026-11", "gao.peng", Decimal(10))
    released(walk)
    assert kept(walk)[0].status == "RELEASED"
    walk.later(days=59)
    assert house.engine.case(walk.case.id).status == "open"
    walk.later(days=1, hours=9)
    (one,) = kept(walk)
    assert (one.status, one.after, one.better) == ("BETTER", Decimal(0), True)
    return walk.ended("EndBetter")


def returned_then_without_effect_twice(house: House) -> Walk:
    month(house, 1, 9)
    house.clock.set("2026-10-15T09:00:00+08:00")
    walk = Walk(house, house.engine.start("feedback-analysis", {}, by=house.members("chs")[0])).settled()
    assert walk.data["statistics"]["period"] == "2026-09"
    both = house.members("process_owner")[0]
    walk.does("Analyse", deficits=[DEFICIT])
    house.engine.assign(walk.task("Propose").id, to=both.name, by=house.members("csl")[0])
    walk.does("Propose", proposals=[PROPOSAL])
    with pytest.raises(NotAllowed):
        house.engine.complete(walk.task("Approve").id, {"approved": True}, by=both)
    walk.does("Approve", approved=False, approvalComment="Say how the waiting time is told.")
    walk.does("Propose", proposals=[PROPOSAL]).does("Approve", approved=True)
    for round in (1, 2):
        released(walk)
        for number in range(3):
            at = house.clock.now() + timedelta(days=number + 1)
            said(house, f"after-{round}-{number}", at, judged="DETRACTOR")
        walk.later(days=61)
        assert {one.round: one.status for one in kept(walk)}[round] == "NOT_BETTER"
        if round == 1:
            (told,) = walk.asked("staff/remind")
            assert told["also"] == "chs" and walk.open == ["Propose"]
            walk.does("Propose", proposals=[PROPOSAL]).does("Approve", approved=True)
    assert [one.round for one in kept(walk)] == [2, 1]
    return walk.ended("EndNotImproved")


def nothing_was_said(house: House) -> Walk:
    house.clock.set("2026-03-06T09:00:00+08:00")
    walk = Walk(house, house.engine.start("feedback-analysis", {}, by=house.members("chs")[0])).settled()
    return walk.ended("EndNothing")


PATHS = {
    path.__name__: path for path in (better_after_sixty_days, returned_then_without_effect_twice, nothing_was_said)
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """All walks, on one database."""
    with opened_house(tmp_path_factory.mktemp("analysis")) as house:
        yield Walked(house, PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_path(walked: Walked, name: str) -> None:
    assert walked[name].case.number.startswith("FBA-2026")


def test_every_flow_and_every_end_is_walked(walked: Walked) -> None:
    walks = walked.all()
    assert set().union(*(walk.flows for walk in walks)) == all_flows("feedback-analysis")
    assert set().union(*(walk.ends for walk in walks)) == end_events("feedback-analysis")
