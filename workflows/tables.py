"""The domain's tables: people, funds, contacts, complaints, messages. The engine's stand beside them in one database.

Whatever names or reaches a person lives here and never in the data of a case.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from .columns import MONEY, RATE, Moment

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

CASE = 64  # the longest case id
PERSON = 32  # the longest id of a customer or a member of staff


def _customer(nullable: bool = True) -> Column[Any]:
    return Column("customer_id", String(PERSON), ForeignKey("customer.id"), nullable=nullable)


customer = Table(
    "customer",
    METADATA,
    Column("id", String(PERSON), primary_key=True),
    Column("kind", String(12), nullable=False),  # person or institution
    Column("name", String(100), nullable=False),
    Column("name_latin", String(120), nullable=False),
    Column("sex", String(1)),
    Column("id_type", String(16), nullable=False),
    Column("id_number", String(30), nullable=False),
    Column("id_valid_to", Date),  # nothing: for life
    Column("mobile", String(20)),
    Column("email", String(254)),
    Column("birth_date", Date),
    Column("language", String(8), nullable=False),
    Column("risk_class", String(2)),
    Column("lowest_class", Boolean, nullable=False),
    Column("assessment_valid_to", Date),
    Column("professional", Boolean, nullable=False),
    Column("tier", String(8), nullable=False),
    Column("vulnerable", JSON, nullable=False),  # reasons, beside the age
    Column("service_consent", Boolean, nullable=False),
    Column("marketing_consent", Boolean, nullable=False),
    Column("card_token", String(64)),
    Column("card_masked", String(24)),
    Column("since", Date, nullable=False),
    Column("status", String(12), nullable=False),
    Index("ix_customer_mobile", "mobile"),
    Index("ix_customer_id_number", "id_number"),
    Index("ix_customer_name", "name"),
    Index("ix_customer_name_latin", "name_latin"),
)

customer_reading = Table(  # who looked at what of a customer: written once, never changed
    "customer_reading",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _customer(nullable=False),
    Column("field", String(16), nullable=False),
    Column("actor", String(PERSON), nullable=False),
    Column("at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_customer_reading_customer_id_id", "customer_id", "id"),
)

fund = Table(
    "fund",
    METADATA,
    Column("code", String(6), primary_key=True),
    Column("name_zh", String(100), nullable=False),
    Column("name_en", String(100), nullable=False),
    Column("type", String(16), nullable=False),
    Column("risk", String(2), nullable=False),
    Column("front_fee", RATE, nullable=False),  # per cent
    Column("service_fee", RATE, nullable=False),  # per cent a year
    Column("annual_fee", RATE, nullable=False),  # management and custody, per cent a year
    Column("min_amount", MONEY, nullable=False),
    Column("daily_limit", MONEY),
    Column("confirm_lag", Integer, nullable=False),  # trading days after the T day
    Column("status", String(12), nullable=False),
)

interaction = Table(
    "interaction",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("case_id", String(CASE)),
    Column("case_number", String(40)),
    _customer(),
    Column("channel", String(16), nullable=False),
    Column("direction", String(3), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", String(PERSON), nullable=False),
    Column("summary", Text, nullable=False),
    Index("ix_interaction_customer_id_at", "customer_id", "at"),
    Index("ix_interaction_case_id", "case_id"),
    Index("ix_interaction_case_number", "case_number"),
)

inquiry = Table(
    "inquiry",
    METADATA,
    Column("case_id", String(CASE), primary_key=True),
    Column("case_number", String(40), nullable=False),
    _customer(),
    Column("closed_at", Moment, nullable=False),
    Column("knowledge_gap", Text, nullable=False),
)

complaint = Table(
    "complaint",
    METADATA,
    Column("case_id", String(CASE), primary_key=True),
    Column("case_number", String(40), nullable=False),
    _customer(),
    Column("source", String(16), nullable=False),
    Column("category", String(32), nullable=False),
    Column("severity", String(4)),
    Column("complainants", Integer, nullable=False),
    Column("amount_claimed", MONEY, nullable=False),
    Column("compensation", MONEY),
    Column("related_case", String(40)),
    Column("concerned", JSON, nullable=False),  # staff ids that the complaint names
    Column("received_at", Moment, nullable=False),
    Column("registered_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("warn_at", Moment),
    Column("handler", String(PERSON)),
    Column("evidence", JSON, nullable=False),  # what was frozen when the handler was assigned
    Column("finding", String(16)),
    Column("root_cause", String(16)),
    Column("closed_at", Moment),
    Index("ix_complaint_customer_id_received_at", "customer_id", "received_at"),
    Index("ix_complaint_handler", "handler"),
)

staff = Table(
    "staff",
    METADATA,
    Column("id", String(PERSON), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("name_zh", String(60), nullable=False),
    Column("email", String(254)),
    Column("team", String(32), nullable=False),
    Column("password_hash", String(200)),  # nothing: may not log in
    Column("language", String(8), nullable=False),
    Column("qualification", String(32)),  # number of the fund practitioner qualification
    Column("qualification_valid_to", Date),
    Column("active", Boolean, nullable=False),
)

staff_group = Table(
    "staff_group",
    METADATA,
    Column("staff_id", String(PERSON), ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", String(32), primary_key=True),
    Index("ix_staff_group_group_id", "group_id"),
)

correspondent = Table(  # who is written to in a case: its customer, or somebody who is none or speaks for one
    "correspondent",
    METADATA,
    Column("case_id", String(CASE), primary_key=True),
    _customer(),
    Column("name", String(100)),
    Column("mobile", String(20)),
    Column("email", String(254)),
)

outbox = Table(
    "outbox",
    METADATA,
    Column("id", String(PERSON), primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("case_id", String(CASE), nullable=False),
    Column("case_number", String(40), nullable=False),
    _customer(),
    Column("staff_id", String(PERSON), ForeignKey("staff.id")),
    Column("channel", String(16), nullable=False),
    Column("address", String(254), nullable=False),
    Column("template", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("body", Text, nullable=False),
    Column("links", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("failed", Text),
    Index("ix_outbox_created_at_id", "created_at", "id"),
    Index("ix_outbox_case_id", "case_id"),
    Index("ix_outbox_customer_id_created_at", "customer_id", "created_at"),
)
