"""Alembic's door: the connection comes from `engine.store.schema`, which also holds the lock."""

from __future__ import annotations

from alembic import context

from engine.store.schema import VERSIONS
from engine.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSIONS)
with context.begin_transaction():
    context.run_migrations()
