"""A release: the notes become the changelog, and the wheel works where no checkout is."""

import os
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.installation import Installation
from tests.surroundings import variables
from veilleur.config.env import CHECKOUT

LEFT_OUT = (".git", ".venv", "var", "dist", "build", "node_modules", "__pycache__", ".*_cache", ".hypothesis")
# What people see, and what programs read beside their code.
NEEDED = ("*.html", "*.css", "*.svg", "*.woff2", "*.mo", "*.csv", "*.txt")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout in which a release was made."""
    copy = tmp_path_factory.mktemp("release") / "checkout"
    shutil.copytree(CHECKOUT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (copy / "changes" / "9999.md").write_text("Fixed: a door that could not be closed.\n")
    made = subprocess.run(
        (sys.executable, copy / "scripts" / "release.py"), capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return copy


@pytest.fixture(scope="module")
def place(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel laid out as an installer does, far from any checkout."""
    (wheel,) = (checkout / "dist").glob("*.whl")
    place = tmp_path_factory.mktemp("installed")
    zipfile.ZipFile(wheel).extractall(place)
    return place


class Installed(Installation):
    """An installation that runs from the wheel."""

    def __init__(self, data_dir: Path, place: Path) -> None:
        super().__init__(data_dir, PYTHONPATH=str(place), VEILLEUR_LANGUAGE="fr")
        self.place = place


def run(place: Path, data_dir: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "veilleur.processes.cli", *words),
        cwd=place,
        env=variables(data_dir, PYTHONPATH=str(place), VEILLEUR_LANGUAGE="fr"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_notes_are_in_the_changelog_and_gone_from_their_folder(checkout: Path) -> None:
    changelog = (checkout / "CHANGELOG.md").read_text()

    assert "- A door that could not be closed." in changelog
    assert list((checkout / "changes").glob("*.md")) == []


def test_a_second_release_without_a_note_is_none(checkout: Path) -> None:
    again = subprocess.run(
        (sys.executable, checkout / "scripts" / "release.py"), capture_output=True, text=True, check=False
    )

    assert again.returncode == 1
    assert "no change note" in again.stdout


def test_the_wheel_holds_all_that_is_shown_or_read_and_no_test(checkout: Path, place: Path) -> None:
    wanted = {
        path.relative_to(checkout)
        for pattern in NEEDED
        for path in (checkout / "veilleur").rglob(pattern)
        if not {"tests", "samples"} & set(path.parts)
    }
    held = {path.relative_to(place) for path in place.rglob("*") if path.is_file()}

    assert len(wanted) > 50
    assert wanted <= held
    assert [path for path in held if {"tests", "samples"} & set(path.parts)] == []


def test_what_it_answers_does_not_come_from_the_checkout(place: Path, tmp_path: Path) -> None:
    told = subprocess.run(
        (sys.executable, "-c", "import veilleur; print(veilleur.__file__)"),
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(told.stdout.strip()).is_relative_to(place)


def test_doctor_and_the_version_speak_where_nothing_was_started_yet(place: Path, tmp_path: Path) -> None:
    doctor = run(place, tmp_path / "data", "doctor")
    version = run(place, tmp_path / "data", "--version")

    assert "Il n’y a pas de Veilleur dans" in doctor.stdout
    assert doctor.returncode in {1, 2}
    assert version.stdout.startswith("veilleur ")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def running(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    installation = Installed(tmp_path_factory.mktemp("wheel") / "data", place)
    installation.start(folder=place).wait_until_ready()
    yield installation
    installation.stop()


def test_its_pages_are_whole(running: Installed) -> None:
    text = running.page("/account/login/").decode()
    sheets = [part.split('"')[0] for part in text.split('href="')[1:] if ".css" in part.split('"')[0]]

    assert "Se connecter" in text
    assert len(sheets) == 2
    for sheet in sheets:
        with urllib.request.urlopen(f"http://127.0.0.1:{running.port}{sheet}", timeout=10) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
            assert len(answer.read()) > 10_000


def test_its_processes_run_and_doctor_sees_them(running: Installed) -> None:
    told = run(running.place, running.data_dir, "doctor")

    for name in ("sign", "web", "work", "watch"):
        assert f"«\u202f{name}\u202f» tourne" in told.stdout
    assert "VEILLEUR_HEADS_FILE" in told.stdout
