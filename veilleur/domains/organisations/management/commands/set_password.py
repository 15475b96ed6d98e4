"""`veilleur set-password ADDRESS`: the way back in for somebody who forgot the password."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.labels import refusal_sentence
from veilleur.domains.organisations.management.whom import ask_address, person_named
from veilleur.domains.organisations.queries.directories import is_of_directory
from veilleur.domains.organisations.queries.providers import is_of_provider
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM


class Command(BaseCommand):
    """Set a person's password and end that person's sessions. The password is typed at a prompt or piped in,
    never an argument, since arguments show in the process list.
    """

    help = gettext_lazy("Set a new password for somebody who forgot theirs.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare who it is for."""
        ask_address(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask twice at a terminal; without one, take the first line of the standard input."""
        person = person_named(options)
        if is_of_directory(person.pk):
            raise CommandError(refusal_sentence("password_of_directory"))
        if is_of_provider(person.pk):
            raise CommandError(refusal_sentence("password_of_provider"))
        plain = _asked() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        password = actions.hash_new_password(plain, email=person.email, name=person.name)
        if isinstance(password, Refused):
            raise CommandError(password.detail)
        actions.change_password(
            now=utc_now(), actor=SYSTEM, person_id=person.pk, password=password, by_operator=True
        )
        self.stdout.write(_("The password is changed; open sessions of this person have ended."))


def _asked() -> str:
    plain = getpass(_("New password: "))
    if plain != getpass(_("The same again: ")):
        raise CommandError(_("The two passwords differ."))
    return plain
