"""The only reader of the wall clock: views, jobs and commands call it and pass `now` down."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)
