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


@pytest.fixture(params=["sqlite", "plain", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    # The server is asked for where it is meant: the other databases are tried on a machine without it too.
    postgres = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    house = make_house(request.param, tmp_path, postgres)
    yield house
    house.stop()


@pytest.fixture
def postgresql_house(postgres: ThrowawayPostgres, tmp_path: Path) -> Iterator[House]:
    house = make_house("postgresql", tmp_path, postgres)
    yield house
    house.stop()
