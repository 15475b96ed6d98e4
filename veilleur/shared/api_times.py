"""Instants as the API writes them, without the library that the rest of it needs."""

from datetime import UTC, datetime

# Of every answer to a token that opens something: until when it does, excluded.
EXPIRES_HEADER = "Veilleur-Token-Expires"


def rfc3339(at: datetime) -> str:
    """Return an instant as the API writes it: RFC 3339 in UTC, "2026-11-28T14:25:53.250000Z"."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
