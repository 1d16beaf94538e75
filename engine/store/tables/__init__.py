"""The tables. What is proof stands in `step` and `content`; everything else can be worked out again from them.

Moments are canonical text (UTC, microseconds, `Z`), which sorts as time does and means the same on both databases.
Hashes are 32 bytes. Every hot table has `case_id` in its key, so that a distributed PostgreSQL can shard by it.
"""

from __future__ import annotations

from .base import NEVER, PAUSED, metadata
from .cases import case, counter, draft, incident, job, message, reading, step, subscription, task, vault
from .deployed import (
    access,
    bundle,
    configuration,
    configuration_proposal,
    content,
    deployment,
    mapping,
    proposal,
    rollout,
)
from .owners import (
    batch,
    batch_case,
    sketch,
    sketch_file,
    sketch_lost,
    sketching,
    walk,
    walk_cell,
    walk_mark,
    walk_path,
    walk_variant,
    walked,
)
from .proofs import checkpoint, checkpoint_leaf, checkpoint_record, legal_hold, paper, purge, sample

__all__ = [
    "NEVER",
    "PAUSED",
    "access",
    "batch",
    "batch_case",
    "bundle",
    "case",
    "checkpoint",
    "checkpoint_leaf",
    "checkpoint_record",
    "configuration",
    "configuration_proposal",
    "content",
    "counter",
    "deployment",
    "draft",
    "incident",
    "job",
    "legal_hold",
    "mapping",
    "message",
    "metadata",
    "paper",
    "proposal",
    "purge",
    "reading",
    "rollout",
    "sample",
    "sketch",
    "sketch_file",
    "sketch_lost",
    "sketching",
    "step",
    "subscription",
    "task",
    "vault",
    "walk",
    "walk_cell",
    "walk_mark",
    "walk_path",
    "walk_variant",
    "walked",
]
