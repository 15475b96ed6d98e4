"""What the tests of the keys share: a running process of keys."""

from pathlib import Path

import pytest

from veilleur.engines.keyring.tests.process import Keys


@pytest.fixture
def keys(tmp_path: Path):
    running = Keys(tmp_path)
    yield running
    running.stop()
