"""One PostgreSQL server for all tests of this folder, and a fresh database for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journal.house import House, make_house
from tests.postgresql import ThrowawayPostgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[ThrowawayPostgres]:
    with ThrowawayPostgres() as server:
        yield server


_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)


@pytest.fixture(params=["sqlite", _POSTGRESQL])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house on each database that the product has."""
    yield from _furnished(request, tmp_path)


@pytest.fixture(params=["sqlite", "plain", _POSTGRESQL])
def any_house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house, for what must be right without the fair turn among writers as well."""
    yield from _furnished(request, tmp_path)


def _furnished(request: pytest.FixtureRequest, folder: Path) -> Iterator[House]:
    # The server is asked for where it is meant: the other databases are tried on a machine without it too.
    postgres = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    house = make_house(request.param, folder, postgres)
    yield house
    house.stop()


@pytest.fixture
def postgresql_house(postgres: ThrowawayPostgres, tmp_path: Path) -> Iterator[House]:
    house = make_house("postgresql", tmp_path, postgres)
    yield house
    house.stop()
