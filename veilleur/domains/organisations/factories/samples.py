"""A row in every table, for the walks through all pages."""

from veilleur.domains.organisations.factories.directories import (
    make_directory,
    make_directory_account,
    make_identity_provider,
    make_provider_account,
)
from veilleur.domains.organisations.factories.people import (
    SINCE,
    make_api_token,
    make_erasure,
    make_invitation,
    make_mandate,
    make_organisation,
    make_person,
    make_saying,
)
from veilleur.domains.organisations.factories.rota import make_sample_rota
from veilleur.domains.organisations.models import (
    Membership,
    Organisation,
    Person,
)


def _first_member(organisation: Organisation) -> Person:
    member: Membership = Membership.objects.of(organisation.pk).select_related("person").order_by("pk")[0]
    return member.person


def make_samples(organisation: Organisation) -> None:
    """Make a row in every table that cannot be filled by rote, and a second manager: the first may leave."""
    make_invitation(organisation)
    make_person(organisation)
    make_sample_rota(organisation)
    make_saying(organisation)
    # The mandate that is shown first is one that counts; one of another customer is held as well.
    make_mandate(organisation, make_organisation("Serves"))
    make_mandate(make_organisation("Served"), organisation)
    make_api_token(organisation, _first_member(organisation), name="Sample")
    # What waits to be agreed to, and somebody to be let in again: both are buttons.
    held = {"digest": "held", "reason": "new", "joining": 1, "joining_names": ["Somebody"], "leaving": 0}
    directory = make_directory(
        organisation, held={**held, "leaving_names": [], "roles": 0, "roles_names": []}
    )
    make_directory_account(directory, make_person(is_active=False), gone_at=SINCE, is_kept_out=True)
    # The first member asks to be erased: the request is shown, closed, taken back.
    first = Membership.objects.of(organisation.pk).order_by("pk").first()
    if first is not None:
        make_erasure(organisation, first.person)
    waiting = make_identity_provider(organisation)
    make_provider_account(waiting, name="Somebody who waits", email="waits@vexin.example")
