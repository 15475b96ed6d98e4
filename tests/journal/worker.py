"""One process that writes, reads or works against a real database: started, and often killed, by the tests.

It says on its output what it has been told is safe: a line after each commit.
"""

import json
import logging
import random
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import django

django.setup()

from django.apps import apps  # noqa: E402

from veilleur.domains.journal.actions import record, recorded, require_lease, schedule_job  # noqa: E402
from veilleur.domains.journal.actions.appending import lock_heads  # noqa: E402
from veilleur.domains.journal.jobs import read_news, run_one_job  # noqa: E402
from veilleur.domains.journal.models import Entry, Job  # noqa: E402
from veilleur.domains.journal.queries import verify  # noqa: E402
from veilleur.domains.journal.rules.work import Clock, JobTicket, ReadEntry, Reader  # noqa: E402
from veilleur.domains.journal.tests.support import Noted  # noqa: E402
from veilleur.shared.clock import utc_now  # noqa: E402
from veilleur.shared.viewer import Actor  # noqa: E402

ACTOR = Actor("worker")


def say(*words: object) -> None:
    """Print one line at once."""
    print(*words, flush=True)


@recorded
def change(*, now: datetime, actor: Actor, organisation_id: int, key: str) -> None:
    """Change a state (a waiting job) and record the fact of it: the two are there together or not at all."""
    schedule_job("test.state", key, now)
    record(Noted(key), subject=UUID(key), organisation_id=organisation_id)


@recorded
def change_both(*, now: datetime, actor: Actor, first: int, second: int, key: str) -> None:
    """Change and record in two organisations, by nested actions, in the order given."""
    change(now=now, actor=actor, organisation_id=first, key=key)
    change(now=now, actor=actor, organisation_id=second, key=str(uuid4()))


@recorded
def count_both(*, now: datetime, actor: Actor, first: str, second: str) -> None:
    """Count up two rows, locked in the order given, which no action of the product would do."""
    for key in (first, second):
        row = Job.objects.select_for_update().get(kind="test.state", key=key)
        row.attempts += 1
        time.sleep(0.01)
        row.save(update_fields=["attempts"])
    record(Noted("both"), subject=UUID(first), organisation_id=None)


@recorded
def finish_work(*, now: datetime, actor: Actor, ticket: JobTicket) -> None:
    """Write the result of a job: a fact named after it, in the organisation it is for."""
    require_lease(ticket)
    record(
        Noted(ticket.key), subject=UUID(ticket.key), organisation_id=int(str(ticket.payload["organisation"]))
    )


def clock_ahead(later_s: str) -> Clock:
    """Return a clock set forward by so many seconds."""
    return lambda: utc_now() + timedelta(seconds=float(later_s))


def prepare(count: str) -> None:
    """Make organisations and print their keys."""
    organisations = apps.get_model("organisations", "Organisation").objects
    for number in range(int(count)):
        say(organisations.create(public_id=uuid4(), name=f"O{number}", created_at=utc_now()).pk)


def write(count: str, *organisations: str) -> None:
    """Write so many changes, each in one of the organisations; print each key once it is committed."""
    say("ready")
    for _ in range(int(count)):
        key = str(uuid4())
        change(now=utc_now(), actor=ACTOR, organisation_id=int(random.choice(organisations)), key=key)
        say(key)


def write_crossed(count: str, first: str, second: str) -> None:
    """Write so many changes that touch both organisations, always in this order."""
    say("ready")
    for _ in range(int(count)):
        change_both(now=utc_now(), actor=ACTOR, first=int(first), second=int(second), key=str(uuid4()))
        say("done")


def write_opposed(start_file: str, first: str, second: str) -> None:
    """Once the file is there, count up two rows twelve times, always locking them in this order.

    Print how often an action ran again.
    """
    reruns: list[logging.LogRecord] = []
    logger = logging.getLogger("veilleur.domains.journal.actions.recording")
    logger.setLevel(logging.INFO)
    logger.addFilter(lambda line: bool(reruns.append(line)))
    say("ready")
    while not Path(start_file).exists():
        time.sleep(0.002)
    for _ in range(12):
        count_both(now=utc_now(), actor=ACTOR, first=first, second=second)
        # The one that was beaten comes back meanwhile; an action gives up only after three times.
        time.sleep(0.4)
    say(len(reruns))


@recorded
def hold_head(*, now: datetime, actor: Actor, organisation_id: int, until: Path) -> None:
    """Hold the organisation's head until the file appears, then record a fact named "held"."""
    lock_heads([organisation_id])
    say("held")
    while not until.exists():
        time.sleep(0.002)
    record(Noted("held"), subject=uuid4(), organisation_id=organisation_id)


def write_greedily(organisation: str, until: str) -> None:
    """Hold the head until the file appears, and at once ask for it again; print the second fact's key."""
    hold_head(now=utc_now(), actor=ACTOR, organisation_id=int(organisation), until=Path(until))
    write("1", organisation)


def read(name: str, stop_file: str, later_s: str = "0") -> None:
    """Read as one reader until the file appears and nothing is left; print each fact that was handled.

    The clock is set forward by so many seconds: beyond the leases of readers that were killed.
    """
    clock = clock_ahead(later_s)

    def handle(entry: ReadEntry, clock_: Clock) -> None:
        say(entry.organisation_id, entry.sequence, entry.id)

    reader = Reader(name, frozenset({"sample.noted"}), "beginning", None, handle)
    say("ready")
    while True:
        is_last_round = Path(stop_file).exists()
        handled = read_news([reader], clock)
        if is_last_round and not handled:
            return
        time.sleep(0.01)


def schedule(count: str, organisation: str) -> None:
    """Put so many jobs into the table."""

    @recorded
    def schedule_all(*, now: datetime, actor: Actor) -> None:
        for _ in range(int(count)):
            schedule_job("test.work", str(uuid4()), now, {"organisation": organisation})

    schedule_all(now=utc_now(), actor=ACTOR)


def work(later_s: str, until_idle: str) -> None:
    """Run jobs on a clock set forward by so many seconds, for ever or until none is due."""
    clock = clock_ahead(later_s)

    def handle(ticket: JobTicket, clock_: Clock) -> None:
        time.sleep(0.005)
        finish_work(now=clock_(), actor=ACTOR, ticket=ticket)
        say(ticket.key)

    say("ready")
    while run_one_job({"test.work": handle}, clock) or until_idle == "no":
        pass


def look() -> None:
    """Print what is there: the states, the facts, the jobs still to do, and whether the chains are sound."""
    report = verify(public_keys=[], elsewhere=[], is_full=True)
    keys = Entry.objects.filter(kind="sample.noted").order_by("organisation", "sequence")
    found = {
        "states": list(Job.objects.filter(kind="test.state").values_list("key", flat=True)),
        "subjects": [str(subject) for subject in keys.values_list("subject", flat=True)],
        "facts": [str(key) for key in keys.values_list("pk", flat=True)],
        "counts": list(Job.objects.filter(kind="test.state").values_list("attempts", flat=True)),
        "jobs_left": Job.objects.filter(kind="test.work", due_at_us__isnull=False).count(),
        "findings": [finding.damage for finding in report.findings],
    }
    say(json.dumps(found))


if __name__ == "__main__":
    roles = (prepare, write, write_crossed, write_opposed, write_greedily, read, schedule, work, look)
    {role.__name__: role for role in roles}[sys.argv[1]](*sys.argv[2:])
