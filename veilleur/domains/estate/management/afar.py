"""What the commands that read from afar have in common: for whom, with what secret, what became of it."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from getpass import getpass
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from veilleur.domains.estate.jobs import take_machine
from veilleur.domains.estate.labels.network import DOUBTS_AFAR, REACH_REASONS
from veilleur.domains.estate.queries.taking import whole_machines_called
from veilleur.domains.estate.rules.identity import Recognition
from veilleur.domains.estate.rules.machine import MachineFacts
from veilleur.domains.estate.rules.reach import Reach, Unreached
from veilleur.domains.estate.rules.taking import Whose
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.shared.clock import utc_now

# As in docs/reference/exit-codes.md: it could not be asked.
_UNAVAILABLE = 69


def ask_for_whom(parser: ArgumentParser) -> None:
    """Declare the organisation."""
    parser.add_argument(
        "--organisation",
        default="",
        metavar=_("ORGANISATION"),
        help=_("name or public id, where there are several"),
    )


def ask_which(parser: ArgumentParser) -> None:
    """Declare what a person may say of the machine."""
    ask_for_whom(parser)
    parser.add_argument(
        "--as", dest="known", default="", metavar=_("NAME"), help=_("it is this component of the estate")
    )
    parser.add_argument("--new", action="store_true", help=_("it is new, whatever looks like it"))


def organisation_named(options: dict[str, Any]) -> int:
    """Return the organisation meant, by its database key."""
    named = options["organisation"]
    real = whole_organisations(with_demo=False)
    chosen = [row for row in real if not named or named in (row.name, str(row.public_id))]
    if len(chosen) == 1:
        return chosen[0].pk
    if named or not chosen:
        raise CommandError(_("No organisation is called that: {name}").format(name=named or "—"))
    raise CommandError(_("There are several organisations: name one with --organisation."))


def secret(question: str) -> str:
    """Return what is typed at a terminal, or the first line of the standard input; never an argument."""
    return getpass(question) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def error_of(unreached: Unreached) -> CommandError:
    """Return the error to raise where nothing was read."""
    seen = f" {unreached.seen}" if unreached.seen else ""
    code = 1 if unreached.reason is Reach.HOST_KEY_CHANGED else _UNAVAILABLE
    return CommandError(f"{REACH_REASONS[unreached.reason]}{seen}", returncode=code)


def bring_in(
    organisation_id: int, facts: MachineFacts, options: dict[str, Any], say: Callable[[str], object]
) -> None:
    """Bring a machine in and say which it is, or why it is not."""
    whose = Whose(is_new=options["new"])
    if options["known"]:
        named = whole_machines_called(organisation_id, options["known"])
        if len(named) != 1:
            problem = _("No single component is called that: {name}")
            raise CommandError(problem.format(name=options["known"]))
        whose = Whose(named[0].id)
    taken = take_machine(utc_now, organisation_id, facts, whose)
    if isinstance(taken, Recognition):
        assert taken.doubt is not None
        raise CommandError(str(DOUBTS_AFAR[taken.doubt]))
    text = _("{name} is new in the estate.") if taken.is_new else _("{name} is up to date in the estate.")
    say(text.format(name=facts.host_name))
