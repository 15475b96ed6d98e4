"""Why a server does not let a login in, without reading its words: they come in the server's language."""

import os
import stat
from pathlib import Path

import psycopg
from psycopg import conninfo as connection_strings

from veilleur.domains.backups.rules.sources import MAINTENANCE

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def passfile_problem(passfile: Path | None) -> str:
    """Return the code of what makes libpq pass over a password file in silence; empty when it is read."""
    if passfile is None:
        return ""
    try:
        mode = passfile.stat().st_mode
    except PermissionError:
        return "passfile_unreadable"
    except OSError:
        return "passfile_missing"
    if not stat.S_ISREG(mode):
        return "passfile_is_a_folder" if stat.S_ISDIR(mode) else "passfile_missing"
    if mode & _OTHERS:
        return "passfile_open"
    return "" if os.access(passfile, os.R_OK, effective_ids=True) else "passfile_unreadable"


def refusal_of(error: psycopg.Error, text: str) -> str:
    """Return the code of why a server that answers did not let a connection string in."""
    refused = error.pgconn
    if refused is None:
        return "needs_credentials"
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
