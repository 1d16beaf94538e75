"""Risk assessments, opinions, recommendations, materials."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.columns import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table('risk_assessment',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=False),
        sa.Column('case_id', sa.String(length=64), nullable=True),
        sa.Column('case_number', sa.String(length=40), nullable=True),
        sa.Column('questionnaire', sa.String(length=16), nullable=False),
        sa.Column('answers_hash', sa.String(length=64), nullable=False),
        sa.Column('score', sa.Integer(), nullable=False),
        sa.Column('risk_class', sa.String(length=2), nullable=False),
        sa.Column('lowest', sa.Boolean(), nullable=False),
        sa.Column('taken_at', Moment(), nullable=False),
        sa.Column('valid_to', sa.Date(), nullable=True),
        sa.Column('status', sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_risk_assessment_customer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_risk_assessment'))
    )
    op.create_index(
        'ix_risk_assessment_customer_id_taken_at', 'risk_assessment', ['customer_id', 'taken_at'], unique=False
    )
    op.create_table('suitability_opinion',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=False),
        sa.Column('fund_code', sa.String(length=6), nullable=False),
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('decision', sa.String(length=24), nullable=False),
        sa.Column('actions', sa.JSON(), nullable=False),
        sa.Column('rule', sa.String(length=40), nullable=False),
        sa.Column('given_at', Moment(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_suitability_opinion_customer_id')),
        sa.ForeignKeyConstraint(['fund_code'], ['fund.code'], name=op.f('fk_suitability_opinion_fund_code')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_suitability_opinion'))
    )
    op.create_index('ix_suitability_opinion_case_id', 'suitability_opinion', ['case_id'], unique=False)
    op.create_index(
        'ix_suitability_opinion_customer_id_given_at', 'suitability_opinion', ['customer_id', 'given_at'], unique=False
    )
    op.create_table('recommendation',
        sa.Column('id', sa.String(length=48), nullable=False),
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=False),
        sa.Column('items', sa.JSON(), nullable=False),
        sa.Column('status', sa.String(length=12), nullable=False),
        sa.Column('reason', sa.String(length=32), nullable=True),
        sa.Column('chosen', sa.String(length=6), nullable=True),
        sa.Column('issued_at', Moment(), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=False),
        sa.Column('closed_at', Moment(), nullable=True),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_recommendation_customer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_recommendation'))
    )
    op.create_index('ix_recommendation_case_id', 'recommendation', ['case_id'], unique=False)
    op.create_index(
        'ix_recommendation_customer_id_issued_at', 'recommendation', ['customer_id', 'issued_at'], unique=False
    )
    op.create_table('fund_holding',
        sa.Column('fund_code', sa.String(length=6), nullable=False),
        sa.Column('days', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['fund_code'], ['fund.code'], name=op.f('fk_fund_holding_fund_code')),
        sa.PrimaryKeyConstraint('fund_code', name=op.f('pk_fund_holding'))
    )
    op.create_table('material',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=False),
        sa.Column('fund_code', sa.String(length=6), nullable=False),
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('kind', sa.String(length=16), nullable=False),
        sa.Column('version', sa.String(length=16), nullable=False),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('logged_at', Moment(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_material_customer_id')),
        sa.ForeignKeyConstraint(['fund_code'], ['fund.code'], name=op.f('fk_material_fund_code')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_material'))
    )
    op.create_index('ix_material_case_id', 'material', ['case_id'], unique=False)
    op.create_index('ix_material_customer_id_logged_at', 'material', ['customer_id', 'logged_at'], unique=False)
