"""`veilleur manage set_password ADDRESS`: the way back in for somebody who forgot the password."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from veilleur.domains.organisations import actions, queries
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM


class Command(BaseCommand):
    """Set a person's password and end that person's sessions."""

    help = "Set the password of the person with that e-mail address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--stdin", action="store_true", help="read the password from the first line of standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = queries.person_with_email(options["email"])
        if person is None:
            raise CommandError(_("Nobody signs in with {email}.").format(email=options["email"]))
        plain = sys.stdin.readline().rstrip("\n") if options["stdin"] else _asked()
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
