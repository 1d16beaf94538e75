"""The domain's first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.columns import MONEY, RATE, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table('customer',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('kind', sa.String(length=12), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('name_latin', sa.String(length=120), nullable=False),
        sa.Column('sex', sa.String(length=1), nullable=True),
        sa.Column('id_type', sa.String(length=16), nullable=False),
        sa.Column('id_number', sa.String(length=30), nullable=False),
        sa.Column('id_valid_to', sa.Date(), nullable=True),
        sa.Column('mobile', sa.String(length=20), nullable=True),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('birth_date', sa.Date(), nullable=True),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('risk_class', sa.String(length=2), nullable=True),
        sa.Column('lowest_class', sa.Boolean(), nullable=False),
        sa.Column('assessment_valid_to', sa.Date(), nullable=True),
        sa.Column('professional', sa.Boolean(), nullable=False),
        sa.Column('tier', sa.String(length=8), nullable=False),
        sa.Column('vulnerable', sa.JSON(), nullable=False),
        sa.Column('service_consent', sa.Boolean(), nullable=False),
        sa.Column('marketing_consent', sa.Boolean(), nullable=False),
        sa.Column('card_token', sa.String(length=64), nullable=True),
        sa.Column('card_masked', sa.String(length=24), nullable=True),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('status', sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_customer'))
    )
    op.create_index('ix_customer_id_number', 'customer', ['id_number'], unique=False)
    op.create_index('ix_customer_mobile', 'customer', ['mobile'], unique=False)
    op.create_index('ix_customer_name', 'customer', ['name'], unique=False)
    op.create_index('ix_customer_name_latin', 'customer', ['name_latin'], unique=False)
    op.create_table('fund',
        sa.Column('code', sa.String(length=6), nullable=False),
        sa.Column('name_zh', sa.String(length=100), nullable=False),
        sa.Column('name_en', sa.String(length=100), nullable=False),
        sa.Column('type', sa.String(length=16), nullable=False),
        sa.Column('risk', sa.String(length=2), nullable=False),
        sa.Column('front_fee', RATE, nullable=False),
        sa.Column('service_fee', RATE, nullable=False),
        sa.Column('annual_fee', RATE, nullable=False),
        sa.Column('min_amount', MONEY, nullable=False),
        sa.Column('daily_limit', MONEY, nullable=True),
        sa.Column('confirm_lag', sa.Integer(), nullable=False),
        sa.Column('status', sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint('code', name=op.f('pk_fund'))
    )
    op.create_table('staff',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('name', sa.String(length=60), nullable=False),
        sa.Column('name_zh', sa.String(length=60), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('team', sa.String(length=32), nullable=False),
        sa.Column('password_hash', sa.String(length=200), nullable=True),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('qualification', sa.String(length=32), nullable=True),
        sa.Column('qualification_valid_to', sa.Date(), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_staff'))
    )
    op.create_table('complaint',
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=True),
        sa.Column('source', sa.String(length=16), nullable=False),
        sa.Column('category', sa.String(length=32), nullable=False),
        sa.Column('severity', sa.String(length=4), nullable=True),
        sa.Column('complainants', sa.Integer(), nullable=False),
        sa.Column('amount_claimed', MONEY, nullable=False),
        sa.Column('compensation', MONEY, nullable=True),
        sa.Column('related_case', sa.String(length=40), nullable=True),
        sa.Column('concerned', sa.JSON(), nullable=False),
        sa.Column('received_at', Moment(), nullable=False),
        sa.Column('registered_at', Moment(), nullable=False),
        sa.Column('due_at', Moment(), nullable=True),
        sa.Column('warn_at', Moment(), nullable=True),
        sa.Column('handler', sa.String(length=32), nullable=True),
        sa.Column('evidence', sa.JSON(), nullable=False),
        sa.Column('finding', sa.String(length=16), nullable=True),
        sa.Column('root_cause', sa.String(length=16), nullable=True),
        sa.Column('closed_at', Moment(), nullable=True),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_complaint_customer_id')),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_complaint'))
    )
    op.create_index('ix_complaint_customer_id_received_at', 'complaint', ['customer_id', 'received_at'], unique=False)
    op.create_index('ix_complaint_handler', 'complaint', ['handler'], unique=False)
    op.create_table('correspondent',
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=True),
        sa.Column('name', sa.String(length=100), nullable=True),
        sa.Column('mobile', sa.String(length=20), nullable=True),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_correspondent_customer_id')),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_correspondent'))
    )
    op.create_table('inquiry',
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=True),
        sa.Column('closed_at', Moment(), nullable=False),
        sa.Column('knowledge_gap', sa.Text(), nullable=False),
        sa.Column('survey_planned_at', Moment(), nullable=True),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_inquiry_customer_id')),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_inquiry'))
    )
    op.create_index('ix_inquiry_customer_id_survey_planned_at', 'inquiry', ['customer_id', 'survey_planned_at'], unique=False)
    op.create_table('interaction',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('case_id', sa.String(length=64), nullable=True),
        sa.Column('case_number', sa.String(length=40), nullable=True),
        sa.Column('customer_id', sa.String(length=32), nullable=True),
        sa.Column('channel', sa.String(length=16), nullable=False),
        sa.Column('direction', sa.String(length=3), nullable=False),
        sa.Column('at', Moment(), nullable=False),
        sa.Column('by', sa.String(length=32), nullable=False),
        sa.Column('summary', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_interaction_customer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_interaction')),
        sa.UniqueConstraint('key', name=op.f('uq_interaction_key'))
    )
    op.create_index('ix_interaction_case_id', 'interaction', ['case_id'], unique=False)
    op.create_index('ix_interaction_case_number', 'interaction', ['case_number'], unique=False)
    op.create_index('ix_interaction_customer_id_at', 'interaction', ['customer_id', 'at'], unique=False)
    op.create_table('outbox',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=True),
        sa.Column('staff_id', sa.String(length=32), nullable=True),
        sa.Column('channel', sa.String(length=16), nullable=False),
        sa.Column('address', sa.String(length=254), nullable=False),
        sa.Column('template', sa.String(length=64), nullable=False),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('subject', sa.String(length=200), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('links', sa.JSON(), nullable=False),
        sa.Column('created_at', Moment(), nullable=False),
        sa.Column('sent_at', Moment(), nullable=True),
        sa.Column('failed', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_outbox_customer_id')),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_outbox_staff_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
        sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    op.create_index('ix_outbox_case_id', 'outbox', ['case_id'], unique=False)
    op.create_index('ix_outbox_created_at_id', 'outbox', ['created_at', 'id'], unique=False)
    op.create_index('ix_outbox_customer_id_created_at', 'outbox', ['customer_id', 'created_at'], unique=False)
    op.create_table('staff_group',
        sa.Column('staff_id', sa.String(length=32), nullable=False),
        sa.Column('group_id', sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_group_staff_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('staff_id', 'group_id', name=op.f('pk_staff_group'))
    )
    op.create_index('ix_staff_group_group_id', 'staff_group', ['group_id'], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index('ix_staff_group_group_id', table_name='staff_group')
    op.drop_table('staff_group')
    op.drop_index('ix_outbox_customer_id_created_at', table_name='outbox')
    op.drop_index('ix_outbox_created_at_id', table_name='outbox')
    op.drop_index('ix_outbox_case_id', table_name='outbox')
    op.drop_table('outbox')
    op.drop_index('ix_interaction_customer_id_at', table_name='interaction')
    op.drop_index('ix_interaction_case_number', table_name='interaction')
    op.drop_index('ix_interaction_case_id', table_name='interaction')
    op.drop_table('interaction')
    op.drop_index('ix_inquiry_customer_id_survey_planned_at', table_name='inquiry')
    op.drop_table('inquiry')
    op.drop_table('correspondent')
    op.drop_index('ix_complaint_handler', table_name='complaint')
    op.drop_index('ix_complaint_customer_id_received_at', table_name='complaint')
    op.drop_table('complaint')
    op.drop_table('staff')
    op.drop_table('fund')
    op.drop_index('ix_customer_name_latin', table_name='customer')
    op.drop_index('ix_customer_name', table_name='customer')
    op.drop_index('ix_customer_mobile', table_name='customer')
    op.drop_index('ix_customer_id_number', table_name='customer')
    op.drop_table('customer')
