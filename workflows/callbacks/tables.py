"""The tables of call-backs, and the restrictions that follow from them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from ..columns import Moment
from ..tables import CASE, METADATA, PERSON

callback = Table(
    "callback",
    METADATA,
    Column("case_id", String(CASE), primary_key=True),
    Column("case_number", String(40), nullable=False),
    Column("customer_id", String(PERSON), ForeignKey("customer.id"), nullable=False),
    Column("about", String(64), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("seller", String(PERSON)),
    Column("caller", String(PERSON)),
    Column("due_at", Moment, nullable=False),
    Column("attempts", JSON, nullable=False),  # when, in which part of the day, by whom, and whether he was reached
    Column("answers", JSON, nullable=False),
    Column("outcome", String(16)),
    Column("closed_at", Moment),
    Index("ix_callback_customer_id", "customer_id"),
    Index("ix_callback_about", "about"),
)

sales_restriction = Table(
    "sales_restriction",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("customer_id", String(PERSON), ForeignKey("customer.id"), nullable=False),
    Column("risk_level", Integer, nullable=False),  # from this level on nothing is sold
    Column("reason", String(16), nullable=False),
    Column("since", Moment, nullable=False),
    Column("lifted_at", Moment),
    Index("ix_sales_restriction_customer_id", "customer_id"),
)
