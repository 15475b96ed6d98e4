"""What to do this month, from what the domains found: real next steps only, the most pressing first.

When a step is due follows from what it is about: what is bad is for now; a proof must be renewed before it
says nothing any more; what is only to be watched, or not known, is for before the month ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.speech import language, said_since
from veilleur.desk.pages.watch import subject
from veilleur.domains.estate.rules.map import ServiceRow
from veilleur.domains.monitoring.queries import CheckRow
from veilleur.domains.recovery import labels
from veilleur.domains.recovery.rules.answer import PROOF_EXPIRED, PROOF_EXPIRES, PROOF_OLD, next_step
from veilleur.domains.recovery.rules.report import RestartReport, ServiceAnswer
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST
from veilleur.shared.verdict import Verdict
from veilleur.shared.words import spelled


@dataclass(frozen=True)
class Step:
    """Something to do; `about` names what it is for. Without a date it is for now."""

    text: str | Promise
    about: str | Promise
    due_at: datetime | None = None
    is_late: bool = False
    url: str = ""


def in_order(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return steps as they press: what is for now, then by date; among equals what is late, then as given."""
    return tuple(sorted(steps, key=lambda step: (_pressing(step), not step.is_late)))


def _pressing(step: Step) -> float:
    return step.due_at.timestamp() if step.due_at else -inf


def month_end(now: datetime) -> datetime:
    """Return the last instant of the month of `now`, in the zone of the page."""
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first + timedelta(days=32)
    return following.replace(day=1) - timedelta(microseconds=1)


def steps_of(report: RestartReport | None, services: Iterable[ServiceRow], now: datetime) -> tuple[Step, ...]:
    """Return the steps that restart times and objectives call for, each once, the gravest scenario first."""
    found = _from_recovery(report) if report is not None else {}
    asked = {answer.name for _scenario, answer in found.get("set_objectives", ())}
    return (
        *(_step(code, answers, now) for code, answers in found.items()),
        *_key(report, found, month_end(now)),
        *_objectives(services, asked, month_end(now)),
    )


def _key(report: RestartReport | None, found: Iterable[str], due: datetime) -> tuple[Step, ...]:
    """Return the step that has the recovery key kept, where graver things hide that it is not yet."""
    if report is None or not any(answer.services for answer in report.scenarios):
        return ()
    code = next_step(report.key_reason)
    if code is None or code in found:
        return ()
    return (
        Step(
            text=labels.NEXT_STEPS[code],
            about=_("All copies"),
            url=reverse("desk:recovery_key"),
            due_at=due,
        ),
    )


def breakdowns(down: Sequence[CheckRow], services: Sequence[ServiceRow], now: datetime) -> tuple[Step, ...]:
    """Return one step for each machine with something down, the longest breakdown first."""
    machines: dict[UUID, list[CheckRow]] = {}
    for row in down:
        machines.setdefault(row.asset, []).append(row)
    return tuple(_breakdown(rows, services, now) for rows in machines.values())


def _breakdown(rows: Sequence[CheckRow], services: Sequence[ServiceRow], now: datetime) -> Step:
    first = rows[0]
    disturbed = [service.name for service in services if first.asset in service.asset_ids]
    text = ngettext(
        "Put right what has been down since {when}: {check}.",
        "Put right the {count} checks that are down, the first since {when}.",
        len(rows),
    )
    said = text.format(
        when=said_since(first.since, now), check=subject(first), count=spelled(len(rows), language())
    )
    if all(row.kind == "listener" for row in rows):
        # Whatever listened once is watched: a program that was only passing is for a person to tell.
        said += " " + _("Or stop watching what is not meant to run any more.")
    return Step(
        text=said,
        about=", ".join((first.asset_name, *disturbed)),
        url=reverse("desk:machine", args=[first.asset]),
        due_at=first.since,
        is_late=True,
    )


def _from_recovery(report: RestartReport) -> dict[str, list[tuple[str, ServiceAnswer]]]:
    """Return the scenarios and services behind each step, the loss of the machine first, each scenario's
    worst first.
    """
    ordered = sorted(report.scenarios, key=lambda answer: answer.scenario != MACHINE_LOST)
    grouped: dict[str, list[tuple[str, ServiceAnswer]]] = {}
    for scenario, answer in ((one.scenario, service) for one in ordered for service in one.services):
        if answer.next_step:
            grouped.setdefault(answer.next_step, []).append((scenario, answer))
    return grouped


def _due(answer: ServiceAnswer, now: datetime) -> datetime | None:
    """Return until when something must be done about an answer; None: now."""
    if answer.state is Verdict.BAD:
        return None
    if answer.reason in (PROOF_OLD, PROOF_EXPIRED) and answer.proof_age_s is not None:
        return now - timedelta(seconds=answer.proof_age_s) + PROOF_EXPIRES
    return month_end(now)


# Where a step is done; the others are explained by the restart page.
_PLACES = {
    "issue_key": "desk:recovery_key",
    "type_key_back": "desk:recovery_key",
    "test_with_key_alone": "desk:recovery_key",
    "protect_data": "desk:add_plan",
    "add_copy_elsewhere": "desk:add_place",
    "make_complete_backup": "desk:protection",
    "back_up_now": "desk:protection",
    "back_up_more_often": "desk:protection",
    "switch_plan_on": "desk:protection",
    "run_restore_test": "desk:protection",
    "run_full_restore_test": "desk:protection",
    "verify_points": "desk:protection",
    "mend_failed_copy": "desk:protection",
    "set_objectives": "desk:estate",
    "declare_data": "desk:estate",
    "say_where_it_runs": "desk:estate",
}
# Where it is done for a service that alone asks for it.
_PLACES_OF_A_SERVICE = {"set_objectives": "desk:objectives", "declare_data": "desk:service_data"}


def _step(code: str, found: Sequence[tuple[str, ServiceAnswer]], now: datetime) -> Step:
    """Return one step for all services that ask for it, due when the first of them is."""
    answers = [answer for _scenario, answer in found]
    dates = [_due(answer, now) for answer in answers]
    known = [date for date in dates if date is not None]
    due = min(known) if len(known) == len(dates) else None
    return Step(
        text=labels.NEXT_STEPS[code],
        about=", ".join(dict.fromkeys(answer.name for answer in answers)),
        url=_place(code, {answer.service for answer in answers}, found[0][0]),
        due_at=due,
        is_late=due is None or due < now,
    )


def _place(code: str, services: set[UUID], scenario: str) -> str:
    if len(services) == 1 and code in _PLACES_OF_A_SERVICE:
        return reverse(_PLACES_OF_A_SERVICE[code], args=[*services])
    if code in _PLACES:
        return reverse(_PLACES[code])
    return f"{reverse('desk:restart')}?scenario={scenario}"


def _objectives(services: Iterable[ServiceRow], asked: set[str], due: datetime) -> tuple[Step, ...]:
    """Return one step per service whose objectives nobody has chosen, unless recovery asks for it already."""
    return tuple(
        Step(
            text=_("Say how long it may be down and how much work may be lost."),
            about=row.name,
            url=reverse("desk:objectives", args=[row.id]),
            due_at=due,
        )
        for row in services
        if (row.rto_is_default or row.rpo_is_default) and row.name not in asked
    )
