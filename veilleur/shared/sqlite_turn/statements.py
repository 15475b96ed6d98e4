"""Tells from a statement's text whether it may write: the backend asks before each one."""

import re

_FIRST_WORD = re.compile(r"\s*([A-Za-z]+)")
_READING = frozenset({"SELECT", "VALUES", "EXPLAIN"})
_ENDING = frozenset({"COMMIT", "END", "ROLLBACK", "RELEASE"})
_CHANGING_INSIDE = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE\s+INTO)\b", re.IGNORECASE)
_PRAGMA = re.compile(r"\s*PRAGMA\s+(?:\w+\.)?(\w+)\s*(.?)", re.IGNORECASE)
# Write even when they only seem to ask.
_WORKING_PRAGMAS = frozenset({"wal_checkpoint", "optimize", "incremental_vacuum"})
# Settings of the file; those of the connection (foreign_keys, busy_timeout...) touch nothing.
_STORED_PRAGMAS = frozenset({"journal_mode", "user_version", "application_id", "auto_vacuum", "page_size"})


def may_write(statement: str) -> bool:
    """Return whether the statement may change the file or open a transaction. When in doubt: yes.

    Statements that end a transaction answer no: whoever ends one has the turn already.
    """
    word = _first_word(statement)
    if word in _READING or word in _ENDING:
        return False
    if word == "PRAGMA":
        return _is_writing_pragma(statement)
    if word == "WITH":
        return _CHANGING_INSIDE.search(statement) is not None
    return True


def _first_word(statement: str) -> str:
    found = _FIRST_WORD.match(statement)
    return found.group(1).upper() if found else ""


def _is_writing_pragma(statement: str) -> bool:
    found = _PRAGMA.match(statement)
    if found is None:
        return True
    name, following = found.group(1).lower(), found.group(2)
    return name in _WORKING_PRAGMAS or (name in _STORED_PRAGMAS and following in {"=", "("})
