"""Orders and what comes of them: sums, lots, quotas, letters, payments; and the facts that checks read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, update

from engine.model import CaseId
from tests.workflows.conftest import MORNING
from tests.workflows.operating import Make, run
from workflows.callbacks import repository as callbacks
from workflows.customers import repository as customers
from workflows.funds import repository as funds
from workflows.tables import customer
from workflows.trading import confirmations, holdings, letters, orders, payments, sums
from workflows.trading.model import Confirmation, Lot, Order
from workflows.trading.payments import DEBIT, REFUND, Payment

WHO, BONDS, SHARES, CASH, LIMITED, OIL = "C000007", "990004", "990014", "990001", "990018", "990020"
TODAY = date(2026, 11, 18)
RATES = {7: Decimal("1.5"), 30: Decimal(1), 180: Decimal("0.5")}
FORM = {"orderType": "PUR", "fundCode": BONDS, "amount": 1000, "payMethod": "CARD"}


def lot(id: int, shares: str, days: int) -> Lot:
    """A lot that was bought so many days ago."""
    return Lot(id=id, shares=Decimal(shares), cost=Decimal(100), since=TODAY - timedelta(days=days))


# -- sums


@pytest.mark.parametrize(
    "amount, fee, nav, expected",
    [
        ("1000", "0", "1", ("0.00", "1000.00")),
        ("1000", "0.80", "1.2345", ("7.94", "803.61")),
        ("1000", "0.30", "1", ("2.99", "997.01")),
        ("0.01", "0.80", "1", ("0.00", "0.01")),
        ("10000", "0.15", "1.0005", ("14.98", "9980.03")),
    ],
)
def test_what_an_amount_buys(amount: str, fee: str, nav: str, expected: tuple[str, str]) -> None:
    out = sums.bought(Decimal(amount), Decimal(fee), Decimal(nav))
    assert (str(out.fee), str(out.shares)) == expected


def test_halves_are_rounded_up() -> None:
    assert str(sums.fen(Decimal("0.005"))) == "0.01" and str(sums.fen(Decimal("2.675"))) == "2.68"


@pytest.mark.parametrize(
    "days, rate", [(0, "1.5"), (6, "1.5"), (7, "1"), (29, "1"), (30, "0.5"), (179, "0.5"), (180, "0"), (9999, "0")]
)
def test_the_redemption_fee_falls_with_time(days: int, rate: str) -> None:
    assert sums.rate(days, 180, RATES) == Decimal(rate)


def test_each_lot_pays_its_own_fee_and_the_oldest_goes_first() -> None:
    out = sums.sold([lot(2, "50", 3), lot(1, "30", 200)], Decimal(40), Decimal("2"), TODAY, 180, RATES)
    assert [(one.id, part) for one, part in out.taken] == [(1, Decimal(30)), (2, Decimal(10))]
    assert (out.fee, out.amount) == (Decimal("0.30"), Decimal("79.70"))


def test_more_than_there_is_cannot_be_sold() -> None:
    with pytest.raises(ValueError, match="too few"):
        sums.taken_from([lot(1, "30", 200)], Decimal("30.01"))


@pytest.mark.parametrize(
    "code, kind, days",
    [
        (CASH, "person", 0),
        ("990003", "institution", 0),
        (BONDS, "person", 7),
        ("990012", "person", 7),
        (BONDS, "institution", 30),
        ("990012", "institution", 180),
        (SHARES, "person", 180),
    ],
)
def test_who_pays_no_redemption_fee_and_when(known: Connection, code: str, kind: str, days: int) -> None:
    fund = funds.get(known, code)
    assert fund is not None and sums.free_after(fund, kind) == days


# -- orders, lots, payments


def place(connection: Connection, case: str = "7", **said: Any) -> Order:
    """An accepted order of a customer."""
    usual: dict[str, Any] = {"customer_id": WHO, "fund_code": BONDS, "type": "PUR", "amount": Decimal(1000)}
    usual |= {"shares": None, "terms": {}, "channel": "PHONE", "initiative": "CUSTOMER", "accepted_at": MORNING}
    usual |= {"trade_date": TODAY, "confirm_date": date(2026, 11, 19), "status": "ACCEPTED", "decision": "ALLOW"}
    usual |= {"evidence": {}, "flags": [], "signed_at": MORNING, "signature": "0" * 64}
    own = {"key": f"order:{case}", "number": f"O-{case}", "case_id": case, "case_number": f"TRD-{case}"}
    return orders.accept(connection, own | usual | said)


def test_an_order_is_accepted_once(known: Connection) -> None:
    first = place(known)
    assert place(known, amount=Decimal(5)) == first
    assert (first.number, first.amount, first.status) == ("O-7", Decimal(1000), "ACCEPTED")
    assert orders.get(known, first.id) == orders.of_case(known, "7") == orders.by_number(known, "O-7") == first
    assert orders.of_case(known, "8") is None and orders.get(known, 99) is None


def test_orders_page_by_page(known: Connection) -> None:
    made = [place(known, str(number), accepted_at=MORNING + timedelta(minutes=number % 2)) for number in range(1, 6)]
    assert [one.case_id for one in made] == ["1", "2", "3", "4", "5"]
    first = orders.of_customer(known, WHO, limit=3)
    assert [one.case_id for one in first] == ["5", "3", "1"]
    assert [one.case_id for one in orders.of_customer(known, WHO, limit=3, after=first[-1].id)] == ["4", "2"]


def test_only_orders_that_may_still_be_confirmed_use_up_a_quota(known: Connection) -> None:
    for number, status in enumerate(("ACCEPTED", "CONFIRMED", "CANCELLED", "UNPAID", "REJECTED"), start=1):
        place(known, str(number), status=status)
    place(known, "6", trade_date=date(2026, 11, 19))
    place(known, "7", type="RED", shares=Decimal(5), amount=None)
    assert orders.bought_on(known, WHO, BONDS, TODAY) == 2000
    assert orders.bought_since(known, WHO, MORNING) == (3, Decimal(3000))
    assert orders.bought_since(known, WHO, MORNING + timedelta(seconds=1)) == (0, Decimal(0))


def test_what_is_flagged_is_found_again(known: Connection) -> None:
    place(known, "1")
    place(known, "2", flags=["TC29"])
    assert [one.case_id for one in orders.flagged(known, since=MORNING)] == ["2"]
    assert orders.flagged(known, since=MORNING + timedelta(seconds=1)) == []


def confirmed(**said: Any) -> Confirmation:
    """What a registrar says of an order."""
    usual: dict[str, Any] = {"outcome": "CONFIRMED", "amount": Decimal(1000), "shares": Decimal("997.01")}
    usual |= {"nav": Decimal("1.0000"), "fee": Decimal("2.99"), "nav_date": TODAY, "confirm_date": date(2026, 11, 19)}
    return Confirmation(**usual | said)


def test_a_confirmation_is_booked_once(known: Connection) -> None:
    order = place(known)
    said = confirmations.settle(known, order, confirmed(), MORNING)
    again = confirmations.settle(known, order, confirmed(shares=Decimal(1)), MORNING)
    assert again == said == confirmations.of_order(known, order.id)
    (held,) = holdings.of_customer(known, WHO, date(2026, 11, 19))
    assert (held.fund_code, held.shares, held.cost, held.first_at) == (BONDS, said.shares, 1000, said.confirm_date)
    assert held.value == sums.fen(held.shares * held.nav)
    assert holdings.of_customer(known, WHO, TODAY) == []


def test_a_rejection_books_nothing_and_gives_all_back(known: Connection) -> None:
    order = place(known)
    said = confirmations.settle(known, order, confirmed(outcome="REJECTED"), MORNING)
    assert holdings.lots(known, WHO, BONDS) == [] and confirmations.refundable(order, said) == 1000


def test_a_redemption_takes_the_oldest_shares_with_their_cost(known: Connection) -> None:
    holdings.add(known, WHO, BONDS, shares=Decimal(30), cost=Decimal(60), since=date(2026, 1, 5))
    holdings.add(known, WHO, BONDS, shares=Decimal(50), cost=Decimal(75), since=date(2026, 6, 1))
    order = place(known, type="RED", amount=None, shares=Decimal(40))
    confirmations.settle(known, order, confirmed(amount=Decimal(44), shares=Decimal(40)), MORNING)
    (left,) = holdings.lots(known, WHO, BONDS)
    assert (left.shares, left.cost, left.since) == (Decimal(40), Decimal(60), date(2026, 6, 1))


def test_money_moves_once_and_only_what_was_taken_goes_back(known: Connection) -> None:
    order = place(known)
    debit = Payment(key="debit:O-7", order_id=order.id, kind=DEBIT, amount=Decimal(1000))
    assert payments.ask(known, debit, MORNING) == payments.ask(known, debit, MORNING) == debit
    assert payments.held(known, order.id) == 0
    payments.settle(known, order.id, DEBIT, MORNING)
    assert payments.held(known, order.id) == 1000
    payments.ask(known, Payment(key="refund:O-7", order_id=order.id, kind=REFUND, amount=Decimal(400)), MORNING)
    assert payments.held(known, order.id) == 600


# -- operators


def facts(call: Make, connection: Connection, **more: Any) -> dict[str, Any]:
    """The facts of an order, as `trade/facts` answers them."""
    at = more.pop("at", MORNING)
    parameters = {"order": FORM | more, "channel": "PHONE"}
    return run(call("trade/facts", parameters, connection=connection, data={"customerId": WHO}, at=at))


def test_the_facts_of_a_plain_purchase(known: Connection, call: Make) -> None:
    said = facts(call, known)
    assert (said["amount"], said["shares"], said["held"], said["places"]) == (1000, 0, False, 0)
    assert (said["known"], said["fundStatus"], said["r"], said["minFirst"]) == (True, "open", 2, 10)
    assert (said["buys"], said["pays"], said["sells"], said["onTime"]) == (True, True, False, True)
    assert (said["restrictedFrom"], said["letterSigned"], said["secondsSinceLike"]) == (6, False, None)


@pytest.mark.parametrize("code", ["999999", "99000", "99000１", ""])
def test_a_fund_that_is_not_there(known: Connection, call: Make, code: str) -> None:
    said = facts(call, known, fundCode=code)
    assert (said["known"], said["fundStatus"], said["r"]) == (False, "", 0)


def test_what_is_left_of_a_daily_limit(known: Connection, call: Make) -> None:
    assert facts(call, known, fundCode=LIMITED)["quotaLeft"] == 1000
    place(known, fund_code=LIMITED, amount=Decimal("999.99"))
    assert facts(call, known, fundCode=LIMITED)["quotaLeft"] == Decimal("0.01")
    evening = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)  # of the next trade date
    assert facts(call, known, fundCode=LIMITED, at=evening)["quotaLeft"] == 1000
    assert facts(call, known, fundCode=LIMITED, at=evening)["onTime"] is False


def test_all_shares_and_the_days_of_the_youngest_of_them(known: Connection, call: Make) -> None:
    holdings.add(known, WHO, SHARES, shares=Decimal(30), cost=Decimal(60), since=TODAY - timedelta(days=40))
    holdings.add(known, WHO, SHARES, shares=Decimal(50), cost=Decimal(75), since=TODAY - timedelta(days=6))
    sells = {"orderType": "RED", "fundCode": SHARES, "amount": None}
    everything = facts(call, known, **sells, extent="ALL")
    assert (everything["shares"], everything["remaining"], everything["holdingDays"]) == (80, 0, 6)
    part = facts(call, known, **sells, shares=30)
    assert (part["remaining"], part["holdingDays"], part["feeDue"], part["held"]) == (50, 40, True, True)


def test_the_same_order_a_moment_ago(known: Connection, call: Make) -> None:
    place(known, "8", accepted_at=MORNING - timedelta(seconds=299))
    assert facts(call, known)["secondsSinceLike"] == 299
    assert facts(call, known, amount=1001)["secondsSinceLike"] is None


def test_orders_that_add_up_below_the_threshold(known: Connection, call: Make) -> None:
    for number in (1, 2):
        place(known, str(number), amount=Decimal(200000), accepted_at=MORNING - timedelta(days=6))
    place(known, "3", amount=Decimal(200000), accepted_at=MORNING - timedelta(days=8))
    said = facts(call, known, amount=150000)
    assert (said["recentOrders"], said["recentTotal"], said["largeValue"]) == (3, 550000, 500000)


def test_who_was_not_reached_is_restricted(known: Connection, call: Make) -> None:
    callbacks.restrict(known, "callback:3", WHO, 4, "NOT_REACHED", MORNING)
    callbacks.restrict(known, "callback:3", WHO, 2, "NOT_REACHED", MORNING)
    assert facts(call, known)["restrictedFrom"] == 4
    callbacks.lift(known, WHO, MORNING)
    assert facts(call, known)["restrictedFrom"] == 6


def test_papers_cards_and_holds_come_from_the_record(known: Connection, call: Make) -> None:
    changed = {"id_valid_to": TODAY - timedelta(days=45), "card_token": None, "status": "RESTRICTED"}
    known.execute(update(customer).where(customer.c.id == WHO).values(**changed))
    said = facts(call, known)
    assert (said["idExpiredDays"], said["cardBound"], said["amlHold"]) == (45, False, True)


@pytest.mark.parametrize("into, same", [("990007", True), (BONDS, False)])
def test_a_switch_looks_at_both_funds(known: Connection, call: Make, into: str, same: bool) -> None:
    said = facts(call, known, orderType="CONV", fundCode=SHARES, targetFundCode=into, extent="ALL")
    assert (said["sameManager"], said["fundStatus"], said["r"]) == (same, "open", 2)


@pytest.mark.parametrize(
    "code, points",
    [
        (CASH, ["RISK_PRICE"]),
        (BONDS, ["RISK_PRICE", "RISK_CREDIT"]),
        (OIL, ["RISK_PRICE", "RISK_CONCENTRATED", "RISK_CURRENCY", "RISK_COMMODITY"]),
    ],
)
def test_a_letter_names_the_risks_of_the_fund(known: Connection, call: Make, code: str, points: list[str]) -> None:
    assert facts(call, known, fundCode=code)["riskPoints"] == points


@pytest.mark.parametrize("own, status, at, is_open", [(True, "PAID", MORNING, True), (False, "PAID", MORNING, False)])
def test_only_the_own_order_can_be_cancelled(
    known: Connection, call: Make, own: bool, status: str, at: datetime, is_open: bool
) -> None:
    place(known, "8", status=status, customer_id=WHO if own else "C000008")
    said = facts(call, known, orderType="CANCEL", amount=None, cancelOrder="O-8", at=at)
    assert said["cancelOpen"] is is_open


@pytest.mark.parametrize(
    "status, clock, is_open",
    [("ACCEPTED", "14:59:59.999", True), ("ACCEPTED", "15:00:00", False), ("SUBMITTED", "10:00:00", False)],
)
def test_an_order_can_be_cancelled_until_its_cut_off(
    known: Connection, call: Make, status: str, clock: str, is_open: bool
) -> None:
    place(known, "8", status=status)
    at = datetime.fromisoformat(f"2026-11-18T{clock}+08:00")
    assert facts(call, known, orderType="CANCEL", amount=None, cancelOrder="O-8", at=at)["cancelOpen"] is is_open


def test_a_letter_is_good_for_its_order_and_its_fund_alone(known: Connection, call: Make, kept: Any) -> None:
    ticks = {"pointAbove": True, "pointLoss": True}
    signed = {**ticks, "statement": kept("I want it."), "signature": kept("王芳")}
    parameters = {"signed": signed, "fundCode": BONDS, "c": 1, "r": 2}
    first = run(call("trade/warn", parameters, connection=known, data={"customerId": WHO}))
    again = run(call("trade/warn", parameters, connection=known, data={"customerId": WHO}))
    assert first["letterId"] == again["letterId"] == letters.of_case(known, "7", BONDS)
    assert letters.of_case(known, "7", SHARES) is None and letters.of_case(known, "8", BONDS) is None
    assert facts(call, known)["letterSigned"] is True and facts(call, known, fundCode=SHARES)["letterSigned"] is False


APPLICATION = {"keyFactsRead": True, "riskNoticeRead": True, "ownDecision": True}


def accepting(call: Make, connection: Connection, **more: Any) -> dict[str, Any]:
    """What `trade/accept` answers."""
    parameters = {"order": FORM, "channel": "PHONE", "initiative": "CUSTOMER", "shares": 0, "decision": "ALLOW"}
    parameters |= {"application": APPLICATION, "tradeDate": "2026-11-18", "confirmDate": "2026-11-19", "flags": []}
    parameters |= {"evidence": {"letterId": 0, "recordingId": "", "recommendationId": "REC-1"}}
    number = "TRD-20261118-000004"
    return run(
        call("trade/accept", parameters | more, connection=connection, data={"customerId": WHO}, case_number=number)
    )


def test_an_order_is_accepted_once_in_a_case(known: Connection, call: Make) -> None:
    first = accepting(call, known)
    assert accepting(call, known, order=FORM | {"amount": 5}) == first
    assert (first["orderNumber"], first["amount"]) == ("O20261118-000004", 1000)
    order = orders.get(known, first["orderId"])
    assert order is not None and order.accepted_at == MORNING
    assert order.evidence == {"recommendationId": "REC-1"} and order.terms == {"payMethod": "CARD"}


@pytest.mark.parametrize(
    "before, wanted, after",
    [
        ("ACCEPTED", "UNPAID", "UNPAID"),
        ("PAID", "UNPAID", "PAID"),
        ("PAID", "CANCELLED", "CANCELLED"),
        ("SUBMITTED", "CANCELLED", "SUBMITTED"),
    ],
)
def test_an_order_is_closed_only_before_it_is_final(
    known: Connection, call: Make, before: str, wanted: str, after: str
) -> None:
    place(known, status=before)
    assert run(call("trade/close", {"status": wanted}, connection=known)) == {"status": after}


def test_refusals(known: Connection, call: Make) -> None:
    with pytest.raises(ValueError, match="no order"):
        run(call("trade/paid", connection=known, case_id=CaseId("77")))
    with pytest.raises(ValueError, match="no state"):
        run(call("trade/close", {"status": "CONFIRMED"}, connection=known))
    with pytest.raises(ValueError, match="no customer"):
        run(call("trade/facts", {"order": FORM}, connection=known, data={"customerId": "C999999"}))


def test_the_sample_has_a_customer(known: Connection) -> None:
    assert customers.exists(known, WHO)
