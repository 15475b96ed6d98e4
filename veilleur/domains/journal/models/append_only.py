"""The database's own refusal to change or delete an entry, or to put one before the first, on both databases.

Run by migrations; `journal verify` says when a guard is missing or is not as it is made here. The one change let through is the
erasure of body and salt together, everything else left as it was.
"""

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "journal_entry"
GUARDS = ("journal_entry_no_update", "journal_entry_no_delete", "journal_entry_no_place_before_first")
# TRUNCATE, which only PostgreSQL has, is refused as well there.
POSTGRESQL_GUARDS = (*GUARDS, "journal_entry_no_truncate")

_KEPT_COLUMNS = (
    "id", "organisation", "epoch", "sequence", "occurred_at_us", "recorded_at_us", "actor", "origin",
    "kind", "version", "subject", "body_digest", "previous_hash", "hash",
)  # fmt: skip
_REFUSAL = "the journal is append-only"


def guard_statements(vendor: str) -> Sequence[str]:
    """Return the SQL that puts the guards in place, for "sqlite" or "postgresql"; it may run again."""
    return (*unguard_statements(vendor), *(_SQLITE if vendor == "sqlite" else _POSTGRESQL))


def unguard_statements(vendor: str) -> Sequence[str]:
    """Return the SQL that takes the guards away: only migrations and the emptying of test databases do."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in GUARDS]
    return [f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in POSTGRESQL_GUARDS]


def missing_guards(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    """Return the names of the guards that the database lacks; one query."""
    is_sqlite = connection.vendor == "sqlite"
    source = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
        if is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass "
        " AND NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(source, [TABLE])
        present = {row[0] for row in cursor.fetchall()}
    return tuple(name for name in (GUARDS if is_sqlite else POSTGRESQL_GUARDS) if name not in present)


_SQLITE_UNCHANGED = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in _KEPT_COLUMNS)
_SQLITE = (
    f"""CREATE TRIGGER {GUARDS[0]} BEFORE UPDATE ON {TABLE}
    WHEN NOT (NEW.body IS NULL AND NEW.salt IS NULL AND {_SQLITE_UNCHANGED})
    BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
    f"""CREATE TRIGGER {GUARDS[1]} BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
    f"""CREATE TRIGGER {GUARDS[2]} BEFORE INSERT ON {TABLE}
    WHEN NEW.sequence < 1 OR typeof(NEW.sequence) <> 'integer'
    BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
)

_POSTGRESQL_CHANGED = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in _KEPT_COLUMNS)
_POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION journal_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$""",
    f"""CREATE TRIGGER {POSTGRESQL_GUARDS[0]} BEFORE UPDATE ON {TABLE} FOR EACH ROW
    WHEN (NEW.body IS NOT NULL OR NEW.salt IS NOT NULL OR {_POSTGRESQL_CHANGED})
    EXECUTE FUNCTION journal_entry_refuse()""",
    f"""CREATE TRIGGER {POSTGRESQL_GUARDS[1]} BEFORE DELETE ON {TABLE} FOR EACH ROW
    EXECUTE FUNCTION journal_entry_refuse()""",
    f"""CREATE TRIGGER {POSTGRESQL_GUARDS[2]} BEFORE INSERT ON {TABLE} FOR EACH ROW
    WHEN (NEW.sequence < 1) EXECUTE FUNCTION journal_entry_refuse()""",
    f"""CREATE TRIGGER {POSTGRESQL_GUARDS[3]} BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT
    EXECUTE FUNCTION journal_entry_refuse()""",
)
