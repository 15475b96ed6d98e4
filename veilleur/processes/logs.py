"""The log of a process: one line per event on its standard error, in UTC; `up` keeps it in the log folder."""

import logging
import time


def keep_log() -> None:
    """Write warnings and worse of everything, with the instant in UTC."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Utc("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


class _Utc(logging.Formatter):
    converter = staticmethod(time.gmtime)
