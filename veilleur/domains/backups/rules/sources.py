"""How PostgreSQL servers and their databases are written as connection strings, and read back from them."""

import re
from dataclasses import dataclass

DEFAULT_PORT = 5432
# The database that every server has, and through which its others are listed.
MAINTENANCE = "postgres"
_WORD = re.compile(r"\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s\\]|\\.)*)", re.DOTALL)
_LOOPBACK = frozenset({"", "localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class NamedServer:
    """A PostgreSQL server as a person names it. `host`: a name, an address or a socket's folder.

    An empty `database` means all that the server holds, an empty `login` the account Veilleur runs under, an
    empty `passfile` that no password is needed.
    """

    host: str
    port: int = DEFAULT_PORT
    database: str = ""
    login: str = ""
    passfile: str = ""

    @property
    def source(self) -> str:
        """Return the connection string, to the database `postgres` where none is named."""
        login = f"user={quoted(self.login)} " if self.login else ""
        name = quoted(self.database or MAINTENANCE)
        return f"host={quoted(self.host)} port={self.port} {login}dbname={name}"


@dataclass(frozen=True)
class ServerTried:
    """What came of naming a server: connection strings of databases that can be read, and of those for which
    there was no time yet.
    """

    readable: tuple[str, ...]
    untried: tuple[str, ...] = ()


def named_server(source: str, passfile: str = "") -> NamedServer:
    """Return what a connection string says, in a person's words."""
    parts = _parts(source)
    port = parts.get("port", "")
    return NamedServer(
        host=parts.get("host", ""),
        port=int(port) if port.isdecimal() else DEFAULT_PORT,
        database=parts.get("dbname", ""),
        login=parts.get("user", ""),
        passfile=passfile,
    )


def address_of(source: str) -> tuple[str, int]:
    """Return the host or socket folder and the port that a connection string leads to."""
    server = named_server(source)
    host = server.host
    # The one is a link to the other (Filesystem Hierarchy Standard 3.0, 5.13).
    return host.removeprefix("/var") if host.startswith("/var/run/") else host, server.port


def database_of(source: str) -> str:
    """Return the name of the database that a connection string leads to."""
    return named_server(source).database


def is_on_this_machine(source: str) -> bool:
    """Return whether a connection string leads to a server of the machine it is read on."""
    host = named_server(source).host
    return host.startswith("/") or is_loopback(host)


def is_loopback(host: str) -> bool:
    """Return whether a host that is no socket's folder is this machine, by the names that are always its."""
    return host in _LOOPBACK


def _parts(source: str) -> dict[str, str]:
    return {name: _unquoted(value) for name, value in _WORD.findall(source)}


def _unquoted(value: str) -> str:
    inner = value[1:-1] if value.startswith("'") else value
    return re.sub(r"\\(.)", r"\1", inner, flags=re.DOTALL)


def server_source(locator: str) -> str:
    """Return the connection string of a server from "socket folder:port", to its database `postgres`."""
    folder, _, port = locator.rpartition(":")
    return f"host={quoted(folder)} port={port} dbname={MAINTENANCE}"


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
