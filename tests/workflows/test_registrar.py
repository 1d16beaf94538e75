"""The registrar and the bank that come with the product: what they post, when, and that they do nothing twice."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

import workflows
from tests.workflows.conftest import MORNING
from tests.workflows.operating import Make, run
from tests.workflows.test_orders import BONDS, OIL, WHO, place
from workflows.trading import confirmations, holdings, orders, payments, prices
from workflows.trading.operators import drawn

Posted = list[tuple[str, Any, datetime, str]]
PARAMETERS = {name: said["value"] for name, said in workflows.parameters().items()}
NOTHING_HAPPENS = {name: 0 for name in PARAMETERS if name.endswith("_PERCENT")}


def asked(call: Make, operator: str, connection: Connection, chance: dict[str, Any] | None = None, **given: Any) -> Any:
    """Ask an operator with certain chances."""
    values = PARAMETERS | NOTHING_HAPPENS | (chance or {})
    return run(call(operator, given, connection=connection, parameter=values.__getitem__, data={"customerId": WHO}))


def test_a_purchase_is_confirmed_at_the_price_of_its_trade_date(known: Connection, call: Make, posted: Posted) -> None:
    order = place(known, status="PAID")
    asked(call, "registrar/submit", known)
    ((name, said, at, id),) = posted
    price = prices.on(known, BONDS, order.trade_date)
    assert price is not None and said["nav"] == price.nav
    assert (name, said["outcome"], said["amount"], said["fee"]) == (
        "registrar_confirmed",
        "CONFIRMED",
        1000,
        Decimal("2.99"),
    )
    assert said["shares"] == round(Decimal("997.01") / price.nav, 2)
    assert at == datetime.fromisoformat("2026-11-19T18:00:00+08:00") and id == "confirmation:O-7"
    found = orders.of_case(known, "7")
    assert found is not None and (found.status, found.submitted_at) == ("SUBMITTED", MORNING)


def test_the_file_goes_out_twice_and_says_the_same(known: Connection, call: Make, posted: Posted) -> None:
    place(known, status="PAID")
    first = asked(call, "registrar/submit", known)
    assert asked(call, "registrar/submit", known) == first
    assert posted[0] == posted[1]  # the same id: it comes once


def test_a_qdii_fund_is_confirmed_on_its_own_day(known: Connection, call: Make, posted: Posted) -> None:
    place(known, status="PAID", fund_code=OIL, confirm_date=date(2026, 11, 20))
    asked(call, "registrar/submit", known)
    assert posted[0][2] == datetime.fromisoformat("2026-11-20T18:00:00+08:00")


def test_some_orders_are_forgotten(known: Connection, call: Make, posted: Posted) -> None:
    place(known, status="PAID")
    asked(call, "registrar/submit", known, {"REGISTRAR_SILENT_PERCENT": 100})
    assert posted == []


def test_some_are_rejected_with_a_reason(known: Connection, call: Make, posted: Posted) -> None:
    place(known, status="PAID")
    asked(call, "registrar/submit", known, {"REGISTRAR_REJECTED_PERCENT": 100})
    assert (posted[0][1]["outcome"], posted[0][1]["reason"]) == ("REJECTED", "REFUSED_BY_REGISTRAR")


def test_some_are_confirmed_in_part(known: Connection, call: Make, posted: Posted) -> None:
    order = place(known, status="PAID")
    asked(call, "registrar/submit", known, {"REGISTRAR_PARTIAL_PERCENT": 100})
    said = posted[0][1]
    assert said["outcome"] == "PARTIAL" and 300 <= said["amount"] <= 900
    settled = asked(call, "trade/settle", known, confirmation=said)
    assert settled["refund"] == 1000 - said["amount"]
    assert confirmations.of_order(known, order.id) is not None


def test_a_subscription_costs_the_face_value(known: Connection, call: Make, posted: Posted) -> None:
    place(known, status="PAID", fund_code="990005", type="SUB")
    asked(call, "registrar/submit", known)
    assert (posted[0][1]["nav"], posted[0][1]["shares"]) == (1, Decimal("997.01"))


def test_a_redemption_pays_its_fee_to_the_fund(known: Connection, call: Make, posted: Posted) -> None:
    holdings.add(known, WHO, BONDS, shares=Decimal(100), cost=Decimal(150), since=date(2026, 11, 12))
    order = place(known, type="RED", amount=None, shares=Decimal(100))
    asked(call, "registrar/submit", known)
    said, price = posted[0][1], prices.on(known, BONDS, order.trade_date)
    assert price is not None and said["fee"] == round(100 * price.nav * Decimal("0.015"), 2)
    assert said["amount"] + said["fee"] == round(100 * price.nav, 2)


def test_a_switch_is_never_partial(known: Connection, call: Make, posted: Posted) -> None:
    holdings.add(known, WHO, BONDS, shares=Decimal(100), cost=Decimal(150), since=date(2026, 1, 5))
    place(known, type="CONV", amount=None, shares=Decimal(100), terms={"targetFundCode": "990002"})
    asked(call, "registrar/submit", known, {"REGISTRAR_PARTIAL_PERCENT": 100})
    said = posted[0][1]
    price = prices.on(known, "990002", date(2026, 11, 18))
    assert price is not None and said["outcome"] == "CONFIRMED" and said["nav"] == price.nav
    asked(call, "trade/settle", known, confirmation=said)
    assert holdings.lots(known, WHO, BONDS) == []
    (lot,) = holdings.lots(known, WHO, "990002")
    assert lot.shares == said["shares"]


@pytest.mark.parametrize("status", ["CANCELLED", "UNPAID", "CONFIRMED"])
def test_what_is_over_is_not_sent(known: Connection, call: Make, posted: Posted, status: str) -> None:
    place(known, status=status)
    asked(call, "registrar/submit", known)
    found = orders.of_case(known, "7")
    assert posted == [] and found is not None and found.status == status


def test_the_bank_debits_some_minutes_later(known: Connection, call: Make, posted: Posted) -> None:
    order = place(known)
    assert asked(call, "payment/request", known) == {"amount": 1000}
    ((name, said, at, id),) = posted
    assert (name, said, id) == ("payment_debited", {"amount": 1000}, "debit:debit:O-7")
    assert (at - MORNING).total_seconds() == 60 * PARAMETERS["BANK_DEBIT_MINUTES"]
    asked(call, "trade/paid", known)
    assert payments.held(known, order.id) == 1000
    assert len(payments.of_order(known, order.id)) == 1


def test_some_payments_never_come(known: Connection, call: Make, posted: Posted) -> None:
    place(known)
    asked(call, "payment/request", known, {"BANK_UNPAID_PERCENT": 100})
    assert posted == []


@pytest.mark.parametrize("wanted, back", [(None, 1000), (400, 400), (5000, 1000), (0, 0)])
def test_no_more_goes_back_than_was_taken(known: Connection, call: Make, wanted: int | None, back: int) -> None:
    order = place(known)
    asked(call, "payment/request", known)
    asked(call, "trade/paid", known)
    given = {} if wanted is None else {"amount": wanted}
    assert asked(call, "payment/refund", known, **given) == {"amount": back}
    assert payments.held(known, order.id) == 1000 - back


def test_what_was_never_paid_does_not_go_back(known: Connection, call: Make) -> None:
    place(known)
    asked(call, "payment/request", known)
    assert asked(call, "payment/refund", known) == {"amount": 0}


def test_lots_are_drawn_evenly_by_the_number_alone() -> None:
    lots = [drawn(f"O20261118-{number:06d}") for number in range(2000)]
    assert lots == [drawn(f"O20261118-{number:06d}") for number in range(2000)]
    assert 160 < sum(lot < 10 for lot in lots) < 240 and set(lots) <= set(range(100))
