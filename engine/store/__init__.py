"""Where cases are kept: tables, migrations, connections and locks, on SQLite and PostgreSQL."""
