"""Reads of what rests on one person: computed from the tables, and kept as an answer for pages."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.apps import apps

from veilleur.domains.estate.queries import whole_services, whole_single_points
from veilleur.domains.journal.queries import answer_of
from veilleur.domains.journal.rules.answers import Computed, Formula
from veilleur.domains.journal.rules.canonical import JSON
from veilleur.domains.journal.rules.chain import from_us, to_us
from veilleur.domains.knowledge.queries.bundle import newest_bundle
from veilleur.domains.knowledge.queries.documents import whole_documents
from veilleur.domains.knowledge.queries.required import whole_required_documents
from veilleur.domains.knowledge.queries.runs import whole_runs
from veilleur.domains.knowledge.rules.documents import DocumentKind
from veilleur.domains.knowledge.rules.reliance import (
    ROTA_HORIZON,
    Code,
    DocumentIn,
    Finding,
    HandIn,
    Known,
    MachinesIn,
    OnCallIn,
    PointIn,
    Reliance,
    RotaIn,
    reliance_of,
)
from veilleur.domains.organisations.queries.hands import Hand, second_factor_roles, whole_hands
from veilleur.domains.organisations.queries.rota_ahead import AheadRow, is_on_call_expected, whole_rotas_ahead
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer

FORMULA = "knowledge.reliance"
FORMULA_VERSION = 4


def visible_reliance(viewer: Viewer, now: datetime) -> tuple[Reliance, datetime] | None:
    """Return the answer and when it was computed; None for a viewer who sees nothing there.

    The kept one, unless none is kept, it has changed by itself since, or it is dated later than `now`.
    """
    if not viewer.may_see(viewer.organisation_id):
        return None
    subject = organisation_key(viewer.organisation_id)
    answer = answer_of(viewer.organisation_id, subject, FORMULA)
    if answer is None or answer.formula_version != FORMULA_VERSION:
        return whole_reliance(viewer.organisation_id, now), now
    changes = answer.next_change_at_us
    if answer.computed_at_us > to_us(now) or (changes is not None and changes <= to_us(now)):
        return whole_reliance(viewer.organisation_id, now), now
    return _found(answer.value, changes), from_us(answer.computed_at_us)


def whole_reliance(organisation_id: int, now: datetime) -> Reliance:
    """Return what rests on one person or on nobody, computed now. About twenty-five queries."""
    rows = whole_documents(organisation_id, now)
    runs = whole_runs(organisation_id, [row.id for row in rows if row.kind == DocumentKind.PROCEDURE])
    bundle = newest_bundle(organisation_id)
    known = Known(
        hands=tuple(_hand(each) for each in whole_hands(organisation_id, now)),
        asked_roles=second_factor_roles(organisation_id),
        documents=tuple(
            DocumentIn(row.id, row.kind, row.topic, row.cared, tuple(runs.get(row.id, ()))) for row in rows
        ),
        required=whole_required_documents(organisation_id, rows, now),
        referents=tuple((row.id, row.referent) for row in whole_services(organisation_id)),
        on_call=_on_call(organisation_id, now),
        bundle=bundle.kept if bundle else None,
        machines=_machines(organisation_id),
    )
    return reliance_of(known, now)


def kept(reliance: Reliance) -> JSON:
    """Return an answer as it is kept; when it changes by itself is kept beside it."""
    values = asdict(reliance)
    del values["next_change_at"]
    values["findings"] = [
        {**row, "subject": None if row["subject"] is None else str(row["subject"])}
        for row in values["findings"]
    ]
    return cast(JSON, values)


def organisation_key(organisation_id: int) -> UUID:
    """Return the public id of an organisation, the subject of its answer."""
    organisations = apps.get_model("organisations", "Organisation").objects
    key: UUID = organisations.values_list("public_id", flat=True).get(pk=organisation_id)
    return key


def _found(value: Any, next_change_at_us: int | None) -> Reliance:
    findings = tuple(
        Finding(
            code=Code(row["code"]),
            verdict=Verdict(row["verdict"]),
            subject=None if row["subject"] is None else UUID(row["subject"]),
            count=row["count"],
            of=row["of"],
        )
        for row in value["findings"]
    )
    at = None if next_change_at_us is None else from_us(next_change_at_us)
    return Reliance(**{**value, "findings": findings, "next_change_at": at})


def _hand(hand: Hand) -> HandIn:
    return HandIn(hand.id, hand.pseudonym, hand.role, hand.is_own, hand.has_second_factor, hand.until)


def _machines(organisation_id: int) -> MachinesIn:
    found = whole_single_points(organisation_id)
    points = tuple(PointIn(each.component, each.services, each.is_critical) for each in found.points)
    return MachinesIn(found.services, points, found.undrawn)


def _on_call(organisation_id: int, now: datetime) -> OnCallIn:
    rows = whole_rotas_ahead(organisation_id, now, ROTA_HORIZON)
    return OnCallIn(
        rotas=tuple(_rota(row) for row in rows if not row.provider),
        is_served=any(row.provider for row in rows),
        is_expected=is_on_call_expected(organisation_id),
    )


def _rota(row: AheadRow) -> RotaIn:
    gaps = tuple((piece.start, piece.end) for piece in row.pieces if piece.person is None)
    return RotaIn(row.id, gaps, len(row.people))


def _subjects(organisation_id: int) -> Iterable[UUID]:
    return (organisation_key(organisation_id),)


def _compute(organisation_id: int, _subject: UUID, now: datetime) -> Computed:
    reliance = whole_reliance(organisation_id, now)
    return Computed(kept(reliance), reliance.next_change_at)


RELIANCE = Formula(FORMULA, FORMULA_VERSION, _subjects, _compute)
