"""`veilleur self-restore FOLDER --into DIR`: Veilleur back on a new machine, by the recovery words alone."""

import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from getpass import getpass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from veilleur.domains.backups import jobs
from veilleur.domains.backups.actions import interrupt_all
from veilleur.domains.backups.labels import reason_sentence
from veilleur.domains.backups.management.ended import command_error
from veilleur.domains.backups.management.following import followed_on
from veilleur.domains.backups.ports import DATA_DIR, OWN_DATA, PLACES
from veilleur.domains.backups.queries import from_us
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.journal.actions import open_epoch
from veilleur.domains.organisations.actions import end_what_was_open
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.shared import words
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.typography import typeset
from veilleur.shared.viewer import SYSTEM


class Command(BaseCommand):
    """Asks for the words at a prompt; they are never an argument, since arguments show in the process
    list.
    """

    help = gettext_lazy("Bring Veilleur's own data back from a backup place, with the recovery key alone.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the backup place and the new data folder."""
        parser.add_argument("folder", type=Path, metavar=_("PLACE"), help=_("the backup place"))
        parser.add_argument(
            "--into", type=Path, required=True, metavar=_("FOLDER"), help=_("the new data folder")
        )
        parser.add_argument("--stdin", action="store_true", help=_("read the words from standard input"))

    def handle(self, *args: object, **options: Any) -> None:
        """Restore, bring the tables up to date, open new epochs of the journal, give the keys back."""
        folder, into = options["folder"].absolute(), options["into"]
        if not into.is_absolute():
            raise command_error(Refused("place_not_absolute", str(into)))
        try:
            # Nobody types twelve words for a folder that holds no envelope, or where nothing may be laid out.
            PLACES.get().read_envelopes(folder)
            OWN_DATA.get().refuse_used(into)
        except EngineError as error:
            raise command_error(error) from error
        typed = sys.stdin.readline() if options["stdin"] else getpass(_("The 12 words of the recovery key: "))
        try:
            restored = jobs.restore_own_data(folder, into, typed, followed_on(self.stderr))
            if isinstance(restored, Refused):
                raise CommandError(str(reason_sentence(restored.reason)))
        except EngineError as error:
            raise command_error(error) from error
        if restored.dumps:
            text = _("The main database is a PostgreSQL dump: load {file} into a new server, then start.")
            self.stdout.write(text.format(file=into / restored.dumps[0]))
        else:
            _begin_again(into)
        for line in told(restored, into):
            self.stdout.write(line)


def told(restored: jobs.Restored, into: Path) -> Iterator[str]:
    """Yield what came back, of when, and the command that starts it."""
    language, count = get_language() or "en", restored.comparison.compared
    at = words.instant(from_us(restored.started_us), ZoneInfo(settings.TIME_ZONE), language)
    back = _("Veilleur’s data is back in {folder}, as it was on {instant}.")
    yield typeset(back, language).format(folder=into, instant=at)
    compared = ngettext(
        "One fact compared with what was recorded, in {time}.",
        "{count} facts compared with what was recorded, in {time}.",
        count,
    )
    spent = words.duration(restored.seconds, language)
    yield compared.format(count=words.number(count, language), time=spent)
    if restored.erasures is None:
        yield _(
            "The list of people who were erased, which lies beside the copy, was changed or is damaged. "
            "Erase again by hand whom you know of."
        )
    elif restored.erasures:
        again = ngettext(
            "One person was erased. Where this copy still holds them, it is done again when Veilleur starts.",
            "{count} people were erased. Where this copy still holds them, it is done again when Veilleur "
            "starts.",
            len(restored.erasures),
        )
        yield again.format(count=words.number(len(restored.erasures), language))
    command = f"VEILLEUR_DATA_DIR={shlex.quote(str(into))} veilleur up"
    yield _("Start it with: {command}").format(command=command)
    yield _(
        "Does the former Veilleur still run? End it first: two would write into the same places, each by the "
        "same plans."
    )


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
    for each in whole_organisations():
        interrupt_all(now=utc_now(), actor=SYSTEM, organisation_id=each.pk)
        end_what_was_open(now=utc_now(), actor=SYSTEM, organisation_id=each.pk)
