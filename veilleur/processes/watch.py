"""`veilleur watch`: probes what the database says is to be watched. It never writes the main database.

Results go to its own spool, drained by `work`; figures go to the telemetry file.
"""

from collections.abc import Sequence
from pathlib import Path

from django.db import close_old_connections, connection

from veilleur.config.data_folder import require_veilleur
from veilleur.config.env import environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.words import gettext as _
from veilleur.domains.monitoring.ports import WATCHMAN
from veilleur.domains.monitoring.queries import whole_orders
from veilleur.domains.monitoring.rules.outcomes import Order
from veilleur.processes.arguments import Parser
from veilleur.processes.lifecycle import sole_instance, stop_event
from veilleur.processes.logs import keep_log


def run(arguments: list[str]) -> int:
    """Keep watch until told to stop."""
    Parser("veilleur watch", _("Watch alone: probes and listeners.")).parse_args(arguments)
    require_veilleur(environment())
    keep_log()
    stop = stop_event()
    with sole_instance(environment().run_dir / "watch.lock", "watch"):
        WATCHMAN.get().keep_watch(load_orders, stop)
    return ExitCode.OK


def load_orders() -> Sequence[Order]:
    """Return what is to be watched, by one short read on a connection that refuses to write."""
    close_old_connections()
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        # To open it would make an empty one.
        raise FileNotFoundError(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("pragma query_only = on")
        else:
            cursor.execute("set session characteristics as transaction read only")
    return whole_orders()
