"""`veilleur self-restore FOLDER --into DIR`: Veilleur back on a new machine, by the recovery words alone."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.backups import jobs
from veilleur.domains.backups.labels import reason_sentence
from veilleur.domains.backups.management.ended import command_error
from veilleur.domains.backups.ports import DATA_DIR, PLACES
from veilleur.domains.backups.queries import from_us
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.journal.actions import open_epoch
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM


class Command(BaseCommand):
    """Asks for the words at a prompt; they are never an argument, since arguments show in the process
    list.
    """

    help = gettext_lazy("Bring Veilleur's own data back from a backup place, with the recovery key alone.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the backup place and the new data folder."""
        parser.add_argument("folder", type=Path, help=_("the backup place"))
        parser.add_argument("--into", type=Path, required=True, help=_("the new data folder"))
        parser.add_argument("--stdin", action="store_true", help=_("read the words from standard input"))

    def handle(self, *args: object, **options: Any) -> None:
        """Restore, bring the tables up to date, open new epochs of the journal, give the keys back."""
        folder, into = options["folder"].absolute(), options["into"].absolute()
        try:
            # Nobody types twelve words for a folder that holds no envelope.
            PLACES.get().read_envelopes(folder)
        except EngineError as error:
            raise command_error(error) from error
        words = sys.stdin.readline() if options["stdin"] else getpass(_("The 12 words of the recovery key: "))
        try:
            restored = jobs.restore_own_data(folder, into, words, self._progress)
            if isinstance(restored, Refused):
                raise CommandError(str(reason_sentence(restored.reason)))
        except EngineError as error:
            raise command_error(error) from error
        if restored.dumps:
            text = _("The main database is a PostgreSQL dump: load {file} into a new server, then start.")
            self.stdout.write(text.format(file=into / restored.dumps[0]))
        else:
            _begin_again(into)
        text = _(
            "Veilleur's data of {instant} UTC is back in {folder}, {count} facts compared, in {seconds} s. "
            "Start it with VEILLEUR_DATA_DIR={folder}."
        )
        instant = f"{from_us(restored.started_us):%Y-%m-%d %H:%M:%S}"
        self.stdout.write(
            text.format(
                instant=instant,
                folder=into,
                count=restored.comparison.compared,
                seconds=round(restored.seconds),
            )
        )

    def _progress(self, phase: str, _fraction: float | None) -> None:
        if self.stderr.isatty():
            # To the start of the line, and what stood there is wiped: nothing is left of it at the end.
            self.stderr.write(f"\r\033[K{phase}\r", ending="")


def _begin_again(into: Path) -> None:
    """Open the restored database, whatever the settings name, bring it up to date and declare the restore."""
    connections["default"].close()
    name = str(into / "veilleur.sqlite3")
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    DATA_DIR.bind(into)
    call_command("migrate", verbosity=0)
    for organisation_id in (None, *(each.pk for each in whole_organisations())):
        open_epoch(
            now=utc_now(),
            actor=SYSTEM,
            organisation_id=organisation_id,
            reason="self_restore",
            last_exported=None,
        )
