"""What must be in place before anything runs: database brought up to date, static files."""

import hashlib
from pathlib import Path

from django.conf import settings as django_settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from veilleur.config.data_folder import without_database
from veilleur.config.env import environment
from veilleur.config.failures import not_writable
from veilleur.config.words import gettext as _
from veilleur.shared.sqlite_turn.upkeep import database_file


def prepare_database() -> None:
    """Bring the database up to date. Nothing else may be running on it."""
    check_database_takes_writes()
    _require_own_database()
    call_command("migrate", interactive=False, verbosity=0)


def _require_own_database() -> None:
    """Raise Failure if the database has never been one of Veilleur and the data folder had one: a server's
    that was made anew, or a file that something else has made.
    """
    if not MigrationRecorder(connection).has_table():
        failure = without_database(environment())
        if failure is not None:
            raise failure


def check_database_takes_writes() -> None:
    """Raise OSError or Failure if the database is read-only: with no migration due, none would notice."""
    path = database_file(connection)
    if path is None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            if cursor.fetchone()[0] == "on":
                raise not_writable(_("The database"))
    elif path.exists():
        path.open("r+b").close()


def prepare_static_files() -> None:
    """Collect the static files under hashed names, when they are not those of the last time."""
    stamp = Path(django_settings.STATIC_ROOT) / ".collected"
    current = _static_digest()
    if stamp.exists() and stamp.read_text() == current:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(current)


def _static_digest() -> str:
    total = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            total.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return total.hexdigest()
