"""One writer of the journal's benchmark: a process that writes as fast as it can until time is up.

Arguments: organisation, seconds to write, "recorded" or "plain". Says "ready", starts at a line on its input,
prints JSON.
"""

import json
import logging
import sys
import time
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from tests.journal import worker
from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.journal.models import Job
from veilleur.shared.viewer import Actor


class Reruns(logging.Handler):
    """Counts how often an action had to run again: after a deadlock or a lock that was not given."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        """Count one."""
        self.count += 1


@recorded
def change_own_row(*, now: datetime, actor: Actor, organisation_id: int, key: UUID, count: int) -> None:  # noqa: ARG001
    """Change one row and record the fact of it: the smallest whole action."""
    Job.objects.filter(kind="test.state", key=str(key)).update(attempts=count)
    record(worker.Noted(str(count)), subject=key, organisation_id=organisation_id)


def change_and_note(*, now: datetime, actor: Actor, organisation_id: int, key: UUID, count: int) -> None:  # noqa: ARG001
    """Do the same as any web application would: the change and a row of history, no chain, no order."""
    with transaction.atomic():
        Job.objects.filter(kind="test.state", key=str(key)).update(attempts=count)
        Job.objects.create(kind="test.note", key=f"{key} {count}", payload={"number": str(count)})


CHANGES = {"recorded": change_own_row, "plain": change_and_note}


def main() -> None:
    """Write and print what was measured."""
    organisation_id, seconds, change = int(sys.argv[1]), float(sys.argv[2]), CHANGES[sys.argv[3]]
    reruns = Reruns()
    logger = logging.getLogger("veilleur.domains.journal.actions.recording")
    logger.addHandler(reruns)
    logger.setLevel(logging.INFO)
    key = uuid4()
    # The first action makes the row and opens the connection, outside the measurement.
    worker.change(now=worker.utc_now(), actor=worker.ACTOR, organisation_id=organisation_id, key=str(key))
    print("ready", flush=True)
    sys.stdin.readline()
    waits_s: list[float] = []
    began, cpu_began = time.time(), time.process_time()
    while time.time() < began + seconds:
        before = time.perf_counter()
        change(
            now=worker.utc_now(),
            actor=worker.ACTOR,
            organisation_id=organisation_id,
            key=key,
            count=len(waits_s),
        )
        waits_s.append(time.perf_counter() - before)
    result = {
        "waits_s": waits_s,
        "began": began,
        "ended": time.time(),
        "cpu_s": time.process_time() - cpu_began,
        "reruns": reruns.count,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
