"""The log of a process: one line per event, in UTC, on standard error, which `up` keeps in the log folder.

`up` has a log of its own beside: its terminal is for what it tells the person there.
"""

import logging
import re
import time
from http import HTTPStatus
from pathlib import Path

# What follows these in a path lets its reader in once; the log outlives the hour in which it does.
_TOKENS = re.compile(r"((?:/|%2[Ff])(?:setup|join|mandates)(?:/|%2[Ff]))[A-Za-z0-9_%.~-]+")
# An API token wherever it turns up: in an address, in what a library says of a header.
_API_TOKENS = re.compile(r"(vlr(?:_|%5[Ff]))[0-9A-Za-z]+")


def keep_log(path: Path | None = None) -> None:
    """Write warnings and worse of everything, with the instant in UTC, to a file or to standard error."""
    handler = logging.StreamHandler() if path is None else _File(path)
    handler.setFormatter(_Utc("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(_without_their_faults)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def keep_no_log() -> None:
    """Keep what a short command logs from the terminal: it tells its result, and fails in a sentence."""
    logging.getLogger().handlers[:] = [logging.NullHandler()]


def _without_their_faults(record: logging.LogRecord) -> bool:
    """Take the traceback from what is a fault of the request: a stranger could fill the log with them."""
    if HTTPStatus.BAD_REQUEST <= getattr(record, "status_code", 0) < HTTPStatus.INTERNAL_SERVER_ERROR:
        record.exc_info = record.exc_text = None
    return True


class _File(logging.FileHandler):
    """A log file in a folder that may be full: what cannot be written is not shouted at the terminal."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(path, encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - the library's name
        """Go on without the line: a full disk is seen by `doctor` and by the page itself."""
        return


class _Utc(logging.Formatter):
    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole of an entry, a traceback included, without the tokens of links and of the API."""
        return _API_TOKENS.sub(r"\1…", _TOKENS.sub(r"\1…", super().format(record)))
