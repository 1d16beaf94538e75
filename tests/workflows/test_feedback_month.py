"""The monthly analysis of feedback: statistics, ranks, improvements."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.workflows.conftest import MORNING
from tests.workflows.operating import Make, run
from workflows.feedback import analysis, improvements, repository
from workflows.feedback.model import Item

KNOWN = {"customer": {"customerId": "C000001"}}


def item(number: int, **more: Any) -> Item:
    usual: dict[str, Any] = {
        "case_id": f"i{number}",
        "case_number": f"FBK-{number}",
        "customer_id": None,
        "source": "APP",
    }
    usual |= dict.fromkeys(
        ("instrument", "score", "related_case", "channel", "process", "process_version", "agent", "team", "product")
    )
    usual |= {
        "text": "-",
        "fingerprint": str(number),
        "contact_allowed": False,
        "captured_at": MORNING,
        "topics": ("FEE",),
    }
    return Item(**usual | more)


def keep(connection: Connection, *items: Item) -> None:
    for one in items:
        repository.capture(connection, one, days=1)


@pytest.mark.parametrize(
    ("name", "begins", "ends", "days"),
    [("2026-02", "2026-02-01", "2026-03-01", 28), ("2026-12", "2026-12-01", "2027-01-01", 31)],
)
def test_a_month(name: str, begins: str, ends: str, days: int) -> None:
    period = analysis.Period.of(name)
    assert (period.begins.isoformat()[:10], period.ends.isoformat()[:10], period.days) == (begins, ends, days)
    assert analysis.Period.of("2026-01").previous.name == "2025-12"
    with pytest.raises(ValueError):
        analysis.Period.of("2026-13")


def test_the_last_month_before_a_moment_in_shanghai() -> None:
    assert analysis.Period.before(datetime.fromisoformat("2026-11-30T15:59:59Z")).name == "2026-10"
    assert analysis.Period.before(datetime.fromisoformat("2026-11-30T16:00:00Z")).name == "2026-11"


def test_statistics_of_a_month(known: Connection, call: Make) -> None:
    before = datetime.fromisoformat("2026-09-30T23:59:59+08:00")
    first = datetime.fromisoformat("2026-10-01T00:00:00+08:00")
    last = datetime.fromisoformat("2026-10-31T23:59:59+08:00")
    bad = {"judged": "DETRACTOR", "sentiment": Decimal("-0.5")}
    keep(
        known,
        item(1, captured_at=before),
        item(
            2,
            captured_at=first,
            channel="APP",
            team="hotline",
            product="990001",
            process="inquiry",
            process_version=2,
            **bad,
        ),
        item(3, captured_at=last, channel="PHONE", complaint_intent=True),
        item(4, captured_at=last, topics=("APP", "WAITING")),
        item(5, captured_at=last, topics=("APP",), duplicate_of="FBK-4", fingerprint="4"),
        item(6, captured_at=last + timedelta(seconds=1)),
    )
    said = run(call("feedback/statistics", connection=known))
    assert (said["period"], said["n"], said["previous"]) == ("2026-10", 3, 1)
    assert said["surveys"] == {"sent": 0, "answered": 0, "declined": 0, "expired": 0}
    assert [(one["topic"], one["n"], one["trend"], one["dissatisfied"]) for one in said["topics"]] == [
        ("FEE", 2, 100, 2),
        ("APP", 1, None, 0),
        ("WAITING", 1, None, 0),
    ]
    fee = said["topics"][0]
    assert (fee["severity"], fee["reach"], fee["examples"]) == (Decimal("0.88"), 2, ["FBK-2", "FBK-3"])
    assert said["channels"] == [
        {"name": name, "n": 1, "dissatisfied": bad} for name, bad in (("APP", 1), ("NONE", 0), ("PHONE", 1))
    ]
    assert {one["name"] for one in said["processes"]} == {"inquiry 2", "NONE"}
    assert {one["name"] for one in said["teams"]} == {"hotline", "NONE"} and said["products"][0]["name"] == "NONE"
    assert run(call("feedback/statistics", {"period": "2026-08"}, connection=known))["n"] == 0


def test_one_customer_reaches_no_further_by_saying_it_again() -> None:
    assert analysis.reach([item(1, customer_id="C1"), item(2, customer_id="C1"), item(3), item(4)]) == 3


def test_rank_is_frequency_by_severity_by_reach_over_effort(known: Connection, call: Make) -> None:
    topics = [
        {"topic": "FEE", "n": 10, "severity": Decimal("0.5"), "reach": 8},
        {"topic": "APP", "n": 4, "severity": Decimal("0.9"), "reach": 4},
        {"topic": "TRADE", "n": 99, "severity": Decimal(1), "reach": 99},
    ]
    deficits = [{"topic": "FEE", "effort": 5}, {"topic": "APP", "effort": 1}, {"topic": "CLARITY", "effort": 1}]
    said = run(call("feedback/rank", {"topics": topics, "deficits": deficits}, connection=known))
    assert [(one["topic"], one["value"]) for one in said] == [("APP", Decimal("14.4")), ("FEE", Decimal(8))]


PROPOSAL = {
    "topic": "FEE",
    "proposal": "Show the fee first",
    "owner": "gao.peng",
    "due": "2026-12-31",
    "expected": "Half",
}


def test_improvements_are_recorded_released_and_measured(known: Connection, call: Make) -> None:
    october = datetime.fromisoformat("2026-10-10T10:00:00+08:00")
    keep(known, *(item(number, captured_at=october, judged="DETRACTOR") for number in range(6)))
    assert run(call("feedback/improve", {"period": "2026-10", "proposals": [PROPOSAL]}, connection=known)) == {
        "round": 1
    }
    run(call("feedback/release", {"round": 1, "on": "2026-11-18"}, connection=known))
    keep(known, *(item(number, captured_at=MORNING + timedelta(days=number), judged="EFFORT") for number in (10, 11)))
    later = MORNING + timedelta(days=60)
    said = run(call("feedback/effect", {"round": 1}, connection=known, at=later))
    (one,) = improvements.newest(known)
    assert (one.before, one.after, one.status, one.released_on.isoformat()) == (
        Decimal("5.81"),
        Decimal(1),
        "BETTER",
        "2026-11-18",
    )  # type: ignore[union-attr]
    assert said == {"better": True, "topics": [{"topic": "FEE", "before": Decimal("5.81"), "after": 1, "better": True}]}


def test_as_bad_as_before_is_not_better(known: Connection, call: Make) -> None:
    run(call("feedback/improve", {"period": "2026-10", "proposals": [PROPOSAL]}, connection=known))
    assert (
        run(call("feedback/effect", {"round": 1}, connection=known, at=MORNING + timedelta(days=60)))["better"] is False
    )
    assert improvements.newest(known)[0].status == "NOT_BETTER"
