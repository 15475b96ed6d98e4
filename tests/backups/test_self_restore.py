"""The worst day, with real programs: the machine is gone, there is a folder of backups and a sheet of
paper.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from tests.migrated import put_migrated
from veilleur.engines.files.places import ENVELOPE
from veilleur.engines.keyring import crypto

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.restic, pytest.mark.slow]


def run(data_dir: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("VEILLEUR_")}
    environment |= {"VEILLEUR_DATA_DIR": str(data_dir), "VEILLEUR_LANGUAGE": "en", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *words],
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=180,
    )


def query(database: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(statement).fetchall()


def forged(envelope: bytes) -> bytes:
    """Return what somebody who may write into a place can make of its envelope, for a password of his own."""
    organisation, recipient = crypto.envelope_recipient(envelope)
    stranger = replace(recipient, voucher=bytes(32))
    return crypto.seal_envelope(organisation, {UUID(int=1): "the stranger's"}, stranger)


def test_a_lost_machine_is_brought_back_by_folder_and_words(tmp_path: Path) -> None:
    old, new, place = tmp_path / "old", tmp_path / "new", tmp_path / "carried"
    put_migrated(old)
    first = run(old, "-m", "tests.backups.first_machine")
    assert first.returncode == 0, first.stderr
    words = first.stdout.splitlines()[-1]
    shutil.move(old / "backups", place)
    shutil.rmtree(old)

    refused = run(new, "manage.py", "self_restore", place, "--into", new, "--stdin", given="abeille " * 12)
    written = (place / ENVELOPE).read_bytes()
    (place / ENVELOPE).write_bytes(forged(written))
    warned = run(new, "manage.py", "self_restore", place, "--into", new, "--stdin", given=words)
    (place / ENVELOPE).write_bytes(written)
    done = run(new, "manage.py", "self_restore", place, "--into", new, "--stdin", given=words)
    again = run(new, "manage.py", "self_restore", place, "--into", new, "--stdin", given=words)

    assert refused.returncode != 0
    assert warned.returncode == 1
    assert "was not written by the Veilleur that issued this recovery key" in warned.stderr
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is back in" in done.stdout
    database = new / "veilleur.sqlite3"
    assert query(database, "SELECT name FROM organisations_organisation") == [("Ateliers du Vexin",)]
    assert (
        query(database, "SELECT count(*) FROM journal_entry WHERE kind = 'journal.epoch_opened'")[0][0] >= 1
    )
    # The copy was made while its own run was under way: of that, nothing runs any more.
    assert query(database, "SELECT state FROM backups_run") == [("interrupted",)]
    (attached,) = query(database, "SELECT digest FROM knowledge_keptfile")[0]
    (found,) = (new / "attachments").glob(f"*/*/{attached}")
    assert hashlib.sha256(found.read_bytes()).hexdigest() == attached
    assert again.returncode == 1
    assert "nothing was overwritten" in again.stderr
    assert words not in done.stdout + done.stderr
    assert (new / "keys").stat().st_mode & 0o777 == 0o700


def test_the_restored_installation_goes_on_backing_up_into_the_same_place(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    put_migrated(old)
    words = run(old, "-m", "tests.backups.first_machine").stdout.splitlines()[-1]
    # The place stays where it was: a mounted disk, which the new machine mounts at the same point.
    place = old / "backups"
    done = run(new, "manage.py", "self_restore", place, "--into", new, "--stdin", given=words)
    assert done.returncode == 0, done.stdout + done.stderr

    listed = run(new, "manage.py", "backup", "list")
    ran = run(new, "-m", "tests.backups.second_machine")

    assert str(place) in listed.stdout
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.splitlines()[-1] == "complete"
