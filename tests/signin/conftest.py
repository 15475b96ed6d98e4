"""A real process of keys behind the port: secrets are sealed, and codes compared, as on a real machine."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache

from veilleur.domains.organisations.ports import SECRET_KEEPER
from veilleur.engines.keyring.tests.process import Keys


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keys]:
    # A socket's path may be no longer than a hundred bytes.
    with tempfile.TemporaryDirectory(prefix="veilleur-") as folder:
        running = Keys(Path(folder))
        monkeypatch.setattr(SECRET_KEEPER, "_engine", running.client)
        yield running
        running.stop()
    # Of a transactional test, the limits would hold the next ones back.
    cache.clear()
