"""Background work of the backups: due runs and tests, the envelopes, what databases can be read."""

from datetime import timedelta

from veilleur.domains.backups.jobs.erasures import erasures_beside, keep_erasures, lay_out
from veilleur.domains.backups.jobs.own_data import protect_own_data, protect_own_data_job
from veilleur.domains.backups.jobs.restores import restore_test_now, run_restore_test
from veilleur.domains.backups.jobs.runs import back_up_now, back_up_plan
from veilleur.domains.backups.jobs.self_restore import Restored, access_by_words, restore_own_data
from veilleur.domains.backups.jobs.sources import (
    inventory_changed,
    look_at_source,
    name_server,
    probe_server,
    probe_source,
    probe_sources,
)
from veilleur.domains.backups.jobs.upkeep import (
    keep_schedule,
    look_at_places,
    make_place,
    promises_changed,
    seal_envelopes,
    would_make_folder,
)
from veilleur.domains.backups.rules.kinds_of_work import (
    BACK_UP_PLAN,
    KEEP_ERASURES,
    KEEP_SCHEDULE,
    LOOK_AT_PLACES,
    PROBE_SOURCES,
    PROTECT_OWN_DATA,
    SEAL_ENVELOPES,
    TEST_RESTORE,
)
from veilleur.domains.journal.rules.work import JobHandler, Periodic, Reader

__all__ = [
    "HANDLERS",
    "PERIODICS",
    "READERS",
    "Restored",
    "access_by_words",
    "back_up_now",
    "erasures_beside",
    "lay_out",
    "look_at_source",
    "make_place",
    "name_server",
    "probe_server",
    "probe_source",
    "protect_own_data",
    "restore_own_data",
    "restore_test_now",
    "would_make_folder",
]

HANDLERS: dict[str, JobHandler] = {
    BACK_UP_PLAN: back_up_plan,
    TEST_RESTORE: run_restore_test,
    KEEP_SCHEDULE: keep_schedule,
    LOOK_AT_PLACES: look_at_places,
    SEAL_ENVELOPES: seal_envelopes,
    PROTECT_OWN_DATA: protect_own_data_job,
    PROBE_SOURCES: probe_sources,
    KEEP_ERASURES: keep_erasures,
}
PERIODICS = (
    Periodic(KEEP_SCHEDULE, every=timedelta(minutes=1)),
    # Apart from the schedule: a share whose server is away may hold the look at it for long.
    Periodic(LOOK_AT_PLACES, every=timedelta(minutes=1)),
    Periodic(PROBE_SOURCES, every=timedelta(hours=6)),
    # A copy that is brought back soon after an erasure has it done again as well.
    Periodic(KEEP_ERASURES, every=timedelta(minutes=5)),
)
READERS = (
    Reader(
        name="backups.probe_sources",
        kinds=frozenset({"estate.asset_registered", "estate.inventory_changed"}),
        start="beginning",
        greatest_age=None,
        handle=inventory_changed,
    ),
    Reader(
        name="backups.follow_promises",
        kinds=frozenset(
            {"estate.service_objectives_set", "estate.dependency_added", "estate.dependency_ended"}
        ),
        start="now",
        greatest_age=None,
        handle=promises_changed,
    ),
)
