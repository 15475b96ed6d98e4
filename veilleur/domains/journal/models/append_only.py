"""The database's own refusal to change or delete an entry, or to put one before the first, on both databases.

Run by migrations; `journal verify` says when a guard is missing or is not as it is made here. The one change
let through is the erasure of body and salt together, everything else left as it was.
"""

import re
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
    """Return the names of the guards that the database lacks, or that are not as made here; one query.

    A guard of the right name may refuse nothing: its whole definition counts, and whether it is switched on.
    """
    is_sqlite = connection.vendor == "sqlite"
    plain = _plain if is_sqlite else _plain_on_postgresql
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT_ON_SQLITE if is_sqlite else _PRESENT_ON_POSTGRESQL, [TABLE])
        present = {name: (plain(made), _plain(body)) for name, made, body in cursor.fetchall()}
    names, statements = (GUARDS, _SQLITE) if is_sqlite else (POSTGRESQL_GUARDS, _POSTGRESQL)
    body = "" if is_sqlite else _plain(_FUNCTION_BODY)
    made = {name: plain(one) for name in names for one in statements if f" {name} " in one}
    return tuple(name for name in names if present.get(name) != (made[name], body))


def _plain(definition: str) -> str:
    return " ".join(definition.split())


def _plain_on_postgresql(definition: str) -> str:
    """Return a definition without what PostgreSQL writes in its own way: brackets, casts to text, case.

    The conditions are joined by OR alone and no column is a boolean: brackets can change nothing in them.
    """
    return _plain(re.sub(r"::text|[()]", " ", definition.lower()))


_PRESENT_ON_SQLITE = "SELECT name, sql, '' FROM sqlite_master WHERE type = 'trigger' AND LOWER(tbl_name) = %s"
# A trigger enabled for replicas alone does nothing here; nor does a usual one while this is a replica.
_PRESENT_ON_POSTGRESQL = """
SELECT tgname, pg_get_triggerdef(pg_trigger.oid, true), prosrc
  FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang
 WHERE tgrelid = %s::regclass AND NOT tgisinternal AND lanname = 'plpgsql'
   AND (tgenabled = 'A' OR (tgenabled = 'O' AND current_setting('session_replication_role') <> 'replica'))
"""
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
_FUNCTION_BODY = f"""
    BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END """
_POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION journal_entry_refuse() RETURNS trigger LANGUAGE plpgsql
    AS $${_FUNCTION_BODY}$$""",
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
