"""The tables of recommendations, and how long a fund must be held."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Table

from ..columns import Moment
from ..tables import CASE, METADATA, PERSON

recommendation = Table(
    "recommendation",
    METADATA,
    Column("id", String(48), primary_key=True),  # the case's number, and which proposal of the case it is
    Column("case_id", String(CASE), nullable=False),
    Column("case_number", String(40), nullable=False),
    Column("customer_id", String(PERSON), ForeignKey("customer.id"), nullable=False),
    Column("items", JSON, nullable=False),
    Column("status", String(12), nullable=False),
    Column("reason", String(32)),
    Column("chosen", String(6)),  # the fund that the customer wants
    Column("issued_at", Moment, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("closed_at", Moment),
    Index("ix_recommendation_customer_id_issued_at", "customer_id", "issued_at"),
    Index("ix_recommendation_case_id", "case_id"),
)

fund_holding = Table(  # a fund that is not here may be given back on any trading day
    "fund_holding",
    METADATA,
    Column("fund_code", String(6), ForeignKey("fund.code"), primary_key=True),
    Column("days", Integer, nullable=False),  # shortest time between purchase and redemption
)
