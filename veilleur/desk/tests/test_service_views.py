"""What a person says of a service on its pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.desk.tests.office import Office
from veilleur.domains.estate.factories import make_data_set
from veilleur.domains.estate.queries import visible_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client: Client) -> Office:
    return Office(client)


def needed(office: Office) -> set[str]:
    view = visible_service(office.viewer, office.service.public_id)
    assert view is not None
    return {row.name for row in view.data_sets}


def post(office: Office, **data: Any) -> Any:
    return office.client.post(reverse("desk:service_data", args=[office.service.public_id]), data)


def test_data_protected_before_its_service_was_declared_is_tied_to_it_on_its_page(office: Office) -> None:
    letters = make_data_set(office.organisation, "Letters", locator="/srv/letters", stored_on=office.machine)
    page = office.client.get(reverse("desk:service_data", args=[office.service.public_id]))
    before = needed(office)

    answered = post(
        office,
        needed=[str(office.data_set.public_id), str(letters.public_id)],
        asked=[str(office.data_set.public_id), str(letters.public_id)],
    )

    assert b"Letters (/srv/letters)" in page.content
    assert page.content.count(b" checked") == 1
    assert answered.status_code == 302
    assert needed(office) == before | {"Letters"}


def test_data_is_untied_on_the_page(office: Office) -> None:
    post(office, asked=[str(office.data_set.public_id)])

    assert needed(office) == set()


def test_data_that_is_not_on_the_map_is_refused(office: Office) -> None:
    answered = post(office, needed=["0191d2a6-0000-7000-8000-000000000000"], asked=["nothing"])

    assert answered.status_code == 200
    assert b"needs another look" in answered.content or b"need another look" in answered.content
