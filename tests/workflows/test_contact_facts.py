"""What stands in the way of a contact: holidays, hours, attempts, complaints, advertising."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from engine.calendars import UnknownYear, default
from engine.canonical import moment
from tests.workflows.conftest import MORNING
from tests.workflows.operating import Make, complained, ordinary, run
from workflows.complaints import repository as complaints
from workflows.contacts import facts
from workflows.interactions import repository as interactions
from workflows.outbox import repository as outbox
from workflows.outbox.model import Draft


def reach(call: Make, connection: Connection, whose: str = "C000001", at: datetime = MORNING) -> dict[str, Any]:
    found: dict[str, Any] = run(call("contact/facts", {"customerId": whose}, connection=connection, at=at))
    return found


def test_an_ordinary_customer_on_an_ordinary_morning(known: Connection, call: Make) -> None:
    assert reach(call, known, ordinary(known)) == {
        "barred": False,
        "criticalComplaint": False,
        "adsRefused": False,
        "coolingOff": False,
        "minuteOfDay": 540,
        "holiday": False,
        "attempts30": 0,
        "marketing7": 0,
        "vulnerable": False,
        "nextAt": "2026-11-19T01:00:00.000000Z",
    }


def test_what_stands_in_the_way(known: Connection, call: Make) -> None:
    for changed, fact in (
        ({"status": "RESTRICTED"}, "barred"),
        ({"status": "DECEASED"}, "barred"),
        ({"service_consent": False}, "barred"),
        ({"marketing_consent": False}, "adsRefused"),
        ({"vulnerable": ["illness"]}, "vulnerable"),
    ):
        said = reach(call, known, ordinary(known, **changed))
        assert [name for name in ("barred", "adsRefused", "vulnerable", "criticalComplaint") if said[name]] == [fact]


def test_nobody_is_barred(known: Connection, call: Make) -> None:
    said = reach(call, known, "C999999")
    assert said["barred"] and said["adsRefused"]


def test_the_elderly_are_vulnerable(known: Connection, call: Make) -> None:
    assert reach(call, known, "C000001")["vulnerable"]


def test_the_local_time(known: Connection, call: Make) -> None:
    times = {"2026-11-18T08:59:59+08:00": 539, "2026-11-18T20:00:00+08:00": 1200, "2026-11-17T23:30:00Z": 450}
    for text, minute in times.items():
        assert reach(call, known, at=datetime.fromisoformat(text))["minuteOfDay"] == minute


def test_public_holidays(known: Connection, call: Make) -> None:
    days = {
        "2026-10-01": True,  # National Day
        "2026-10-10": False,  # a Saturday that is worked
        "2026-11-21": False,  # an ordinary Saturday
        "2026-10-03": True,  # a Saturday within the holiday
    }
    for day, holiday in days.items():
        assert reach(call, known, at=datetime.fromisoformat(f"{day}T10:00:00+08:00"))["holiday"] is holiday


def test_after_a_holiday_begins_the_first_day_that_is_none(known: Connection, call: Make) -> None:
    said = reach(call, known, at=datetime.fromisoformat("2026-09-30T21:00:00+08:00"))
    assert said["nextAt"] == moment(datetime.fromisoformat("2026-10-08T09:00:00+08:00"))


def test_a_year_that_is_not_known_fails_loudly(known: Connection, call: Make) -> None:
    with pytest.raises(UnknownYear, match="2027"):
        reach(call, known, at=datetime.fromisoformat("2027-01-04T10:00:00+08:00"))
    assert facts.next_opening(default(), datetime.fromisoformat("2026-12-31T10:00:00+08:00")).year == 2027


def test_attempts(known: Connection, call: Make) -> None:
    tries = ((29, "li.na", "OUT", 1), (30, "li.na", "OUT", 1), (1, "system", "OUT", 1), (1, "li.na", "IN", 1))
    for days, by, direction, count in (*tries, (1, "li.na", "OUT", 2)):
        said = {"channel": "PHONE", "direction": direction, "by": by, "customer_id": "C000007"}
        interactions.record(known, key=f"{days} {by} {direction}", at=MORNING - timedelta(days=days), **said)
        assert reach(call, known, "C000007")["attempts30"] == count


def test_advertising(known: Connection, call: Make) -> None:
    sent = {"case_id": "7", "case_number": "REC-1", "customer_id": "C000007", "channel": "SMS", "address": "1"}
    for days, template, count in (
        (7, "recommendation-material", 0),
        (6, "inquiry-answer", 0),
        (6, "recommendation-material", 1),
    ):
        draft = Draft(key=f"{days} {template}", template=template, language="zh", subject="-", body="-", **sent)
        outbox.enqueue(known, draft, MORNING - timedelta(days=days))
        assert reach(call, known, "C000007")["marketing7"] == count


def test_a_critical_complaint_until_it_is_closed(known: Connection, call: Make) -> None:
    for severity, critical in (("SEV2", False), ("SEV1", True)):
        complained(known, severity)
        assert reach(call, known, "C000007")["criticalComplaint"] is critical
    complaints.close(known, "90", finding=None, root_cause=None, compensation=None, at=MORNING)
    assert reach(call, known, "C000007")["criticalComplaint"] is False
