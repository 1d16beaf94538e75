"""What process owners work on and ask: sketches of bundles, batches over many cases, finished cases counted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from .base import Serial, metadata

sketch = Table(  # a bundle that somebody is working on
    "sketch",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False),
    Column("name", Text, nullable=False),
    Column("base", String(64)),  # the bundle that it was begun from; null where it is new
    Column("owner", String(200), nullable=False),
    Column("revision", Integer, nullable=False),  # counts what was saved; whoever saves names the one he has seen
    Column("created_at", String(27), nullable=False),
    Column("changed_at", String(27), nullable=False),
    Column("changed_by", String(200), nullable=False),
    Index("ix_sketch_key", "key"),
    sqlite_autoincrement=True,
)

sketch_file = Table(
    "sketch_file",
    metadata,
    Column("sketch", BigInteger, primary_key=True, autoincrement=False),
    Column("path", String(400), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),  # the newest is in force; some before it stay
    Column("body", LargeBinary),  # packed by zlib; null where the file was deleted
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
)

sketch_lost = Table(  # what somebody wanted to save when another was first; it stays until he has decided
    "sketch_lost",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("sketch", BigInteger, nullable=False),
    Column("path", String(400), nullable=False),
    Column("person", String(200), nullable=False),
    Column("revision", Integer, nullable=False),  # the one that he had seen
    Column("body", LargeBinary),  # packed by zlib; null where he wanted to delete the file
    Column("at", String(27), nullable=False),
    Index("ix_sketch_lost_sketch", "sketch"),
    sqlite_autoincrement=True,
)

sketching = Table(  # who has which sketch open, and was seen there last
    "sketching",
    metadata,
    Column("sketch", BigInteger, primary_key=True, autoincrement=False),
    Column("person", String(200), primary_key=True),
    Column("at", String(27), nullable=False),
)

batch = Table(  # the same question or act for many cases: a backtest, a dry run, a migration, a retry
    "batch",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("key", String(200), nullable=False),
    Column("bundle", String(64), nullable=False),  # what the cases are held against; empty where they are not
    Column("asked", Text, nullable=False),  # canonical JSON
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(16), nullable=False),  # running, done, cancelled or failed
    Column("ended_at", String(27)),
    Column("why", Text),  # what it has failed of
    Index("ix_batch_bundle", "bundle", "kind"),
    Index("ix_batch_key", "key", "id"),
    sqlite_autoincrement=True,
)

batch_case = Table(
    "batch_case",
    metadata,
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("outcome", String(32)),  # null until it was its turn
    Column("seq", Integer),  # the step that it is about
    Column("detail", Text),  # canonical JSON
    Index("ix_batch_case_outcome", "batch", "outcome", "case_id"),
)

walk = Table(  # a finished case in a row: what `engine.insight` has counted of it
    "walk",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("key", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("ended_at", String(27), nullable=False),
    Column("outcome", String(200), nullable=False),
    Column("team", String(200), nullable=False),
    Column("confidentiality", String(64), nullable=False),
    Column("variant", String(64), nullable=False),
    Column("milliseconds", BigInteger, nullable=False),
    Column("late", Boolean),  # null: nothing in it had a term
    Index("ix_walk_variant", "key", "variant", "case_id"),
)

walk_cell = Table(  # all finished cases of a kind, added up: a page reads one row for each period
    "walk_cell",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("period", String(8), primary_key=True),  # 2026-03, 2026-W10, or empty: all
    Column("version", Integer, primary_key=True, autoincrement=False),  # 0: all
    Column("outcome", String(200), primary_key=True),  # *: all that were completed
    Column("team", String(200), primary_key=True),  # *: all
    Column("confidentiality", String(64), primary_key=True),
    Column("tally", Text, nullable=False),  # canonical JSON
    Column("parts", LargeBinary, nullable=False),  # canonical JSON
)

walk_variant = Table(  # the same of the cases that went one way
    "walk_variant",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("period", String(8), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("outcome", String(200), primary_key=True),
    Column("team", String(200), primary_key=True),
    Column("confidentiality", String(64), primary_key=True),
    Column("variant", String(64), primary_key=True),
    Column("cases", Integer, nullable=False),
    Column("tally", Text, nullable=False),  # canonical JSON
)

walk_path = Table(  # the way that a variant is
    "walk_path",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("variant", String(64), primary_key=True),
    Column("cases", Integer, nullable=False),
    Column("path", Text, nullable=False),  # canonical JSON
)

walked = Table(  # how often finished cases, their own or of whoever called it, came by a part of a bundle
    "walked",
    metadata,
    Column("bundle", String(64), primary_key=True),
    Column("confidentiality", String(64), primary_key=True),
    Column("part", String(200), primary_key=True),
    Column("times", BigInteger, nullable=False),
)

walk_mark = Table(  # up to which end the cases of a process are counted
    "walk_mark",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("reached", String(27), nullable=False),
    Column("at", String(27), nullable=False),
)
