"""A case says by which key its starter asked for it, so that who asks again is answered with the same case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEYED = sa.text("idempotency IS NOT NULL")


def upgrade() -> None:
    op.add_column('case_file', sa.Column('idempotency', sa.LargeBinary(length=32), nullable=True))
    op.create_index(
        'ix_case_file_idempotency', 'case_file', ['idempotency'],
        unique=True, sqlite_where=KEYED, postgresql_where=KEYED,
    )
