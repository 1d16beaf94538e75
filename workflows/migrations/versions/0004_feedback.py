"""Feedback, improvements and surveys; what an inquiry planned of a survey is a survey of its own now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.columns import RATE, Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and drop what they replace."""
    op.create_table('feedback',
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=True),
        sa.Column('source', sa.String(length=16), nullable=False),
        sa.Column('instrument', sa.String(length=8), nullable=True),
        sa.Column('score', sa.Integer(), nullable=True),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('fingerprint', sa.String(length=64), nullable=False),
        sa.Column('related_case', sa.String(length=64), nullable=True),
        sa.Column('channel', sa.String(length=16), nullable=True),
        sa.Column('process', sa.String(length=64), nullable=True),
        sa.Column('process_version', sa.Integer(), nullable=True),
        sa.Column('agent', sa.String(length=32), nullable=True),
        sa.Column('team', sa.String(length=32), nullable=True),
        sa.Column('product', sa.String(length=6), nullable=True),
        sa.Column('contact_allowed', sa.Boolean(), nullable=False),
        sa.Column('captured_at', Moment(), nullable=False),
        sa.Column('duplicate_of', sa.String(length=64), nullable=True),
        sa.Column('topics', sa.JSON(), nullable=False),
        sa.Column('sentiment', RATE, nullable=True),
        sa.Column('confidence', RATE, nullable=True),
        sa.Column('complaint_intent', sa.Boolean(), nullable=False),
        sa.Column('data_error', sa.Boolean(), nullable=False),
        sa.Column('skill_gap', sa.Text(), nullable=False),
        sa.Column('praise', sa.Boolean(), nullable=False),
        sa.Column('class', sa.String(length=16), nullable=True),
        sa.Column('rule', sa.String(length=16), nullable=True),
        sa.Column('follower', sa.String(length=32), nullable=True),
        sa.Column('closed_at', Moment(), nullable=True),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_feedback_customer_id')),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_feedback'))
    )
    op.create_index('ix_feedback_captured_at', 'feedback', ['captured_at'], unique=False)
    op.create_index('ix_feedback_customer_id_captured_at', 'feedback', ['customer_id', 'captured_at'], unique=False)
    op.create_index('ix_feedback_fingerprint', 'feedback', ['fingerprint'], unique=False)
    op.create_table('improvement',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('round', sa.Integer(), nullable=False),
        sa.Column('period', sa.String(length=7), nullable=False),
        sa.Column('topic', sa.String(length=32), nullable=False),
        sa.Column('proposal', sa.Text(), nullable=False),
        sa.Column('owner', sa.String(length=32), nullable=False),
        sa.Column('due', sa.Date(), nullable=False),
        sa.Column('expected', sa.Text(), nullable=False),
        sa.Column('before', RATE, nullable=False),
        sa.Column('after', RATE, nullable=True),
        sa.Column('status', sa.String(length=16), nullable=False),
        sa.Column('recorded_at', Moment(), nullable=False),
        sa.Column('released_on', sa.Date(), nullable=True),
        sa.Column('measured_at', Moment(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_improvement'))
    )
    op.create_index('ix_improvement_case_id', 'improvement', ['case_id'], unique=False)
    op.create_index('ix_improvement_status', 'improvement', ['status'], unique=False)
    op.create_table('survey',
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=True),
        sa.Column('about', sa.String(length=64), nullable=False),
        sa.Column('process', sa.String(length=64), nullable=False),
        sa.Column('agent', sa.String(length=32), nullable=True),
        sa.Column('status', sa.String(length=16), nullable=False),
        sa.Column('why', sa.String(length=32), nullable=False),
        sa.Column('planned_at', Moment(), nullable=False),
        sa.Column('sent_at', Moment(), nullable=True),
        sa.Column('answered_at', Moment(), nullable=True),
        sa.Column('csat', sa.Integer(), nullable=True),
        sa.Column('ces', sa.Integer(), nullable=True),
        sa.Column('nps', sa.Integer(), nullable=True),
        sa.Column('resolved', sa.String(length=8), nullable=True),
        sa.Column('reasons', sa.JSON(), nullable=False),
        sa.Column('comment', sa.Text(), nullable=False),
        sa.Column('counted', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_survey_customer_id')),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_survey'))
    )
    op.create_index('ix_survey_customer_id_planned_at', 'survey', ['customer_id', 'planned_at'], unique=False)
    op.drop_index('ix_inquiry_customer_id_survey_planned_at', table_name='inquiry')
    op.drop_column('inquiry', 'survey_planned_at')
