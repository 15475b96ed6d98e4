"""The journal's own tests once more, on PostgreSQL: actions, readers, guards and verification; with them what
only happens there, two actions at once.
"""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.postgresql import ThrowawayPostgres

_ROOT = Path(__file__).parents[2]
_AT_ONCE = "veilleur/domains/backups/tests/test_actions_at_once.py"


@pytest.mark.postgresql
@pytest.mark.slow
def test_the_journals_own_tests_pass_on_postgresql(postgres: ThrowawayPostgres, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "VEILLEUR_DATABASE_URL": postgres.url(),
        "VEILLEUR_DATA_DIR": str(tmp_path),
    }

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "veilleur/domains/journal", _AT_ONCE],
        cwd=_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.postgresql
def test_a_database_that_isolates_more_by_default_is_asked_for_what_actions_rely_on(
    postgres: ThrowawayPostgres, tmp_path: Path
) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as server:
        server.execute("CREATE DATABASE strict")
        server.execute("ALTER DATABASE strict SET default_transaction_isolation = 'serializable'")
    look = (
        "from django.db import connection as c, transaction as t; k = c.cursor(); t.atomic().__enter__();"
        " k.execute('SHOW default_transaction_isolation'); print(*k.fetchone());"
        " k.execute('SHOW transaction_isolation'); print(*k.fetchone())"
    )

    done = subprocess.run(
        [sys.executable, "-m", "django", "shell", "--no-imports", "-c", look],
        cwd=_ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "veilleur.config.settings",
            "VEILLEUR_DATABASE_URL": postgres.url("strict"),
            "VEILLEUR_DATA_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.split() == ["serializable", "read", "committed"], done.stderr
