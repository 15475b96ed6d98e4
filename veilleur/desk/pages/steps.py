"""What to do this month, from what the domains found: real next steps only, the gravest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.speech import language, said_since
from veilleur.desk.pages.watch import subject
from veilleur.domains.estate.rules.map import ServiceRow
from veilleur.domains.monitoring.queries import CheckRow
from veilleur.domains.recovery import labels
from veilleur.domains.recovery.rules.report import RestartReport, ServiceAnswer
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST
from veilleur.shared.words import spelled


@dataclass(frozen=True)
class Step:
    """Something to do; `about` names what it is for. Without a date it is for now."""

    text: str | Promise
    about: str | Promise
    due_at: datetime | None = None
    is_late: bool = False
    url: str = ""


def steps_of(report: RestartReport | None, services: Iterable[ServiceRow]) -> tuple[Step, ...]:
    """Return the steps that restart times and objectives call for, each once, the gravest scenario first."""
    found = dict.fromkeys(_from_recovery(report)) if report is not None else {}
    return (*(_step(code, names) for code, names in _by_code(found).items()), *_objectives(services, found))


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
    return Step(
        text=text.format(
            when=said_since(first.since, now), check=subject(first), count=spelled(len(rows), language())
        ),
        about=", ".join((first.asset_name, *disturbed)),
        url=reverse("desk:machine", args=[first.asset]),
        is_late=True,
    )


def _from_recovery(report: RestartReport) -> list[tuple[str, str]]:
    """Return (code, service), the loss of the machine first, each scenario's worst service first."""
    ordered = sorted(report.scenarios, key=lambda answer: answer.scenario != MACHINE_LOST)
    answers: list[ServiceAnswer] = [service for answer in ordered for service in answer.services]
    return [(service.next_step, service.name) for service in answers if service.next_step]


def _by_code(found: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the services behind each step, in order of first appearance."""
    grouped: dict[str, list[str]] = {}
    for code, name in found:
        grouped.setdefault(code, []).append(name)
    return grouped


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


def _step(code: str, names: list[str]) -> Step:
    return Step(
        text=labels.NEXT_STEPS[code],
        about=", ".join(names),
        url=reverse(_PLACES.get(code, "desk:restart")),
    )


def _objectives(services: Iterable[ServiceRow], found: Iterable[tuple[str, str]]) -> tuple[Step, ...]:
    """Return one step per service whose objectives nobody has chosen, unless recovery asks for it already."""
    asked = {name for code, name in found if code == "set_objectives"}
    return tuple(
        Step(
            text=_("Say how long it may be down and how much work may be lost."),
            about=row.name,
            url=reverse("desk:objectives", args=[row.id]),
        )
        for row in services
        if (row.rto_is_default or row.rpo_is_default) and row.name not in asked
    )
