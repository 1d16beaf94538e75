"""What Alembic runs: the connection comes from `upgrade`, there is no other way in."""

from __future__ import annotations

from alembic import context

from workflows.migrations import VERSION_TABLE
from workflows.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
