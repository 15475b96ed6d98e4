"""The spool is drained exactly once whatever happens in between, and this machine gets its checks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import Model

from veilleur.domains.estate.actions import register_machine
from veilleur.domains.estate.factories import make_asset
from veilleur.domains.estate.rules.machine import (
    Hardware,
    Identity,
    Listener,
    MachineFacts,
    OperatingSystem,
    Volume,
)
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.domains.journal.queries.work import due_jobs
from veilleur.domains.journal.rules.canonical import JSON
from veilleur.domains.journal.rules.work import JobTicket, Origin, ReadEntry
from veilleur.domains.monitoring.actions import PROPOSE_CHECKS
from veilleur.domains.monitoring.factories import make_check, make_result
from veilleur.domains.monitoring.jobs import DRAIN_SPOOL, READERS, drain_spool, propose_checks
from veilleur.domains.monitoring.models import Check, CheckState, StateChange
from veilleur.domains.monitoring.ports import SPOOL, TLS_FINDER, Pulse, Spooled
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.viewer import DEMO, SYSTEM, Actor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)


class ListSpool:
    """A spool in memory; `loses_trims` stands for a worker killed between commit and trim."""

    def __init__(self, items: Sequence[Spooled], *, loses_trims: bool = False) -> None:
        self.items = list(items)
        self.loses_trims = loses_trims
        self.identity = uuid4()

    def spool_id(self) -> UUID:
        return self.identity

    def read(self, after: int, limit: int) -> tuple[Spooled, ...]:
        return tuple(item for item in self.items if item.sequence > after)[:limit]

    def trim(self, up_to: int) -> None:
        if not self.loses_trims:
            self.items = [item for item in self.items if item.sequence > up_to]

    def pulse(self) -> Pulse | None:
        return Pulse(1, 2)


class OneTlsPort:
    """Finds TLS on port 443 and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def speaking_tls(self, targets: Sequence[str]) -> tuple[str, ...]:
        self.asked.extend(targets)
        return tuple(target for target in targets if target.endswith(":443"))


def ticket(kind: str, payload: dict[str, JSON] | None = None) -> JobTicket:
    return JobTicket(kind, "", payload or {}, attempts=1, token=uuid4())


def drain(spool: ListSpool, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    monkeypatch.setattr(SPOOL, "_engine", spool)
    drain_spool(ticket(DRAIN_SPOOL), lambda: at)


@pytest.mark.parametrize("loses_trims", [False, True])
def test_a_long_spool_is_drained_in_batches_and_only_once(
    loses_trims: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = make_check(make_asset(make_organisation()))
    results = [make_result(check.public_id, NOW + timedelta(seconds=n), sequence=n) for n in range(1, 251)]
    spool = ListSpool(results, loses_trims=loses_trims)

    for _ in range(2):
        drain(spool, monkeypatch, NOW + timedelta(seconds=251))

    state = CheckState.objects.of(check.organisation_id).get()
    assert state.last_result_us == results[-1].started_us
    assert StateChange.objects.of(check.organisation_id).count() == 1
    assert len(spool.items) == (250 if loses_trims else 0)


def test_an_empty_spool_of_a_dead_watch_makes_old_results_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    check = make_check(make_asset(make_organisation()))
    spool = ListSpool([make_result(check.public_id, NOW, sequence=1)])
    drain(spool, monkeypatch, NOW + timedelta(seconds=1))

    drain(spool, monkeypatch, NOW + timedelta(hours=1))

    assert CheckState.objects.of(check.organisation_id).get().hard == "unknown"


def test_a_backlog_being_taken_in_is_not_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    check = make_check(make_asset(make_organisation()))
    late = [make_result(check.public_id, NOW + timedelta(seconds=n), sequence=n) for n in (1, 3600)]

    drain(ListSpool(late), monkeypatch, NOW + timedelta(seconds=3601))

    assert CheckState.objects.of(check.organisation_id).get().hard == "ok"


def register(organisation: Model, *, is_here: bool = True, actor: Actor = SYSTEM) -> Model:
    facts = MachineFacts(
        host_name="atelier",
        identities=(Identity("machine_id", "abc"),),
        system=OperatingSystem("debian", "12", "Debian 12"),
        hardware=Hardware(AssetKind.SERVER, 2, 2**32),
        volumes=(Volume("/", "/dev/vda", "ext4", 10**10),),
        listeners=(Listener("tcp", "0.0.0.0", 443, "nginx"), Listener("tcp", "127.0.0.1", 5432, "postgres")),
        is_here=is_here,
    )
    return register_machine(now=NOW, actor=actor, organisation_id=organisation.pk, facts=facts)


def propose(organisation: Model, asset: Model, monkeypatch: pytest.MonkeyPatch) -> OneTlsPort:
    finder = OneTlsPort()
    monkeypatch.setattr(TLS_FINDER, "_engine", finder)
    payload: dict[str, JSON] = {"organisation": str(organisation.public_id), "asset": str(asset.public_id)}
    propose_checks(ticket(PROPOSE_CHECKS, payload), lambda: NOW)
    return finder


def test_this_machine_gets_its_checks_once_and_each_port_is_tried_for_tls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organisation = make_organisation()
    asset = register(organisation)

    first = propose(organisation, asset, monkeypatch)
    again = propose(organisation, asset, monkeypatch)

    checks = Check.objects.of(organisation.pk).order_by("id").values_list("kind", "target", "note")
    assert list(checks) == [
        ("load", "", ""),
        ("memory", "", ""),
        ("disk", "/", ""),
        ("listener", "127.0.0.1:443", "nginx"),
        ("listener", "127.0.0.1:5432", "postgres"),
        ("tls", "127.0.0.1:443", "nginx"),
    ]
    assert sorted(first.asked) == ["127.0.0.1:443", "127.0.0.1:5432"]
    assert again.asked == ["127.0.0.1:5432"]


@pytest.mark.parametrize(("is_demo", "is_here"), [(True, True), (False, False)])
def test_a_demonstration_and_a_machine_elsewhere_get_none(
    is_demo: bool, is_here: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = make_organisation(is_demo=is_demo)
    asset = register(organisation, is_here=is_here)

    finder = propose(organisation, asset, monkeypatch)

    assert finder.asked == []
    assert Check.objects.of(organisation.pk).count() == 0


@pytest.mark.parametrize(("origin", "jobs"), [(Origin.LIVE, 1), (Origin.DEMO, 0), (Origin.IMPORTED, 0)])
def test_the_inventory_of_a_real_machine_asks_for_checks(origin: Origin, jobs: int) -> None:
    organisation = make_organisation()
    asset = register(organisation, actor=DEMO)
    entry = ReadEntry(
        id=uuid4(),
        organisation=organisation.public_id,
        organisation_id=organisation.pk,
        epoch=1,
        sequence=1,
        occurred_at=NOW,
        recorded_at=NOW,
        actor="veilleur",
        origin=origin,
        kind="estate.asset_registered",
        version=1,
        subject=asset.public_id,
        fact=None,
        body=None,
    )

    (reader,) = READERS
    for _ in range(2):
        reader.handle(entry, lambda: NOW)

    assert len(due_jobs({PROPOSE_CHECKS}, NOW)) == jobs
