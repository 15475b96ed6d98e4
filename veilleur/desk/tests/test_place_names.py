"""Two backup places are told apart by their names."""

import pytest

from veilleur.desk.tests.office import Office

pytestmark = pytest.mark.django_db


def test_two_places_in_use_do_not_bear_one_name(office: Office) -> None:
    response = office.post("add_place", name=" SAFE", folder="/srv/other")

    assert "Another place bears this name" in response.content.decode()
