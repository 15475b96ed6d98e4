"""The statements that read a SQLite database's facts, as pure text."""

# The first bytes of every database that holds anything (https://www.sqlite.org/fileformat.html).
HEADER = b"SQLite format 3\0"

# Shadow tables of a virtual table are ordinary tables and are read as such; the virtual one itself may need
# a module that is not here.
TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "AND coalesce(sql, '') NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
)
SCHEMA = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL "
    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name"
)
# Columns that are computed as they are read: they are in no row's size, and each may be as large as a row.
VIRTUAL_COLUMNS = "SELECT count(*) FROM pragma_table_xinfo(?) WHERE hidden = 2"
# A first read fixes the instant of the transaction.
HOLD = "SELECT count(*) FROM sqlite_master"


def all_rows(table: str) -> str:
    """Return the statement that reads every row of a table, whatever its name."""
    return f'SELECT * FROM "{table.replace(chr(34), chr(34) * 2)}"'  # noqa: S608 - the name is quoted


def read_only_uri(path: str) -> str:
    """Return the URI that opens a file for reading only; `%`, `?` and `#` in the path are escaped."""
    escaped = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{escaped}?mode=ro"
