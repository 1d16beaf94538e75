"""The process owner's room: sketches, batches over many cases, and versions that only some new cases get."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.store.migrations.guards import guard

revision = "0004"
down_revision = "0003"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLLED_OUT = """
INSERT INTO rollout (key, number, version, percent, effective_at, at, "by", reason)
SELECT key, version, version, 100, at, at, "by", reason FROM deployment
"""


def upgrade() -> None:
    tables()
    guard({"rollout": "key = NEW.key AND number = NEW.number", "mapping": "digest = NEW.digest"})


def tables() -> None:
    op.add_column('proposal', sa.Column('authors', sa.Text(), nullable=True))
    op.add_column('proposal', sa.Column('effective_at', sa.String(length=27), nullable=True))
    op.add_column('proposal', sa.Column('percent', sa.Integer(), nullable=False, server_default='100'))
    op.add_column('proposal', sa.Column('version', sa.Integer(), nullable=True))
    op.create_table('rollout',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('effective_at', sa.String(length=27), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key', 'number')
    )
    op.create_table('sketch',
    sa.Column('id', SERIAL, autoincrement=True, nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('base', sa.String(length=64), nullable=True),
    sa.Column('owner', sa.String(length=200), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.String(length=27), nullable=False),
    sa.Column('changed_at', sa.String(length=27), nullable=False),
    sa.Column('changed_by', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_sketch_key', 'sketch', ['key'], unique=False)
    op.create_table('sketch_file',
    sa.Column('sketch', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('path', sa.String(length=400), nullable=False),
    sa.Column('revision', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('sketch', 'path', 'revision')
    )
    op.create_table('sketch_lost',
    sa.Column('id', SERIAL, autoincrement=True, nullable=False),
    sa.Column('sketch', sa.BigInteger(), nullable=False),
    sa.Column('path', sa.String(length=400), nullable=False),
    sa.Column('person', sa.String(length=200), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_sketch_lost_sketch', 'sketch_lost', ['sketch'], unique=False)
    op.create_table('sketching',
    sa.Column('sketch', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('person', sa.String(length=200), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('sketch', 'person')
    )
    op.create_table('mapping',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('old', sa.String(length=64), nullable=False),
    sa.Column('new', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('digest')
    )
    op.create_index('ix_mapping_key', 'mapping', ['key'], unique=False)
    op.create_table('batch',
    sa.Column('id', SERIAL, autoincrement=True, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('bundle', sa.String(length=64), nullable=False),
    sa.Column('asked', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('ended_at', sa.String(length=27), nullable=True),
    sa.Column('why', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_batch_bundle', 'batch', ['bundle', 'kind'], unique=False)
    op.create_index('ix_batch_key', 'batch', ['key', 'id'], unique=False)
    op.create_table('batch_case',
    sa.Column('batch', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('outcome', sa.String(length=32), nullable=True),
    sa.Column('seq', sa.Integer(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('batch', 'case_id')
    )
    op.create_index('ix_batch_case_outcome', 'batch_case', ['batch', 'outcome', 'case_id'], unique=False)
    op.execute(ROLLED_OUT)
    walks()


def walks() -> None:
    op.create_table('walk',
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.String(length=27), nullable=False),
    sa.Column('outcome', sa.String(length=200), nullable=False),
    sa.Column('team', sa.String(length=200), nullable=False),
    sa.Column('confidentiality', sa.String(length=64), nullable=False),
    sa.Column('variant', sa.String(length=64), nullable=False),
    sa.Column('milliseconds', sa.BigInteger(), nullable=False),
    sa.Column('late', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('case_id')
    )
    op.create_index('ix_walk_variant', 'walk', ['key', 'variant', 'case_id'], unique=False)
    op.create_table('walk_cell',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('outcome', sa.String(length=200), nullable=False),
    sa.Column('team', sa.String(length=200), nullable=False),
    sa.Column('confidentiality', sa.String(length=64), nullable=False),
    sa.Column('tally', sa.Text(), nullable=False),
    sa.Column('parts', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('key', 'period', 'version', 'outcome', 'team', 'confidentiality')
    )
    op.create_table('walk_variant',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('period', sa.String(length=8), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('outcome', sa.String(length=200), nullable=False),
    sa.Column('team', sa.String(length=200), nullable=False),
    sa.Column('confidentiality', sa.String(length=64), nullable=False),
    sa.Column('variant', sa.String(length=64), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('tally', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key', 'period', 'version', 'outcome', 'team', 'confidentiality', 'variant')
    )
    op.create_table('walk_path',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('variant', sa.String(length=64), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('path', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key', 'variant')
    )
    op.create_table('walked',
    sa.Column('bundle', sa.String(length=64), nullable=False),
    sa.Column('confidentiality', sa.String(length=64), nullable=False),
    sa.Column('part', sa.String(length=200), nullable=False),
    sa.Column('times', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('bundle', 'confidentiality', 'part')
    )
    op.create_table('walk_mark',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('reached', sa.String(length=27), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
