"""What the trade checks (DT-05) read of a customer, a fund and an order. No decision: that is the table's.

Some facts have no record yet and follow from others: a fund has one least amount, for the first purchase and for
more; its manager is the first word of its English name; a pension share ends in Y; none of the fund types is private;
the paying card is the one on record, in the customer's own name; an institution's owners were identified when its
account was opened; a customer in the state RESTRICTED is one whose orders the officers against money laundering hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from engine.calendars import Calendars

from ..calendar import business_date
from ..callbacks.repository import restricted_from
from ..customers.model import Customer
from ..funds import repository as funds
from ..funds.model import Fund
from ..suitability.goals import risk_level
from . import holdings, letters, orders
from .model import ACCEPTED, BUYS, INTO_A_FUND, PAID, SELLS, Lot
from .sums import fen, free_after

CODE = re.compile(r"\d{6}")
NOTHING = Decimal(0)
PRIVATE = "private"
PENSION = "pension-fof"
HELD = "RESTRICTED"
ALL = "ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An order that is to be checked, and with what."""

    connection: Connection
    calendars: Calendars
    parameter: Callable[[str], Any]
    at: datetime
    case_id: str
    customer: Customer
    order: Mapping[str, Any]
    channel: str

    @property
    def type(self) -> str:
        """The type of the order."""
        return str(self.order["orderType"])

    @property
    def code(self) -> str:
        """The fund that the order names first."""
        return str(self.order.get("fundCode") or "")

    @property
    def into(self) -> str:
        """The fund of which the customer would hold more, else the one that the order names."""
        return str(self.order.get("targetFundCode") or "") if self.type == "CONV" else self.code

    @property
    def trade_date(self) -> date:
        """The trade date, if the order were accepted now."""
        return self.calendars.trade_date(self.at)

    def fund(self, code: str) -> Fund | None:
        """A fund of the product list; a malformed code is none."""
        return funds.get(self.connection, code) if CODE.fullmatch(code) else None


def gather(asked: Asked) -> dict[str, Any]:
    """The inputs of the trade checks by their names."""
    fund, into = asked.fund(asked.code), asked.fund(asked.into)
    lots = holdings.lots(asked.connection, asked.customer.id, asked.code)
    return {
        "orderType": asked.type,
        "buys": asked.type in INTO_A_FUND,
        "pays": asked.type in BUYS,
        "sells": asked.type in SELLS,
        **_customer(asked),
        **_fund(asked, fund, into),
        **_quantity(asked, fund, lots),
        **_sale(asked, fund, lots),
        **_habits(asked),
        **_signed(asked, into),
    }


def quantity(order: Mapping[str, Any], available: Decimal) -> Decimal:
    """How many shares an order is about: what it says, or all that there are."""
    return available if order.get("extent") == ALL else Decimal(order.get("shares") or 0)


def money(value: Any) -> Decimal:
    """A number of a form; nothing is zero."""
    return NOTHING if value is None else Decimal(value)


def _customer(asked: Asked) -> dict[str, Any]:
    customer, today = asked.customer, business_date(asked.at)
    late = (today - customer.id_valid_to).days if customer.id_valid_to and customer.id_expired(asked.at) else 0
    return {
        "status": customer.status,
        "amlHold": customer.status == HELD,
        "idExpiredDays": late,
        "person": customer.kind == "person",
        "age": customer.age(asked.at) or 0,
        "cardBound": customer.card_token is not None,
        "cardFrozen": False,
        "ownersKnown": True,
        "restrictedFrom": restricted_from(asked.connection, customer.id),
    }


def _fund(asked: Asked, fund: Fund | None, into: Fund | None) -> dict[str, Any]:
    known = fund is not None and into is not None
    return {
        "known": known,
        "fundStatus": fund.status if fund else "",
        "targetStatus": into.status if into else "",
        "r": (risk_level(into) if into else None) or 0,
        "confirmLag": fund.confirm_lag if fund else 1,
        "sameManager": fund is None or into is None or _manager(fund) == _manager(into),
        "privateFund": into is not None and into.type == PRIVATE,
        "pensionShare": into is not None and into.type == PENSION and into.name_en.endswith("Y"),
        "payMethod": str(asked.order.get("payMethod") or ""),
        "riskPoints": risk_points(into),
        "fundName": {"zh": into.name_zh, "en": into.name_en} if into else {"zh": asked.into, "en": asked.into},
    }


