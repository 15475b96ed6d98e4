"""Database guards: a row of one organisation never refers to a row of another, whoever writes it.

For every foreign key from a tenant's table to a tenant's table there is a guard in the database: a composite
foreign key on PostgreSQL, triggers on SQLite. They are made from the models after each `migrate`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from veilleur.shared.models import TenantModel

_LONGEST_NAME = 48  # PostgreSQL cuts names after 63 bytes, silently; ours get suffixes


@dataclass(frozen=True)
class Reference:
    """A column that refers to another tenant's table. All names are those of the database.

    `holder` is the table that holds the organisation of the referring row, and `holder_key` the column of
    `table` that finds the row there: the same table and its own key, unless the model extends another one.
    """

    table: str
    column: str
    holder: str
    holder_key: str
    target: str

    @property
    def name(self) -> str:
        """Return the name of the guard, the same at every run."""
        return guard_name(self.table, self.column)

    @property
    def is_in_one_table(self) -> bool:
        """Return whether the referring table holds the organisation itself."""
        return self.holder == self.table


@dataclass(frozen=True)
class Guard:
    """One object in the database: its name, its table, and the statement that makes it."""

    name: str
    table: str
    make: str


class Unguardable(Exception):
    """Raised for a relation between tenants' tables that no guard can cover, such as a bare many-to-many."""


def references() -> list[Reference]:
    """Return every reference from a tenant's table to a tenant's table, by table and column.

    Raise Unguardable for a many-to-many without a table of its own: its rows would have no organisation.
    """
    found = []
    for model in _tenant_models():
        for relation in model._meta.local_many_to_many:
            through = relation.remote_field.through
            if through is not None and through._meta.auto_created and _is_tenant(relation.related_model):
                raise Unguardable(f"{model.__name__}.{relation.name} needs a `through` table of a tenant")
        found += [_reference(model, field) for field in model._meta.local_fields if _refers_to_tenant(field)]
    return sorted(found, key=lambda reference: (reference.table, reference.column))


def holders() -> list[str]:
    """Return the tables that hold an organisation of their own, by name."""
    return sorted({_root(model)._meta.db_table for model in _tenant_models()})


def expected_guards(connection: BaseDatabaseWrapper) -> list[Guard]:
    """Return the guards of all tables that exist in this database."""
    columns = _columns(connection)
    guards: list[Guard] = []
    for reference in references():
        if reference.column in columns.get(reference.table, ()) and reference.target in columns:
            guards += _guards_of(connection.vendor, reference)
    for table in holders():
        if table in columns:
            guards += _fixed_organisation(connection.vendor, table)
    return guards


