"""Who reads which case is on record: once for each person, case and hour."""

import pytest

from engine import NotAllowed, NotFound
from engine.auditing.readings import Watched
from tests.engine.auditing.conftest import CHIEF
from tests.engine.people import AMY, ANN, AUDREY, BEN, OLGA
from tests.engine.watching import rows, statements


def test_once_for_each_person_case_and_hour(office, begun, clock):
    begun(2)
    for case, who in (("1", ANN), ("1", ANN), ("2", ANN), ("1", BEN)):
        office.opened(case, who)
    assert [(row["case_id"], row["actor"], row["kind"]) for row in rows(office, "reading")] == [
        (1, "ann", "opened"),
        (2, "ann", "opened"),
        (1, "ben", "opened"),
    ]
    clock.advance(minutes=59)
    office.opened("1", ANN)
    assert len(rows(office, "reading")) == 3
    clock.advance(minutes=1)
    office.opened("1", ANN)
    assert len(rows(office, "reading")) == 4


def test_what_it_costs(office, begun):
    begun(1)
    with statements(office) as seen:
        office.opened("1", ANN)
    assert len(seen) == 3 and seen.commits == 2, seen
    with statements(office) as seen:
        office.opened("1", ANN)
    assert len(seen) == 1 and seen.commits == 1, seen


def test_who_may_not_read_leaves_no_trace(office):
    office.start("check", by=AMY)
    with pytest.raises(NotFound):
        office.opened("1", ANN)
    assert rows(office, "reading") == []


def test_the_record_is_for_those_who_watch(office, begun, clock):
    begun(2, name="Zhang")
    office.opened("1", ANN)
    clock.advance(minutes=5)
    office.reveal(office.case("2").data["name"], BEN, reason="to call back")
    office.opened("2", BEN)

    def told(**watched):
        return [(one.actor, one.kind, one.case_id) for one in office.readings(AUDREY, Watched(**watched))]

    assert told() == [("ben", "opened", "2"), ("ben", "revealed", "2"), ("ann", "opened", "1")]
    assert told(actor="ann") == told(case_id="1") == told(until=clock.now()) == [("ann", "opened", "1")]
    assert told(kind="revealed") == [("ben", "revealed", "2")]
    assert told(since=clock.now(), kind="opened") == [("ben", "opened", "2")]
    assert told(customer="C000001") == []
    (one,) = office.readings(AUDREY, limit=1, after=3)
    assert (one.kind, one.reason, one.number) == ("revealed", "to call back", "LOA-20260302-000002")
    for who in (ANN, OLGA):
        with pytest.raises(NotAllowed):
            office.readings(who)


def test_readings_of_confidential_cases_are_confidential(office):
    office.start("check", by=AMY)
    office.opened("1", AMY)
    assert office.readings(AUDREY) == [] and len(office.readings(CHIEF)) == 1
