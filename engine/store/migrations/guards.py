"""The triggers that keep a table append-only. Migrations that have run stand on them: what is here never changes."""

from __future__ import annotations

from collections.abc import Mapping

from alembic import op

SQLITE_TRIGGERS = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
POSTGRES_TRIGGERS = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION fundcase_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION fundcase_append_only()
"""


def guard(tables: Mapping[str, str]) -> None:
    """Let rows be added to tables and nothing else; each says what makes a `NEW` row the same as one there."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for table, same in tables.items():
        run((POSTGRES_TRIGGERS if postgres else SQLITE_TRIGGERS).format(table=table, same=same))


def run(script: str) -> None:
    """Execute the statements of a script, one by one."""
    for statement in script.split(";\n"):
        op.get_bind().exec_driver_sql(statement.strip())