def present_guards(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the guards that the database has now, as name -> table."""
    question = {"sqlite": _PRESENT_ON_SQLITE, "postgresql": _PRESENT_ON_POSTGRESQL}[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(question)
        return dict(cursor.fetchall())


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of guards that the models ask for and the database does not have."""
    present = present_guards(connection)
    return [guard.name for guard in expected_guards(connection) if guard.name not in present]


def make_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Make what is missing, drop what no model asks for any more, and return the names of what was made.

    May be run at any time and as often as one likes; it checks existing rows only where a guard is new.
    """
    expected, present = expected_guards(connection), present_guards(connection)
    wanted = {guard.name for guard in expected}
    stale = {name: table for name, table in present.items() if name not in wanted}
    _drop(connection, stale)
    missing = [guard for guard in expected if guard.name not in present]
    with connection.cursor() as cursor:
        if missing and connection.vendor == "postgresql":
            cursor.execute(_REFUSING_FUNCTION)
        for guard in missing:
            cursor.execute(guard.make)
    return [guard.name for guard in missing]


def drop_guards(connection: BaseDatabaseWrapper) -> None:
    """Drop all guards: SQLite cannot remake a table that a trigger elsewhere mentions."""
    _drop(connection, present_guards(connection))


def strays(connection: BaseDatabaseWrapper) -> list[str]:
    """Return "table.column" of each reference with at least one row that leads into another organisation."""
    columns = _columns(connection)
    found = []
    with connection.cursor() as cursor:
        for reference in references():
            if reference.table in columns and reference.target in columns:
                cursor.execute(_stray_question(reference))
                found += [f"{reference.table}.{reference.column}"] if cursor.fetchone() else []
    return found


def guard_name(table: str, column: str) -> str:
    """Return a name of at most 48 letters that tells the table and the column."""
    name = f"guard_{table}_{column}"
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _tenant_models() -> Iterable[type[models.Model]]:
    return (model for model in apps.get_models() if _is_tenant(model) and model._meta.managed)


def _is_tenant(model: object) -> bool:
    return isinstance(model, type) and issubclass(model, TenantModel)


def _refers_to_tenant(field: "models.Field[object, object]") -> bool:
    if not isinstance(field, models.ForeignKey) or not _is_tenant(field.related_model):
        return False
    return not field.remote_field.parent_link


def _root(model: type[models.Model]) -> type[models.Model]:
    """Return the model whose table holds the organisation: the model itself or the one it extends."""
    return model._meta.get_field("organisation").model


def _reference(model: type[models.Model], field: "models.Field[object, object]") -> Reference:
    assert isinstance(field, models.ForeignKey)
    target = _root(field.related_model)
    if not field.target_field.primary_key or target._meta.pk.column != "id":
        raise Unguardable(f"{model.__name__}.{field.name} refers to something other than the primary key")
    return Reference(
        table=model._meta.db_table,
        column=field.column,
        holder=_root(model)._meta.db_table,
        holder_key=str(model._meta.pk.column),
        target=target._meta.db_table,
    )


def _columns(connection: BaseDatabaseWrapper) -> dict[str, set[str]]:
    # By hand: Django's description of a table parses the text that made it, which for all tables takes longer
    # than everything else that a start asks of the database.
    question = {"sqlite": _COLUMNS_ON_SQLITE, "postgresql": _COLUMNS_ON_POSTGRESQL}[connection.vendor]
    columns: defaultdict[str, set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(question)
        for table, column in cursor.fetchall():
            columns[table].add(column)
    return dict(columns)


def _organisation_of_new(reference: Reference) -> str:
    """Return the SQL for the organisation of the row that a trigger is about."""
    if reference.is_in_one_table:
        return 'NEW."organisation_id"'
    holder, key = reference.holder, reference.holder_key
    return f'(SELECT "organisation_id" FROM "{holder}" WHERE "id" = NEW."{key}")'  # noqa: S608 - model names


def _is_stray_new(reference: Reference) -> str:
    return (
        f'NEW."{reference.column}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{reference.target}" '  # noqa: S608
        f'WHERE "id" = NEW."{reference.column}" AND "organisation_id" = {_organisation_of_new(reference)})'
    )


def _guards_of(vendor: str, reference: Reference) -> list[Guard]:
    if vendor == "sqlite":
        return _sqlite_triggers(reference)
    if reference.is_in_one_table:
        return _composite_key(reference)
    return _postgresql_trigger(reference)


def _sqlite_triggers(reference: Reference) -> list[Guard]:
    refusal = f"{reference.table}.{reference.column} refers to a row of another organisation"
    return [
        Guard(
            f"{reference.name}_{suffix}",
            reference.table,
            f'CREATE TRIGGER "{reference.name}_{suffix}" BEFORE {event} ON "{reference.table}" '
            f"WHEN {_is_stray_new(reference)} BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        )
        for suffix, event in (("insert", "INSERT"), ("update", f'UPDATE OF "{reference.column}"'))
    ]


def _composite_key(reference: Reference) -> list[Guard]:
    unique = guard_name(reference.target, "organisation_and_id")
    return [
        Guard(
            unique,
            reference.target,
            f'CREATE UNIQUE INDEX IF NOT EXISTS "{unique}" ON "{reference.target}" ("organisation_id", "id")',
        ),
        Guard(
            reference.name,
            reference.table,
            f'ALTER TABLE "{reference.table}" ADD CONSTRAINT "{reference.name}" '
            f'FOREIGN KEY ("organisation_id", "{reference.column}") '
            f'REFERENCES "{reference.target}" ("organisation_id", "id")',
        ),
    ]


def _postgresql_trigger(reference: Reference) -> list[Guard]:
    # A trigger's WHEN may not look into tables, so this reference gets a function of its own.
    return [
        Guard(
            reference.name,
            reference.table,
            f'CREATE OR REPLACE FUNCTION "{reference.name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
            f"IF {_is_stray_new(reference)} THEN RAISE EXCEPTION "
            f"'{reference.table}.{reference.column} refers to a row of another organisation' "
            f"USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NEW; END $$; "
            f'CREATE TRIGGER "{reference.name}" BEFORE INSERT OR UPDATE ON "{reference.table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{reference.name}"()',
        )
    ]


def _fixed_organisation(vendor: str, table: str) -> list[Guard]:
    """Return the guard by which a row stays in its organisation: what refers to it would be stranded."""
    name = guard_name(table, "stays")
    start = f'CREATE TRIGGER "{name}" BEFORE UPDATE OF "organisation_id" ON "{table}" '
    if vendor == "sqlite":
        refusal = f"a row of {table} stays in its organisation"
        make = (
            f'{start} WHEN NEW."organisation_id" IS NOT OLD."organisation_id" '
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
    else:
        make = (
            f'{start} FOR EACH ROW WHEN (NEW."organisation_id" IS DISTINCT FROM OLD."organisation_id") '
            'EXECUTE FUNCTION "guard_refuse_move"()'
        )
    return [Guard(name, table, make)]


def _drop(connection: BaseDatabaseWrapper, guards: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        for name, table in guards.items():
            if connection.vendor == "sqlite":
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')
                continue
            # Keys first: an index that a key stands on can only go after it, hence CASCADE.
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"')
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
            cursor.execute(f'DROP INDEX IF EXISTS "{name}" CASCADE')
            cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"()')


def _stray_question(reference: Reference) -> str:
    return (
        f'SELECT 1 FROM "{reference.table}" AS referring '  # noqa: S608 - names of models
        f'JOIN "{reference.holder}" AS holder ON holder."id" = referring."{reference.holder_key}" '
        f'JOIN "{reference.target}" AS target ON target."id" = referring."{reference.column}" '
        f'WHERE target."organisation_id" <> holder."organisation_id" LIMIT 1'
    )


_COLUMNS_ON_SQLITE = (
    "SELECT found.name, column.name FROM sqlite_schema AS found, pragma_table_info(found.name) AS column"
    " WHERE found.type = 'table'"
)
_COLUMNS_ON_POSTGRESQL = """
SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
 WHERE relkind IN ('r', 'p') AND pg_table_is_visible(attrelid) AND attnum > 0 AND NOT attisdropped
"""
_PRESENT_ON_SQLITE = (
    "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'guard\\_%' ESCAPE '\\'"
)
_PRESENT_ON_POSTGRESQL = r"""
SELECT conname, relname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
 WHERE contype = 'f' AND conname LIKE 'guard\_%'
UNION SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
 WHERE NOT tgisinternal AND tgname LIKE 'guard\_%'
UNION SELECT indexname, tablename FROM pg_indexes WHERE indexname LIKE 'guard\_%'
"""
_REFUSING_FUNCTION = """
CREATE OR REPLACE FUNCTION "guard_refuse_move"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a row of % stays in its organisation', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$
"""
