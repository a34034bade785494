"""Triggers that make a table append-only on SQLite and PostgreSQL.

Rows with `is_example` may be removed with the examples; whether a row is an example is fixed when it is written.
"""

REFUSED = "Einträge werden nur angefügt, nie geändert oder gelöscht"

# By what a new row could push an old one out: SQLite's REPLACE deletes without asking the triggers of deletion, unless
# the connection has turned on recursive_triggers, as only the portal's own connections do.
UNIQUE_KEYS = {
    "governance_entry": (("id",), ("chain", "number"), ("chain", "previous_hash")),
    "pool_frozenform": (("id",), ("sitting_id",)),
}


def create_statements(vendor: str, table: str) -> list[str]:
    """Return the SQL that makes `table` append-only on the given database."""
    if vendor == "sqlite":
        pushed_out = f"EXISTS (SELECT 1 FROM {table} AS kept WHERE NOT kept.is_example AND ({_same_key(table)}))"
        return [
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN {pushed_out} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"WHEN NOT OLD.is_example OR NOT NEW.is_example OR {pushed_out} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"WHEN NOT OLD.is_example BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
        ]
    return [
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'TRUNCATE' THEN "
        f"  IF EXISTS (SELECT 1 FROM {table} WHERE NOT is_example) THEN RAISE EXCEPTION '{REFUSED}'; END IF; "
        f"  RETURN NULL; "
        f"ELSIF TG_OP = 'DELETE' THEN "
        f"  IF NOT OLD.is_example THEN RAISE EXCEPTION '{REFUSED}'; END IF; RETURN OLD; "
        f"ELSE "
        f"  IF NOT OLD.is_example OR NOT NEW.is_example THEN RAISE EXCEPTION '{REFUSED}'; END IF; RETURN NEW; "
        f"END IF; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


def _same_key(table: str) -> str:
    """Return the condition that an old row stands where the new one would: the same values in one unique key."""
    keys = (" AND ".join(f"kept.{column} = NEW.{column}" for column in key) for key in UNIQUE_KEYS[table])
    return " OR ".join(keys)


def drop_statements(vendor: str, table: str) -> list[str]:
    """Return the SQL that takes the triggers away again: for tests that flush, and for nothing else."""
    if vendor == "sqlite":
        return [
            f"DROP TRIGGER IF EXISTS {table}_no_replace",
            f"DROP TRIGGER IF EXISTS {table}_no_update",
            f"DROP TRIGGER IF EXISTS {table}_no_delete",
        ]
    return [
        f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
        f"DROP FUNCTION IF EXISTS {table}_refuse()",
    ]
