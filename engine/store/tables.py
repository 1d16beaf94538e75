"""The tables. What is proof stands in `step` and `content`; everything else can be worked out again from them.

Moments are canonical text (UTC, microseconds, `Z`), which sorts as time does and means the same on both databases.
Hashes are 32 bytes. Every hot table has `case_id` in its key, so that a distributed PostgreSQL can shard by it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)
Serial = BigInteger().with_variant(Integer, "sqlite")
ENDED = text("ended_at IS NOT NULL")
NEVER = "9999"  # the due moment of what is never due, sorted behind all that is
PAUSED = "9998"  # and of what is not due while it waits for somebody outside

content = Table(
    "content",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

bundle = Table(
    "bundle",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("key", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("files", Text, nullable=False),  # canonical JSON: path to digest of content
)

deployment = Table(
    "deployment",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("bundle", String(64), nullable=False),
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("bundle", String(64), nullable=False),
    Column("key", String(200), nullable=False),
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("decision", String(16)),  # approved, rejected or withdrawn
    Column("decided_at", String(27)),
    Column("decided_by", String(200)),
    Column("remark", Text),
    Column("author", String(200)),  # whose draft it is; null is the one who proposed it
    Column("effective_at", String(27)),  # null is as soon as it is approved
    Column("percent", Integer, nullable=False, server_default="100"),  # of the new cases
)

rollout = Table(  # which version new cases begin with: of the rows that are effective the last whose share a case is in
    "rollout",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("percent", Integer, nullable=False),
    Column("effective_at", String(27), nullable=False),
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
)

access = Table(  # who may read the cases of a process: every group that a version of its diagram names
    "access",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("group", String(200), primary_key=True),
)

configuration = Table(
    "configuration",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
)

configuration_proposal = Table(
    "configuration_proposal",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("base", String(64), nullable=False),  # the configuration that it was made on
    Column("digest", String(64), nullable=False),  # the one that it wants
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("decision", String(16)),  # approved, rejected or withdrawn
    Column("decided_at", String(27)),
    Column("decided_by", String(200)),
    Column("remark", Text),
)

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
    Index("ix_case_file_key_status", "key", "status", "id"),
    Index("ix_case_file_customer", "customer", "id"),
    Index("ix_case_file_parent", "parent"),
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
    UniqueConstraint("case_id", "element", "error_hash"),
)

counter = Table(  # how many cases a process has had on a day
    "counter",
    metadata,
    Column("prefix", String(32), primary_key=True),
    Column("day", String(8), primary_key=True),
    Column("value", Integer, nullable=False),
)

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
    Column("revision", Integer, nullable=False),  # when it was saved last
    Column("body", LargeBinary, nullable=False),
)

sketching = Table(  # who has which sketch open, and was seen there last
    "sketching",
    metadata,
    Column("sketch", BigInteger, primary_key=True, autoincrement=False),
    Column("person", String(200), primary_key=True),
    Column("at", String(27), nullable=False),
)

batch = Table(  # the same question or act for many cases: a backtest, a dry run, a migration
    "batch",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("key", String(200), nullable=False),
    Column("bundle", String(64), nullable=False),  # what the cases are held against
    Column("asked", Text, nullable=False),  # canonical JSON
    Column("at", String(27), nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(16), nullable=False),  # running, done, cancelled or failed
    Column("ended_at", String(27)),
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
