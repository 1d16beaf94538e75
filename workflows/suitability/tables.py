"""The tables of suitability: what customers were found to be able to bear, and what was said of funds for them."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table

from ..columns import Moment
from ..tables import CASE, METADATA, PERSON

risk_assessment = Table(
    "risk_assessment",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("customer_id", String(PERSON), ForeignKey("customer.id"), nullable=False),
    Column("case_id", String(CASE)),
    Column("case_number", String(40)),
    Column("questionnaire", String(16), nullable=False),  # the version that was answered
    Column("answers_hash", String(64), nullable=False),  # the answers themselves stay with the case
    Column("score", Integer, nullable=False),
    Column("risk_class", String(2), nullable=False),
    Column("lowest", Boolean, nullable=False),
    Column("taken_at", Moment, nullable=False),
    Column("valid_to", Date),  # nothing: never came into force
    Column("status", String(12), nullable=False),
    Index("ix_risk_assessment_customer_id_taken_at", "customer_id", "taken_at"),
)

suitability_opinion = Table(  # only added to: what was found at a moment stays so
    "suitability_opinion",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("customer_id", String(PERSON), ForeignKey("customer.id"), nullable=False),
    Column("fund_code", String(6), ForeignKey("fund.code"), nullable=False),
    Column("case_id", String(CASE), nullable=False),
    Column("case_number", String(40), nullable=False),
    Column("facts", JSON, nullable=False),  # what the table read
    Column("decision", String(24), nullable=False),
    Column("actions", JSON, nullable=False),
    Column("rule", String(40), nullable=False),
    Column("given_at", Moment, nullable=False),
    Index("ix_suitability_opinion_customer_id_given_at", "customer_id", "given_at"),
    Index("ix_suitability_opinion_case_id", "case_id"),
)
