"""Complaints on real tables: registered, assigned to whom nothing bars, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from engine.model import CaseId
from engine.store.database import Database
from engine.store.tables import case, step
from tests.workflows.conftest import MORNING
from tests.workflows.operating import Make, case_row, counted, enter, run, step_row
from workflows import records
from workflows.complaints import repository as complaints
from workflows.customers import repository as customers
from workflows.interactions import repository as interactions
from workflows.outbox import correspondents
from workflows.tables import inquiry as inquiry_table
from workflows.tables import interaction

KNOWN = {"customer": {"customerId": "C000001"}}


def registering(call: Make, connection: Connection, **data: Any) -> dict[str, Any]:
    facts = {"category": "PROMISE_RETURN", "complainants": 1, "amountClaimed": Decimal("12480.00")}
    contact = {"source": "PHONE", "receivedAt": "2026-11-18T08:30:00+08:00", "customerId": "C000001"}
    usual = {"contact": contact, "customer": {"customerId": "C000001"}}
    return run(call("complaint/register", facts, connection=connection, process="complaint", data=usual | data))


def assigning(call: Make, connection: Connection, *, data: Any = None, **parameters: Any) -> dict[str, Any]:
    given = {"target": "7 BD", "limit": ["15 ND"], "severity": "SEV2"} | parameters
    return run(call("complaint/assign", given, connection=connection, process="complaint", data=data or {}))


def test_a_complaint_is_entered_assigned_and_closed(known: Connection, call: Make) -> None:
    assert registering(call, known)["customerId"] == "C000001"
    said = assigning(call, known)
    run(call("complaint/close", {"verdict": "FOUNDED", "rootCause": "PEOPLE", "compensation": 660}, connection=known))

    found = complaints.get(known, "7")
    assert found is not None
    assert said == {
        "handler": "ding.yi",
        "dueAt": "2026-11-27T10:00:00.000000Z",
        "warnAt": "2026-11-25T10:00:00.000000Z",
    }
    assert (found.handler, found.severity, found.finding, found.compensation) == ("ding.yi", "SEV2", "FOUNDED", 660)
    assert found.received_at == datetime.fromisoformat("2026-11-18T08:30:00+08:00")
    assert (found.amount_claimed, found.closed_at) == (Decimal("12480.00"), MORNING)


def test_registering_again_keeps_one_row(known: Connection, call: Make) -> None:
    assert registering(call, known) == registering(call, known)
    assert len(complaints.of_customer(known, "C000001")) == 1


def test_the_complainant_is_found_by_his_document(known: Connection, call: Make, kept: Any) -> None:
    zhang = customers.get(known, "C000006")
    assert zhang is not None
    told = kept({"name": zhang.name, "idNo": zhang.id_number, "mobile": "19900099999"})
    said = registering(call, known, contact={}, customer={"customerId": ""}, complainant=told)

    assert said["customerId"] == "C000006"
    assert correspondents.get(known, "7") == correspondents.Correspondent(
        customer_id="C000006", name="张伟", mobile="19900099999"
    )


def test_who_is_no_customer_may_complain(known: Connection, call: Make, kept: Any) -> None:
    told = kept({"name": "陌生人", "mobile": "19900099999"})
    assert registering(call, known, contact={}, customer={"customerId": ""}, complainant=told)["customerId"] == ""


def test_the_strictest_term_counts(known: Connection, call: Make) -> None:
    registering(call, known)
    said = assigning(call, known, limit="60 ND, 3 ND")
    assert said["dueAt"] == "2026-11-21T10:00:00.000000Z"
    assert said["warnAt"] <= said["dueAt"]


def test_whom_the_complaint_names_does_not_get_it(known: Connection, call: Make) -> None:
    registering(call, known)
    assert assigning(call, known, concernedStaff=["song.yan"])["handler"] == "zhou.min"  # ding.yi is of the same team


def test_who_spoke_with_the_customer_in_the_case_does_not_get_it(known: Connection, call: Make) -> None:
    talked(known, "ding.yi", "INQ-20261110-000004")
    registering(call, known)
    assert assigning(call, known, data={"contact": {"relatedCase": "INQ-20261110-000004"}})["handler"] == "song.yan"


@pytest.mark.parametrize("named", ["parent", "related"])
def test_who_worked_on_the_case_does_not_get_it(known: Connection, call: Make, named: str) -> None:
    known.execute(insert(case).values(**case_row(5, "completed")))
    for seq, (kind, actor) in enumerate([("started", "li.na"), ("completed", "ding.yi"), ("reminded", "system")]):
        known.execute(insert(step).values(**step_row(5, seq, kind, actor)))
    registering(call, known)
    more = {"parent": CaseId("5")} if named == "parent" else {"data": {"relatedCase": "INQ-5"}}

    assert records.people_of(known, ["5"]) == records.people_of(known, ["INQ-5"]) == {"li.na", "ding.yi"}
    assert run(call("complaint/assign", {"target": "7 BD"}, connection=known, **more))["handler"] == "song.yan"


def test_who_handled_the_case_that_is_complained_about_does_not_get_it(known: Connection, call: Make) -> None:
    enter(known, "5", MORNING - timedelta(days=40))
    complaints.assign(known, "5", handler="ding.yi", severity=None, due_at=MORNING, warn_at=MORNING, evidence=[])
    complaints.close(known, "5", finding=None, root_cause=None, compensation=None, at=MORNING)
    registering(call, known)
    assert assigning(call, known, data={"relatedCase": "CMP-5"})["handler"] == "song.yan"


def test_if_nobody_is_left_the_handler_is_empty(known: Connection, call: Make) -> None:
    registering(call, known)
    assert assigning(call, known, concernedStaff=["song.yan", "zhou.min"])["handler"] == ""
    found = complaints.get(known, "7")
    assert found is not None and found.handler is None and found.due_at is not None


def test_evidence_is_frozen_when_the_handler_is_found(known: Connection, call: Make) -> None:
    talked(known, "xu.kai", "INQ-20261110-000004")
    registering(call, known)
    about = {"contact": {"relatedCase": "INQ-20261110-000004"}}
    assigning(call, known, data=about)
    talked(known, "li.na", "INQ-20261110-000004", key="later")
    assigning(call, known, data=about)

    found = complaints.get(known, "7")
    assert found is not None
    assert [(item["kind"], len(item["sha256"])) for item in found.evidence] == [("contact", 64)]


def talked(connection: Connection, person: str, number: str, key: str = "talk") -> None:
    interactions.record(
        connection,
        key=key,
        channel="PHONE",
        direction="IN",
        at=MORNING,
        by=person,
        case_number=number,
        summary="as safe",
    )


def test_an_operator_writes_within_the_step_that_calls_it(peopled: Database, call: Make) -> None:
    with pytest.raises(ZeroDivisionError), peopled.writing() as connection:
        registering(call, connection)
        run(call("inquiry/close", {"gap": "移仓成本"}, connection=connection, data=KNOWN))
        raise ZeroDivisionError
    with peopled.reading() as connection:
        assert counted(connection, inquiry_table) == 0
        assert complaints.get(connection, "7") is None
        assert not [row for row in connection.execute(select(interaction)) if row.case_id == "7"]


def test_what_is_closed_to_a_call_is_nothing(known: Connection, call: Make) -> None:
    reference = {"$vault": "7.1.1", "sha256": "0" * 64}
    closed = call("customer/lookup", connection=known, data={"contact": {"caller": reference}})
    assert run(replace(closed, reveal=lambda value: value))["found"] is False
