"""Pages see what their viewer may see; rules see the whole map."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import Model

from veilleur.domains.estate.factories import (
    SINCE,
    make_asset,
    make_data_set,
    make_dependency,
    make_service,
)
from veilleur.domains.estate.queries import (
    visible_asset,
    visible_asset_rows,
    visible_assets,
    visible_data_sets,
    visible_map,
    visible_service,
    visible_services,
    whole_data_sets,
    whole_map,
    whole_services,
)
from veilleur.domains.estate.rules.map import DependencyKind
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.viewer import Viewer

pytestmark = pytest.mark.django_db


def viewer_in(organisation: Model) -> Viewer:
    return Viewer(1, organisation.pk, frozenset({organisation.pk}))


def test_a_stranger_sees_nothing_of_another_organisation() -> None:
    ours, theirs = make_organisation("Nous"), make_organisation("Eux")
    asset = make_asset(theirs)
    service = make_service(theirs, runs_on=asset)
    make_data_set(theirs, stored_on=asset)
    stranger = viewer_in(ours)

    assert visible_map(stranger).nodes == ()
    assert visible_services(stranger) == []
    assert visible_data_sets(stranger) == []
    assert visible_assets(stranger) == []
    assert visible_asset(stranger, asset.public_id) is None
    assert visible_service(stranger, service.public_id) is None


def test_a_viewer_without_the_organisation_sees_nothing_even_when_looking_at_it() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation)
    outsider = Viewer(1, organisation.pk, frozenset())

    assert visible_asset(outsider, asset.public_id) is None
    assert visible_map(outsider).edges == ()


def test_an_id_that_does_not_exist_is_none() -> None:
    viewer = viewer_in(make_organisation())

    assert visible_asset(viewer, uuid4()) is None
    assert visible_service(viewer, uuid4()) is None


def test_a_services_page_names_its_data_and_its_neighbours() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation, "srv-1")
    service = make_service(organisation, "Invoicing", runs_on=asset)
    data = make_data_set(organisation, "Invoices", stored_on=asset, used_by=service)
    portal = make_service(organisation, "Portal")
    make_dependency(portal, service, DependencyKind.NEEDS_TO_START)

    view = visible_service(viewer_in(organisation), service.public_id)

    assert view is not None
    assert view.row.asset_ids == (asset.public_id,)
    assert [(row.id, row.stored_on) for row in view.data_sets] == [(data.public_id, (asset.public_id,))]
    assert {(kind, node.name) for kind, node in view.needs} == {
        ("runs_on", "srv-1"),
        ("needs_to_start", "Invoices"),
    }
    assert [(kind, node.name) for kind, node in view.needed_by] == [("needs_to_start", "Portal")]


def test_an_assets_page_says_what_runs_on_it_and_what_was_never_read() -> None:
    organisation = make_organisation()
    read_at = datetime(2026, 7, 10, tzinfo=UTC)
    asset = make_asset(organisation, "srv-1", full_support_until=date(2026, 7, 11), read_at=read_at)
    make_service(organisation, "Invoicing", runs_on=asset)

    view = visible_asset(viewer_in(organisation), asset.public_id)

    assert view is not None
    assert [node.name for _, node in view.needed_by] == ["Invoicing"]
    assert view.part("packages").unread_reason == "not_read"
    assert view.support(date(2026, 7, 11)) == "full"
    assert view.support(date(2026, 7, 12)) == "none"
    # A week after it was last read, nobody knows which system it runs.
    assert view.support(date(2026, 7, 17)) == "none"
    assert view.support(date(2026, 7, 18)) == "unknown"


def test_a_reading_from_before_the_clock_was_set_back_says_nothing() -> None:
    organisation = make_organisation()
    read_at = datetime(2027, 7, 11, 12, tzinfo=UTC)
    make_asset(organisation, "srv-3", full_support_until=date(2030, 1, 1), read_at=read_at)

    (row,) = visible_asset_rows(viewer_in(organisation))

    assert [row.support(date(2027, 7, day)) for day in (9, 10, 11)] == ["unknown", "full", "full"]


def test_a_machine_that_never_told_anything_has_no_known_support() -> None:
    organisation = make_organisation()
    make_asset(organisation, "srv-2", full_support_until=date(2030, 1, 1))

    (row,) = visible_asset_rows(viewer_in(organisation))

    assert row.support(date(2026, 7, 11)) == "unknown"


def test_a_node_that_left_takes_its_edges_off_the_map() -> None:
    organisation = make_organisation()
    asset = make_asset(organisation, until=SINCE + timedelta(days=3))
    make_service(organisation, runs_on=asset)

    assert len(whole_map(organisation.pk, SINCE + timedelta(days=2)).edges) == 1
    assert whole_map(organisation.pk, SINCE + timedelta(days=3)).edges == ()
    assert whole_map(organisation.pk, SINCE - timedelta(days=1)).nodes == ()


def test_services_and_data_sets_come_by_name() -> None:
    organisation = make_organisation()
    make_service(organisation, "Mail")
    make_service(organisation, "Accounts")
    make_data_set(organisation, "Zeta")
    make_data_set(organisation, "Alpha")

    assert [row.name for row in whole_services(organisation.pk)] == ["Accounts", "Mail"]
    assert [row.name for row in whole_data_sets(organisation.pk)] == ["Alpha", "Zeta"]
