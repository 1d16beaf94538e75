"""The registrar that comes with the product: it confirms by the sample prices, with chance out of the order's number.

Mostly it confirms in full; sometimes in part, sometimes not at all, and sometimes it forgets to answer.
"""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import Connection

from engine.calendars import Calendars
from engine.operators import Call

from ..customers import repository as customers
from ..funds import repository as funds
from ..funds.model import Fund
from . import fees, holdings, prices
from .model import BUYS, CONFIRMED, PARTIAL, REJECTED, Order
from .ports import REGISTRAR_CONFIRMED
from .sums import bought, fen, free_after, sold
from .walk import FACE_VALUE

ANSWERS_AT = time(18)  # local, on the day of the confirmation
SILENT = "SILENT"
LEAST_PART, MOST_PART = 30, 90  # per cent of an order that is confirmed in part
REASONS = {PARTIAL: "SCALED_DOWN", REJECTED: "REFUSED_BY_REGISTRAR"}
NOTHING = Decimal(0)


class SampleRegistrar:
    """Answers by itself on the day of the confirmation."""

    def take(self, call: Call, order: Order) -> None:
        """Work out the answer now, and post it for the day of the confirmation."""
        chance = Random(f"registrar {order.number}")
        outcome = self._outcome(call, chance, order)
        if outcome == SILENT:
            return
        with call.writing() as connection:
            said = self._said(call, connection, order, outcome, chance)
        local = datetime.combine(order.confirm_date, ANSWERS_AT, call.calendars.zone)
        content = {"outcome": outcome, **said, "confirmDate": order.confirm_date.isoformat()}
        call.post(REGISTRAR_CONFIRMED, content, at=local, message_id=f"confirmation:{order.number}")

    def _outcome(self, call: Call, chance: Random, order: Order) -> str:
        roll, below = chance.random() * 100, NOTHING
        for outcome, percent in (
            (SILENT, call.parameter("REGISTRAR_SILENT_PERCENT")),
            (REJECTED, call.parameter("REGISTRAR_REJECTED_PERCENT")),
            (PARTIAL, call.parameter("REGISTRAR_PARTIAL_PERCENT")),
        ):
            below += Decimal(percent)
            if roll < below:
                return CONFIRMED if outcome == PARTIAL and order.type == "CONV" else outcome
        return CONFIRMED

    def _said(self, call: Call, connection: Connection, order: Order, outcome: str, chance: Random) -> dict[str, Any]:
        if outcome == REJECTED:
            return {"amount": NOTHING, "shares": NOTHING, "fee": NOTHING, "reason": REASONS[REJECTED]}
        part = Decimal(chance.randint(LEAST_PART, MOST_PART)) / 100 if outcome == PARTIAL else Decimal(1)
        fund = _fund(connection, order.fund_code)
        nav = self._nav(connection, fund, order, call.calendars)
        if order.type in BUYS:
            said = _purchase(order, fund, nav, part)
        else:
            said = self._sale(call, connection, order, fund, nav, part)
        reason = {"reason": REASONS[PARTIAL]} if outcome == PARTIAL else {}
        return {**said, "navDate": order.trade_date.isoformat(), **reason}

    def _nav(self, connection: Connection, fund: Fund, order: Order, calendars: Calendars) -> Decimal:
        """The value of the T day; in the offering period a share costs its face value."""
        if order.type == "SUB":
            return FACE_VALUE
        return prices.continued(connection, fund, order.trade_date, calendars).nav

    def _sale(
        self, call: Call, connection: Connection, order: Order, fund: Fund, nav: Decimal, part: Decimal
    ) -> dict[str, Any]:
        customer = customers.get(connection, order.customer_id)
        assert customer is not None
        shares = fen((order.shares or NOTHING) * part)
        lots = holdings.lots(connection, order.customer_id, order.fund_code)
        free = free_after(fund, customer.kind)
        out = sold(lots, shares, nav, order.trade_date, free, fees.rates(call.parameter))
        if order.type == "RED":
            return {"amount": out.amount, "shares": shares, "nav": nav, "fee": out.fee}
        into = _fund(connection, order.target or "")
        target = self._nav(connection, into, order, call.calendars)
        return {"amount": out.amount, "shares": fen(out.amount / target), "nav": target, "fee": out.fee}


def _purchase(order: Order, fund: Fund, nav: Decimal, part: Decimal) -> dict[str, Any]:
    amount = fen((order.amount or NOTHING) * part)
    out = bought(amount, fund.front_fee, nav)
    return {"amount": amount, "shares": out.shares, "nav": nav, "fee": out.fee}


def _fund(connection: Connection, code: str) -> Fund:
    found = funds.get(connection, code)
    if found is None:
        raise ValueError(f"there is no fund {code}")
    return found
