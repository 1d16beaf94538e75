"""Prices, holdings, orders, confirmations, warning letters, call-backs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.columns import MONEY, RATE, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table('callback',
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=False),
        sa.Column('about', sa.String(length=64), nullable=False),
        sa.Column('reason', sa.String(length=16), nullable=False),
        sa.Column('seller', sa.String(length=32), nullable=True),
        sa.Column('caller', sa.String(length=32), nullable=True),
        sa.Column('due_at', Moment, nullable=False),
        sa.Column('attempts', sa.JSON(), nullable=False),
        sa.Column('answers', sa.JSON(), nullable=False),
        sa.Column('outcome', sa.String(length=16), nullable=True),
        sa.Column('closed_at', Moment, nullable=True),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_callback_customer_id')),
        sa.PrimaryKeyConstraint('case_id', name=op.f('pk_callback'))
    )
    op.create_index('ix_callback_about', 'callback', ['about'], unique=False)
    op.create_index('ix_callback_customer_id', 'callback', ['customer_id'], unique=False)
    op.create_table('fund_price',
        sa.Column('fund_code', sa.String(length=6), nullable=False),
        sa.Column('date', sa.Date(), nullable=False),
        sa.Column('nav', RATE, nullable=False),
        sa.Column('published_on', sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(['fund_code'], ['fund.code'], name=op.f('fk_fund_price_fund_code')),
        sa.PrimaryKeyConstraint('fund_code', 'date', name=op.f('pk_fund_price'))
    )
    op.create_table('sales_restriction',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=False),
        sa.Column('risk_level', sa.Integer(), nullable=False),
        sa.Column('reason', sa.String(length=16), nullable=False),
        sa.Column('since', Moment, nullable=False),
        sa.Column('lifted_at', Moment, nullable=True),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_sales_restriction_customer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sales_restriction')),
        sa.UniqueConstraint('key', name=op.f('uq_sales_restriction_key'))
    )
    op.create_index('ix_sales_restriction_customer_id', 'sales_restriction', ['customer_id'], unique=False)
    op.create_table('trade_order',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('number', sa.String(length=40), nullable=False),
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('case_number', sa.String(length=40), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=False),
        sa.Column('fund_code', sa.String(length=6), nullable=False),
        sa.Column('type', sa.String(length=8), nullable=False),
        sa.Column('amount', MONEY, nullable=True),
        sa.Column('shares', MONEY, nullable=True),
        sa.Column('terms', sa.JSON(), nullable=False),
        sa.Column('channel', sa.String(length=16), nullable=False),
        sa.Column('initiative', sa.String(length=8), nullable=False),
        sa.Column('accepted_at', Moment, nullable=False),
        sa.Column('trade_date', sa.Date(), nullable=False),
        sa.Column('confirm_date', sa.Date(), nullable=False),
        sa.Column('status', sa.String(length=12), nullable=False),
        sa.Column('submitted_at', Moment, nullable=True),
        sa.Column('decision', sa.String(length=24), nullable=False),
        sa.Column('evidence', sa.JSON(), nullable=False),
        sa.Column('flags', sa.JSON(), nullable=False),
        sa.Column('signed_at', Moment, nullable=False),
        sa.Column('signature', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_trade_order_customer_id')),
        sa.ForeignKeyConstraint(['fund_code'], ['fund.code'], name=op.f('fk_trade_order_fund_code')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_trade_order')),
        sa.UniqueConstraint('key', name=op.f('uq_trade_order_key')),
        sa.UniqueConstraint('number', name=op.f('uq_trade_order_number'))
    )
    op.create_index('ix_trade_order_case_id', 'trade_order', ['case_id'], unique=False)
    op.create_index('ix_trade_order_customer_id_accepted_at', 'trade_order', ['customer_id', 'accepted_at'], unique=False)
    op.create_index('ix_trade_order_trade_date', 'trade_order', ['trade_date'], unique=False)
    op.create_table('warning_letter',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('case_id', sa.String(length=64), nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=False),
        sa.Column('fund_code', sa.String(length=6), nullable=False),
        sa.Column('risk_class', sa.Integer(), nullable=False),
        sa.Column('risk_level', sa.Integer(), nullable=False),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('points', sa.JSON(), nullable=False),
        sa.Column('statement', sa.Text(), nullable=False),
        sa.Column('signed_at', Moment, nullable=False),
        sa.Column('signature', sa.String(length=64), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_warning_letter_customer_id')),
        sa.ForeignKeyConstraint(['fund_code'], ['fund.code'], name=op.f('fk_warning_letter_fund_code')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_warning_letter')),
        sa.UniqueConstraint('key', name=op.f('uq_warning_letter_key'))
    )
    op.create_index('ix_warning_letter_case_id', 'warning_letter', ['case_id'], unique=False)
    op.create_table('confirmation',
        sa.Column('order_id', sa.Integer(), nullable=False),
        sa.Column('outcome', sa.String(length=12), nullable=False),
        sa.Column('amount', MONEY, nullable=False),
        sa.Column('shares', MONEY, nullable=False),
        sa.Column('nav', RATE, nullable=True),
        sa.Column('fee', MONEY, nullable=False),
        sa.Column('nav_date', sa.Date(), nullable=True),
        sa.Column('confirm_date', sa.Date(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('settled_at', Moment, nullable=False),
        sa.ForeignKeyConstraint(['order_id'], ['trade_order.id'], name=op.f('fk_confirmation_order_id')),
        sa.PrimaryKeyConstraint('order_id', name=op.f('pk_confirmation'))
    )
    op.create_table('holding',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=False),
        sa.Column('fund_code', sa.String(length=6), nullable=False),
        sa.Column('order_id', sa.Integer(), nullable=True),
        sa.Column('shares', MONEY, nullable=False),
        sa.Column('cost', MONEY, nullable=False),
        sa.Column('since', sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_holding_customer_id')),
        sa.ForeignKeyConstraint(['fund_code'], ['fund.code'], name=op.f('fk_holding_fund_code')),
        sa.ForeignKeyConstraint(['order_id'], ['trade_order.id'], name=op.f('fk_holding_order_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_holding')),
        sa.UniqueConstraint('order_id', name=op.f('uq_holding_order_id'))
    )
    op.create_index('ix_holding_customer_id_fund_code', 'holding', ['customer_id', 'fund_code'], unique=False)
    op.create_table('payment',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('order_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=8), nullable=False),
        sa.Column('amount', MONEY, nullable=False),
        sa.Column('requested_at', Moment, nullable=False),
        sa.Column('settled_at', Moment, nullable=True),
        sa.ForeignKeyConstraint(['order_id'], ['trade_order.id'], name=op.f('fk_payment_order_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
        sa.UniqueConstraint('key', name=op.f('uq_payment_key'))
    )
    op.create_index('ix_payment_order_id', 'payment', ['order_id'], unique=False)
    # ### end Alembic commands ###
