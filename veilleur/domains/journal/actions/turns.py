"""Turns: of two actions that look whether something is there before they make it, the second waits."""

from django.db import connection

# Of the advisory locks, those for turns; others are for the queues of heads (appending.py).
_TURNS = 1785688431


def take_turn(organisation_id: int) -> None:
    """Wait for every other action of the organisation that took its turn, and hold it until the commit.

    To be called in a recorded action before anything is read: on PostgreSQL two forms that are sent at once
    see neither each other's rows, nor that these are doubled. SQLite lets one write at a time anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_TURNS, organisation_id])
