"""`veilleur restart-time`: in how long can work go on again, and how much would be lost?

Exit codes: 0 good or to watch, 1 bad, 2 unknown, above 63 an error (docs/reference/restart-time.md).
"""

import json
from argparse import ArgumentParser
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.organisations.queries import whole_organisations
from veilleur.domains.recovery.panels import RestartText
from veilleur.domains.recovery.queries import computed_restart_times
from veilleur.domains.recovery.rules.document import EXIT_CODES, document
from veilleur.domains.recovery.rules.scenarios import SCENARIOS
from veilleur.shared.clock import utc_now

USAGE, UNAVAILABLE = 64, 69  # sysexits.h


@dataclass(frozen=True)
class _Chosen:
    """The organisation to answer for."""

    pk: int
    public_id: UUID
    name: str
    time_zone: str


class Command(BaseCommand):
    """Computes, prints, ends with the exit code of the answer."""

    help = gettext_lazy("Say in how long work can go on again, and how much would be lost.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--organisation",
            default="",
            metavar=_("ORGANISATION"),
            help=_("name or public id, where there are several"),
        )
        parser.add_argument(
            "--scenario",
            choices=SCENARIOS,
            metavar=_("SCENARIO"),
            help=_("one scenario only: {names}").format(names=", ".join(SCENARIOS)),
        )
        parser.add_argument("--json", action="store_true", help=_("one JSON document on the output"))

    def handle(self, *args: object, **options: Any) -> None:
        """Print the answer and end the process with its exit code."""
        organisation = _chosen(options["organisation"])
        report = computed_restart_times(organisation.pk, utc_now())
        if options["scenario"] is not None:
            report = replace(report, scenarios=(report.scenario(options["scenario"]),))
        if options["json"]:
            content = document(report, organisation.public_id, organisation.name)
            self.stdout.write(json.dumps(content, indent=2, ensure_ascii=False))
        else:
            language = translation.get_language() or "en"
            text = RestartText(report, organisation.name, language, ZoneInfo(organisation.time_zone))
            self.stdout.write("\n".join(text.lines()))
        raise SystemExit(EXIT_CODES[report.state])


def _chosen(wanted: str) -> _Chosen:
    """Return the organisation of that name or public id; without one, the only one, or the only real one."""
    known = whole_organisations()
    if wanted:
        known = [each for each in known if wanted in (each.name, str(each.public_id))]
    elif len(known) > 1:
        known = [each for each in known if not each.is_demo]
    if len(known) == 1:
        one = known[0]
        return _Chosen(one.pk, one.public_id, one.name, one.time_zone)
    if known:
        names = ", ".join(each.name for each in known)
        raise CommandError(
            _("There are several organisations: name one with --organisation ({names}).").format(names=names),
            returncode=USAGE,
        )
    if wanted:
        text = _("No organisation is called {name}.").format(name=wanted)
        raise CommandError(text, returncode=USAGE)
    raise CommandError(
        _("There is no organisation yet: “veilleur up” makes the first one."), returncode=UNAVAILABLE
    )
