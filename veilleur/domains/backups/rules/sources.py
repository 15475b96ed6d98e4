"""How a found PostgreSQL server and its databases are written as connection strings."""


def server_source(locator: str) -> str:
    """Return the connection string of a server from "socket folder:port", to its database `postgres`."""
    folder, _, port = locator.rpartition(":")
    return f"host={quoted(folder)} port={port} dbname=postgres"


def database_source(server: str, database: str) -> str:
    """Return the connection string of another database of the same server."""
    return f"{server_prefix(server)}{quoted(database)}"


def server_prefix(server: str) -> str:
    """Return what the connection strings of all databases of a server begin with."""
    return server.rpartition("dbname=")[0] + "dbname="


def quoted(value: str) -> str:
    """Return a value as libpq reads it: quoted when it holds anything but letters, digits and `/._-`."""
    if value and all(sign.isalnum() or sign in "/._-" for sign in value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
