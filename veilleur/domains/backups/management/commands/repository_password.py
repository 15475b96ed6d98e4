"""`veilleur repository-password PLACE`: the password of a repository, for work on it with restic by hand."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.backups import jobs
from veilleur.domains.backups.management.ended import command_error
from veilleur.domains.backups.ports import PLACES
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.shared.refusal import Refused


class Command(BaseCommand):
    """Prints the password and nothing else: `RESTIC_PASSWORD="$(veilleur repository-password PLACE)"`."""

    help = gettext_lazy(  # type: ignore[assignment]
        "Print a repository's password for restic, opened with the twelve words of the recovery key."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the backup place."""
        parser.add_argument("folder", type=Path, metavar=_("PLACE"), help=_("the backup place"))

    def handle(self, *args: object, **options: Any) -> None:
        """Ask for the words at a terminal; without one, take the first line of the standard input."""
        folder = options["folder"].absolute()
        try:
            PLACES.get().read_envelopes(folder)
            asked = _("The 12 words of the recovery key: ")
            words = getpass(asked) if sys.stdin.isatty() else sys.stdin.readline()
            access = jobs.access_by_words(folder, words)
        except EngineError as error:
            raise command_error(error) from error
        if isinstance(access, Refused):
            raise command_error(access)
        self.stdout.write(access.password)
