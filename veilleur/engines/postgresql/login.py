"""How Veilleur signs in to a server, and why one does not let it in, without reading the server's words: they
come in its own language.

A person may name any server. So no secret leaves this machine but by SCRAM, which shows the server no
password; and only password files in places that the operator allowed are read at all.
"""

import os
import stat
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import conninfo as connection_strings

from veilleur.domains.backups.ports import DatabaseSource
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.sources import MAINTENANCE, is_loopback

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_CONNECT_S = 10
# Libpq's own words, never those of a server; psycopg brings its libpq along, without other languages.
_TOO_WEAK = ("authentication method requirement", "channel binding", "server does not support SSL")
_NEAR = {"require_auth": "scram-sha-256,none"}  # `peer` asks the client for nothing
# Bound to the channel, SCRAM needs TLS and shows that nobody sits between.
_FAR = {"require_auth": "scram-sha-256", "channel_binding": "require", "sslmode": "require"}
_VARIABLES = {
    "require_auth": "PGREQUIREAUTH",  # from libpq 16 on
    "channel_binding": "PGCHANNELBINDING",
    "sslmode": "PGSSLMODE",
}


def connection_string(source: DatabaseSource) -> str:
    """Return the full connection string; one that carries a password itself is refused, it would be
    stored.
    """
    parts = _parts(source)
    if parts.get("password"):
        raise EngineError("password_in_source", retry=False)
    extra = {"connect_timeout": str(_CONNECT_S), "application_name": "veilleur", **_demands(source)}
    extra["passfile"] = str(passfile_of(source))
    if source.password or not source.is_operators:
        extra["password"] = source.password
    return connection_strings.make_conninfo(source.conninfo, **extra)


class Countdown:
    """What is left of the seconds that somebody waits; None: nobody does."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds

    def at_most(self, seconds: float) -> float:
        """Return these seconds, or what is left if that is less; never nothing."""
        return seconds if self._end is None else min(seconds, max(0.1, self._end - time.monotonic()))


def hurried(text: str, left: Countdown) -> str:
    """Return a connection string that gives up when the time is over, in whole seconds and not below two."""
    seconds = max(2, int(left.at_most(_CONNECT_S)))
    return connection_strings.make_conninfo(text, connect_timeout=str(seconds))


def login_environment(source: DatabaseSource) -> dict[str, str]:
    """Return the environment by which PostgreSQL's programs sign in, on the terms of connection_string."""
    login = {"PGCONNECT_TIMEOUT": str(_CONNECT_S), "PGPASSFILE": str(passfile_of(source))}
    if source.password or not source.is_operators:
        login["PGPASSWORD"] = source.password
    return login | {_VARIABLES[name]: value for name, value in _demands(source).items()}


def passfile_of(source: DatabaseSource) -> Path:
    """Return the password file that is read: the one that was named, else that of this account."""
    return source.passfile or own_passfile()


def own_passfile() -> Path:
    """Return the password file of the account that runs, which libpq reads where none is named."""
    return Path.home() / ".pgpass"


def _demands(source: DatabaseSource) -> dict[str, str]:
    """Return what is demanded of a server; the main database is the operator's own affair."""
    if source.is_operators:
        return {}
    return _FAR if is_far(source) else _NEAR


def is_far(source: DatabaseSource) -> bool:
    """Return whether a server is on another machine: reached by an address that is not this one's own."""
    parts = _parts(source)
    hosts = f"{parts.get('host') or ''},{parts.get('hostaddr') or ''}".split(",")
    return not all(host.startswith("/") or is_loopback(host) for host in hosts)


def _parts(source: DatabaseSource) -> dict[str, str]:
    try:
        return {
            name: str(value) for name, value in connection_strings.conninfo_to_dict(source.conninfo).items()
        }
    except psycopg.ProgrammingError as error:
        raise EngineError("source_unreadable", retry=False, detail=str(error)) from error


def passfile_problem(source: DatabaseSource, allowed: Sequence[Path]) -> tuple[str, str]:
    """Return code and detail of why the password file may not be used, or is passed over by libpq in
    silence; ("", "") when it is read. `allowed`: files, and folders of such files.

    Outside of these nothing is even looked at: an answer would say which files there are.
    """
    if source.is_operators:
        return "", ""
    passfile = passfile_of(source)
    if source.passfile is None and not passfile.exists():
        return "", ""
    if not _lies_in(Path(os.path.normpath(passfile)), allowed) or not _lies_in(
        _real(passfile), [_real(place) for place in allowed]
    ):
        return "passfile_elsewhere", ", ".join(map(str, allowed))
    code = _file_problem(passfile)
    if not code and is_far(source) and _is_for_any_host(passfile):
        code = "passfile_any_host"
    return code, str(passfile) if code else ""


def _real(path: Path) -> Path:
    """Return where a path leads, also where links lead in a circle: such a file is then missing."""
    return Path(os.path.realpath(path))


def _lies_in(path: Path, places: Sequence[Path]) -> bool:
    return any(path.is_relative_to(place) for place in places)


def _file_problem(passfile: Path) -> str:
    try:
        status = passfile.stat()
    except PermissionError:
        return "passfile_unreadable"
    except OSError:
        return "passfile_missing"
    if not stat.S_ISREG(status.st_mode):
        return "passfile_is_a_folder" if stat.S_ISDIR(status.st_mode) else "passfile_missing"
    if status.st_uid != os.geteuid():
        return "passfile_foreign"
    if status.st_mode & _OTHERS:
        return "passfile_open"
    return "" if os.access(passfile, os.R_OK, effective_ids=True) else "passfile_unreadable"


def _is_for_any_host(passfile: Path) -> bool:
    """Return whether a line would give its password to whatever server is named."""
    with passfile.open("rb") as lines:
        return any(line.startswith(b"*:") for line in lines)


def refusal_of(error: psycopg.Error, text: str) -> str:
    """Return the code of why a server that answers did not let a connection string in."""
    refused = error.pgconn
    if refused is None:
        return "needs_credentials"
    if any(words in str(error) for words in _TOO_WEAK):
        return "weak_login"
    if refused.needs_password:
        return "password_wanted"
    if _is_let_in_elsewhere(text):
        return "no_such_database"
    return "password_refused" if refused.used_password else "login_refused"


def _is_let_in_elsewhere(text: str) -> bool:
    """Return whether the same login gets into the database that every server has."""
    try:
        psycopg.connect(connection_strings.make_conninfo(text, dbname=MAINTENANCE)).close()
    except psycopg.Error:
        return False
    return True
