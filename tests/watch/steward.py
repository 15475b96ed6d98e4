"""Stands for `work` in the tests of the watch: a process on a data folder, one deed per line of input.

Run as `python -m tests.watch.steward`; each line is a JSON object {"do": name, …}, each answer one line.
"""

import json
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from veilleur.config.data_folder import prepare_folder
from veilleur.config.env import environment
from veilleur.config.start import start_django

prepare_folder(environment())
start_django()

from django.db import OperationalError  # noqa: E402

from veilleur.config.wiring import JOB_HANDLERS  # noqa: E402
from veilleur.domains.estate.factories import make_asset  # noqa: E402
from veilleur.domains.journal.models import Entry  # noqa: E402
from veilleur.domains.journal.rules.work import JobTicket  # noqa: E402
from veilleur.domains.monitoring.factories import make_check  # noqa: E402
from veilleur.domains.monitoring.jobs import DRAIN_SPOOL  # noqa: E402
from veilleur.domains.monitoring.models import CheckState, SpoolPosition, StateChange, WatchFault  # noqa: E402
from veilleur.domains.monitoring.ports import TELEMETRY  # noqa: E402
from veilleur.domains.organisations.factories import make_organisation  # noqa: E402
from veilleur.processes.watch import load_orders  # noqa: E402
from veilleur.shared.clock import utc_now  # noqa: E402

REASON = "the steward looks at everything"


def prepare(checks: list[dict[str, Any]]) -> str:
    """Make one machine and its checks; return the machine's public id."""
    asset = make_asset(make_organisation(), "here", is_here=True)
    for check in checks:
        make_check(asset, **{"period_s": 1, "retry_s": 1, "timeout_s": 2, **check})
    return str(asset.public_id)


def drain() -> list[dict[str, Any]]:
    """Drain the spool as the job does and return what is believed of each check."""
    JOB_HANDLERS[DRAIN_SPOOL](JobTicket(DRAIN_SPOOL, "", {}, 1, uuid4()), utc_now)
    states = CheckState.objects.across_organisations(REASON).select_related("check_row").order_by("pk")
    return [
        {
            "target": state.check_row.target,
            "hard": state.hard,
            "since_us": state.hard_since_us,
            "code": state.code,
            "value": state.value,
            "last_result_us": state.last_result_us,
        }
        for state in states
    ]


def look() -> dict[str, Any]:
    """Return the history: changes of belief, faults of the watch, how far the spool was drained."""
    changes = StateChange.objects.across_organisations(REASON).order_by("id")
    return {
        "changes": list(changes.values_list("check_row__target", "before", "after", "since_us", "at_us")),
        "faults": list(WatchFault.objects.order_by("id").values_list("code", "ended_us")),
        "position": SpoolPosition.objects.values_list("last_sequence", flat=True).first(),
        "facts": Entry.objects.filter(kind="monitoring.state_changed").count(),
    }


def series(asset: str) -> list[str]:
    """Return the names of the series that the watch has kept of a machine."""
    return sorted(TELEMETRY.get().latest(UUID(asset)))


def write_as_the_watch() -> str:
    """Read the orders as the watch does, then try to write on the same connection."""
    load_orders()
    try:
        make_organisation("Must not be")
    except OperationalError as error:
        return str(error)
    return "written"


DEEDS: dict[str, Callable[..., Any]] = {
    each.__name__: each for each in (prepare, drain, look, series, write_as_the_watch)
}

if __name__ == "__main__":
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(DEEDS[request.pop("do")](**request)), flush=True)
