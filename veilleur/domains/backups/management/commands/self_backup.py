"""`veilleur self-backup`: protect Veilleur's own data if it is not yet, and run that plan now."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from veilleur.domains.backups import jobs, queries
from veilleur.domains.backups.labels import PROTECTION_OF_MEDIUM, RunStateChoice, reason_with
from veilleur.domains.backups.management.ended import command_error
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.states import RunState
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.words import byte_count


class Command(BaseCommand):
    """Exit code 0: stored whole; 1: not, or only in part."""

    help = gettext_lazy(
        "Back up Veilleur's own data now, into the folder named or the place that was added last for it."
    )  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the place."""
        parser.add_argument(
            "--place",
            type=Path,
            metavar=_("FOLDER"),
            help=_("folder of another disk or of a mounted share"),
        )
        parser.add_argument(
            "--make-folder", action="store_true", help=_("make this folder where it does not exist")
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Make the plan where it is missing, run it, say what it protects against."""
        owners = whole_organisations(with_demo=False)
        if not owners:
            raise CommandError(_("There is no organisation yet: start Veilleur once first."))
        place = options["place"]
        if place is not None and not (place.exists() or options["make_folder"]):
            # A slip of the pen, or a share that is not mounted: the copy would lie on this very disk.
            raise command_error(Refused("folder_absent", str(place)))
        place = place or _last_place(owners[0].pk)
        made = jobs.protect_own_data(utc_now, owners[0].public_id, place)
        if isinstance(made, Refused):
            raise command_error(made)
        plan = queries.whole_plan(owners[0].pk, made.public_id)
        assert plan is not None
        try:
            ids = set(jobs.back_up_now(utc_now, plan))
        except EngineError as error:
            raise command_error(error) from error
        rows = queries.whole_runs(owners[0].pk, ids)
        for row in rows:
            self.stdout.write(
                f"{RunStateChoice(row.state).label}, {_size(row.total_bytes)} → {plan.place.folder}"
            )
            if row.reason:
                self.stdout.write(reason_with(row.reason, row.detail))
        self.stdout.write(str(PROTECTION_OF_MEDIUM[plan.place.medium]))
        raise SystemExit(0 if all(row.state == RunState.COMPLETE for row in rows) else 1)


def _last_place(organisation_id: int) -> Path | None:
    """Return the folder of the plan that was made last for Veilleur's own data; None without one."""
    plans = [plan for plan in queries.whole_plans(organisation_id) if plan.is_own_data]
    # Public ids are in the order of their making.
    return Path(max(plans, key=lambda plan: plan.id).place.folder) if plans else None


def _size(count: int) -> str:
    return byte_count(count, get_language() or "en")
