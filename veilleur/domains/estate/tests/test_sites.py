"""Sites: places are opened once, and what stands there is said with a fact."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from veilleur.domains.estate.actions import open_site, place_at_site
from veilleur.domains.estate.factories import make_asset
from veilleur.domains.estate.queries import visible_asset_rows
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor, Viewer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ANNA = Actor("anna")


def facts_of(organisation_id: int) -> list[str]:
    return [entry.kind for entry in whole_entries(organisation_id)]


def test_a_site_of_the_same_name_is_opened_once() -> None:
    organisation = make_organisation()

    first = open_site(now=NOW, actor=ANNA, organisation_id=organisation.pk, name="Pontoise")
    second = open_site(now=NOW, actor=ANNA, organisation_id=organisation.pk, name="Pontoise")

    assert first == second
    assert facts_of(organisation.pk) == ["estate.site_opened"]


def test_a_site_without_a_name_is_refused() -> None:
    organisation = make_organisation()

    assert open_site(now=NOW, actor=ANNA, organisation_id=organisation.pk, name="  ") == Refused(
        "name_missing"
    )
    assert facts_of(organisation.pk) == []


def test_a_machine_that_is_placed_twice_is_told_once_and_listed_with_its_site() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation)
    site = open_site(now=NOW, actor=ANNA, organisation_id=organisation.pk, name="Magny")
    assert not isinstance(site, Refused)

    for _ in range(2):
        place_at_site(
            now=NOW,
            actor=ANNA,
            organisation_id=organisation.pk,
            node=asset.public_id,
            site=site.public_id,
        )
    rows = visible_asset_rows(Viewer(1, organisation.pk, frozenset({organisation.pk})))

    assert facts_of(organisation.pk) == ["estate.site_opened", "estate.node_placed"]
    assert [(row.name, row.site) for row in rows] == [(asset.name, "Magny")]


def test_another_organisations_site_or_machine_does_not_exist() -> None:
    ours, theirs = make_organisation("Nous"), make_organisation("Eux")
    our_asset, their_asset = make_asset(ours), make_asset(theirs)
    our_site = open_site(now=NOW, actor=ANNA, organisation_id=ours.pk, name="Pontoise")
    their_site = open_site(now=NOW, actor=ANNA, organisation_id=theirs.pk, name="Ailleurs")
    assert not isinstance(our_site, Refused)
    assert not isinstance(their_site, Refused)
    scope = {"now": NOW, "actor": ANNA, "organisation_id": ours.pk}

    assert place_at_site(**scope, node=our_asset.public_id, site=their_site.public_id) == Refused(
        "no_such_site"
    )
    assert place_at_site(**scope, node=their_asset.public_id, site=our_site.public_id) == Refused(
        "no_such_node"
    )
    assert place_at_site(**scope, node=uuid4(), site=our_site.public_id) == Refused("no_such_node")


def test_a_list_of_many_machines_costs_one_query(django_assert_num_queries) -> None:
    organisation = make_organisation()
    for number in range(12):
        make_asset(organisation, name=f"srv-{number:02}")
    viewer = Viewer(1, organisation.pk, frozenset({organisation.pk}))

    with django_assert_num_queries(1):
        rows = visible_asset_rows(viewer)

    assert [row.name for row in rows] == [f"srv-{number:02}" for number in range(12)]
