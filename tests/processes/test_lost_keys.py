"""Keys that are gone: nothing starts with new ones, the ways back are named, and giving up takes a word."""

import shutil
from pathlib import Path

import pytest

from tests.processes.installation import Installation, veilleur, wait_for


@pytest.fixture
def stopped(tmp_path: Path) -> Installation:
    """An installation that has a place and was stopped."""
    installation = Installation(tmp_path / "data").prepared().start()
    try:
        wait_for("the first place", (installation.data_dir / "backups" / "READ-ME.txt").exists)
    finally:
        installation.stop()
    return installation


def test_an_installation_whose_keys_are_gone_starts_only_after_they_were_given_up(
    stopped: Installation,
) -> None:
    data_dir = stopped.data_dir
    shutil.rmtree(data_dir / "keys")

    up = veilleur("up", data_dir=data_dir)
    sign = veilleur("sign", data_dir=data_dir)
    # A data folder that was copied without what lay beside its keys: the database still tells.
    (data_dir / "keys.made").unlink()
    by_database = veilleur("up", data_dir=data_dir)

    for refused in (up, sign, by_database):
        assert refused.returncode == 78
        assert f"The keys of this Veilleur are gone from {data_dir / 'keys'}" in refused.stderr
        assert "veilleur self-restore" in refused.stderr
    assert not (data_dir / "keys").exists()

    given_up = veilleur("sign", "--new-keys", data_dir=data_dir)
    again = veilleur("sign", "--new-keys", data_dir=data_dir)

    assert (given_up.returncode, again.returncode) == (0, 1)
    assert "nothing was changed" in again.stderr
    assert stopped.start().wait_until_ready().stop() == 0
