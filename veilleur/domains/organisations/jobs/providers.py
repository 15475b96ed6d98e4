"""Whom a removed identity provider brought leaves, in the background."""

from uuid import UUID

from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.queries import organisation_of
from veilleur.domains.organisations.queries.providers import whole_provider
from veilleur.shared.viewer import SYSTEM


def clear_provider(ticket: JobTicket, clock: Clock) -> None:
    """End the memberships of those who came by the removed provider that the payload names."""
    organisation = organisation_of(UUID(str(ticket.payload["organisation"])))
    if organisation is None:
        return
    provider = whole_provider(organisation.pk, UUID(str(ticket.payload["provider"])))
    is_done = provider is None or not provider.is_removed
    while provider is not None and not is_done:
        is_done = actions.clear_removed_provider(
            now=clock(), actor=SYSTEM, organisation_id=organisation.pk, provider=provider.id
        )
