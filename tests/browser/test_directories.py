"""The pages of a directory: what waits, what is wrong, who cannot join; they follow a reading themselves."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, assert_pages_are_sound, assert_sound
from veilleur.domains.organisations.factories import (
    make_directory,
    make_directory_account,
    make_directory_group,
    make_membership,
    make_person,
)
from veilleur.domains.organisations.models import Directory, Organisation
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.browser


@pytest.fixture
def directory(organisation: Organisation) -> Directory:
    """A directory of which all there is to tell is told at once."""
    held = {"digest": "d", "reason": "many", "joining": 1, "joining_names": ["Inès Delaunay"], "leaving": 14}
    names = ["Anna Martin", "Karim Benali", "Léa Fournier-de-la-Villardière", "Hugo Lefèvre", "Jade Roux"]
    conflicts = [
        {"reason": "own_account", "name": "Camille Aubry", "email": "camille.aubry@vexin.example"},
        {"reason": "no_address", "name": "Imprimante du premier étage", "email": ""},
    ]
    now = utc_now()
    row = make_directory(
        organisation,
        name="Annuaire du siège",
        kind="active_directory",
        servers="ldaps://dc1.ateliers-du-vexin.example\nldaps://dc2.ateliers-du-vexin.example",
        base_dn="OU=Personnes,DC=ateliers-du-vexin,DC=example",
        held={**held, "leaving_names": names, "roles": 0, "roles_names": []},
        conflicts=conflicts,
        tried_at=now - timedelta(minutes=4),
        read_at=now - timedelta(minutes=4),
    )
    groups = (
        ("CN=Service-informatique-systèmes-et-réseaux", 4, Role.MANAGER),
        ("CN=Stagiaires", 0, Role.REQUESTER),
    )
    for name, people, role in groups:
        group = make_directory_group(row, f"{name},OU=Groupes,DC=ateliers-du-vexin,DC=example", role=role)
        group.people = people
        group.save()
    away = make_person(email="paul.girard@vexin.example", name="Paul Girard", is_active=False)
    make_directory_account(row, away, gone_at=now, is_kept_out=True)
    brought = make_person(email="anna.martin@vexin.example", name="Anna Martin")
    make_membership(organisation, brought, role=Role.TECHNICIAN)
    make_directory_account(row, brought)
    return row


def test_the_pages_of_a_directory_are_sound(visitor: Visitor, directory: Directory) -> None:
    own = f"/organisation/directories/{directory.public_id}/"

    pages = {"directory": own, "directory-form": f"{own}change/", "people-by-directory": "/people/"}
    assert_pages_are_sound(visitor, pages)


def test_a_fault_says_what_it_is_and_that_nobody_leaves_for_it(
    visitor: Visitor, directory: Directory
) -> None:
    fault = {"fault": "certificate_refused", "fault_detail": "dc1: certificate has expired", "held": {}}
    Directory.objects.of(directory.organisation_id).update(**fault)

    page = visitor.open(f"/organisation/directories/{directory.public_id}/")

    expect(page.get_by_role("alert")).to_contain_text("certificate does not fit")
    expect(page.get_by_role("alert")).to_contain_text("Nobody leaves because of that")
    assert_sound(visitor, page, "directory-fault")
    for path, shot in (("remove/", "remove"), ("../", "list")):
        address = f"/organisation/directories/{directory.public_id}/{path}"
        assert_sound(visitor, visitor.open(address), f"directory-{shot}")


def test_the_page_shows_by_itself_that_the_reading_has_ended(visitor: Visitor, directory: Directory) -> None:
    rows = Directory.objects.of(directory.organisation_id)
    rows.update(asked_at=utc_now(), held={})
    page = visitor.open(f"/organisation/directories/{directory.public_id}/")
    expect(page.get_by_role("status")).to_contain_text("under way")

    rows.update(tried_at=utc_now(), read_at=utc_now())

    expect(page.locator(".lede")).to_have_text("It was read, and people here are as it says.", timeout=15000)
    expect(page.get_by_role("status")).to_have_count(0)
