"""Every way through a trade, walked with the real domain: from the wish to each of its ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from engine.errors import InvalidForm
from tests.workflows.test_paths_risk_assess import answers
from tests.workflows.trading import (
    BONDS,
    CARED,
    GUIDED,
    INSISTS,
    LIMITED,
    MONEY_FUND,
    OIL,
    RAISED,
    SHARES,
    SIGNED,
    WARNED,
    asked,
    batched,
    chance,
    configured,
    given_back,
    held,
    order_of,
    signed,
    somebody,
    until,
    wanted,
)
from tests.workflows.walking import House, Walk, Walked, all_flows, end_events, opened_house
from workflows.tables import customer
from workflows.trading import confirmations, holdings
from workflows.trading.tables import warning_letter


def bought(house: House) -> Walk:
    walk = wanted(house)
    assert walk.waits_for == {"application_signed", "application_declined"}
    with pytest.raises(InvalidForm):
        walk.hears("application_signed", **SIGNED | {"riskNoticeRead": False})
    assert signed(walk).waits_for == {"payment_debited", "order_cancelled"}
    accepted = order_of(walk)
    assert (accepted.amount, accepted.trade_date, accepted.status) == (1000, date(2026, 11, 18), "ACCEPTED")
    assert accepted.evidence["opinionId"] and accepted.confirm_date == date(2026, 11, 19)
    batched(walk)
    assert order_of(walk).status == "SUBMITTED" and walk.waits_for == {"registrar_confirmed"}
    until(walk, "2026-11-19T17:59:59")
    assert walk.letters == ["trade-application", "trade-accepted"]
    until(walk, "2026-11-19T18:00:00").ended("EndConfirmed")
    assert walk.letters[-1] == "trade-confirmed" and order_of(walk).status == "CONFIRMED"
    assert held(walk, MONEY_FUND) == walk.data["settled"]["shares"] > 0
    return walk


def elderly_insists(house: House) -> Walk:
    """A customer of 70 in class C3 wants an R5 fund of his own accord: everything the rules ask for happens once."""
    walk = asked(house, somebody(house, birth_date=date(1956, 5, 1)), fundCode=OIL)
    assert walk.letters == ["risk-mismatch-warning"]
    with pytest.raises(InvalidForm):
        walk.hears("warning_signed", **WARNED | {"pointLoss": False})
    walk.hears("warning_signed", **WARNED)
    assert walk.task("ApproveSale").groups == ("co",)
    walk.does("ApproveSale", approved=True, approvalReason="He knows what he does.")
    walk.does("GiveCare", **CARED)
    assert walk.open == [] and walk.waits_for == set()
    walk.later(hours=23, minutes=59)
    assert walk.open == []
    walk.later(minutes=1).does("Guide", **GUIDED)
    signed(walk).later(minutes=3)
    until(walk, "2026-11-19T20:00:00")
    assert order_of(walk).confirm_date == date(2026, 11, 23)  # a QDII fund: T+2
    until(walk, "2026-11-23T18:00:00").ended("EndConfirmed")
    (letter,) = letters(walk)
    assert order_of(walk).evidence["letterId"] == letter.id and letter.points == sorted(INSISTS)
    assert "R5" in letter.text and letter.statement == WARNED["statement"] and "样例客户" not in letter.signature
    (call,) = [case for case in walk.linked if case.key == "callback"]
    assert (call.data["reason"], call.data["withinDays"]) == ("REVIEWED", 3)
    assert walk.did["Guide"][0] != call.data["assignment"]["caller"] != ""
    return walk


def letters(walk: Walk) -> list[Any]:
    """The warning letters of a case."""
    with walk.house.engine.database.reading() as connection:
        query = warning_letter.select().where(warning_letter.c.case_id == walk.case.id)
        return list(connection.execute(query))


def lowest_class(house: House) -> Walk:
    walk = asked(house, somebody(house, risk_class="C1", lowest_class=True), fundCode=BONDS)
    assert walk.letters == ["trade-not-possible"] and walk.data["reasons"] == ["TC05"]
    return walk.ended("EndBlocked")


def recommended_above_class(house: House) -> Walk:
    walk = asked(house, somebody(house), fundCode=SHARES, initiative="STAFF")
    assert walk.data["reasons"] == ["TC05"]
    return walk.ended("EndBlocked")


def over_quota(house: House) -> Walk:
    walk = asked(house, somebody(house, risk_class="C5"), fundCode=LIMITED, amount=1000.01)
    assert walk.letters == ["trade-over-quota"]
    return walk.ended("EndBlocked")


def not_approved(house: House) -> Walk:
    walk = asked(house, somebody(house, risk_class="C2"), fundCode=SHARES).hears("warning_signed", **WARNED)
    assert walk.task("ApproveSale").groups == ("csl",)
    walk.does("ApproveSale", approved=False, approvalReason="He did not understand the fund.")
    assert walk.data["reasons"] == ["NOT_APPROVED"] and walk.letters[-1] == "trade-not-possible"
    return walk.ended("EndBlocked")


def warned_and_silent(house: House) -> Walk:
    walk = asked(house, somebody(house), fundCode=SHARES)
    until(walk, "2026-11-23T17:59:59")
    assert walk.waits_for == {"warning_signed", "warning_declined"}
    return until(walk, "2026-11-23T18:00:00").ended("EndExpired")


def warned_and_declined(house: House) -> Walk:
    return asked(house, somebody(house), fundCode=SHARES).hears("warning_declined").ended("EndWithdrawn")


def silent(house: House) -> Walk:
    return until(wanted(house), "2026-11-23T18:00:00").ended("EndExpired")


def declined(house: House) -> Walk:
    return wanted(house).hears("application_declined", comment="I will think it over.").ended("EndWithdrawn")


def reassessed(house: House) -> Walk:
    walk = asked(house, somebody(house, assessment_valid_to=date(2026, 11, 17)))
    walk.hears("assessment_answered", **answers(3)).hears("result_confirmed", confirmed=True)
    assert walk.open == ["Guide"]
    return walk.does("Guide", **GUIDED).hears("application_declined").ended("EndWithdrawn")


def refuses_assessment(house: House) -> Walk:
    walk = asked(house, somebody(house, assessment_valid_to=date(2026, 11, 17)))
    walk.hears("assessment_refused")
    assert walk.data["reasons"] == ["TC04"]
    return walk.ended("EndBlocked")


def on_site(house: House) -> Walk:
    walk = asked(house, somebody(house), channel="F2F").does("RecordTalk", recordingId="REC-20261118-1")
    signed(walk.does("Guide", **GUIDED)).hears("order_cancelled")
    assert order_of(walk).evidence["recordingId"] == "REC-20261118-1"
    return walk.ended("EndCancelled")


def held_and_released(house: House) -> Walk:
    walk = asked(house, somebody(house, status="RESTRICTED"))
    assert walk.task("ReviewHold").groups == ("aml",) and walk.letters == []
    walk.does("ReviewHold", released=True, holdReason="Nothing was found.")
    return walk.does("Guide", **GUIDED).hears("application_declined").ended("EndWithdrawn")


def held_and_refused(house: House) -> Walk:
    walk = asked(house, somebody(house, status="RESTRICTED"))
    walk.does("ReviewHold", released=False, holdReason="It stays.")
    assert walk.letters == ["trade-not-accepted"]
    return walk.ended("EndNotAccepted")


def just_in_time(house: House) -> Walk:
    """Accepted a millisecond before the cut-off: of today; the money has a millisecond, too."""
    walk = wanted(house)
    house.clock.set("2026-11-18T14:59:59.999+08:00")
    with chance(house, BANK_DEBIT_MINUTES=0):
        signed(walk)
    assert order_of(walk).trade_date == date(2026, 11, 18) and order_of(walk).status == "PAID"
    until(walk, "2026-11-18T15:00:00")
    until(walk, "2026-11-18T20:00:00")
    return until(walk, "2026-11-19T18:00:00").ended("EndConfirmed")


def just_too_late(house: House) -> Walk:
    """Accepted at the cut-off: of tomorrow, with all of tomorrow to pay and to cancel."""
    walk = wanted(house)
    house.clock.set("2026-11-18T15:00:00+08:00")
    signed(walk)
    assert (order_of(walk).trade_date, order_of(walk).confirm_date) == (date(2026, 11, 19), date(2026, 11, 20))
    assert walk.data["checks"][0]["code"] == "TC17"
    until(walk, "2026-11-18T20:00:00")
    assert order_of(walk).status == "PAID"
    return walk.hears("order_cancelled", comment="I changed my mind.").ended("EndCancelled")


def in_part(house: House) -> Walk:
    with chance(house, REGISTRAR_PARTIAL_PERCENT=100):
        walk = batched(signed(wanted(house)))
    until(walk, "2026-11-19T18:00:00").ended("EndConfirmed")
    settled = walk.data["settled"]
    assert walk.letters[-1] == "trade-partial" and order_of(walk).status == "PARTIAL"
    assert settled["refund"] == 1000 - settled["amount"] > 0 and given_back(walk) == settled["amount"]
    return walk


def rejected(house: House) -> Walk:
    with chance(house, REGISTRAR_REJECTED_PERCENT=100):
        walk = batched(signed(wanted(house)))
    until(walk, "2026-11-19T18:00:00").ended("EndRejected")
    assert walk.letters[-1] == "trade-rejected" and given_back(walk) == 0 and held(walk, MONEY_FUND) == 0
    return walk


def unpaid(house: House) -> Walk:
    with chance(house, BANK_UNPAID_PERCENT=100):
        walk = signed(wanted(house))
    until(walk, "2026-11-18T14:59:59")
    assert order_of(walk).status == "ACCEPTED"
    until(walk, "2026-11-18T15:00:00").ended("EndUnpaid")
    assert walk.letters[-1] == "trade-unpaid" and order_of(walk).status == "UNPAID"
    return walk


def cancelled(house: House) -> Walk:
    walk = signed(wanted(house)).later(minutes=3)
    assert given_back(walk) == 1000
    walk.hears("order_cancelled").ended("EndCancelled")
    assert (order_of(walk).status, given_back(walk), walk.letters[-1]) == ("CANCELLED", 0, "trade-cancelled")
    return walk


def forgotten(house: House) -> Walk:
    """The registrar says nothing: operations find out by the next noon."""
    with chance(house, REGISTRAR_SILENT_PERCENT=100):
        walk = batched(signed(wanted(house)))
    until(walk, "2026-11-19T20:59:59")
    assert walk.open == []
    until(walk, "2026-11-19T21:00:00")
    task = walk.task("Investigate")
    assert task.groups == ("ops",) and task.due == datetime.fromisoformat("2026-11-20T12:00:00+08:00")
    said = {"outcome": "CONFIRMED", "amount": 1000, "shares": 998, "nav": 1.002, "fee": 0, "navDate": "2026-11-18"}
    walk.does("Investigate", **said).ended("EndConfirmed")
    assert held(walk, MONEY_FUND) == 998
    return walk


def owner(house: House, code: str, since: date = date(2026, 1, 5)) -> str:
    """A customer who has a hundred shares of a fund."""
    who = somebody(house, risk_class="C5")
    with house.engine.database.writing() as connection:
        holdings.add(connection, who, code, shares=Decimal(100), cost=Decimal(120), since=since)
    return who


def redeemed(house: House) -> Walk:
    sells = {"orderType": "RED", "fundCode": SHARES, "amount": None, "payMethod": None, "redeemMode": "NORMAL"}
    walk = wanted(house, owner(house, SHARES, date(2026, 11, 16)), **sells, extent="PART", shares=40)
    assert walk.data["warnings"] == ["TC16_7"] and walk.letters == ["trade-application-shares"]
    assert signed(walk).waits_for == {"order_cancelled"}
    until(walk, "2026-11-18T15:00:00")
    until(walk, "2026-11-18T20:00:00")
    until(walk, "2026-11-19T18:00:00").ended("EndConfirmed")
    settled = walk.data["settled"]
    gross = settled["amount"] + settled["fee"]
    assert held(walk, SHARES) == 60 and settled["fee"] == round(gross * Decimal("0.015"), 2)
    assert [case.key for case in walk.linked] == ["survey"]
    return walk


def switched(house: House) -> Walk:
    sells = {"orderType": "CONV", "fundCode": MONEY_FUND, "targetFundCode": "990003", "amount": None, "payMethod": None}
    walk = signed(wanted(house, owner(house, MONEY_FUND), **sells, extent="ALL"))
    until(walk, "2026-11-18T15:00:00")
    until(walk, "2026-11-18T20:00:00")
    until(walk, "2026-11-19T18:00:00").ended("EndConfirmed")
    assert held(walk, MONEY_FUND) == 0 and held(walk, "990003") == walk.data["settled"]["shares"] > 0
    return walk


def called_off(house: House) -> Walk:
    """Another case of the same customer asks to cancel; he signs, and the order itself hears it."""
    first = signed(wanted(house)).later(minutes=3)
    cancel = {"orderType": "CANCEL", "amount": None, "payMethod": None, "cancelOrder": order_of(first).number}
    walk = signed(wanted(house, first.data["customerId"], **cancel)).ended("EndPassedOn")
    until(first, "2026-11-18T09:10:00").ended("EndCancelled")
    assert walk.letters == ["trade-application-cancel"] and order_of(first).status == "CANCELLED"
    return walk


def cancels_too_late(house: House) -> Walk:
    cancel = {"orderType": "CANCEL", "amount": None, "payMethod": None, "cancelOrder": "O-none"}
    walk = asked(house, somebody(house), **cancel)
    assert walk.data["reasons"] == ["TC22"]
    return walk.ended("EndBlocked")


def subscribed(house: House) -> Walk:
    """A fund that is raised: one yuan a share, after the front fee."""
    walk = batched(signed(wanted(house, fundCode=RAISED, orderType="SUB")))
    until(walk, "2026-11-19T18:00:00").ended("EndConfirmed")
    assert (walk.data["settled"]["shares"], walk.data["settled"]["fee"]) == (Decimal("997.01"), Decimal("2.99"))
    return walk


def rated_up(house: House) -> Walk:
    """The customer's class falls while the application waits: what was signed is checked anew before it is accepted."""
    walk = wanted(house, somebody(house, risk_class="C4"), fundCode=SHARES)
    with house.engine.database.writing() as connection:
        changed = update(customer).where(customer.c.id == walk.data["customerId"])
        connection.execute(changed.values(risk_class="C1", lowest_class=True))
    signed(walk)
    assert walk.data["reasons"] == ["TC05"]
    return walk.ended("EndBlocked")


