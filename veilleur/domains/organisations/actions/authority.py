"""Whether whoever acts still may, once rows are held: a role can change between a click and its turn."""

from datetime import datetime

from veilleur.domains.organisations.models import Organisation, Person
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.viewer import Actor


def person_acting(actor: Actor) -> Person | None:
    """Return the person behind an author of facts; None for Veilleur's own processes."""
    return Person.objects.filter(pseudonym=actor.pseudonym).first()


def has_lost(permission: Permission, actor: Actor, organisation_id: int, now: datetime) -> bool:
    """Return whether the person who acts may not do that there at `now`. Processes may: nobody clicks for
    them.

    To be asked after the organisation's people are held. Four queries.
    """
    person = person_acting(actor)
    if person is None:
        return False
    public_id = Organisation.objects.values_list("public_id", flat=True).get(pk=organisation_id)
    viewer = viewer_of(person.pk, now, chosen=public_id)
    return viewer is None or viewer.organisation_id != organisation_id or not viewer.may(permission)
