"""Background work of recovery: restart times computed anew when the estate or the backups change.

Facts ask for it (a reader); once an hour everything is computed anyway, should a fact have no reader.
"""

from datetime import timedelta

from veilleur.domains.journal.queries import sequence_of
from veilleur.domains.journal.rules.work import Clock, JobTicket, Periodic, ReadEntry, Reader
from veilleur.domains.organisations.queries import organisation_of, whole_organisations
from veilleur.domains.recovery.actions import (
    RECOMPUTE,
    ask_recompute,
    keep_restart_times,
    organisation_of_ticket,
)
from veilleur.domains.recovery.queries import whole_company
from veilleur.domains.recovery.rules.simulation import simulate
from veilleur.shared.viewer import SYSTEM

RECOMPUTE_ALL = "recovery.recompute_all"

# Facts that can change a restart time; an inventory that moves or a result of watching cannot.
FOLLOWED = frozenset(
    {
        "estate.asset_registered",
        "estate.service_proposed",
        "estate.service_objectives_set",
        "estate.data_set_declared",
        "estate.data_set_retired",
        "estate.dependency_added",
        "estate.dependency_ended",
        "backups.plan_made",
        "backups.plan_switched",
        "backups.plan_ended",
        "backups.repository_retired",
        "backups.repository_reopened",
        "backups.run_ended",
        "backups.restore_test_ended",
        "backups.points_removed",
        "backups.recovery_key_issued",
        "backups.recovery_key_typed_back",
        "backups.recovery_key_tested_alone",
        "recovery.human_step_estimated",
        "recovery.means_stated",
    }
)


def recompute(ticket: JobTicket, clock: Clock) -> None:
    """Compute and keep the restart times of the organisation named in the payload ("organisation")."""
    public_id = organisation_of_ticket(ticket)
    organisation = organisation_of(public_id) if public_id else None
    if organisation is None:
        return
    seen = sequence_of(organisation.pk)
    findings = simulate(whole_company(organisation.pk, clock()))
    keep_restart_times(
        now=clock(),
        actor=SYSTEM,
        organisation_id=organisation.pk,
        findings=findings,
        up_to_sequence=seen,
        ticket=ticket,
    )


def recompute_all(_ticket: JobTicket, clock: Clock) -> None:
    """Ask for every organisation's restart times; each is a job of its own."""
    for organisation in whole_organisations():
        ask_recompute(now=clock(), actor=SYSTEM, organisation_id=organisation.pk)


def follow(entry: ReadEntry, clock: Clock) -> None:
    """Ask for the restart times of the organisation in which something changed."""
    if entry.organisation_id is not None:
        ask_recompute(now=clock(), actor=SYSTEM, organisation_id=entry.organisation_id)


HANDLERS = {RECOMPUTE: recompute, RECOMPUTE_ALL: recompute_all}
PERIODICS = (Periodic(RECOMPUTE_ALL, every=timedelta(hours=1)),)
READERS = (Reader("recovery.restart_times", FOLLOWED, start="now", greatest_age=None, handle=follow),)
