"""Ends API tokens, in the transaction of the recorded action that has a reason to."""

from datetime import datetime

from veilleur.domains.journal.actions import record
from veilleur.domains.organisations.facts.api_tokens import ApiTokenRevoked
from veilleur.domains.organisations.models import ApiToken
from veilleur.domains.organisations.queries import organisation_ids_of
from veilleur.shared.models import TenantQuerySet


def revoke_tokens(tokens: TenantQuerySet, reason: str, now: datetime) -> int:
    """Revoke those of the tokens that are not yet, and return how many. They open nothing from now on."""
    open_tokens = list(tokens.filter(revoked_at=None).order_by("pk"))
    for token in open_tokens:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        record(ApiTokenRevoked(reason), subject=token.public_id, organisation_id=token.organisation_id)
    return len(open_tokens)


def revoke_tokens_of_leaver(person_id: int, now: datetime) -> None:
    """Revoke what somebody made where they no longer belong themselves: they do not come back with it.

    That takes those for customers of a provider along, also for one who serves them for another provider.
    """
    own = ApiToken.objects.across_organisations("a person's tokens are what is asked").filter(maker=person_id)
    revoke_tokens(own.exclude(organisation_id__in=organisation_ids_of(person_id, now)), "left", now)
