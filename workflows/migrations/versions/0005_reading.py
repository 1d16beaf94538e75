"""Who looked at what of a customer; the database itself keeps the record as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.columns import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REFUSED = "BEGIN SELECT RAISE(ABORT, 'customer_reading is append-only'); END"
SQLITE = (
    f"CREATE TRIGGER customer_reading_no_update BEFORE UPDATE ON customer_reading {REFUSED}",
    f"CREATE TRIGGER customer_reading_no_delete BEFORE DELETE ON customer_reading {REFUSED}",
    "CREATE TRIGGER customer_reading_no_replace BEFORE INSERT ON customer_reading "
    f"WHEN EXISTS (SELECT 1 FROM customer_reading WHERE id = NEW.id) {REFUSED}",
)
POSTGRES = (
    "CREATE FUNCTION customer_reading_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'customer_reading is append-only'; END $$",
    "CREATE TRIGGER customer_reading_append_only BEFORE UPDATE OR DELETE ON customer_reading "
    "FOR EACH ROW EXECUTE FUNCTION customer_reading_append_only()",
    "CREATE TRIGGER customer_reading_no_truncate BEFORE TRUNCATE ON customer_reading "
    "FOR EACH STATEMENT EXECUTE FUNCTION customer_reading_append_only()",
)


def upgrade() -> None:
    """Make the table."""
    op.create_table('customer_reading',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('customer_id', sa.String(length=32), nullable=False),
        sa.Column('field', sa.String(length=16), nullable=False),
        sa.Column('actor', sa.String(length=32), nullable=False),
        sa.Column('at', Moment(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_reading_customer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_reading'))
    )
    op.create_index('ix_customer_reading_customer_id_id', 'customer_reading', ['customer_id', 'id'], unique=False)
    for statement in POSTGRES if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.get_bind().exec_driver_sql(statement)