def risk_points(fund: Fund | None) -> list[str]:
    """The codes of the risks that a warning letter names for a fund."""
    if fund is None:
        return []
    level = risk_level(fund) or 5
    found = [("RISK_PRICE", True), ("RISK_CONCENTRATED", level >= 4), ("RISK_CURRENCY", fund.type.startswith("qdii"))]
    found += [("RISK_CREDIT", fund.type in ("bond", "bond-plus")), ("RISK_COMMODITY", "commodity" in fund.type)]
    return [code for code, there in found if there]


def _quantity(asked: Asked, fund: Fund | None, lots: list[Lot]) -> dict[str, Any]:
    amount = money(asked.order.get("amount")) if asked.type in BUYS else NOTHING
    available = sum((lot.shares for lot in lots), NOTHING)
    shares = quantity(asked.order, available) if asked.type in SELLS else NOTHING
    limit = fund.daily_limit if fund else None
    bought = orders.bought_on(asked.connection, asked.customer.id, asked.code, asked.trade_date)
    quick = orders.quick_on(asked.connection, asked.customer.id, asked.code, asked.trade_date)
    assets = money(asked.order.get("investableAssets"))
    return {
        "amount": amount,
        "shares": shares,
        "places": max(_places(amount), _places(shares)),
        "held": bool(lots),
        "minFirst": fund.min_amount if fund else NOTHING,
        "minAdd": fund.min_amount if fund else NOTHING,
        "limited": limit is not None,
        "quotaLeft": NOTHING if limit is None else max(limit - bought, NOTHING),
        "available": available,
        "quick": asked.order.get("redeemMode") == "QUICK" and asked.type == "RED",
        "quickShares": quick + shares,
        "assetsPercent": fen(amount * 100 / assets) if assets > 0 else NOTHING,
    }


def _sale(asked: Asked, fund: Fund | None, lots: list[Lot]) -> dict[str, Any]:
    available = sum((lot.shares for lot in lots), NOTHING)
    shares = quantity(asked.order, available) if asked.type in SELLS else NOTHING
    days = _youngest(lots, shares, asked.trade_date)
    return {
        "remaining": available - shares,
        "holdingDays": days,
        "feeDue": fund is not None and asked.type in SELLS and days < free_after(fund, asked.customer.kind),
        "cancelOpen": asked.type != "CANCEL" or _cancellable(asked),
    }


def _youngest(lots: list[Lot], shares: Decimal, on: date) -> int:
    """For how many days the youngest of the shares that would go has been held; the oldest go first."""
    left, since = shares, on
    for lot in lots:
        if left <= 0:
            break
        left, since = left - lot.shares, lot.since
    return max((on - since).days, 0)


def _cancellable(asked: Asked) -> bool:
    order = orders.by_number(asked.connection, str(asked.order.get("cancelOrder") or ""))
    if order is None or order.customer_id != asked.customer.id or order.status not in (ACCEPTED, PAID):
        return False
    return asked.trade_date <= order.trade_date


def _habits(asked: Asked) -> dict[str, Any]:
    customer, days = asked.customer, int(asked.parameter("STRUCTURING_DAYS"))
    count, total = orders.bought_since(asked.connection, customer.id, asked.at - timedelta(days=days))
    amount = money(asked.order.get("amount")) if asked.type in BUYS else NOTHING
    wanted = amount if asked.type in BUYS else quantity(asked.order, NOTHING)
    like = orders.last_like(asked.connection, customer.id, asked.code, asked.type, wanted, other_than=asked.case_id)
    return {
        "onTime": asked.trade_date == business_date(asked.at),
        "secondsSinceLike": None if like is None else int((asked.at - like).total_seconds()),
        "largeValue": Decimal(_large_value(asked)),
        "recentOrders": count + (amount > 0),
        "recentTotal": total + amount,
    }


def _large_value(asked: Asked) -> Any:
    if asked.customer.kind == "person":
        return asked.parameter("LARGE_VALUE_PERSON")
    return asked.parameter("LARGE_VALUE_INSTITUTION")


def _signed(asked: Asked, into: Fund | None) -> dict[str, Any]:
    letter = letters.of_case(asked.connection, asked.case_id, into.code) if into else None
    return {"letterSigned": letter is not None, "letterId": letter or 0, "onSite": asked.channel == "F2F"}


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _manager(fund: Fund) -> str:
    return fund.name_en.split()[0]
