"""How many jobs in a row led to a job, so that those that lead to one another for ever are stopped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column('job', sa.Column('hops', sa.Integer(), nullable=False, server_default='0'))
