"""A machine without restic or Chromium: what needs them is skipped by name, and the run is not green."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import PROGRAMS, UNAVAILABLE

ROOT = Path(__file__).parents[2]
TESTS = """
import pytest

@pytest.fixture
def chromium():
    raise RuntimeError("no browser here")

@pytest.mark.restic
def test_copying(): raise RuntimeError("no restic here")

def test_a_page(chromium): pass

@pytest.mark.restic
@pytest.mark.browser
def test_both(): pass

def test_neither(): pass
"""
MAKERS = re.compile(
    r"(?:ResticEngine|LightRestic|ThrowawayPostgres|ThrowawaySlapd|ThrowawaySshd|ThrowawaySnmpd)\(|chromium\.launch\(|tests\.backups\.house"
)


def run_tests(folder: Path, *arguments: str, path: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(folder))
    plugins = ("-p", "tests.programs", "-p", "no:django", "-p", "no:cacheprovider")
    return subprocess.run(
        (*command, *plugins, "-q", "-rs", *arguments, str(folder)),
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("workers", ["0", "2"])
def test_what_cannot_run_is_counted_and_named_and_the_run_is_not_green(tmp_path: Path, workers: str) -> None:
    (tmp_path / "test_sample.py").write_text(TESTS)
    empty = tmp_path / "bin"
    empty.mkdir()

    done = run_tests(tmp_path, "-n", workers, path=str(empty))

    assert done.returncode == UNAVAILABLE
    assert "1 passed, 3 skipped" in done.stdout
    assert "not installed: restic, chromium" in done.stdout
    assert done.stdout.splitlines()[-1] == "3 tests could not run: apt-get install chromium restic"
    assert "here" not in done.stdout


def test_a_failure_stays_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(TESTS + "\ndef test_wrong(): assert False\n")

    assert run_tests(tmp_path, path=str(tmp_path)).returncode == pytest.ExitCode.TESTS_FAILED


def test_with_everything_installed_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text("def test_neither(): pass\n")

    done = run_tests(tmp_path, path=str(tmp_path))

    assert done.returncode == 0
    assert "could not run" not in done.stdout


def test_every_file_that_starts_a_program_says_so_by_a_marker_or_a_fixture() -> None:
    told = "|".join(f"mark.{marker}" for marker in PROGRAMS)
    files = [*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("veilleur/**/tests/test_*.py")]
    starting = [path for path in files if MAKERS.search(path.read_text()) and path != Path(__file__)]

    assert len(starting) > 5
    assert [path for path in starting if not re.search(told, path.read_text())] == []
