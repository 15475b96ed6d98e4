"""`veilleur work`: jobs, readers of the journal, checkpoints. Any number may run, each may be killed."""

import logging
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection

from veilleur.config.data_folder import require_veilleur
from veilleur.config.env import environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.wiring import JOB_HANDLERS, PERIODICS, READERS
from veilleur.config.words import gettext as _
from veilleur.domains.journal.actions.installation import note_process_death
from veilleur.domains.journal.jobs import feed_periodics, read_news, run_one_job
from veilleur.processes.arguments import Parser
from veilleur.processes.lifecycle import stop_event
from veilleur.processes.logs import keep_log
from veilleur.shared.clock import utc_now
from veilleur.shared.running import waiting_deaths
from veilleur.shared.sqlite_turn.upkeep import checkpoint_if_grown
from veilleur.shared.viewer import SYSTEM

log = logging.getLogger(__name__)

IDLE = 1.0  # seconds between looks for work when there is none: facts have no alarm
CHECKPOINT_EVERY = 0.25  # seconds: a checkpoint costs less than a turn may last when little has grown
LONGEST_PAUSE = 30.0  # seconds after repeated failures, such as a full disk or a database that is away

# One turn of a loop: returns whether there was something to do.
Turn = Callable[[], bool]


def run(arguments: list[str]) -> int:
    """Work until told to stop; running jobs are left to their leases, to be taken up again."""
    Parser("veilleur work", _("Do the background work alone.")).parse_args(arguments)
    require_veilleur(environment())
    keep_log()
    stop = stop_event()
    jobs = [(f"jobs {number}", _jobs, IDLE) for number in range(1, environment().work_threads + 1)]
    loops: list[tuple[str, Turn, float]] = [
        *jobs,
        ("readers", _readers, IDLE),
        ("checkpoints", _checkpoints, CHECKPOINT_EVERY),
    ]
    for name, turn, idle in loops:
        threading.Thread(
            target=loop, args=(name, turn, stop), kwargs={"idle": idle}, daemon=True, name=name
        ).start()
    stop.wait()
    return ExitCode.OK


def loop(name: str, turn: Turn, stop: threading.Event, *, idle: float) -> None:
    """Take turns until told to stop. A turn that fails is logged and tried again, ever more slowly."""
    failures = 0
    while not stop.is_set():
        try:
            close_old_connections()
            was_busy = turn()
            failures = 0
            stop.wait(0 if was_busy else idle)
        except Exception:  # the loop must outlive a full disk or a database that is away
            failures += 1
            log.exception("%s failed %d times in a row", name, failures)
            connection.close()
            stop.wait(min(2.0**failures, LONGEST_PAUSE))


def _jobs() -> bool:
    return run_one_job(JOB_HANDLERS, utc_now)


def _readers() -> bool:
    feed_periodics(PERIODICS, utc_now())
    report_deaths()
    return read_news(READERS, utc_now) > 0


def report_deaths() -> None:
    """Record what the supervisor saw. A file goes only after its fact is committed: twice changes nothing."""
    for path, death in waiting_deaths(environment().run_dir):
        note_process_death(
            now=utc_now(),
            actor=SYSTEM,
            death=death.id,
            process=death.process,
            exit_code=death.exit_code,
            died_at=death.died_at,
        )
        path.unlink(missing_ok=True)


def _checkpoints() -> bool:
    if connection.vendor == "sqlite":
        checkpoint_if_grown(connection)
    return False
