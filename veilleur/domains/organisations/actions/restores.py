"""After Veilleur's own data came back from a copy: what was open then and ended since does not open again."""

from datetime import datetime

from django.db.models import F

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.revoking import revoke_tokens
from veilleur.domains.organisations.facts import OpenLinksEnded
from veilleur.domains.organisations.models import ApiToken, Invitation, Mandate, Membership, Person, SetupLink
from veilleur.shared.viewer import Actor


@recorded
def end_what_was_open(*, now: datetime, actor: Actor, organisation_id: int) -> None:
    """End every session of the organisation's people, every link still to be used, and every token.

    The copy may be older than a departure or a sign-out, and than the use of a link, of which nothing is
    known.
    """
    people = Membership.objects.of(organisation_id).values("person_id")
    Person.objects.filter(pk__in=people).update(session_generation=F("session_generation") + 1)
    closed = Invitation.objects.of(organisation_id).filter(closed_at=None).update(closed_at=now)
    closed += SetupLink.objects.of(organisation_id).filter(closed_at=None).update(closed_at=now)
    offers = Mandate.objects.of(organisation_id).filter(closed_at=None, since=None)
    closed += offers.update(closed_at=now)
    revoke_tokens(ApiToken.objects.of(organisation_id), "restored", now)
    record(OpenLinksEnded(links=closed), subject=None, organisation_id=organisation_id)
