"""An order, what became of it, and the words of its types and states. No table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

BUYS = frozenset({"SUB", "PUR", "SIP"})  # what takes money from the customer
SELLS = frozenset({"RED", "CONV"})  # what takes shares
INTO_A_FUND = BUYS | {"CONV"}  # after which the customer holds more of a fund: whether it suits him is asked

ACCEPTED, PAID, SUBMITTED = "ACCEPTED", "PAID", "SUBMITTED"
CONFIRMED, PARTIAL, REJECTED = "CONFIRMED", "PARTIAL", "REJECTED"
UNPAID, CANCELLED = "UNPAID", "CANCELLED"
RUNNING = frozenset({ACCEPTED, PAID, SUBMITTED})
COUNTED = RUNNING | {CONFIRMED, PARTIAL}  # what uses up a quota of the day

TYPES = {
    "SUB": {"en": "subscription", "zh": "认购"},
    "PUR": {"en": "purchase", "zh": "申购"},
    "RED": {"en": "redemption", "zh": "赎回"},
    "CONV": {"en": "fund switch", "zh": "基金转换"},
    "SIP": {"en": "savings plan", "zh": "定投"},
    "CANCEL": {"en": "order cancellation", "zh": "撤单"},
}

STATUSES = {
    ACCEPTED: {"en": "accepted", "zh": "已受理"},
    PAID: {"en": "paid", "zh": "已付款"},
    SUBMITTED: {"en": "with the registrar", "zh": "已报送登记机构"},
    CONFIRMED: {"en": "confirmed", "zh": "已确认"},
    PARTIAL: {"en": "partly confirmed", "zh": "部分确认"},
    REJECTED: {"en": "rejected", "zh": "确认失败"},
    UNPAID: {"en": "not paid in time", "zh": "逾期未付款"},
    CANCELLED: {"en": "cancelled", "zh": "已撤单"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order; a purchase has an amount in yuan, what sells has shares."""

    id: int
    key: str
    number: str
    case_id: str
    case_number: str
    customer_id: str
    fund_code: str
    type: str
    amount: Decimal | None
    shares: Decimal | None
    terms: Mapping[str, Any]
    channel: str
    initiative: str
    accepted_at: datetime
    trade_date: date
    confirm_date: date
    status: str
    submitted_at: datetime | None
    decision: str
    evidence: Mapping[str, Any]
    flags: tuple[str, ...]
    signed_at: datetime
    signature: str

    @property
    def target(self) -> str | None:
        """The fund that a switch goes into."""
        found = self.terms.get("targetFundCode")
        return str(found) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What the registrar says of an order: yuan that went in or come out, shares that came or went."""

    outcome: str
    amount: Decimal
    shares: Decimal
    nav: Decimal | None
    fee: Decimal
    nav_date: date | None
    confirm_date: date
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a customer has of a fund on a day."""

    fund_code: str
    shares: Decimal
    cost: Decimal
    nav: Decimal
    nav_date: date
    value: Decimal
    first_at: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """Shares that one order brought, with what they cost."""

    id: int
    shares: Decimal
    cost: Decimal
    since: date
