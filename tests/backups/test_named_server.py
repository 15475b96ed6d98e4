"""A PostgreSQL server that a person names: tried at once, kept only if it can be read, protected for real."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.backups.house import House
from tests.postgresql import ThrowawayPostgres
from veilleur.domains.backups import jobs
from veilleur.domains.backups.models import PlanItem, SourceAccess
from veilleur.domains.backups.queries import visible_sources
from veilleur.domains.backups.queries.sources import SourceRow
from veilleur.domains.backups.rules.sources import NamedServer
from veilleur.domains.backups.rules.states import AccessState, RunState, SourceKind, TestState
from veilleur.domains.estate.actions import register_machine
from veilleur.domains.estate.rules.machine import (
    FoundDatabase,
    Hardware,
    Identity,
    MachineFacts,
    OperatingSystem,
)
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.domains.journal.models import Entry
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Viewer

pytestmark = [pytest.mark.restic, pytest.mark.postgresql]


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowawayPostgres]:
    with ThrowawayPostgres(listens=True) as running:
        with psycopg.connect(running.url(), autocommit=True) as connection:
            connection.execute("CREATE TABLE invoice AS SELECT n AS id FROM generate_series(1, 100) n")
            connection.execute("CREATE ROLE reader LOGIN PASSWORD 'ledger'")
            connection.execute("GRANT pg_read_all_data TO reader")
            connection.execute("CREATE DATABASE stock")
        running.let_in("local all all trust", "host all all 127.0.0.1/32 scram-sha-256")
        yield running


@pytest.fixture
def passfile(tmp_path: Path) -> Path:
    path = tmp_path / "shop.pgpass"
    path.write_text("127.0.0.1:*:*:reader:ledger\n")
    path.chmod(0o600)
    return path


def name(
    house: House, server: ThrowawayPostgres, passfile: Path | str = "", database: str = ""
) -> tuple[str, ...] | Refused:
    named = NamedServer("127.0.0.1", server.port, database, "reader", str(passfile))
    tried = jobs.name_server(house.clock, SYSTEM, house.organisation.pk, named)
    return tried if isinstance(tried, Refused) else tried.readable


def offered(house: House) -> tuple[SourceRow, ...]:
    viewer = Viewer(1, house.organisation.pk, frozenset({house.organisation.pk}))
    return visible_sources(viewer, None)


def test_every_database_of_a_named_server_is_offered(
    house: House, server: ThrowawayPostgres, passfile: Path
) -> None:
    named = name(house, server, passfile)

    assert named == tuple(
        f"host=127.0.0.1 port={server.port} user=reader dbname={one}" for one in ("stock", "veilleur")
    )
    assert [(row.source, row.access, row.passfile) for row in offered(house)] == [
        (source, AccessState.READABLE, str(passfile)) for source in named
    ]
    kinds = Entry.objects.filter(kind="backups.source_named").values_list("body", flat=True)
    assert len(kinds) == 2
    assert "ledger" not in "".join(map(str, kinds))


def test_naming_it_again_records_nothing_new(house: House, server: ThrowawayPostgres, passfile: Path) -> None:
    for _ in range(2):
        name(house, server, passfile, "veilleur")

    assert Entry.objects.filter(kind="backups.source_named").count() == 1


def test_nothing_is_kept_of_a_server_that_does_not_let_us_in(house: House, server: ThrowawayPostgres) -> None:
    refused = name(house, server)

    assert isinstance(refused, Refused)
    assert refused.reason == "password_wanted"
    assert not SourceAccess.objects.of(house.organisation.pk).exists()
    assert offered(house) == ()


@pytest.mark.sandbox
def test_a_named_database_is_copied_restored_and_proven(
    house: House, server: ThrowawayPostgres, passfile: Path
) -> None:
    (source,) = name(house, server, passfile, "veilleur")
    plan = house.plan(SourceKind.POSTGRESQL, source)

    run, test = house.run(plan), house.test(plan)

    assert (run.state, run.detail) == (RunState.COMPLETE, "")
    assert (test.state, test.level) == (TestState.PASSED, 6)
    assert [row.is_protected for row in offered(house)] == [True]


def test_a_new_password_file_reaches_the_plans_that_have_the_database(
    house: House, server: ThrowawayPostgres, passfile: Path
) -> None:
    (source,) = name(house, server, passfile, "veilleur")
    plan = house.plan(SourceKind.POSTGRESQL, source)
    moved = passfile.rename(passfile.with_name("moved.pgpass"))
    assert house.run(plan).reason == "passfile_missing"

    name(house, server, moved, "veilleur")

    assert PlanItem.objects.of(house.organisation.pk).get().passfile == str(moved)
    assert house.run(plan).state == RunState.COMPLETE


def test_what_was_named_is_tried_again_now_and_then(
    house: House, server: ThrowawayPostgres, passfile: Path
) -> None:
    name(house, server, passfile, "veilleur")
    passfile.unlink()

    ticket = JobTicket("backups.probe_sources", "", {}, 1, new_id(house.now))
    jobs.HANDLERS["backups.probe_sources"](ticket, house.clock)

    (row,) = offered(house)
    assert (row.access, row.reason) == (AccessState.NEEDS_CREDENTIALS, "passfile_missing")


def test_another_organisation_of_the_installation_speaks_to_no_server_through_it(
    house: House, server: ThrowawayPostgres, passfile: Path
) -> None:
    """The password files of one organisation open nothing for another."""
    other = make_organisation()
    named = NamedServer("127.0.0.1", server.port, "veilleur", "reader", str(passfile))

    refused = jobs.name_server(house.clock, SYSTEM, other.pk, named)

    assert refused == Refused("not_this_machine")
    assert not SourceAccess.objects.of(other.pk).exists()


def test_a_server_that_is_found_and_named_is_offered_once(house: House, server: ThrowawayPostgres) -> None:
    found = FoundDatabase("postgresql", f"{server.folder}:{server.port}", "15", "unknown")
    facts = MachineFacts(
        host_name="here",
        identities=(Identity("machine_id", "abc"),),
        system=OperatingSystem("debian", "12", "Debian GNU/Linux 12 (bookworm)"),
        hardware=Hardware(AssetKind.SERVER, cpu_count=2, memory_bytes=2**32),
        databases=(found,),
        is_here=True,
    )
    machine = register_machine(
        now=house.now, actor=SYSTEM, organisation_id=house.organisation.pk, facts=facts
    )
    viewer = Viewer(1, house.organisation.pk, frozenset({house.organisation.pk}))
    (before,) = visible_sources(viewer, machine.public_id)

    named = NamedServer(str(server.folder), server.port, "", "veilleur")
    jobs.name_server(house.clock, SYSTEM, house.organisation.pk, named)

    after = visible_sources(viewer, machine.public_id)
    assert (before.source, before.access) == (
        f"host={server.folder} port={server.port} dbname=postgres",
        AccessState.UNKNOWN,
    )
    assert [(row.source, row.version, row.access) for row in after] == [
        (f"host={server.folder} port={server.port} user=veilleur dbname={one}", "15", AccessState.READABLE)
        for one in ("stock", "veilleur")
    ]
