"""The tables of trading. Amounts in yuan and shares have two places, net asset values four."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from ..columns import MONEY, RATE, Moment
from ..tables import CASE, METADATA, PERSON

CODE = 6
NUMBER = 40
DIGEST = 64


def _customer() -> Column[Any]:
    return Column("customer_id", String(PERSON), ForeignKey("customer.id"), nullable=False)


def _fund() -> Column[Any]:
    return Column("fund_code", String(CODE), ForeignKey("fund.code"), nullable=False)


def _order(**more: Any) -> Column[Any]:
    return Column("order_id", Integer, ForeignKey("trade_order.id"), **more)


fund_price = Table(
    "fund_price",
    METADATA,
    Column("fund_code", String(CODE), ForeignKey("fund.code"), primary_key=True),
    Column("date", Date, primary_key=True),
    Column("nav", RATE, nullable=False),
    Column("published_on", Date, nullable=False),
)

trade_order = Table(
    "trade_order",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("number", String(NUMBER), nullable=False, unique=True),
    Column("case_id", String(CASE), nullable=False),
    Column("case_number", String(NUMBER), nullable=False),
    _customer(),
    _fund(),
    Column("type", String(8), nullable=False),
    Column("amount", MONEY),
    Column("shares", MONEY),
    Column("terms", JSON, nullable=False),  # what else the application says: target fund, plan, modes
    Column("channel", String(16), nullable=False),
    Column("initiative", String(8), nullable=False),
    Column("accepted_at", Moment, nullable=False),
    Column("trade_date", Date, nullable=False),
    Column("confirm_date", Date, nullable=False),
    Column("status", String(12), nullable=False),
    Column("submitted_at", Moment),
    Column("decision", String(24), nullable=False),  # of the suitability table, as it stood at the acceptance
    Column("evidence", JSON, nullable=False),  # ids of opinion, letter, recording, recommendation; documents read
    Column("flags", JSON, nullable=False),  # codes of checks that only the officers against money laundering see
    Column("signed_at", Moment, nullable=False),
    Column("signature", String(DIGEST), nullable=False),
    Index("ix_trade_order_customer_id_accepted_at", "customer_id", "accepted_at"),
    Index("ix_trade_order_case_id", "case_id"),
    Index("ix_trade_order_trade_date", "trade_date"),
)

confirmation = Table(
    "confirmation",
    METADATA,
    _order(primary_key=True),
    Column("outcome", String(12), nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("shares", MONEY, nullable=False),
    Column("nav", RATE),
    Column("fee", MONEY, nullable=False),
    Column("nav_date", Date),
    Column("confirm_date", Date, nullable=False),
    Column("reason", Text),
    Column("settled_at", Moment, nullable=False),
)

holding = Table(  # what one confirmed order brought and is still there: a lot, so that the oldest goes first
    "holding",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _customer(),
    _fund(),
    _order(nullable=True, unique=True),
    Column("shares", MONEY, nullable=False),
    Column("cost", MONEY, nullable=False),
    Column("since", Date, nullable=False),
    Index("ix_holding_customer_id_fund_code", "customer_id", "fund_code"),
)

warning_letter = Table(
    "warning_letter",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("case_id", String(CASE), nullable=False),  # the letter is good for the order of this case alone
    _customer(),
    _fund(),
    Column("risk_class", Integer, nullable=False),
    Column("risk_level", Integer, nullable=False),
    Column("language", String(8), nullable=False),
    Column("text", Text, nullable=False),
    Column("points", JSON, nullable=False),
    Column("statement", Text, nullable=False),
    Column("signed_at", Moment, nullable=False),
    Column("signature", String(DIGEST), nullable=False),
    Column("sha256", String(DIGEST), nullable=False),
    Index("ix_warning_letter_case_id", "case_id"),
)

payment = Table(
    "payment",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False, unique=True),
    _order(nullable=False),
    Column("kind", String(8), nullable=False),  # DEBIT or REFUND
    Column("amount", MONEY, nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("settled_at", Moment),
    Index("ix_payment_order_id", "order_id"),
)
