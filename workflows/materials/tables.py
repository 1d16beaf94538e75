"""The log of material: what a customer was sent, word for word."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from ..columns import Moment
from ..tables import CASE, METADATA, PERSON

material = Table(  # only added to
    "material",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("customer_id", String(PERSON), ForeignKey("customer.id"), nullable=False),
    Column("fund_code", String(6), ForeignKey("fund.code"), nullable=False),
    Column("case_id", String(CASE), nullable=False),
    Column("case_number", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("version", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("sha256", String(64), nullable=False),  # of the text in UTF-8
    Column("text", Text, nullable=False),
    Column("logged_at", Moment, nullable=False),
    Index("ix_material_case_id", "case_id"),
    Index("ix_material_customer_id_logged_at", "customer_id", "logged_at"),
)
