"""`veilleur setup-link`: prints a one-time link for the first person, when nobody can sign in."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.organisations import actions, queries
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import SYSTEM


class Command(BaseCommand):
    """Print the link, and nothing else, on standard output."""

    help = gettext_lazy("Print a one-time set-up link, when nobody can sign in yet.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--organisation",
            type=UUID,
            metavar=_("ORGANISATION"),
            help=_("public id, where there are several"),
        )
        parser.add_argument(
            "--organisation-name",
            default="",
            metavar=_("NAME"),
            help=_("name of the first one, if there is none"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = utc_now()
        organisation = _organisation(options["organisation"], options["organisation_name"], now)
        if queries.is_anybody_able_to_sign_in(organisation.pk, now):
            raise CommandError(
                _("Somebody can sign in already. A forgotten password: veilleur set-password ADDRESS")
            )
        token = actions.issue_setup_link(now=now, actor=SYSTEM, organisation_id=organisation.pk)
        self.stdout.write(settings.PUBLIC_URL + reverse("organisations:setup", kwargs={"token": token}))


def _organisation(public_id: UUID | None, name: str, now: datetime) -> Organisation:
    if public_id is not None:
        chosen = queries.organisation_of(public_id)
        if chosen is None:
            raise CommandError(_("There is no organisation {id}.").format(id=public_id))
        return chosen
    present = queries.whole_organisations(with_demo=False)
    if len(present) > 1:
        listed = "\n".join(f"{row.public_id}  {row.name}" for row in present)
        raise CommandError(_("Say which with --organisation:") + "\n" + listed)
    if present:
        return present[0]
    return actions.create_organisation(
        now=now,
        actor=SYSTEM,
        name=name or _("My company"),
        language=settings.LANGUAGE_CODE,
        time_zone=settings.TIME_ZONE,
    )
