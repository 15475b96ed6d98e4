"""Keeps series in a SQLite file of its own: one row per machine and minute, and each metric's last value.

Hot rows only, for 35 days (docs/explanation/watching.md has the sizes).
"""

from veilleur.engines.telemetry_sqlite.store import SqliteTelemetry

__all__ = ["SqliteTelemetry"]
