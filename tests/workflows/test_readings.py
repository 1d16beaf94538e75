"""Personal values in full: with a reason, with a record, and the record stays as it is."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from engine.store.database import Database
from tests.workflows.conftest import MORNING
from workflows.customers import readings, repository
from workflows.customers.readings import AUDITORS, FIELDS, NoReason, may_read, newest, reveal
from workflows.staff.model import GROUPS

WHO = "C000001"


def test_a_value_is_shown_for_a_reason_and_that_is_kept(known: Connection) -> None:
    customer = repository.get(known, WHO)
    assert customer is not None
    shown = {field: reveal(known, WHO, field, actor="li.na", at=MORNING, reason="  To call back ") for field in FIELDS}
    assert shown == {
        "id_number": customer.id_number,
        "birth_date": str(customer.birth_date),
        "mobile": customer.mobile,
        "email": customer.email,
    }
    kept = newest(known, customer_id=WHO)
    assert [one.field for one in kept] == list(FIELDS)[::-1]
    assert {(one.customer_id, one.actor, one.at, one.reason) for one in kept} == {
        (WHO, "li.na", MORNING, "To call back")
    }
    assert newest(known, customer_id="C000002") == []


@pytest.mark.parametrize("reason", ["", "    ", "four", " four "])
def test_no_value_without_a_reason(known: Connection, reason: str) -> None:
    with pytest.raises(NoReason):
        reveal(known, WHO, "mobile", actor="li.na", at=MORNING, reason=reason)
    assert newest(known) == []


@pytest.mark.parametrize(("who", "field"), [(WHO, "card_token"), (WHO, "name"), ("C999999", "mobile")])
def test_what_is_no_value_to_be_shown(known: Connection, who: str, field: str) -> None:
    with pytest.raises(LookupError):
        reveal(known, who, field, actor="li.na", at=MORNING, reason="To call back")
    assert newest(known) == []


def test_readings_go_by_key(known: Connection) -> None:
    for number in range(5):
        reveal(known, f"C00000{number + 1}", "mobile", actor="li.na", at=MORNING, reason="To call back")
    seen: list[str] = []
    after = None
    while page := newest(known, limit=2, after=after):
        seen += [one.customer_id for one in page]
        after = page[-1].id
    assert seen == [f"C00000{number}" for number in (5, 4, 3, 2, 1)]


def test_who_may_read() -> None:
    assert {group for group in GROUPS if may_read([group])} == {"csr", "csl", "chs", "co", "aml", "ops", "dpo"}
    assert not may_read([]) and set(GROUPS) >= AUDITORS | readings.MAY_READ


@pytest.mark.parametrize("statement", ["update customer_reading set actor = 'x'", "delete from customer_reading"])
def test_the_record_cannot_be_changed(peopled: Database, statement: str) -> None:
    with peopled.writing() as connection:
        reveal(connection, WHO, "mobile", actor="li.na", at=MORNING, reason="To call back")
    with pytest.raises(DBAPIError, match="append-only"), peopled.writing() as connection:
        connection.execute(text(statement))
    with peopled.reading() as connection:
        assert [one.actor for one in newest(connection)] == ["li.na"]


def test_contacts_and_complaints_go_by_key(known: Connection) -> None:
    from workflows.interactions import repository as interactions

    for number in range(5):
        interactions.record(
            known, key=f"x{number}", channel="PHONE", direction="IN", at=MORNING, customer_id=WHO, summary=str(number)
        )
    everything = [one.id for one in interactions.of_customer(known, WHO, limit=50)]
    seen: list[int] = []
    after = None
    while page := interactions.of_customer(known, WHO, limit=2, after=after):
        seen += [one.id for one in page]
        after = page[-1].id
    assert seen == everything and len(seen) > 5
