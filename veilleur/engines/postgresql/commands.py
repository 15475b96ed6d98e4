"""Command lines and statements for PostgreSQL, as pure values. No password stands in one."""
# ruff: noqa: S608 - statements are put together from constants and from names the driver has quoted

from pathlib import Path

SUPERUSER = "veilleur_restore"
RESTORED = "veilleur_restored"

# What a row's text depends on, fixed so that two servers of one major version write the same text.
SETTINGS: tuple[tuple[str, str], ...] = (
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("extra_float_digits", "3"),
    ("bytea_output", "hex"),
    ("lc_monetary", "C"),
    ("search_path", "pg_catalog"),
    # A policy that hides rows from this login must be an error, never a smaller count.
    ("row_security", "off"),
    ("lock_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "0"),
    ("statement_timeout", "0"),
)
SET = "SELECT set_config(%s, %s, false)"
DATABASES = "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1"
EXPORT = "SELECT pg_export_snapshot()"

_OURS = """n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'"""
# What an extension brought along comes back with the extension, not with the dump.
_NO_EXTENSION = "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = {oid} AND d.deptype = 'e')"

TABLES = (
    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    f"WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND {_OURS} AND {_NO_EXTENSION.format(oid='c.oid')} "
    "ORDER BY 1, 2"
)
UNREADABLE = (
    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    f"WHERE c.relkind IN ('r', 'S') AND c.relpersistence <> 't' AND {_OURS} "
    "AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')) "
    "ORDER BY 1, 2 LIMIT 5"
)
# Definitions are compared by what survives a dump word for word: names, columns and types, not expressions.
OBJECTS: dict[str, str] = {
    "columns": (
        "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::text "
        "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.attnum > 0 AND NOT a.attisdropped "
        f"AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_OURS} AND {_NO_EXTENSION.format(oid='c.oid')}"
    ),
    "relations": (
        "SELECT n.nspname, c.relname, c.relkind::text FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind <> 't' AND c.relpersistence <> 't' "
        f"AND {_OURS} AND {_NO_EXTENSION.format(oid='c.oid')}"
    ),
    "constraints": (
        "SELECT n.nspname, coalesce(c.relname, ''), k.conname, k.contype::text "
        "FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace "
        "LEFT JOIN pg_class c ON c.oid = k.conrelid "
        f"WHERE k.contype <> 'n' AND {_OURS} AND {_NO_EXTENSION.format(oid='k.oid')} "
        f"AND {_NO_EXTENSION.format(oid='k.conrelid')}"
    ),
    "triggers": (
        "SELECT n.nspname, c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND {_OURS} "
        f"AND {_NO_EXTENSION.format(oid='c.oid')}"
    ),
    "functions": (
        "SELECT n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), md5(p.prosrc) "
        f"FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_OURS} "
        f"AND {_NO_EXTENSION.format(oid='p.oid')}"
    ),
    "extensions": "SELECT extname, extversion FROM pg_extension",
}
LARGE_OBJECTS = (
    "SELECT count(*), coalesce(sum(hashtextextended(encode(lo_get(oid), 'hex') COLLATE \"C\", oid::bigint)"
    "::numeric), 0)::text FROM pg_largeobject_metadata"
)


def table_facts(quoted_name: str) -> str:
    """Return the statement that counts a table's own rows and adds up the 64-bit hash of each row's text."""
    # The alias must not be the name of a column, which would be taken instead of the row.
    return (
        'SELECT count(*), coalesce(sum(hashtextextended("veilleur row"::text COLLATE "C", 0)::numeric), 0)'
        f'::text FROM ONLY {quoted_name} AS "veilleur row"'
    )


def make_greeting(programs: Path, conninfo: str) -> tuple[str, ...]:
    """Return the command that finds out whether a server takes connections; it has no secret to show."""
    return (str(programs / "pg_isready"), "--quiet", "--timeout=10", f"--dbname={conninfo}")


def make_dump(programs: Path, conninfo: str, snapshot: str) -> tuple[str, ...]:
    """Return the command that writes out a database as it was at the exported snapshot.

    Uncompressed: the repository compresses, and finds what did not change since yesterday.
    """
    return (
        str(programs / "pg_dump"),
        "--format=custom",
        "--compress=0",
        f"--snapshot={snapshot}",
        "--no-password",
        "--lock-wait-timeout=30000",
        f"--dbname={conninfo}",
    )


def make_globals(programs: Path, conninfo: str, *, with_passwords: bool) -> tuple[str, ...]:
    """Return the command that writes out roles, with their password hashes where the login may read them."""
    passwords = () if with_passwords else ("--no-role-passwords",)
    return (
        str(programs / "pg_dumpall"),
        "--globals-only",
        "--no-tablespaces",
        "--no-password",
        *passwords,
        f"--dbname={conninfo}",
    )


def make_init(programs: Path, data: Path) -> tuple[str, ...]:
    """Return the command that makes an empty cluster; nobody but its owner reaches its socket."""
    return (
        str(programs / "initdb"),
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
        "--no-instructions",
    )


def make_server(programs: Path, data: Path, socket: Path) -> tuple[str, ...]:
    """Return the command that serves a cluster on one private socket, and on no address."""
    settings = (
        "listen_addresses=",
        f"unix_socket_directories={socket}",
        "unix_socket_permissions=0700",
        # A throw-away cluster has nothing to lose: no waiting for the disk.
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "autovacuum=off",
        "max_wal_size=4GB",
        "logging_collector=off",
    )
    flags = (word for setting in settings for word in ("-c", setting))
    return (str(programs / "postgres"), "-D", str(data), *flags)


def make_list(programs: Path) -> tuple[str, ...]:
    """Return the command that reads the head of a dump from its standard input."""
    return (str(programs / "pg_restore"), "--list")


def make_definition(programs: Path) -> tuple[str, ...]:
    """Return the command that writes the start of the dump's SQL, with its CREATE DATABASE."""
    return (
        str(programs / "pg_restore"),
        "--create",
        "--schema-only",
        "--section=pre-data",
        "--file=-",
    )


def make_load_globals(programs: Path, conninfo: str) -> tuple[str, ...]:
    """Return the command that makes the roles; those that exist already are no failure."""
    return (str(programs / "psql"), "--no-psqlrc", "--quiet", "--no-password", f"--dbname={conninfo}")


def make_restore(programs: Path, conninfo: str, *, with_owners: bool) -> tuple[str, ...]:
    """Return the command that loads a dump and stops at the first error."""
    owners = () if with_owners else ("--no-owner", "--no-privileges")
    return (
        str(programs / "pg_restore"),
        "--exit-on-error",
        "--no-password",
        "--no-tablespaces",
        *owners,
        f"--dbname={conninfo}",
    )


def make_index_check(programs: Path, socket: Path) -> tuple[str, ...]:
    """Return the command that compares every index with its table."""
    return (
        str(programs / "pg_amcheck"),
        "--heapallindexed",
        "--install-missing",
        "--no-password",
        f"--host={socket}",
        "--port=5432",
        f"--username={SUPERUSER}",
        "--maintenance-db=postgres",
        f"--database={RESTORED}",
    )
