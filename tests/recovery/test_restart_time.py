"""`veilleur restart-time` as a program, on a database of its own: output, schema and exit codes."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.migrated import put_migrated
from tests.processes.installation import veilleur
from tests.surroundings import variables
from veilleur.config.env import CHECKOUT

SCHEMA = json.loads((CHECKOUT / "docs" / "reference" / "restart-time.schema.json").read_text())


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose database is up to date and empty; tests work on copies of it."""
    data_dir = tmp_path_factory.mktemp("restart") / "empty"
    put_migrated(data_dir)
    return data_dir


def installation(migrated: Path, tmp_path: Path, *words: str) -> Path:
    data_dir = tmp_path / "data"
    shutil.copytree(migrated, data_dir)
    made = subprocess.run(
        (sys.executable, "-m", "tests.recovery.made", *words),
        cwd=CHECKOUT,
        env=variables(data_dir),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return data_dir


@pytest.mark.parametrize(
    ("words", "code", "kinds"),
    [
        (("elsewhere", "tested", "key"), 0, ["figure", "figure"]),
        (("tested",), 1, ["figure", "never"]),
        (("elsewhere", "tested"), 1, ["figure", "key_only_here"]),
        (("elsewhere", "key"), 2, ["unproven", "unproven"]),
    ],
)
def test_the_program_ends_with_the_code_of_its_answer(
    migrated: Path, tmp_path: Path, words: tuple[str, ...], code: int, kinds: list[str]
) -> None:
    data_dir = installation(migrated, tmp_path, *words)

    ended = veilleur("restart-time", "--json", data_dir=data_dir)

    content: Any = json.loads(ended.stdout)
    errors = Draft202012Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(content)
    assert [error.message for error in errors] == []
    assert (ended.returncode, content["exit_code"]) == (code, code)
    assert [scenario["kind"] for scenario in content["scenarios"]] == kinds


def test_the_program_prints_both_scenarios_in_seconds(migrated: Path, tmp_path: Path) -> None:
    data_dir = installation(migrated, tmp_path, "tested")

    began = time.monotonic()
    ended = veilleur("restart-time", data_dir=data_dir)

    assert ended.returncode == 1
    assert "Every copy is on the machine that is lost." in ended.stdout
    assert "level 5" in ended.stdout
    assert ended.stderr == ""
    assert time.monotonic() - began < 60


def test_a_wrong_option_and_an_unknown_organisation_are_errors_above_63(
    migrated: Path, tmp_path: Path
) -> None:
    data_dir = installation(migrated, tmp_path)

    flood = veilleur("restart-time", "--scenario", "flood", data_dir=data_dir)
    nobody = veilleur("restart-time", "--organisation", "Nobody", data_dir=data_dir)

    assert flood.returncode == 64
    assert nobody.returncode == 64
    assert "Nobody" in nobody.stderr
    assert nobody.stdout == ""


def test_without_an_organisation_or_a_database_the_answer_is_an_error(migrated: Path, tmp_path: Path) -> None:
    empty = veilleur("restart-time", data_dir=migrated)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    missing = veilleur("restart-time", data_dir=fresh)

    assert empty.returncode == 69
    assert missing.returncode > 63
    assert "Traceback" not in empty.stderr + missing.stderr