PATHS = {
    way.__name__: way
    for way in (
        bought,
        elderly_insists,
        lowest_class,
        recommended_above_class,
        over_quota,
        not_approved,
        warned_and_silent,
        warned_and_declined,
        silent,
        declined,
        reassessed,
        refuses_assessment,
        on_site,
        held_and_released,
        held_and_refused,
        just_in_time,
        just_too_late,
        in_part,
        rejected,
        unpaid,
        cancelled,
        forgotten,
        redeemed,
        switched,
        called_off,
        cancels_too_late,
        subscribed,
        rated_up,
    )
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    with opened_house(tmp_path_factory.mktemp("trade")) as house:
        configured(house)
        yield Walked(house, PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_path(walked: Walked, name: str) -> None:
    assert walked[name].ends


def test_every_flow_and_every_end_was_walked(walked: Walked) -> None:
    walks = [walk for walk in walked.all() if walk.case.key == "trade"]
    assert all_flows("trade") <= {flow for walk in walks for flow in walk.flows}
    assert end_events("trade") <= {end for walk in walks for end in walk.ends}


def test_staff_never_places_an_order(walked: Walked) -> None:
    """An order is accepted in the step that took the customer's signature, and in no other."""
    for walk in walked.all():
        for step in walk.history:
            for effect in step.effects:
                if effect.kind == "answered" and effect.detail["operator"] == "trade/accept":
                    assert (step.kind, step.actor) == ("received", "customer")


def test_a_confirmation_is_booked_once(walked: Walked) -> None:
    walk = walked["bought"]
    order = order_of(walk)
    with walk.house.engine.database.writing() as connection:
        first = confirmations.of_order(connection, order.id)
        assert first is not None
        again = confirmations.settle(connection, order, first, walk.case.started_at)
    assert again == first and held(walk, MONEY_FUND) == first.shares
