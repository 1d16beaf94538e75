"""The first tables, and the triggers that keep the history append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SQLITE_TRIGGERS = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
POSTGRES_FUNCTION = """
CREATE FUNCTION fundcase_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$
"""
POSTGRES_TRIGGERS = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION fundcase_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION fundcase_append_only()
"""
APPEND_ONLY = {
    "step": "case_id = NEW.case_id AND seq = NEW.seq",
    "content": "digest = NEW.digest",
    "bundle": "digest = NEW.digest",
    "deployment": '"key" = NEW."key" AND version = NEW.version',
    "configuration": "version = NEW.version",
    "reading": "id = NEW.id",
}


def upgrade() -> None:
    tables()
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(POSTGRES_FUNCTION.replace("%%", "%"))
    for table, same in APPEND_ONLY.items():
        for statement in (POSTGRES_TRIGGERS if postgres else SQLITE_TRIGGERS).format(table=table, same=same).split(";\n"):
            op.get_bind().exec_driver_sql(statement.strip())


def tables() -> None:
    op.create_table('access',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('group', sa.String(length=200), nullable=False),
    sa.PrimaryKeyConstraint('key', 'group')
    )
    op.create_table('bundle',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('files', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('digest')
    )
    op.create_table('case_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('bundle', sa.String(length=64), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('confidentiality', sa.String(length=64), nullable=False),
    sa.Column('parent', sa.BigInteger(), nullable=True),
    sa.Column('customer', sa.String(length=200), nullable=True),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('started_at', sa.String(length=27), nullable=False),
    sa.Column('started_by', sa.String(length=200), nullable=False),
    sa.Column('ended_at', sa.String(length=27), nullable=True),
    sa.Column('outcome', sa.String(length=200), nullable=True),
    sa.Column('last_at', sa.String(length=27), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(length=32), nullable=False),
    sa.Column('state', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number', name=op.f('uq_case_file_number')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_case_file_customer', 'case_file', ['customer', 'id'], unique=False)
    op.create_index('ix_case_file_key_status', 'case_file', ['key', 'status', 'id'], unique=False)
    op.create_index('ix_case_file_parent', 'case_file', ['parent'], unique=False)
    op.create_table('configuration',
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('version')
    )
    op.create_table('content',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('digest')
    )
    op.create_table('counter',
    sa.Column('prefix', sa.String(length=32), nullable=False),
    sa.Column('day', sa.String(length=8), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('prefix', 'day')
    )
    op.create_table('deployment',
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('bundle', sa.String(length=64), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key', 'version')
    )
    op.create_table('draft',
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('occurrence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('person', sa.String(length=200), nullable=False),
    sa.Column('bundle', sa.String(length=64), nullable=False),
    sa.Column('values', sa.LargeBinary(), nullable=False),
    sa.Column('personal', sa.LargeBinary(), nullable=True),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.PrimaryKeyConstraint('case_id', 'occurrence', 'person')
    )
    op.create_table('incident',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('element', sa.String(length=200), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('error_hash', sa.String(length=64), nullable=False),
    sa.Column('opened_at', sa.String(length=27), nullable=False),
    sa.Column('last_at', sa.String(length=27), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('closed_at', sa.String(length=27), nullable=True),
    sa.Column('closed_by', sa.String(length=200), nullable=True),
    sa.Column('jobs', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('case_id', 'element', 'error_hash', name=op.f('uq_incident_case_id_element_error_hash'))
    )
    op.create_table('job',
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('occurrence', sa.Integer(), nullable=False),
    sa.Column('run_at', sa.String(length=27), nullable=True),
    sa.Column('leased_until', sa.String(length=27), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('payload', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('case_id', 'seq', 'n')
    )
    op.create_index('ix_job_run_at', 'job', ['run_at'], unique=False)
    op.create_table('message',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('message_id', sa.String(length=200), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('correlate', sa.Text(), nullable=True),
    sa.Column('case_id', sa.BigInteger(), nullable=True),
    sa.Column('sender', sa.String(length=200), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('expires_at', sa.String(length=27), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('message_id', name=op.f('uq_message_message_id'))
    )
    op.create_index('ix_message_name', 'message', ['name', 'status'], unique=False)
    op.create_index('ix_message_status_expires_at', 'message', ['status', 'expires_at'], unique=False)
    op.create_table('proposal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('bundle', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('by', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decision', sa.String(length=16), nullable=True),
    sa.Column('decided_at', sa.String(length=27), nullable=True),
    sa.Column('decided_by', sa.String(length=200), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('reading',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('case_id', sa.BigInteger(), nullable=False),
    sa.Column('reference', sa.String(length=64), nullable=False),
    sa.Column('actor', sa.String(length=200), nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_reading_case_id', 'reading', ['case_id'], unique=False)
    op.create_table('step',
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(length=27), nullable=False),
    sa.Column('actor', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('input', sa.LargeBinary(), nullable=False),
    sa.Column('effects', sa.LargeBinary(), nullable=False),
    sa.Column('semantics', sa.Integer(), nullable=False),
    sa.Column('state_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('prev_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('case_id', 'seq')
    )
    op.create_index('ix_step_actor_at', 'step', ['actor', 'at'], unique=False)
    op.create_table('subscription',
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('occurrence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('key_hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('case_id', 'occurrence')
    )
    op.create_index('ix_subscription_name', 'subscription', ['kind', 'name', 'key_hash'], unique=False)
    op.create_table('task',
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('occurrence', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('queue', sa.String(length=202), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('element', sa.String(length=200), nullable=False),
    sa.Column('groups', sa.Text(), nullable=False),
    sa.Column('assignee', sa.String(length=200), nullable=True),
    sa.Column('claimed_at', sa.String(length=27), nullable=True),
    sa.Column('due', sa.String(length=27), nullable=False),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('offered_at', sa.String(length=27), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('bundle', sa.String(length=64), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('confidentiality', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('case_id', 'occurrence', 'queue')
    )
    op.create_index('ix_task_queue', 'task', ['queue', 'due', 'priority', 'case_id', 'occurrence'], unique=False)
    op.create_table('vault',
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('seq', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('n', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('field', sa.String(length=200), nullable=False),
    sa.Column('value', sa.LargeBinary(), nullable=True),
    sa.Column('salt', sa.LargeBinary(length=16), nullable=True),
    sa.PrimaryKeyConstraint('case_id', 'seq', 'n')
    )
