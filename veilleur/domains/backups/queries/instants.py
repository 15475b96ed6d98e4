"""Instants of the typed fact tables: integer UTC microseconds to aware datetimes and back."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def from_us(microseconds: int) -> datetime:
    """Return the aware UTC instant of integer microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def to_us(instant: datetime) -> int:
    """Return integer UTC microseconds since 1970 of an aware instant."""
    return (instant - _EPOCH) // timedelta(microseconds=1)
