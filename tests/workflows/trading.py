"""How a trade is walked: what people say at each task, and what stands in the books afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import update

import workflows
from tests.workflows.walking import House, Walk
from workflows.tables import customer
from workflows.trading import holdings, orders, payments
from workflows.trading.model import Order

CERTAIN = dict.fromkeys(
    ("BANK_UNPAID_PERCENT", "REGISTRAR_SILENT_PERCENT", "REGISTRAR_REJECTED_PERCENT", "REGISTRAR_PARTIAL_PERCENT"), 0
)
GUIDED = {"applicationExplained": True, "feesExplained": True, "transferExplained": True, "nothingOperated": True}
SIGNED = {"keyFactsRead": True, "riskNoticeRead": True, "ownDecision": True, "signature": "样例客户"}
INSISTS = {"pointAbove": True, "pointLoss": True, "pointUnlikeMine": True, "pointNotAdvised": True}
WARNED = {**INSISTS, "statement": "I have wanted this fund for long.", "signature": "样例客户"}
CARED = {"scriptFollowed": True, "largestLoss": 5000, "careGiven": True}
MONEY_FUND, BONDS, RAISED, SHARES, LIMITED, OIL = "990001", "990004", "990005", "990014", "990018", "990020"


def configured(house: House, **changed: Any) -> None:
    """Put the shipped parameters in force, without chance but for what is changed."""
    shipped = workflows.parameters()
    given = {name: {**said, "value": (CERTAIN | changed).get(name, said["value"])} for name, said in shipped.items()}
    house.engine.configure(parameters=given, by=house.members("process_owner")[0], reason="tests")


@contextmanager
def chance(house: House, **changed: Any) -> Iterator[None]:
    """Make the sample bank or registrar do something for a while."""
    configured(house, **changed)
    yield
    configured(house)


def somebody(house: House, **changed: Any) -> str:
    """A customer of class C3 in his forties whose papers are in order, with what a test changes."""
    usual: dict[str, Any] = {"kind": "person", "risk_class": "C3", "lowest_class": False, "professional": False}
    usual |= {"birth_date": date(1984, 1, 2), "status": "ACTIVE", "assessment_valid_to": date(2027, 10, 1)}
    usual |= {"id_valid_to": date(2035, 1, 1), "card_token": "tok_1"}
    found = next(house.customers)
    with house.engine.database.writing() as connection:
        connection.execute(update(customer).where(customer.c.id == found).values(**usual | changed))
    return found


def asked(house: House, who: str, *, channel: str = "PHONE", initiative: str = "CUSTOMER", **order: Any) -> Walk:
    """A trade whose order has been read back."""
    walk = house.walk("trade", customerId=who, channel=channel, initiative=initiative)
    usual = {"orderType": "PUR", "fundCode": MONEY_FUND, "amount": 1000, "payMethod": "CARD", "codeReadBack": True}
    given = {name: value for name, value in (usual | order).items() if value is not None}
    return walk.does("ConfirmOrder", **given)


def wanted(house: House, who: str | None = None, **order: Any) -> Walk:
    """A trade in which nothing is missing but the application."""
    return asked(house, who or somebody(house), **order).does("Guide", **GUIDED)


def signed(walk: Walk) -> Walk:
    """The customer signs the application."""
    return walk.hears("application_signed", **SIGNED)


def until(walk: Walk, when: str) -> Walk:
    """Let time pass until a moment in Shanghai."""
    walk.house.clock.set(f"{when}+08:00")
    return walk.settled()


def batched(walk: Walk) -> Walk:
    """The bank debits, and the order file of a Wednesday goes out."""
    walk.later(minutes=3)
    until(walk, "2026-11-18T15:00:00")
    return until(walk, "2026-11-18T20:00:00")


def order_of(walk: Walk) -> Order:
    """The order of a case."""
    with walk.house.engine.database.reading() as connection:
        found = orders.of_case(connection, walk.case.id)
    assert found is not None
    return found


def held(walk: Walk, code: str) -> Decimal:
    """How many shares of a fund the customer of a case has."""
    with walk.house.engine.database.reading() as connection:
        lots = holdings.lots(connection, walk.data["customerId"], code)
    return sum((lot.shares for lot in lots), Decimal(0))


def given_back(walk: Walk) -> Decimal:
    """What of the customer's money is still held for the order of a case."""
    with walk.house.engine.database.reading() as connection:
        return payments.held(connection, order_of(walk).id)
