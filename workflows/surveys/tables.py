"""The table of surveys: one row a survey, filled as it goes on. The comment stands here masked."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from ..columns import Moment
from ..tables import CASE, METADATA, PERSON

survey = Table(
    "survey",
    METADATA,
    Column("case_id", String(CASE), primary_key=True),
    Column("case_number", String(40), nullable=False),
    Column("customer_id", String(PERSON), ForeignKey("customer.id")),
    Column("about", String(CASE), nullable=False),  # the number of the case that it asks about
    Column("process", String(64), nullable=False),
    Column("agent", String(PERSON)),  # who served the customer, and must not see the answer
    Column("status", String(16), nullable=False),
    Column("why", String(32), nullable=False),  # why nobody was asked
    Column("planned_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("answered_at", Moment),
    Column("csat", Integer),
    Column("ces", Integer),
    Column("nps", Integer),
    Column("resolved", String(8)),
    Column("reasons", JSON, nullable=False),
    Column("comment", Text, nullable=False),
    Column("counted", Boolean, nullable=False),
    Index("ix_survey_customer_id_planned_at", "customer_id", "planned_at"),
)
