"""The tables of feedback and of what is improved because of it. Free text stands here masked, and nowhere unmasked."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from ..columns import RATE, Moment
from ..tables import CASE, METADATA, PERSON

NUMBER = 40
CODE = 32

feedback = Table(
    "feedback",
    METADATA,
    Column("case_id", String(CASE), primary_key=True),
    Column("case_number", String(NUMBER), nullable=False),
    Column("customer_id", String(PERSON), ForeignKey("customer.id")),  # nothing: anonymous
    Column("source", String(16), nullable=False),
    Column("instrument", String(8)),
    Column("score", Integer),
    Column("text", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("related_case", String(CASE)),
    Column("channel", String(16)),
    Column("process", String(64)),
    Column("process_version", Integer),
    Column("agent", String(PERSON)),
    Column("team", String(32)),
    Column("product", String(6)),
    Column("contact_allowed", Boolean, nullable=False),
    Column("captured_at", Moment, nullable=False),
    Column("duplicate_of", String(CASE)),
    Column("topics", JSON, nullable=False),
    Column("sentiment", RATE),
    Column("confidence", RATE),
    Column("complaint_intent", Boolean, nullable=False),
    Column("data_error", Boolean, nullable=False),
    Column("skill_gap", Text, nullable=False),
    Column("praise", Boolean, nullable=False),
    Column("class", String(16)),
    Column("rule", String(16)),
    Column("follower", String(PERSON)),
    Column("closed_at", Moment),
    Index("ix_feedback_captured_at", "captured_at"),
    Index("ix_feedback_customer_id_captured_at", "customer_id", "captured_at"),
    Index("ix_feedback_fingerprint", "fingerprint"),
)

improvement = Table(
    "improvement",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("case_id", String(CASE), nullable=False),
    Column("case_number", String(NUMBER), nullable=False),
    Column("round", Integer, nullable=False),  # 1, and 2 where it was opened again
    Column("period", String(7), nullable=False),
    Column("topic", String(CODE), nullable=False),
    Column("proposal", Text, nullable=False),
    Column("owner", String(PERSON), nullable=False),
    Column("due", Date, nullable=False),
    Column("expected", Text, nullable=False),
    Column("before", RATE, nullable=False),  # dissatisfied items in 30 days
    Column("after", RATE),
    Column("status", String(16), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("released_on", Date),
    Column("measured_at", Moment),
    Index("ix_improvement_case_id", "case_id"),
    Index("ix_improvement_status", "status"),
)
