"""What is deployed and configured, and what is proposed: bundles, versions, shares of new cases, mappings."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from .base import Serial, metadata

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
    Column("authors", Text),  # canonical JSON: who else has worked on it; null is nobody
    Column("effective_at", String(27)),  # null is as soon as it is approved
    Column("percent", Integer, nullable=False, server_default="100"),  # of the new cases
    Column("version", Integer),  # the one that is to be rolled out further; null is a new one
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

mapping = Table(  # how cases may move between two bundles of a process; the mapping itself is content
    "mapping",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("key", String(200), nullable=False),
    Column("old", String(64), nullable=False),
    Column("new", String(64), nullable=False),
    Index("ix_mapping_key", "key"),
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
