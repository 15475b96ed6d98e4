"""Whom a command is for: named by the address that the person signs in with."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.queries import person_with_email


def ask_address(parser: ArgumentParser) -> None:
    """Declare the argument."""
    parser.add_argument(
        "email", metavar=_("ADDRESS"), help=_("the e-mail address that this person signs in with")
    )


def person_named(options: dict[str, Any]) -> Person:
    """Return the person; raise CommandError in words where nobody signs in with that address."""
    person = person_with_email(options["email"])
    if person is None:
        raise CommandError(_("Nobody signs in with {email}.").format(email=options["email"]))
    return person
