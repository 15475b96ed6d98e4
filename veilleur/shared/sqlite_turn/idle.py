"""The connection that stays open as long as a database is in use; `up` holds it, and has no Django."""

import sqlite3
from pathlib import Path


def keep_open(database: Path) -> sqlite3.Connection:
    """Return a connection whose only use is to stay open, so that no other one is the last to close.

    The last one would checkpoint on closing, outside of any turn.
    """
    idle = sqlite3.connect(f"file:{database}?mode=rw", uri=True, isolation_level=None, timeout=10)
    idle.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    return idle
