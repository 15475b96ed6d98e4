"""`veilleur bundle`: make the offline bundle now, and say where it lies."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.knowledge.jobs import keep_bundle
from veilleur.domains.knowledge.labels import BUNDLE_PLACES
from veilleur.domains.knowledge.rules.bundle import PlaceCode
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.shared.clock import utc_now


class Command(BaseCommand):
    """Exit code 0: whole in every place elsewhere; 1: not, or there is none."""

    help = gettext_lazy("Make the offline bundle now: what is needed when servers are down.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the option."""
        parser.add_argument(
            "--organisation",
            default="",
            metavar=_("ORGANISATION"),
            help=_("name or public id, where there are several"),
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Make it for one organisation or for all, and tell each place."""
        named = options["organisation"]
        chosen = [
            row
            for row in whole_organisations(with_demo=False)
            if not named or named in (row.name, str(row.public_id))
        ]
        if not chosen:
            raise CommandError(_("No organisation is called that: {name}").format(name=named or "—"))
        is_safe = True
        for organisation in chosen:
            try:
                made = keep_bundle(organisation, utc_now, always=True)
            except OSError as error:
                message = _("The offline bundle could not be written: {problem}. The former one stays.")
                raise CommandError(message.format(problem=error.strerror or error)) from error
            assert made is not None, "asked for always"
            self.stdout.write(f"{organisation.name}: {made.stamp}")
            for place in made.places:
                detail = f" ({place.detail})" if place.detail else ""
                self.stdout.write(f"  {place.path}: {BUNDLE_PLACES[place.code]}{detail}")
            elsewhere = [place for place in made.places if not place.is_home]
            is_safe &= bool(elsewhere) and all(place.code is PlaceCode.KEPT for place in elsewhere)
        raise SystemExit(0 if is_safe else 1)
