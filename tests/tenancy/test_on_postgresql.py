"""Actions, queries and guards once more, on PostgreSQL: the whole suite runs on SQLite."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgresql import ThrowawayPostgres
from tests.slapd import slapd_program

ROOT = Path(__file__).parents[2]


# By the beginning of their names: what their tests are about.
_OF_DOMAINS = (
    "absences",
    "actions",
    "activities",
    "api_tokens",
    "invitations",
    "lists",
    "mandates",
    "queries",
    "redundancy",
    "reliance",
    "rota",
    "sessions",
    "setup_links",
    "signin",
    "teams",
)
_ACROSS = (
    "agents/test_actions.py",
    "agents/test_reports.py",
    "api/test_attacks.py",
    "api/test_routes.py",
    "signin/test_key_rotation.py",
    "signin/test_second_factor.py",
    "tenancy/test_guards.py",
    "tenancy/test_personal_data.py",
)


def chosen_files() -> list[str]:
    """Return the tests of what speaks to the database: of every domain, and the guards."""
    domains, tests = ROOT / "veilleur" / "domains", ROOT / "tests"
    found = [path for word in _OF_DOMAINS for path in sorted(domains.glob(f"*/tests/test_{word}*.py"))]
    across = [tests / name for name in _ACROSS]
    # Without its program these tests are skipped, and the run would not end with 0.
    directories = sorted((tests / "signin").glob("test_directory*.py")) if slapd_program() else []
    return [str(path) for path in (*found, *across, *directories)]


@pytest.mark.postgresql
@pytest.mark.slow
def test_actions_queries_and_guards_pass_on_postgresql_as_well() -> None:
    files = chosen_files()
    assert len(files) > 1

    with ThrowawayPostgres() as server:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", *files],
            cwd=ROOT,
            env={**os.environ, "VEILLEUR_DATABASE_URL": server.url()},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
