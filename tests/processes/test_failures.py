"""What can go wrong on a real machine: each ends in a clear sentence and its exit code, nothing is lost."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.installation import Installation, free_port, up, veilleur, wait_for
from tests.small_disk import remount, small_disk, unwritable

is_root = os.geteuid() == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    with small_disk(tmp_path / "disk", "1m") as place:
        yield place


def test_a_full_disk_is_told_before_anything_starts(disk: Path) -> None:
    (disk / "everything").write_bytes(b"x" * 1_000_000)

    refused = up(disk / "data")

    assert refused.returncode == 73
    assert refused.stderr.startswith("The disk is full")
    assert "Traceback" not in refused.stderr


def test_what_is_written_is_for_this_account_alone_even_where_others_may_look(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    data_dir.chmod(0o755)

    done = veilleur("manage", "migrate", data_dir=data_dir)

    assert done.returncode == 0, done.stderr
    written = [path for path in data_dir.rglob("*") if path.name != "static"]
    assert data_dir / "veilleur.sqlite3" in written
    assert [path for path in written if path.stat().st_mode & 0o077] == []


def test_a_disk_that_fills_up_on_the_way_is_told_too_and_starts_again_with_space(disk: Path) -> None:
    refused = up(disk / "data")
    remount(disk, "size=200m")

    installation = Installation(disk / "data").start().wait_until_ready()

    assert refused.returncode == 73, refused.stderr
    assert refused.stderr.startswith("The disk is full")
    assert installation.stop() == 0


def test_a_disk_that_fills_up_while_it_runs_ends_nothing_and_loses_nothing(disk: Path) -> None:
    remount(disk, "size=40m")
    installation = Installation(disk / "data").prepared().start().wait_until_ready()
    hog = disk / "hog"
    subprocess.run(("dd", "if=/dev/zero", f"of={hog}", "bs=64k"), stderr=subprocess.DEVNULL, check=False)
    free_bytes = shutil.disk_usage(disk).free
    refused = veilleur("manage", "createcachetable", data_dir=installation.data_dir)

    alive = installation.answers()
    hog.unlink()
    wait_for("a status with space again", lambda: installation.status() is not None)
    ended = installation.stop()

    assert free_bytes == 0
    assert alive
    assert refused.returncode in {0, 73}
    assert ended == 0
    with sqlite3.connect(installation.data_dir / "veilleur.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_data_folder_that_cannot_be_is_named() -> None:
    refused = up(Path("/proc/veilleur"))

    assert refused.returncode == 78
    assert "The data folder /proc/veilleur cannot be made where it is named." in refused.stderr


def test_a_read_only_disk_is_named(disk: Path) -> None:
    remount(disk, "ro")

    refused = up(disk / "data")

    assert refused.returncode == 77
    assert f"{disk / 'data'} cannot be written" in refused.stderr


@pytest.mark.skipif(is_root, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    refused = up(tmp_path / "data")

    tmp_path.chmod(0o700)
    assert refused.returncode == 77


def test_a_read_only_database_is_named(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with Installation(data_dir).prepared().start().wait_until_ready() as installation:
        assert installation.status() is not None
    database = data_dir / "veilleur.sqlite3"

    with unwritable(database):
        refused = up(data_dir)

    assert refused.returncode == 77, refused.stderr
    assert "cannot be written" in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("VEILLEUR_PORT", "eighty", "VEILLEUR_PORT must be a whole number; it is “eighty”."),
        ("VEILLEUR_PORT", "99999", "VEILLEUR_PORT is too large: 99999."),
        ("VEILLEUR_HOST", "0.0.0.0", "VEILLEUR_HOST opens the pages to other machines, which needs TLS"),
        ("VEILLEUR_TIME_ZONE", "Paris", "VEILLEUR_TIME_ZONE must be a time zone such as Europe/Paris"),
        ("VEILLEUR_LANGUAGE", "de", "VEILLEUR_LANGUAGE must be fr or en; it is “de”."),
        ("VEILLEUR_DATABASE_URL", "mysql://x", "VEILLEUR_DATABASE_URL must start with postgresql://"),
        ("VEILLEUR_DATABASE_URL", "postgres://[", "VEILLEUR_DATABASE_URL is no whole URL"),
        ("VEILLEUR_DATABASE_URL", "postgres://db:abc/x", "VEILLEUR_DATABASE_URL is no whole URL"),
        ("VEILLEUR_MAIL_URL", "smtp://[", "VEILLEUR_MAIL_URL is no whole URL"),
        ("VEILLEUR_TLS_KEY", "/etc", "VEILLEUR_TLS_KEY must name a file; /etc is a folder."),
        ("VEILLEUR_MAIL_FROM", "a\x1b[31m", "VEILLEUR_MAIL_FROM holds characters that cannot be shown"),
        ("VEILLEUR_TLS_KEY", "/nowhere", "VEILLEUR_TLS_KEY names a file that cannot be read: /nowhere."),
        ("VEILLEUR_DEBUG", "perhaps", "VEILLEUR_DEBUG must be true or false; it is “perhaps”."),
    ],
)
def test_a_broken_setting_is_one_sentence(tmp_path: Path, name: str, value: str, sentence: str) -> None:
    # All of them read settings by the same function: each setting is broken for one.
    command = ("up", "doctor", "sign")[len(value) % 3]

    refused = veilleur(command, data_dir=tmp_path / "data", **{"LANG": "en_GB.UTF-8", name: value})

    assert refused.returncode == 78
    assert refused.stderr.startswith(sentence)
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_traceback_holds_no_password_of_a_setting(tmp_path: Path) -> None:
    url = "postgres://anna:hunter22/x@db/veilleur"

    refused = veilleur("--debug", "up", data_dir=tmp_path / "data", VEILLEUR_DATABASE_URL=url)

    assert refused.returncode == 78
    assert "Traceback" in refused.stderr
    assert "hunter22" not in refused.stderr


def test_several_broken_settings_are_told_at_once(tmp_path: Path) -> None:
    refused = veilleur("up", data_dir=Path("relative"), VEILLEUR_PORT="x")

    assert refused.returncode == 78
    assert refused.stderr.count("\n") == 2


@pytest.mark.parametrize("below", ["", "data"])
def test_a_file_in_place_of_the_data_folder_is_named(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()

    refused = up(tmp_path / "file" / below, LANG="en_GB.UTF-8")

    assert refused.returncode == 73
    assert refused.stderr.startswith(f"{tmp_path / 'file' / below} is a file, or lies below one")
    assert refused.stderr.count("\n") == 1


def test_a_misspelt_setting_is_told_and_ignored(tmp_path: Path) -> None:
    told = veilleur("doctor", "--json", data_dir=tmp_path / "data", VEILLEUR_PROT="80")

    found = {check["code"]: check for check in json.loads(told.stdout)["checks"]}
    assert found["setting_unknown"]["message"] == "VEILLEUR_PROT is no setting of Veilleur and is ignored."


def test_a_missing_restic_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    told = veilleur("doctor", "--json", data_dir=tmp_path / "data", PATH=str(Path(sys.executable).parent))

    found = {check["code"]: check for check in json.loads(told.stdout)["checks"]}
    assert told.returncode == 1
    assert found["restic"]["state"] == "bad"
    assert found["restic"]["remedy"] == "apt-get install -y restic"


def test_a_database_server_that_is_away_is_named(tmp_path: Path) -> None:
    url = f"postgresql://veilleur@127.0.0.1:{free_port()}/veilleur"

    refused = up(tmp_path / "data", VEILLEUR_DATABASE_URL=url)

    assert refused.returncode == 69
    assert refused.stderr.startswith("The database does not answer.")


def test_keys_that_others_may_read_stop_the_process_that_holds_them(tmp_path: Path) -> None:
    keys = tmp_path / "data" / "keys"
    keys.mkdir(parents=True)
    keys.chmod(0o755)

    refused = veilleur("sign", data_dir=tmp_path / "data")

    assert refused.returncode == 77
    assert f"chmod 700 {keys}" in refused.stderr
    shutil.rmtree(tmp_path / "data")


def test_a_usage_error_is_64_and_shows_how_the_command_is_written(tmp_path: Path) -> None:
    refused = veilleur("doctor", "--jsn", data_dir=tmp_path / "data")

    assert refused.returncode == 64
    assert refused.stderr.startswith("Usage: veilleur doctor")
    assert "Not understood: --jsn." in refused.stderr


def test_an_unknown_command_is_64_and_lists_those_there_are(tmp_path: Path) -> None:
    refused = veilleur("dance", data_dir=tmp_path / "data")

    assert refused.returncode == 64
    assert "“dance” is no command of Veilleur." in refused.stderr
    assert "doctor" in refused.stderr


LOOKING = [
    ("restart-time",),
    ("journal", "verify"),
    ("backup", "list"),
    ("self-backup",),
    ("setup-link",),
    ("set-password", "anna@vexin.example"),
    ("work",),
    ("web",),
    ("sign",),
]


@pytest.mark.parametrize("words", LOOKING, ids=" ".join)
def test_a_command_on_a_mistyped_folder_says_that_no_veilleur_is_there_and_makes_none(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    refused = veilleur(*words, data_dir=tmp_path / "mistyped")

    assert refused.returncode == 78
    assert refused.stderr.startswith(f"There is no Veilleur in {tmp_path / 'mistyped'}. ")
    assert refused.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_it_is_said_in_the_language_of_the_terminal(tmp_path: Path) -> None:
    refused = veilleur("restart-time", data_dir=tmp_path / "x", VEILLEUR_LANGUAGE="fr")

    assert refused.stderr.startswith(f"Il n’y a pas de Veilleur dans {tmp_path / 'x'}.")


def test_doctor_answers_unknown_where_no_veilleur_is_and_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o700)

    told = [veilleur("doctor", "--json", data_dir=folder) for folder in (tmp_path / "mistyped", empty)]

    found = [{check["code"]: check for check in json.loads(each.stdout)["checks"]} for each in told]
    assert [each["installation"]["state"] for each in found] == ["unknown", "unknown"]
    assert [each["installation"]["remedy"] for each in found] == ["veilleur up", "veilleur up"]
    assert all(each.returncode in {1, 2} for each in told)
    assert list(tmp_path.rglob("*")) == [empty]


@pytest.mark.parametrize("words", [("--help",), ("backup", "--help"), ("dance",), ("manage", "check")])
def test_help_and_refusals_make_nothing_either(tmp_path: Path, words: tuple[str, ...]) -> None:
    veilleur(*words, data_dir=tmp_path / "mistyped")

    assert list(tmp_path.iterdir()) == []


def test_migrate_starts_an_installation_that_other_commands_then_find(tmp_path: Path) -> None:
    data_dir = tmp_path / "new"

    done = veilleur("manage", "migrate", data_dir=data_dir)
    asked = veilleur("restart-time", data_dir=data_dir)

    assert done.returncode == 0, done.stderr
    assert asked.returncode == 69
    assert asked.stderr.startswith("There is no organisation yet")
    assert (data_dir / "secrets" / "django_key").stat().st_mode & 0o077 == 0
