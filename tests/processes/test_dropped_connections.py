"""A database server that drops the connections it had is asked anew: no page fails for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgresql import ThrowawayPostgres

_ROOT = Path(__file__).parents[2]
_LOOK = """
import os, psycopg
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory
pages = get_wsgi_application()
asked = RequestFactory(HTTP_X_REQUESTED_WITH="XMLHttpRequest", SERVER_NAME="localhost")
answers = []
for _ in range(3):
    begin = lambda status, headers: answers.append(status[:3])
    pages(asked.get("/account/login/passkey/").environ, begin).close()
    with psycopg.connect(os.environ["VEILLEUR_DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                      " WHERE datname = current_database() AND pid <> pg_backend_pid()")
print(*answers)
"""


@pytest.mark.postgresql
def test_a_page_asks_anew_where_the_server_dropped_the_connection(tmp_path: Path) -> None:
    with ThrowawayPostgres() as server:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "veilleur.config.settings",
            "VEILLEUR_DATABASE_URL": server.url(),
            "VEILLEUR_DATA_DIR": str(tmp_path),
        }

        def django(*words: str) -> subprocess.CompletedProcess[str]:
            command = (sys.executable, "-m", "django", *words)
            return subprocess.run(
                command, cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False
            )

        made = django("migrate", "-v", "0")
        asked = django("shell", "--no-imports", "-c", _LOOK)

    assert made.returncode == 0, made.stderr
    assert asked.stdout.split()[-3:] == ["200", "200", "200"], asked.stderr
