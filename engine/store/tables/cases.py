"""Cases with their histories, and what is worked out of them to find work: tasks, jobs, subscriptions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from ...model import NORMAL
from .base import ENDED, KEYED, UNCLOSED, Serial, metadata

case = Table(
    "case_file",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("key", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("bundle", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("confidentiality", String(64), nullable=False),
    Column("parent", BigInteger),
    Column("customer", String(200)),
    Column("subject", Text),
    Column("started_at", String(27), nullable=False),
    Column("started_by", String(200), nullable=False),
    Column("ended_at", String(27)),
    Column("outcome", String(200)),
    Column("last_at", String(27), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary(32), nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("idempotency", LargeBinary(32)),  # as `starting.mark_of` makes it; null where nobody gave a key
    Index("ix_case_file_key_status", "key", "status", "id"),
    Index("ix_case_file_customer", "customer", "id"),
    Index("ix_case_file_parent", "parent"),
    Index("ix_case_file_idempotency", "idempotency", unique=True, sqlite_where=KEYED, postgresql_where=KEYED),
    Index("ix_case_file_ended", "key", "ended_at", "id", sqlite_where=ENDED, postgresql_where=ENDED),
    sqlite_autoincrement=True,
)

step = Table(
    "step",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(27), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("input", LargeBinary, nullable=False),  # canonical JSON
    Column("effects", LargeBinary, nullable=False),  # canonical JSON
    Column("semantics", Integer, nullable=False),
    Column("state_hash", LargeBinary(32), nullable=False),
    Column("prev_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Index("ix_step_actor_at", "actor", "at"),
)

task = (
    # One row for each queue that an open task stands in: `g:group` while nobody has claimed it, else `u:person`.
    # The letter is an upper one while the case is suspended.
    Table(
        "task",
        metadata,
        Column("case_id", BigInteger, primary_key=True, autoincrement=False),
        Column("occurrence", Integer, primary_key=True, autoincrement=False),
        Column("queue", String(202), primary_key=True),
        Column("seq", Integer, nullable=False),
        Column("element", String(200), nullable=False),
        Column("groups", Text, nullable=False),
        Column("assignee", String(200)),
        Column("claimed_at", String(27)),
        Column("due", String(27), nullable=False),
        Column("provisional", Boolean, nullable=False),
        Column("priority", Integer, nullable=False),
        Column("offered_at", String(27), nullable=False),
        Column("key", String(200), nullable=False),
        Column("bundle", String(64), nullable=False),
        Column("number", String(64), nullable=False),
        Column("confidentiality", String(64), nullable=False),
        Index("ix_task_queue", "queue", "due", "priority", "case_id", "occurrence"),
    )
)

job = Table(
    "job",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),  # the step that wrote it; 0 is none
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),  # as `jobs.kinds.RUNNERS` has them
    Column("occurrence", Integer, nullable=False),  # the token that it belongs to; 0 is none
    Column("run_at", String(27)),  # null: parked, a person must look at it
    Column("leased_until", String(27)),
    Column("attempts", Integer, nullable=False),
    Column("hops", Integer, nullable=False, server_default="0"),  # the jobs in a row that led to it, without a wait
    Column("payload", LargeBinary, nullable=False),  # canonical JSON
    Index("ix_job_run_at", "run_at"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("occurrence", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("key_hash", String(64), nullable=False),  # empty: no correlation key
    Index("ix_subscription_name", "kind", "name", "key_hash"),
)

message = Table(  # the content of one that waits stands in the vault, because nobody knows yet what in it is personal
    "message",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("message_id", String(200), unique=True),
    Column("name", String(200), nullable=False),
    Column("correlate", Text),  # canonical JSON
    Column("case_id", BigInteger),  # the case it is for, or that has taken it
    Column("sender", String(200), nullable=False),
    Column("at", String(27), nullable=False),
    Column("expires_at", String(27), nullable=False),
    Column("status", String(16), nullable=False),  # waiting, taken, expired
    Index("ix_message_name", "name", "status"),
    Index("ix_message_status_expires_at", "status", "expires_at"),
)

vault = Table(
    "vault",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("field", String(200), nullable=False),
    Column("value", LargeBinary),  # canonical JSON; null: erased
    Column("salt", LargeBinary(16)),
    Column("disposition", String(16)),  # restricted, anonymised or erased; a step `disposed` says by whom and why
)

reading = Table(  # who has looked behind a reference to the vault or into somebody's case, and why
    "reading",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("case_id", BigInteger, nullable=False),
    Column("reference", String(64), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("at", String(27), nullable=False),
    Column("reason", Text, nullable=False),
    Column("kind", String(16), nullable=False, server_default="revealed"),  # or opened: `reference` is empty then
    Index("ix_reading_case_id", "case_id"),
)

draft = Table(
    "draft",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("occurrence", Integer, primary_key=True, autoincrement=False),
    Column("person", String(200), primary_key=True),
    Column("bundle", String(64), nullable=False),
    Column("values", LargeBinary, nullable=False),  # canonical JSON, references for what is personal
    Column("personal", LargeBinary),  # the personal values; gone with the draft
    Column("at", String(27), nullable=False),
    Index("ix_draft_person", "person", "at"),
)


def open_ones(name: str, *columns: str) -> Index:
    """The open incidents in the order in which a list shows them, under some columns."""
    return Index(f"ix_incident_{name}", *columns, "last_at", "id", sqlite_where=UNCLOSED, postgresql_where=UNCLOSED)


incident = Table(
    "incident",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("case_id", BigInteger, nullable=False),
    Column("element", String(200), nullable=False),
    Column("error", Text, nullable=False),
    Column("error_hash", String(64), nullable=False),
    Column("opened_at", String(27), nullable=False),
    Column("last_at", String(27), nullable=False),
    Column("count", Integer, nullable=False),
    Column("closed_at", String(27)),
    Column("closed_by", String(200)),
    Column("jobs", Text),  # the parked jobs, case.seq.n with commas between them
    Column("kind", String(16), nullable=False, server_default="other"),  # one of model.FAILURES
    Column("key", String(200), nullable=False, server_default=""),  # the process of its case, which never changes
    Column("confidentiality", String(64), nullable=False, server_default=NORMAL),  # nor does the class
    UniqueConstraint("case_id", "element", "error_hash"),
    open_ones("open"),
    open_ones("kind", "kind"),
    open_ones("key", "key"),
    open_ones("key_kind", "key", "kind"),
    open_ones("element", "key", "element"),
)

counter = Table(  # how many cases a process has had on a day
    "counter",
    metadata,
    Column("prefix", String(32), primary_key=True),
    Column("day", String(8), primary_key=True),
    Column("value", Integer, nullable=False),
)
