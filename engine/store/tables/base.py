"""What all tables share: where they are listed, how their parts are named, and words that several use."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData, text

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)
Serial = BigInteger().with_variant(Integer, "sqlite")
ENDED = text("ended_at IS NOT NULL")
UNCLOSED = text("closed_at IS NULL")
KEYED = text("idempotency IS NOT NULL")
NEVER = "9999"  # the due moment of what is never due, sorted behind all that is
PAUSED = "9998"  # and of what is not due while it waits for somebody outside
