"""`veilleur manage guard_references`: makes, or with --check only looks for, the guards between tenants."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.shared.guards import make_guards, missing_guards, strays


class Command(BaseCommand):
    """Make the guards; fail when one is missing or a row already leads into another organisation."""

    help = "Make the database guards between organisations (done by every migrate), or check them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if one is missing")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS)

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        made = [] if options["check"] else make_guards(connection)
        if missing := missing_guards(connection):
            raise CommandError(_("Guards are missing: {names}").format(names=", ".join(missing)))
        if astray := strays(connection):
            raise CommandError(
                _("Rows lead into another organisation: {columns}").format(columns=", ".join(astray))
            )
        text = ngettext(
            "All references are guarded; one guard is new.",
            "All references are guarded; {count} guards are new.",
            len(made),
        )
        self.stdout.write(text.format(count=len(made)))
