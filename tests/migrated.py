"""What a first `migrate` leaves, made once per run of the tests and copied.

Migrating an empty database costs nine seconds of a core, and the tests need some fifty databases. Those that
are about a first start, or about migrating, make their own.
"""

import fcntl
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connections

from tests.surroundings import variables
from veilleur.config.env import CHECKOUT, environment


def migrated_folder() -> Path:
    """Return a data folder on which `veilleur manage migrate` has run and nothing else; only to be copied."""
    home = environment().data_dir / "migrated"
    # The workers of one run share it, and the first of them makes it.
    with home.with_name("migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            making = home.with_name("migrating")
            shutil.rmtree(making, ignore_errors=True)
            subprocess.run(
                (sys.executable, "-m", "veilleur.processes.cli", "manage", "migrate", "-v", "0"),
                cwd=CHECKOUT,
                env=variables(making),
                check=True,
            )
            making.rename(home)
    return home


def put_migrated(data_dir: Path) -> None:
    """Make a data folder that holds a migrated database, as if `veilleur manage migrate` had just run."""
    shutil.copytree(migrated_folder(), data_dir, dirs_exist_ok=True)


def copied_at_first(migrate: Callable[..., None]) -> Callable[..., None]:
    """Return Django's `migrate` for tests: an empty database in memory is filled by a copy."""

    def handle(command: Any, *words: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        is_in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]
        if not is_in_memory or connection.introspection.table_names():
            migrate(command, *words, **options)
            return
        with closing(sqlite3.connect(migrated_folder() / "veilleur.sqlite3")) as made:
            made.backup(connection.connection)

    return handle
