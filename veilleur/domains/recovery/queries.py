"""Reads of recovery: the restart times of an organisation, for rules and for pages.

Pages read the kept findings (`jobs.py` keeps them fresh) and judge them at the present instant, so that
ages and states are never stale; where none are kept yet they are computed at once.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

from django.apps import apps

from veilleur.domains.backups.queries import recovery_key_state, whole_protection, whole_repositories
from veilleur.domains.estate.queries import visible_services, whole_map, whole_services
from veilleur.domains.journal.queries import answer_of
from veilleur.domains.journal.rules.answers import Computed, Formula
from veilleur.domains.journal.rules.canonical import JSON
from veilleur.domains.journal.rules.chain import from_us, to_us
from veilleur.domains.knowledge.rules.bundle import KeyLine, PlaceLine, Restart, ServiceLine
from veilleur.domains.recovery.labels import REASONS
from veilleur.domains.recovery.models import HumanStep, RecoveryMeans
from veilleur.domains.recovery.rules.company import company_of
from veilleur.domains.recovery.rules.document import found, kept
from veilleur.domains.recovery.rules.findings import Findings
from veilleur.domains.recovery.rules.inputs import Company, Estimate, Means
from veilleur.domains.recovery.rules.report import RestartReport, ServiceAnswer, report_of, shown_to
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST
from veilleur.domains.recovery.rules.simulation import FORMULA, FORMULA_VERSION, simulate
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import DASH


def restart_times(organisation_id: int, now: datetime) -> RestartReport:
    """Return both scenarios at an instant, from the kept findings. A simulation if none are kept, or if they
    are dated later: they rest on proofs from before the clock was set back.
    """
    answer = answer_of(organisation_id, organisation_key(organisation_id), FORMULA)
    if answer is None or answer.formula_version != FORMULA_VERSION or answer.computed_at_us > to_us(now):
        return computed_restart_times(organisation_id, now)
    return report_of(found(answer.value), now=now, computed_at=from_us(answer.computed_at_us))


def computed_restart_times(organisation_id: int, now: datetime) -> RestartReport:
    """Return both scenarios, simulated now: for commands, which must not say what was true a minute ago."""
    return report_of(simulate(whole_company(organisation_id, now)), now=now, computed_at=now)


def visible_restart_times(viewer: Viewer, now: datetime) -> RestartReport | None:
    """Return the restart times with the services the viewer may see, others counted; None if none may be."""
    if not viewer.may_see(viewer.organisation_id):
        return None
    visible = frozenset(row.id for row in visible_services(viewer))
    return shown_to(restart_times(viewer.organisation_id, now), visible)


def kept_findings(organisation_id: int) -> Findings | None:
    """Return the findings kept now, None before the first or from another version of the formula."""
    answer = answer_of(organisation_id, organisation_key(organisation_id), FORMULA)
    if answer is None or answer.formula_version != FORMULA_VERSION:
        return None
    return found(answer.value)


def whole_company(organisation_id: int, now: datetime) -> Company:
    """Return what the recovery of the whole organisation is computed from. About twelve queries."""
    return company_of(
        whole_map(organisation_id, now),
        whole_services(organisation_id),
        whole_protection(organisation_id, now),
        recovery_key_state(organisation_id),
        whole_means(organisation_id),
    )


def visible_means(viewer: Viewer) -> Means:
    """Return what people of the viewer's organisation said of their steps and means. Two queries."""
    return whole_means(viewer.organisation_id) if viewer.may_see(viewer.organisation_id) else Means()


def whole_means(organisation_id: int) -> Means:
    """Return what people said of their steps and means; what nobody said takes the stated defaults."""
    stated = RecoveryMeans.objects.of(organisation_id).first()
    estimates = {
        (row.scenario, row.step): Estimate(row.low_s, row.likely_s, row.high_s, row.stated_at.date())
        for row in HumanStep.objects.of(organisation_id)
    }
    if stated is None:
        return Means(estimates=estimates)
    return Means(stated.technicians, stated.streams, estimates)


def offline_restart(organisation_id: int, now: datetime) -> Restart:
    """Return what the offline bundle says of the recovery: a port of knowledge, `RESTART_SUMMARY`."""
    names = {node.id: node.name for node in whole_map(organisation_id, now).nodes}
    lost = restart_times(organisation_id, now).scenario(MACHINE_LOST)
    answers = {answer.service: answer for answer in lost.services}
    key = recovery_key_state(organisation_id)
    return Restart(
        services=tuple(
            ServiceLine(
                name=row.name,
                rto_s=row.rto_s,
                rpo_s=row.rpo_s,
                runs_on=tuple(names[asset] for asset in row.asset_ids if asset in names),
                restart_s=answers[row.id].quantiles.p80_s if row.id in answers else None,
                why_not=_why_not(answers.get(row.id)),
            )
            for row in whole_services(organisation_id)
        ),
        places=tuple(
            PlaceLine(row.name, row.folder, names.get(row.asset, "") if row.asset else "")
            for row in whole_repositories(organisation_id)
            if row.retired_at is None
        ),
        key=KeyLine(key.issued_at, key.typed_back_at, key.tested_alone_at),
    )


def _why_not(answer: ServiceAnswer | None) -> str:
    """Return why a service has no restart time, in the active language; "" where it has one."""
    if answer is not None and answer.quantiles.p80_s is not None:
        return ""
    reason = REASONS.get(answer.reason or "") if answer is not None else None
    return str(reason) if reason else DASH


def organisation_key(organisation_id: int) -> UUID:
    """Return the public id of an organisation, the subject of its answer."""
    organisations = apps.get_model("organisations", "Organisation").objects
    key: UUID = organisations.values_list("public_id", flat=True).get(pk=organisation_id)
    return key


def subjects(organisation_id: int) -> Iterable[UUID]:
    """Return the subjects that have a restart-time answer: the organisation itself."""
    return (organisation_key(organisation_id),)


def compute_restart_times(organisation_id: int, _subject: UUID, now: datetime) -> Computed:
    """Return the answer to keep: findings, which change by facts only; ages are taken when they are read."""
    return Computed(cast(JSON, kept(simulate(whole_company(organisation_id, now)))))


RESTART_TIMES = Formula(FORMULA, FORMULA_VERSION, subjects, compute_restart_times)
