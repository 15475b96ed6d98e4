"""The machine is read and registered again and again; only changes are recorded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from veilleur.domains.estate.jobs import READ_MACHINE, read_machine
from veilleur.domains.estate.models import Asset, InstalledPackage, Service
from veilleur.domains.estate.ports import MACHINE_READER
from veilleur.domains.estate.queries import whole_services
from veilleur.domains.estate.rules.machine import Hardware, Identity, MachineFacts, OperatingSystem, Package
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.domains.journal.queries import sequence_of, whole_entries
from veilleur.domains.journal.rules.canonical import JSON
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations.factories import make_organisation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)


class OneMachine:
    """A machine that always tells the same."""

    def __init__(self, packages: tuple[Package, ...] = ()) -> None:
        self.packages = packages

    def read(self) -> MachineFacts:
        return MachineFacts(
            host_name="atelier",
            identities=(Identity("machine_id", "abc"),),
            system=OperatingSystem("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
            hardware=Hardware(AssetKind.SERVER, cpu_count=2, memory_bytes=2**32),
            packages=self.packages,
        )


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MACHINE_READER, "_engine", OneMachine())


def run(at: datetime = NOW, payload: dict[str, JSON] | None = None) -> None:
    ticket = JobTicket(READ_MACHINE, "", payload or {}, attempts=1, token=uuid4())
    read_machine(ticket, lambda: at)


@pytest.mark.usefixtures("reader")
def test_the_machine_and_its_one_service_are_registered_once() -> None:
    organisation = make_organisation(language="en")

    run()
    recorded = sequence_of(organisation.pk)
    run(NOW + timedelta(hours=1))

    (service,) = whole_services(organisation.pk)
    assert service.name == "Veilleur on atelier"
    assert Asset.objects.of(organisation.pk).count() == 1
    assert sequence_of(organisation.pk) == recorded


def test_a_long_list_of_packages_is_told_in_pieces_without_a_fact_the_first_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organisation = make_organisation()
    many = tuple(Package(f"tool-{number:04}", "amd64", "1.0") for number in range(400))
    monkeypatch.setattr(MACHINE_READER, "_engine", OneMachine(many))
    run()
    facts_before = len(whole_entries(organisation.pk, kinds=["estate.inventory_changed"]))
    upgraded = tuple(replace(package, version="1.1") for package in many)
    monkeypatch.setattr(MACHINE_READER, "_engine", OneMachine(upgraded))

    run(NOW + timedelta(hours=1))

    rows = InstalledPackage.objects.of(organisation.pk)
    assert facts_before == 0
    assert rows.filter(until=None, version="1.1").count() == 400
    assert rows.exclude(until=None).filter(version="1.0").count() == 400
    told = [entry.body for entry in whole_entries(organisation.pk, kinds=["estate.inventory_changed"])]
    assert len(told) > 1
    assert sum(body.count(" 1.1") for body in told) == 400


@pytest.mark.usefixtures("reader")
def test_the_service_is_proposed_before_the_packages_which_take_long() -> None:
    organisation = make_organisation()
    instants = iter([NOW, NOW])

    def clock() -> datetime:
        found = next(instants, None)
        if found is None:
            raise TimeoutError("broken off among the packages")
        return found

    with pytest.raises(TimeoutError):
        read_machine(JobTicket(READ_MACHINE, "", {}, attempts=1, token=uuid4()), clock)

    assert len(whole_services(organisation.pk)) == 1


@pytest.mark.usefixtures("reader")
def test_a_service_renamed_by_a_person_is_not_proposed_anew() -> None:
    organisation = make_organisation()
    run()
    Service.objects.of(organisation.pk).update(rto_s=60)
    service = Service.objects.of(organisation.pk).get()
    service.name = "The watch"
    service.save()

    run(NOW + timedelta(hours=1))

    assert [row.name for row in whole_services(organisation.pk)] == ["The watch"]


@pytest.mark.usefixtures("reader")
def test_a_demonstration_never_gets_the_real_machine() -> None:
    demo = make_organisation(is_demo=True)

    run()

    assert Asset.objects.of(demo.pk).count() == 0


@pytest.mark.usefixtures("reader")
def test_the_organisation_named_in_the_payload_gets_the_machine_and_keeps_it() -> None:
    first, second = make_organisation("Une"), make_organisation("Deux")

    run(payload={"organisation": str(second.public_id)})
    run(NOW + timedelta(hours=1))

    assert Asset.objects.of(first.pk).count() == 0
    assert Asset.objects.of(second.pk).get().read_at == NOW + timedelta(hours=1)
