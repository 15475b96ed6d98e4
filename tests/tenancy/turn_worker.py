"""A process that writes: run as `python -m tests.tenancy.turn_worker ROLE DATABASE SECONDS`.

It knows Django's settings of one SQLite file and nothing of Veilleur; it prints what it saw as JSON.
"""

import json
import select
import sys
import time
from typing import Any

import django
from django.conf import settings


def main(role: str, database: str, seconds: float) -> None:
    """Be one of the writers until the time is over."""
    settings.configure(
        DATABASES={"default": {"ENGINE": "veilleur.shared.sqlite_turn", "NAME": database}}, USE_TZ=True
    )
    django.setup()
    print(json.dumps({"writer": write, "holder": hold, "queuer": queue}[role](seconds)), flush=True)


def write(seconds: float) -> dict[str, Any]:
    """Write small transactions and single statements as fast as the turn comes."""
    from django.db import connection, transaction  # noqa: PLC0415 - after the settings

    from veilleur.shared.sqlite_turn.turn import FIGURES  # noqa: PLC0415

    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    written, ends_at = 0, time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < ends_at:
            with transaction.atomic():
                cursor.execute("SELECT count FROM counter WHERE id = 1")
                (count,) = cursor.fetchone()
                cursor.execute("UPDATE counter SET count = %s WHERE id = 1", [count + 1])
            cursor.execute("INSERT INTO note (text) VALUES ('autocommitted')")
            written += 1
    return {"written": written, "longest_wait_s": FIGURES.longest_wait_s}


def hold(seconds: float) -> dict[str, Any]:
    """Take the turn, say so, and keep it until told, killed, or for so many seconds."""
    from django.db import connection, transaction  # noqa: PLC0415

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO note (text) VALUES ('held')")
        print("holding", flush=True)
        select.select([sys.stdin], [], [], seconds)
    return {}


def queue(seconds: float) -> dict[str, Any]:
    """Write once, which means to queue, and say how long it took."""
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()
    print("ready", flush=True)
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO note (text) VALUES ('queued')")
    return {"waited_s": time.monotonic() - began}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
