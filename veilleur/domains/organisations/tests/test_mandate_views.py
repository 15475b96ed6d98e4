"""The pages of mandates: the whole way, and what they refuse."""

import pytest

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.factories import make_organisation, make_person, signed_in
from veilleur.domains.organisations.models import Mandate, Organisation
from veilleur.domains.organisations.rules.mandates import Scope
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.tests.journal_reading import facts
from veilleur.domains.organisations.tests.mandating import mandated, may
from veilleur.shared.clock import utc_now

OFFER = {"provider": "Infogérance du Vexin", "strongest_role": "technician", "scopes": ["watch", "backups"]}
pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Organisation:
    return make_organisation("Ateliers du Vexin")


@pytest.fixture
def provider() -> Organisation:
    return make_organisation("Infogérance")


def test_the_whole_way_by_the_pages(customer: Organisation, provider: Organisation) -> None:
    customers_manager = signed_in(make_person(customer))
    providers_manager = signed_in(make_person(provider))

    shown = customers_manager.post("/people/mandates/new/", OFFER)
    link = str(shown.context["link"]).removeprefix("http://testserver")
    offered = providers_manager.get(link)
    taken = providers_manager.post(link)

    assert b"Ateliers du Vexin" in offered.content
    assert taken.status_code == 302
    assert providers_manager.get("/people/").context["organisation_name"] == "Ateliers du Vexin"
    assert customers_manager.get("/people/").status_code == 200
    mandate = Mandate.objects.of(customer.pk).get().public_id
    assert customers_manager.get(f"/people/mandates/{mandate}/").status_code == 200
    assert customers_manager.post(f"/people/mandates/{mandate}/end/").status_code == 302
    assert providers_manager.get("/people/").context["organisation_name"] == "Infogérance"


def test_the_customer_may_not_be_left_without_its_own_say(
    customer: Organisation, provider: Organisation
) -> None:
    manager = make_person(customer)
    mandated(customer, provider, actions.Given(Role.MANAGER, tuple(Scope)), utc_now())
    by_mandate = signed_in(make_person(provider), at=customer)
    invited = {"name": "Eve", "email": "eve@infogerance.example", "role": "manager", "side": "provider"}

    assert by_mandate.post("/people/invite/", invited).status_code == 422
    assert by_mandate.post("/people/invite/", invited | {"role": "technician"}).status_code == 200
    changed = by_mandate.post(f"/people/{manager.public_id}/", {"role": "auditor", "side": "internal"})
    assert changed.status_code == 422
    by_mandate.post(f"/people/{manager.public_id}/leaves/")
    assert may(manager, customer, utc_now()) is not None
    assert by_mandate.get("/people/mandates/new/").status_code == 403
    assert by_mandate.get("/organisation/settings/").status_code == 403


def test_a_form_of_another_organisation_changes_nothing(
    customer: Organisation, provider: Organisation
) -> None:
    mandated(customer, provider, actions.Given(Role.MANAGER, tuple(Scope)), utc_now())
    make_person(customer)
    by_mandate = signed_in(make_person(provider), at=customer)
    page = by_mandate.get("/people/invite/").content.decode()
    assert f'name="shown_organisation" value="{customer.public_id}"' in page
    Mandate.objects.of(customer.pk).update(closed_at=utc_now())
    sent = {
        "name": "Ben",
        "email": "ben@vexin.example",
        "role": "technician",
        "side": "internal",
        "shown_organisation": str(customer.public_id),
    }

    refused = by_mandate.post("/people/invite/", sent)

    assert refused.status_code == 409
    assert not facts("invitation_issued")
