"""The register: recusal, deadlines, frozen evidence, complaints within ninety days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from engine.calendars import default
from tests.workflows.conftest import MORNING
from workflows.complaints import deadlines, evidence, repository
from workflows.complaints.recusal import choose, recused
from workflows.demo.people import people
from workflows.interactions import repository as interactions

STAFF = people(date(2026, 11, 18))
SPECIALISTS = [person for person in STAFF if "chs" in person.groups]


def moment(term: str) -> datetime:
    found: datetime = default().due(term, MORNING).at
    return found


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00")


# -- recusal


def test_whom_a_complaint_names_and_his_team_stay_out() -> None:
    barred = recused(STAFF, concerned=["song.yan"], involved=[])
    assert barred == {"song.yan", "ding.yi"}


def test_who_had_to_do_with_it_stays_out_without_his_team() -> None:
    assert recused(STAFF, concerned=[], involved=["song.yan", "li.na"]) == {"song.yan", "li.na"}


def test_a_name_that_nobody_has_harms_nobody() -> None:
    assert recused(STAFF, concerned=["nobody"], involved=[]) == {"nobody"}


def test_the_one_with_the_fewest_open_complaints_gets_it() -> None:
    def chosen(barred: set[str], load: dict[str, int]) -> str | None:
        person = choose(SPECIALISTS, frozenset(barred), load)
        return person and person.id

    assert chosen(set(), {}) == "ding.yi"
    assert chosen(set(), {"ding.yi": 2, "song.yan": 1, "zhou.min": 1}) == "song.yan"
    assert chosen({"song.yan", "ding.yi"}, {"zhou.min": 99}) == "zhou.min"
    assert chosen({person.id for person in SPECIALISTS}, {}) is None


def test_whoever_took_it_in_goes_on_with_it_unless_recused() -> None:
    def chosen(barred: set[str], preferred: str) -> str | None:
        person = choose(SPECIALISTS, frozenset(barred), {"zhou.min": 5}, preferred)
        return person and person.id

    assert chosen(set(), "zhou.min") == "zhou.min"
    assert chosen({"zhou.min"}, "zhou.min") == "ding.yi"
    assert chosen(set(), "li.na") == "ding.yi"


# -- deadlines


def test_the_earliest_term_counts() -> None:
    assert deadlines.earliest(["7 BD", "15 ND"], moment) == moment("7 BD") == shanghai("2026-11-27T18:00")
    assert deadlines.earliest(["60 ND", "15 ND"], moment) == moment("15 ND")


@pytest.mark.parametrize(
    ("term", "warned"),
    [
        ("7 BD", "2026-11-25T18:00"),  # 5 of 7 days
        ("5 BD", "2026-11-24T18:00"),
        ("10 ND", None),
        ("20 h24", "2026-11-19T01:00"),
    ],
)
def test_a_warning_comes_after_full_days_of_the_terms_own_calendar(term: str, warned: str | None) -> None:
    expected = shanghai(warned) if warned else moment("8 ND")
    assert deadlines.warning(term, 80, MORNING, moment) == expected


@pytest.mark.parametrize("term", ["1 BD", "PT10H"])
def test_a_single_day_is_shared_by_the_clock(term: str) -> None:
    whole = moment(term) - MORNING
    assert deadlines.warning(term, 80, MORNING, moment) == MORNING + whole * 0.8


# -- the register


def enter(connection: Connection, case_id: str = "7", **more: object) -> None:
    usual: dict[str, object] = {
        "case_id": case_id,
        "case_number": f"CMP-20261118-{int(case_id):06d}",
        "customer_id": "C000001",
        "source": "PHONE",
        "category": "PROMISE_RETURN",
        "complainants": 1,
        "amount_claimed": Decimal("12480.00"),
        "related_case": None,
        "concerned": [],
        "received_at": MORNING,
        "at": MORNING,
    }
    repository.register(connection, **usual | more)  # type: ignore[arg-type]


def test_the_register_from_entry_to_close(known: Connection) -> None:
    enter(known, concerned=["xu.kai", "xu.kai"], related_case="INQ-1")
    repository.assign(
        known,
        "7",
        handler="zhou.min",
        severity="SEV2",
        due_at=moment("7 BD"),
        warn_at=moment("5 BD"),
        evidence=[{"id": 1}],
    )
    repository.close(known, "7", finding="FOUNDED", root_cause="PEOPLE", compensation=Decimal("660.05"), at=MORNING)

    found = repository.get(known, "7")
    assert found is not None
    assert (found.handler, found.severity, found.due_at) == ("zhou.min", "SEV2", moment("7 BD"))
    assert (found.finding, found.compensation, found.closed_at) == ("FOUNDED", Decimal("660.05"), MORNING)
    assert (found.amount_claimed, found.concerned, found.open) == (Decimal("12480.00"), ("xu.kai",), False)


def test_entered_again_the_first_moment_stays(known: Connection) -> None:
    enter(known)
    enter(known, category="FEE", at=MORNING + timedelta(days=1))

    found = repository.get(known, "7")
    assert found is not None
    assert (found.category, found.registered_at) == ("FEE", MORNING)


def test_closed_again_the_first_moment_stays(known: Connection) -> None:
    enter(known)
    for later in (MORNING, MORNING + timedelta(days=1)):
        repository.close(known, "7", finding="PARTLY", root_cause=None, compensation=None, at=later)
    found = repository.get(known, "7")
    assert found is not None and found.closed_at == MORNING


def test_frozen_evidence_is_not_touched_again(known: Connection) -> None:
    enter(known)
    for number in (1, 2):
        repository.assign(
            known, "7", handler=None, severity=None, due_at=MORNING, warn_at=MORNING, evidence=[{"id": number}]
        )
    found = repository.get(known, "7")
    assert found is not None and found.evidence == ({"id": 1},)


def test_an_amount_with_three_decimals_is_refused(known: Connection) -> None:
    with pytest.raises(Exception, match="more than 2 decimal places"):
        enter(known, amount_claimed=Decimal("0.001"))


@pytest.mark.parametrize(
    ("ago", "counted"),
    [(timedelta(0), 1), (timedelta(days=89), 1), (timedelta(days=90), 0), (timedelta(seconds=-1), 0)],
)
def test_ninety_days(known: Connection, ago: timedelta, counted: int) -> None:
    enter(known, received_at=MORNING - ago)
    assert repository.in_days(known, "C000001", days=90, before=MORNING) == counted


def test_this_complaint_and_those_of_others_do_not_count(known: Connection) -> None:
    enter(known, "7")
    enter(known, "8", customer_id="C000002")
    enter(known, "9", customer_id=None)
    assert repository.in_days(known, "C000001", days=90, before=MORNING, other_than="7") == 0


def test_found_by_what_they_are_about(known: Connection) -> None:
    enter(known, "7", related_case="INQ-1")
    enter(known, "8")
    assert [found.case_id for found in repository.about(known, ["INQ-1"])] == ["7"]
    assert [found.case_id for found in repository.about(known, ["8", "CMP-20261118-000007"])] == ["7", "8"]
    assert repository.about(known, []) == []
    assert [found.case_id for found in repository.of_customer(known, "C000001")] == ["7", "8"]


def test_open_complaints_by_handler(known: Connection) -> None:
    for case_id in ("7", "8", "9"):
        enter(known, case_id)
        handler = "song.yan" if case_id == "7" else "ding.yi"
        repository.assign(known, case_id, handler=handler, severity=None, due_at=MORNING, warn_at=MORNING, evidence=[])
    repository.close(known, "8", finding=None, root_cause=None, compensation=None, at=MORNING)
    assert repository.open_by_handler(known) == {"song.yan": 1, "ding.yi": 1}


# -- evidence


def test_evidence_shows_a_later_change(known: Connection) -> None:
    for minute in (2, 1):
        interactions.record(
            known,
            key=f"c{minute}",
            channel="PHONE",
            direction="IN",
            at=datetime(2026, 11, 18, 1, minute, tzinfo=UTC),
            summary="as safe as a deposit",
            case_number="INQ-1",
        )
    contacts = interactions.of_cases(known, ["INQ-1"])
    frozen = evidence.frozen(contacts)

    assert [entry["at"] for entry in frozen] == ["2026-11-18T01:01:00.000000Z", "2026-11-18T01:02:00.000000Z"]
    assert len({entry["sha256"] for entry in frozen}) == 2
    assert evidence.frozen(contacts) == frozen
    changed = [contact for contact in contacts if contact.key == "c1"]
    interactions.record(known, key="c1", channel="CHAT", direction="IN", at=MORNING, summary="changed")
    assert interactions.of_cases(known, ["INQ-1"])[:1] == changed  # a record is never changed by its key
