"""`veilleur backup list|run|test [PLAN]`: do it here and now, with progress, and say how it ended."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from veilleur.domains.backups import jobs, queries
from veilleur.domains.backups.labels import (
    DIFFERENCES,
    LEVELS,
    RunStateChoice,
    TestStateChoice,
    reason_sentence,
    reason_with,
)
from veilleur.domains.backups.management.ended import command_error
from veilleur.domains.backups.management.following import followed_on
from veilleur.domains.backups.queries.work import PlanRow
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.protection import Phases
from veilleur.domains.backups.rules.states import RunState, TestState
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.shared.clock import utc_now
from veilleur.shared.words import byte_count, duration

FAILED, UNKNOWN = 1, 2


class Command(BaseCommand):
    """Exit code 0: all went well; 1: something failed, is partial or off; 2: a test could not run."""

    help = gettext_lazy(  # type: ignore[assignment]
        "Run a backup plan, or restore its newest copies in isolation and compare them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the verb and the plan."""
        parser.add_argument(
            "verb",
            choices=("list", "run", "test"),
            metavar=_("ACTION"),
            help=_("list: show the plans; run: back up now; test: restore in isolation and compare, now"),
        )
        parser.add_argument(
            "plan",
            nargs="?",
            default="",
            metavar=_("PLAN"),
            help=_("name or id of a plan; all when left out"),
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Run the verb and end the process with its exit code."""
        plans = _plans(options["plan"])
        if not plans:
            raise CommandError(_("There is no such plan. “veilleur backup list” shows all."))
        act = {"list": self._show, "run": self._run, "test": self._test}[options["verb"]]
        try:
            codes = [act(plan) for plan in plans]
        except EngineError as error:
            raise command_error(error) from error
        raise SystemExit(max(codes, key=lambda code: (code == FAILED, code)))

    def _show(self, plan: PlanRow) -> int:
        state = "" if plan.is_on else f"  {reason_sentence('plan_off')}"
        self.stdout.write(f"{plan.id}  {plan.name}  →  {plan.place.folder}{state}")
        return 0

    def _run(self, plan: PlanRow) -> int:
        if not plan.is_on:
            self.stdout.write(
                _("{name}: {reason}").format(name=plan.name, reason=reason_sentence("plan_off"))
            )
            return FAILED
        ids = set(jobs.back_up_now(utc_now, plan, followed_on(self.stderr)))
        worst = 0
        for row in queries.whole_runs(plan.organisation_id, ids):
            state = RunStateChoice(row.state).label
            why = f" {reason_with(row.reason, row.detail)}" if row.reason else ""
            size = byte_count(row.total_bytes, _language())
            text = ngettext(
                "{name}: {state}, {size}, one fact recorded.",
                "{name}: {state}, {size}, {count} facts recorded.",
                row.fact_count,
            )
            said = text.format(name=row.data_set_name, state=state, size=size, count=row.fact_count)
            self.stdout.write(f"{said}{why}")
            worst = max(worst, int(row.state != RunState.COMPLETE))
        return worst

    def _test(self, plan: PlanRow) -> int:
        ids = set(jobs.restore_test_now(utc_now, plan, followed_on(self.stderr)))
        if not ids:
            self.stdout.write(_("{name}: there is no copy to test yet.").format(name=plan.name))
        codes = [UNKNOWN] if not ids else [0]
        for row in queries.whole_tests(plan.organisation_id, ids):
            state = TestStateChoice(row.state).label
            why = reason_with(row.reason, row.detail) if row.reason else f"{LEVELS[row.level]}."
            said = _("{plan} into {place}, {name}: {state}.").format(
                plan=plan.name, place=row.repository_name, name=row.data_set_name, state=state
            )
            phases = _said_phases(row.phases)
            self.stdout.write(f"{said} {why} ({phases})" if phases else f"{said} {why}")
            for one in row.differences[:10]:
                self.stdout.write(f"  {one['name']} ({DIFFERENCES.get(one['problem'], one['problem'])})")
            codes.append({TestState.PASSED: 0, TestState.FAILED: FAILED}.get(TestState(row.state), UNKNOWN))
        return max(codes, key=lambda code: (code == FAILED, code))


def _said_phases(phases: Phases) -> str:
    """Return how long each phase took; one that did not take place is left out."""
    said = (
        (_("fetched in {time}"), phases["fetch_s"]),
        (_("restored in {time}"), phases["restore_s"]),
        (_("started in {time}"), phases["start_s"]),
        (_("compared in {time}"), phases["verify_s"]),
    )
    return ", ".join(text.format(time=duration(spent, _language())) for text, spent in said if spent)


def _language() -> str:
    return get_language() or "en"


def _plans(text: str) -> list[PlanRow]:
    """Return the plans meant: by name or id, in every organisation, since the operator sees all."""
    found = [plan for owner in whole_organisations(with_demo=False) for plan in queries.whole_plans(owner.pk)]
    return [plan for plan in found if text in ("", plan.name, str(plan.id))]
