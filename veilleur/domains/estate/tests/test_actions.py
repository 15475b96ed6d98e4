"""The map and the inventory are written once each, with their dates and their facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Model

from veilleur.domains.estate.actions import (
    add_dependency,
    declare_data_set,
    declare_service,
    end_dependency,
    propose_service,
    register_machine,
    set_service_objectives,
)
from veilleur.domains.estate.factories import make_asset, make_data_set, make_service
from veilleur.domains.estate.models import Asset, Dependency, InstalledPackage, Service
from veilleur.domains.estate.queries import whole_asset, whole_map, whole_services
from veilleur.domains.estate.rules.machine import (
    Hardware,
    Identity,
    MachineFacts,
    OperatingSystem,
    Package,
    Unread,
)
from veilleur.domains.estate.rules.map import (
    AssetKind,
    DataSetKind,
    DependencyKind,
    NewDataSet,
    NewEdge,
    NewService,
)
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
MACHINE = MachineFacts(
    host_name="atelier",
    identities=(Identity("machine_id", "abc"), Identity("host_name", "atelier")),
    system=OperatingSystem("debian", "12", "Debian GNU/Linux 12 (bookworm)", kernel="6.1.0-1"),
    hardware=Hardware(AssetKind.SERVER, cpu_count=2, memory_bytes=4 * 2**30),
    packages=(Package("restic", "amd64", "0.14.0-1"), Package("tar", "amd64", "1.34")),
)


def kinds_recorded(organisation: Model) -> list[str]:
    return [entry.kind for entry in whole_entries(organisation.pk)]


def register(organisation: Model, facts: MachineFacts, now: datetime = NOW) -> Asset:
    return register_machine(now=now, actor=SYSTEM, organisation_id=organisation.pk, facts=facts)


def test_a_machine_read_twice_is_one_asset_and_records_nothing_more() -> None:
    organisation = make_organisation()
    first = register(organisation, MACHINE)
    recorded = kinds_recorded(organisation)

    again = register(organisation, MACHINE, LATER)

    assert again.pk == first.pk
    assert recorded == ["estate.asset_registered"]
    assert kinds_recorded(organisation) == recorded
    assert again.read_at == LATER


def test_a_machine_that_changes_its_name_stays_the_same_asset() -> None:
    organisation = make_organisation()
    first = register(organisation, MACHINE)

    renamed = register(organisation, replace(MACHINE, host_name="atelier-2"), LATER)

    assert renamed.pk == first.pk
    assert renamed.host_name == "atelier-2"
    assert kinds_recorded(organisation)[-1] == "estate.asset_changed"


def test_an_upgraded_package_ends_one_row_and_starts_another() -> None:
    organisation = make_organisation()
    asset = register(organisation, MACHINE)
    upgraded = replace(
        MACHINE, packages=(Package("restic", "amd64", "0.16.2-1"), Package("tar", "amd64", "1.34"))
    )

    register(organisation, upgraded, LATER)

    rows = InstalledPackage.objects.of(organisation.pk).filter(name="restic").order_by("since")
    assert [(row.version, row.since, row.until) for row in rows] == [
        ("0.14.0-1", NOW, LATER),
        ("0.16.2-1", LATER, None),
    ]
    (fact,) = whole_entries(organisation.pk, kinds=["estate.inventory_changed"])
    assert "restic amd64 0.16.2-1" in fact.body
    assert "tar" not in fact.body
    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    assert [row.version for row in view.part("packages").rows] == ["0.16.2-1", "1.34"]


def test_a_part_that_cannot_be_read_keeps_its_rows_and_says_since_when() -> None:
    organisation = make_organisation()
    asset = register(organisation, MACHINE)

    register(organisation, replace(MACHINE, packages=Unread("command_failed")), LATER)

    view = whole_asset(organisation.pk, asset.public_id)
    assert view is not None
    part = view.part("packages")
    assert len(part.rows) == 2
    assert part.read_at == NOW
    assert part.unread_reason == "command_failed"
    assert kinds_recorded(organisation) == ["estate.asset_registered"]


def test_a_part_read_for_the_first_time_later_is_no_change_of_the_machine() -> None:
    organisation = make_organisation()
    register(organisation, replace(MACHINE, packages=Unread("no_package_manager")))

    register(organisation, MACHINE, LATER)
    register(organisation, MACHINE, LATER + timedelta(hours=1))

    assert InstalledPackage.objects.of(organisation.pk).count() == 2


def test_veilleur_runs_on_one_machine_and_its_move_is_recorded() -> None:
    organisation = make_organisation()
    old = register(organisation, replace(MACHINE, is_here=True))
    other = replace(MACHINE, host_name="neuf", identities=(Identity("machine_id", "def"),), is_here=True)

    new = register(organisation, other, LATER)

    old.refresh_from_db()
    assert (old.is_here, new.is_here) == (False, True)
    assert kinds_recorded(organisation)[-2:] == ["estate.asset_registered", "estate.asset_changed"]


def test_two_organisations_may_register_the_same_machine_apart() -> None:
    ours, theirs = make_organisation("Nous"), make_organisation("Eux")

    first, second = register(ours, MACHINE), register(theirs, MACHINE)

    assert first.pk != second.pk
    assert Asset.objects.of(ours.pk).count() == 1


def test_a_proposed_service_has_default_objectives_and_runs_on_its_machine() -> None:
    organisation = make_organisation()
    asset = register(organisation, MACHINE)

    for _ in range(2):
        propose_service(
            now=NOW,
            actor=SYSTEM,
            organisation_id=organisation.pk,
            name="Veilleur on atelier",
            runs_on=asset.public_id,
        )

    (row,) = whole_services(organisation.pk)
    assert (row.rto_s, row.rpo_s) == (4 * 3600, 24 * 3600)
    assert row.rto_is_default
    assert row.rpo_is_default
    assert row.is_proposed
    assert row.asset_ids == (asset.public_id,)
    assert kinds_recorded(organisation).count("estate.service_proposed") == 1


def test_objectives_once_set_are_default_no_more() -> None:
    organisation = make_organisation()
    service = make_service(organisation)

    set_service_objectives(
        now=NOW,
        actor=SYSTEM,
        organisation_id=organisation.pk,
        service=service.public_id,
        rto_s=7200,
        rpo_s=3600,
    )

    (row,) = whole_services(organisation.pk)
    assert (row.rto_s, row.rpo_s, row.rto_is_default, row.rpo_is_default) == (7200, 3600, False, False)
    assert kinds_recorded(organisation) == ["estate.service_objectives_set"]


@pytest.mark.parametrize(("rto_s", "rpo_s"), [(0, 60), (60, 0), (-1, 60)])
def test_an_objective_of_no_time_is_refused(rto_s: int, rpo_s: int) -> None:
    organisation = make_organisation()
    service = make_service(organisation)

    answer = set_service_objectives(
        now=NOW,
        actor=SYSTEM,
        organisation_id=organisation.pk,
        service=service.public_id,
        rto_s=rto_s,
        rpo_s=rpo_s,
    )

    assert answer == Refused("objective_not_positive")
    assert Service.objects.of(organisation.pk).get().rto_is_default


def test_another_organisations_service_does_not_exist_here() -> None:
    ours, theirs = make_organisation("Nous"), make_organisation("Eux")
    service = make_service(theirs)

    answer = set_service_objectives(
        now=NOW, actor=SYSTEM, organisation_id=ours.pk, service=service.public_id, rto_s=60, rpo_s=60
    )

    assert answer == Refused("no_such_service")


def test_a_data_set_declared_twice_is_one_and_its_edges_are_drawn() -> None:
    organisation = make_organisation()
    asset, service = make_asset(organisation), make_service(organisation)
    draft = NewDataSet(
        "Invoices", DataSetKind.FILES, "/srv/invoices", stored_on=asset.public_id, used_by=service.public_id
    )

    first = declare_data_set(now=NOW, actor=SYSTEM, organisation_id=organisation.pk, data_set=draft)
    again = declare_data_set(now=LATER, actor=SYSTEM, organisation_id=organisation.pk, data_set=draft)

    assert not isinstance(first, Refused)
    assert not isinstance(again, Refused)
    assert first.pk == again.pk
    kinds = {edge.kind for edge in whole_map(organisation.pk, LATER).edges}
    assert kinds == {DependencyKind.STORED_ON, DependencyKind.NEEDS_TO_START}
    (row,) = whole_services(organisation.pk)
    assert row.data_set_ids == (first.public_id,)


def test_the_same_folder_on_another_machine_is_another_data_set() -> None:
    organisation = make_organisation()
    here, there = make_asset(organisation), make_asset(organisation)
    make_data_set(organisation, stored_on=here, locator="/srv/data")

    other = declare_data_set(
        now=NOW,
        actor=SYSTEM,
        organisation_id=organisation.pk,
        data_set=NewDataSet("Copy", DataSetKind.FILES, "/srv/data", stored_on=there.public_id),
    )

    assert not isinstance(other, Refused)
    assert other.name == "Copy"


def test_a_dependency_that_closes_a_circle_is_refused() -> None:
    organisation = make_organisation()
    first, second, third = (make_service(organisation) for _ in range(3))

    def draw(dependent: Service, dependency: Service, kind: DependencyKind) -> Dependency | Refused:
        edge = NewEdge(dependent.public_id, dependency.public_id, kind)
        return add_dependency(now=NOW, actor=SYSTEM, organisation_id=organisation.pk, edge=edge)

    draw(first, second, DependencyKind.NEEDS_TO_START)
    draw(second, third, DependencyKind.NEEDS_TO_START)

    assert draw(third, first, DependencyKind.NEEDS_TO_START) == Refused("circular")
    assert isinstance(draw(third, first, DependencyKind.FLOWS_TO), Dependency)
    assert draw(first, second, DependencyKind.NEEDS_TO_START) == Refused("already_there")
    assert draw(first, first, DependencyKind.FLOWS_TO) == Refused("depends_on_itself")


def test_an_ended_dependency_stays_true_for_the_past() -> None:
    organisation = make_organisation()
    service = make_service(organisation, runs_on=make_asset(organisation))
    edge = Dependency.objects.of(organisation.pk).get()

    end_dependency(now=LATER, actor=SYSTEM, organisation_id=organisation.pk, dependency=edge.public_id)

    assert whole_map(organisation.pk, LATER).edges == ()
    assert whole_map(organisation.pk, NOW).edges[0].dependent == service.public_id


def declare(organisation: Model, service: NewService):
    return declare_service(now=NOW, actor=SYSTEM, organisation_id=organisation.pk, service=service)


def test_a_declared_service_runs_somewhere_and_its_objectives_are_chosen() -> None:
    organisation = make_organisation()
    machine = make_asset(organisation)

    declare(organisation, NewService(" Shop ", machine.public_id, 7200, 3600))

    (row,) = whole_services(organisation.pk)
    assert (row.name, row.rto_s, row.rpo_s, row.asset_ids) == ("Shop", 7200, 3600, (machine.public_id,))
    assert not any((row.rto_is_default, row.rpo_is_default, row.is_proposed))
    assert kinds_recorded(organisation) == [
        "estate.service_proposed",
        "estate.dependency_added",
        "estate.service_objectives_set",
    ]


def test_a_service_that_cannot_be_declared_leaves_nothing() -> None:
    organisation, other = make_organisation(), make_organisation()
    machine = make_asset(organisation)
    make_service(organisation, "Shop")
    here = machine.public_id

    refused = [
        declare(organisation, NewService("shop", here, 7200, 3600)),
        declare(organisation, NewService("  ", here, 7200, 3600)),
        declare(organisation, NewService("Letters", make_asset(other).public_id, 7200, 3600)),
        declare(organisation, NewService("Letters", here, 0, 3600)),
    ]

    codes = ["name_taken", "name_missing", "no_such_node", "objective_not_positive"]
    assert refused == [Refused(code) for code in codes]
    assert [row.name for row in whole_services(organisation.pk)] == ["Shop"]
    assert kinds_recorded(organisation) == []
