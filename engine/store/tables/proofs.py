"""What proves from outside, and what auditors, holds and retention leave behind."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from .base import Serial, metadata

checkpoint = Table(  # a signed Merkle root over the heads of the cases that went on since the one before
    "checkpoint",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(27), nullable=False),
    Column("body", LargeBinary, nullable=False),  # canonical JSON; what is signed
    Column("signature", LargeBinary(64), nullable=False),
    Column("public_key", LargeBinary(32), nullable=False),
)

checkpoint_leaf = Table(
    "checkpoint_leaf",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    Index("ix_checkpoint_leaf_number", "number", "case_id"),
)

checkpoint_record = Table(  # rows of other tables that are written once, and the checkpoint that binds them
    "checkpoint_record",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("id", String(240), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Index("ix_checkpoint_record_number", "number"),
)

purge = Table(  # what retention has deleted; a chain of its own, and nothing of `step` goes without a row here
    "purge",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("case_id", BigInteger, nullable=False, unique=True),
    Column("number", String(64), nullable=False),
    Column("key", String(200), nullable=False),
    Column("policy", Text, nullable=False),
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
    Column("steps", Integer, nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    Column("started_at", String(27), nullable=False),
    Column("ended_at", String(27), nullable=False),
    Column("prev_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

legal_hold = Table(  # the cases that nothing may be deleted of; it follows from their steps
    "legal_hold",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
)

sample = Table(  # a random sample of cases that an auditor has drawn
    "sample",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
    Column("seed", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("filters", Text, nullable=False),  # canonical JSON
    Column("population", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # of the ids that it was drawn from
    Column("cases", Text, nullable=False),  # canonical JSON: the ids, in the order in which they were drawn
    Column("reason", Text, nullable=False),
)

paper = Table(  # a working paper: a note or finding beside a case; who corrects one writes another that replaces it
    "paper",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),  # note or finding
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
    Column("case_id", BigInteger),
    Column("seq", Integer),  # the step that it is about
    Column("sample", BigInteger),
    Column("severity", String(16)),
    Column("text", Text, nullable=False),
    Column("replaces", BigInteger),
    Index("ix_paper_case_id", "case_id"),
    Index("ix_paper_replaces", "replaces"),
)
