"""What proves the history from outside, what retention and holds leave behind, and the papers of auditors.

Rows of `step` may be deleted from now on, but only those of a case that a row of `purge` answers for.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.migrations.guards import guard, run

revision = "0003"
down_revision = "0002"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = {
    "checkpoint": "number = NEW.number",
    "checkpoint_leaf": "case_id = NEW.case_id AND number = NEW.number",
    "checkpoint_record": "name = NEW.name AND id = NEW.id",
    "purge": "id = NEW.id OR case_id = NEW.case_id",
    "sample": "id = NEW.id",
    "paper": "id = NEW.id",
}
SQLITE_PURGES = """
DROP TRIGGER step_no_delete;
CREATE TRIGGER step_no_delete BEFORE DELETE ON step
WHEN NOT EXISTS (SELECT 1 FROM purge WHERE case_id = OLD.case_id)
BEGIN SELECT RAISE(ABORT, 'step is append-only'); END
"""
POSTGRES_PURGES = """
CREATE FUNCTION fundcase_purged_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF EXISTS (SELECT 1 FROM purge WHERE case_id = OLD.case_id) THEN RETURN OLD; END IF;
RAISE EXCEPTION 'step is append-only';
END $$;
DROP TRIGGER step_append_only ON step;
CREATE TRIGGER step_append_only BEFORE UPDATE ON step FOR EACH ROW EXECUTE FUNCTION fundcase_append_only();
CREATE TRIGGER step_purged_only BEFORE DELETE ON step FOR EACH ROW EXECUTE FUNCTION fundcase_purged_only()
"""


def upgrade() -> None:
    tables()
    guard(APPEND_ONLY)
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(POSTGRES_PURGES)
    else:
        run(SQLITE_PURGES)


def tables() -> None:
    op.add_column('vault', sa.Column('disposition', sa.String(length=16), nullable=True))
    op.add_column('reading', sa.Column('kind', sa.String(length=16), nullable=False, server_default='revealed'))
    ended = sa.text('ended_at IS NOT NULL')
    op.create_index('ix_case_file_ended', 'case_file', ['key', 'ended_at', 'id'], unique=False, sqlite_where=ended, postgresql_where=ended)
    op.create_table('checkpoint',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('signature', sa.LargeBinary(length=64), nullable=False),
    sa.Column('public_key', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    op.create_table('checkpoint_leaf',
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('case_id', 'number')
    )
    op.create_index('ix_checkpoint_leaf_number', 'checkpoint_leaf', ['number', 'case_id'], unique=False)
    op.create_table('checkpoint_record',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('id', sa.String(length=240), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('name', 'id')
    )
    op.create_index('ix_checkpoint_record_number', 'checkpoint_record', ['number'], unique=False)
    op.create_table('purge',
    sa.Column('id', SERIAL, autoincrement=True, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('policy', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('steps', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(length=32), nullable=False),
    sa.Column('started_at', sa.String(length=27), nullable=False),
    sa.Column('ended_at', sa.String(length=27), nullable=False),
    sa.Column('prev_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('case_id', name=op.f('uq_purge_case_id'))
    )
    op.create_table('legal_hold',
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('case_id')
    )
    op.create_table('sample',
    sa.Column('id', SERIAL, autoincrement=True, nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('filters', sa.Text(), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('cases', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('paper',
    sa.Column('id', SERIAL, autoincrement=True, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=True),
    sa.Column('seq', sa.Integer(), nullable=True),
    sa.Column('sample', sa.BigInteger(), nullable=True),
    sa.Column('severity', sa.String(length=16), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('replaces', sa.BigInteger(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_paper_case_id', 'paper', ['case_id'], unique=False)
    op.create_index('ix_paper_replaces', 'paper', ['replaces'], unique=False)
