"""The journal's own tests once more, on PostgreSQL: actions, readers, guards and verification; with them what
only happens there, two actions at once.
"""

import os
import subprocess
import sys
from pathlib import Path

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
