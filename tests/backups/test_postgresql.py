"""The whole cycle of a real PostgreSQL database, and its negative controls."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.backups.house import House
from tests.light_repository import LightRestic
from tests.postgresql import ThrowawayPostgres
from veilleur.domains.backups import jobs, ports, queries
from veilleur.domains.backups.models import Copy, SourceAccess
from veilleur.domains.backups.rules.states import AccessState, RunState, SourceKind, TestState
from veilleur.shared.viewer import SYSTEM

pytestmark = [
    pytest.mark.restic,
    pytest.mark.postgresql,
]
CONTENT = """
CREATE TABLE customer (id bigserial PRIMARY KEY, name text NOT NULL, since date);
INSERT INTO customer (name, since)
    SELECT 'client ' || n, date '2020-01-01' + n FROM generate_series(1, 3000) n;
CREATE TABLE invoice (id int PRIMARY KEY, customer bigint REFERENCES customer, amount numeric);
INSERT INTO invoice SELECT n, n, n * 1.1 FROM generate_series(1, 500) n;
CREATE ROLE bookkeeper LOGIN;
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowawayPostgres]:
    with ThrowawayPostgres() as running:
        with psycopg.connect(running.url(), autocommit=True) as connection:
            connection.execute(CONTENT)
        yield running


@pytest.mark.sandbox
def test_a_database_is_rebuilt_apart_and_proven_at_level_6(house: House, server: ThrowawayPostgres) -> None:
    plan = house.plan(SourceKind.POSTGRESQL, server.url())

    run, test = house.run(plan), house.test(plan)

    assert (run.state, run.reason) == (RunState.COMPLETE, "")
    assert (test.state, test.level, test.difference_count, test.detail) == (TestState.PASSED, 6, 0, "")
    assert test.compared_count == run.fact_count
    assert min(test.fetch_s, test.restore_s, test.start_s, test.verify_s) > 0
    assert test.isolation == "sandbox"
    assert test.remarks == ["amcheck_passed", "roles_restored"]
    copy = Copy.objects.of(house.organisation.pk).get()
    assert copy.companion_snapshot_id
    assert house.leftovers() == []


class DumpMeddler(LightRestic):
    """Restores, and then cuts the dump."""

    def restore(self, access: object, snapshot_id: str, into: Path, progress: object) -> None:
        super().restore(access, snapshot_id, into, progress)
        for path in into.glob("*.dump"):
            content = path.read_bytes()
            path.write_bytes(content[: int(len(content) * 0.9)])


@pytest.mark.sandbox
def test_a_truncated_dump_fails(house: House, server: ThrowawayPostgres, tmp_path: Path) -> None:
    ports.ENGINE.bind(DumpMeddler(tmp_path / "cache"))
    plan = house.plan(SourceKind.POSTGRESQL, server.url())
    house.run(plan)

    test = house.test(plan)

    assert (test.state, test.reason, test.level) == (TestState.FAILED, "restore_failed", 0)
    assert house.leftovers() == []


@pytest.mark.sandbox
def test_a_dump_without_one_of_the_tables_fails(house: House, server: ThrowawayPostgres) -> None:
    plan = house.plan(SourceKind.POSTGRESQL, server.url())
    house.run(plan)
    whole = Copy.objects.of(house.organisation.pk).get()
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE lesser TEMPLATE veilleur")
    with psycopg.connect(server.url("lesser"), autocommit=True) as connection:
        connection.execute("DROP TABLE invoice")
    lesser = house.plan(SourceKind.POSTGRESQL, server.url("lesser"), name="Lesser")
    house.run(lesser)
    # The record says one database, the repository holds another, smaller one.
    other = Copy.objects.of(house.organisation.pk).exclude(pk=whole.pk).get()
    whole.snapshot_id = other.snapshot_id
    whole.save()

    test = house.test(plan)

    assert (test.state, test.reason) == (TestState.FAILED, "facts_differ")
    assert ("missing", "public.invoice") in {(one["problem"], one["name"]) for one in test.differences}


def test_a_database_that_cannot_be_read_yet_fails_with_that_reason(
    house: House, server: ThrowawayPostgres
) -> None:
    plan = house.plan(SourceKind.POSTGRESQL, server.url().replace("veilleur@", "bookkeeper@"))

    run = house.run(plan)

    assert (run.state, run.reason) == (RunState.FAILED, "rights_missing")
    assert not Copy.objects.of(house.organisation.pk).exists()


def test_a_found_server_is_unknown_until_credentials_are_given(
    house: House, server: ThrowawayPostgres
) -> None:
    source = server.url("postgres")

    refused = jobs.probe_source(
        house.clock, SYSTEM, house.organisation.pk, source=source.replace("veilleur@", "stranger@")
    )
    allowed = jobs.probe_source(house.clock, SYSTEM, house.organisation.pk, source=source)

    assert (refused, allowed) == (AccessState.NEEDS_CREDENTIALS, AccessState.READABLE)
    kept = SourceAccess.objects.of(house.organisation.pk).order_by("pk").values_list("state", flat=True)
    assert list(kept) == [AccessState.NEEDS_CREDENTIALS, AccessState.READABLE]


def test_a_server_that_vanishes_is_unreachable(house: House, tmp_path: Path) -> None:
    plan = house.plan(SourceKind.POSTGRESQL, f"host={tmp_path} dbname=gone")

    assert house.run(plan).reason == "server_unreachable"
    (protection,) = queries.whole_protection(house.organisation.pk, house.now)
    assert protection.not_protected_reason == "never_run"


def test_each_database_of_a_server_that_lets_us_in_is_tried(house: House, server: ThrowawayPostgres) -> None:
    folder = server.url("x").split("@")[1].split("/")[0].replace("%2F", "/")
    source = f"host={folder} user=veilleur port=5432 dbname=postgres"

    jobs.probe_server(house.clock, SYSTEM, house.organisation.pk, source=source)

    kept = SourceAccess.objects.of(house.organisation.pk).values_list("source", "state")
    # Other tests may have left databases of their own in this server.
    assert {
        source: AccessState.READABLE,
        source.replace("dbname=postgres", "dbname=veilleur"): AccessState.READABLE,
    }.items() <= dict(kept).items()
