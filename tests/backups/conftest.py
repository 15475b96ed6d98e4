"""The house of the backups' stories."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backups.house import House, furnished


@pytest.fixture
def house(db: None, tmp_path: Path) -> Iterator[House]:
    """Return a furnished house; its database is undone after the test."""
    with furnished(tmp_path) as made:
        yield made
