"""Drains a spool of N results of 100 checks into a fresh SQLite database; prints results per CPU second."""

import json
import sys
import time
from datetime import timedelta
from uuid import uuid4

from veilleur.config.data_folder import prepare_folder
from veilleur.config.env import environment
from veilleur.config.start import start_django

prepare_folder(environment())
start_django()

from django.core.management import call_command  # noqa: E402

from veilleur.config.wiring import JOB_HANDLERS  # noqa: E402
from veilleur.domains.estate.factories import make_asset  # noqa: E402
from veilleur.domains.journal.rules.work import JobTicket  # noqa: E402
from veilleur.domains.monitoring.factories import make_check, make_result  # noqa: E402
from veilleur.domains.monitoring.jobs import DRAIN_SPOOL  # noqa: E402
from veilleur.domains.organisations.factories import make_organisation  # noqa: E402
from veilleur.engines.probe import SqliteSpool  # noqa: E402
from veilleur.shared.clock import utc_now  # noqa: E402

CHECKS = 100


def main() -> None:
    """Fill the spool, drain it once and print the figure."""
    count = int(sys.argv[1])
    call_command("migrate", verbosity=0)
    asset = make_asset(make_organisation(), is_here=True)
    checks = [make_check(asset, target=f"127.0.0.1:{number}").public_id for number in range(1, CHECKS + 1)]
    since = utc_now() - timedelta(seconds=count)
    spool = SqliteSpool(environment().data_dir / "watch" / "spool.sqlite3")
    results = [
        make_result(checks[number % CHECKS], since + timedelta(seconds=number)) for number in range(count)
    ]
    spool.append(results, last_loop_us=1)
    began = time.process_time()
    JOB_HANDLERS[DRAIN_SPOOL](JobTicket(DRAIN_SPOOL, "", {}, 1, uuid4()), utc_now)
    took = time.process_time() - began
    assert spool.read(0, 1) == (), "the spool was not drained"
    print(json.dumps(count / took))


main()
