"""Incidents say what kind of failure they are and whose they are; the open ones are found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

UNCLOSED = sa.text("closed_at IS NULL")
KNOWN = """
UPDATE incident SET
  key = (SELECT key FROM case_file WHERE case_file.id = incident.case_id),
  confidentiality = (SELECT confidentiality FROM case_file WHERE case_file.id = incident.case_id)
WHERE case_id IN (SELECT id FROM case_file)
"""
INDEXES = {"open": [], "kind": ["kind"], "key": ["key"], "key_kind": ["key", "kind"], "element": ["key", "element"]}


def upgrade() -> None:
    op.add_column('incident', sa.Column('kind', sa.String(length=16), nullable=False, server_default='other'))
    op.add_column('incident', sa.Column('key', sa.String(length=200), nullable=False, server_default=''))
    op.add_column('incident', sa.Column('confidentiality', sa.String(length=64), nullable=False, server_default='normal'))
    op.execute(KNOWN)
    for name, columns in INDEXES.items():
        op.create_index(
            f'ix_incident_{name}', 'incident', [*columns, 'last_at', 'id'],
            unique=False, sqlite_where=UNCLOSED, postgresql_where=UNCLOSED,
        )
