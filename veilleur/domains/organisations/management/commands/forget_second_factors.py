"""`veilleur forget-second-factors ADDRESS`: the way back in for somebody who lost phone, keys and codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext_lazy, ngettext

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.management.whom import ask_address, person_named
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import SYSTEM


class Command(BaseCommand):
    """Remove a person's second factors and end that person's sessions: the password alone signs in again."""

    help = gettext_lazy("Remove the second factors of somebody who lost them.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare who it is for."""
        ask_address(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove them, and say how many."""
        person = person_named(options)
        removed = actions.forget_second_factors(now=utc_now(), actor=SYSTEM, person_id=person.pk)
        text = ngettext(
            "{count} second factor was removed; open sessions of this person have ended.",
            "{count} second factors were removed; open sessions of this person have ended.",
            removed,
        )
        self.stdout.write(text.format(count=removed))
