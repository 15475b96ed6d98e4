"""What rests on one person, computed anew when documents, people or machines change.

Facts ask for it (a reader); once an hour everything is computed anyway, should a fact have no reader.
"""

from datetime import timedelta
from uuid import UUID

from veilleur.domains.journal.queries import sequence_of
from veilleur.domains.journal.rules.work import Clock, JobTicket, Periodic, ReadEntry, Reader
from veilleur.domains.knowledge.actions.reliance import RECOMPUTE, ask_reliance, keep_reliance
from veilleur.domains.knowledge.queries.reliance import whole_reliance
from veilleur.domains.organisations.queries import organisation_of, whole_organisations
from veilleur.shared.viewer import SYSTEM

RECOMPUTE_ALL = "knowledge.reliance_all"

# Facts that can change it; a sign-in, a note or a changed inventory cannot.
FOLLOWED = frozenset(
    {
        "estate.asset_registered",
        "estate.asset_changed",
        "estate.service_proposed",
        "estate.service_described",
        "estate.dependency_added",
        "estate.dependency_ended",
        "estate.redundancy_set",
        "estate.redundancy_ended",
        "estate.activity_declared",
        "estate.activity_changed",
        "estate.activity_ended",
        "knowledge.document_written",
        "knowledge.document_entrusted",
        "knowledge.document_tied",
        "knowledge.document_confirmed",
        "knowledge.document_retired",
        "knowledge.run_ended",
        "knowledge.bundle_made",
        "knowledge.bundle_places_changed",
        "organisations.member_added",
        "organisations.role_changed",
        "organisations.member_left",
        "organisations.account_closed",
        "organisations.invitation_accepted",
        "organisations.mandate_taken_up",
        "organisations.mandate_changed",
        "organisations.mandate_ended",
        "organisations.second_factor_added",
        "organisations.second_factor_removed",
        "organisations.second_factor_asked",
        "organisations.profile_chosen",
        "organisations.rota_made",
        "organisations.rota_changed",
        "organisations.rota_ended",
        "organisations.turns_planned",
        "organisations.turns_stopped",
        "organisations.shift_planned",
        "organisations.duty_taken_over",
        "organisations.swap_closed",
        "organisations.absence_entered",
        "organisations.absence_ended",
    }
)


def recompute(ticket: JobTicket, clock: Clock) -> None:
    """Compute and keep what rests on one person in the organisation named in the payload."""
    named = ticket.payload.get("organisation")
    organisation = organisation_of(UUID(named)) if isinstance(named, str) else None
    if organisation is None:
        return
    # Before the computation: a fact that comes during it may or may not be seen.
    seen = sequence_of(organisation.pk)
    now = clock()
    keep_reliance(
        now=clock(),
        actor=SYSTEM,
        organisation_id=organisation.pk,
        reliance=whole_reliance(organisation.pk, now),
        up_to_sequence=seen,
        ticket=ticket,
    )


def recompute_all(_ticket: JobTicket, clock: Clock) -> None:
    """Ask for every organisation's answer; each is a job of its own."""
    for organisation in whole_organisations():
        ask_reliance(now=clock(), actor=SYSTEM, organisation_id=organisation.pk)


def follow(entry: ReadEntry, clock: Clock) -> None:
    """Ask for the answer of the organisation in which something changed."""
    if entry.organisation_id is not None:
        ask_reliance(now=clock(), actor=SYSTEM, organisation_id=entry.organisation_id)


HANDLERS = {RECOMPUTE: recompute, RECOMPUTE_ALL: recompute_all}
PERIODICS = (Periodic(RECOMPUTE_ALL, every=timedelta(hours=1)),)
READERS = (Reader("knowledge.reliance", FOLLOWED, start="now", greatest_age=None, handle=follow),)
