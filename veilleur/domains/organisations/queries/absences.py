"""Who is away from on-call duty, and which gaps that makes. Why is for managers and the person alone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from veilleur.domains.organisations.labels.rota import ABSENCE_KINDS
from veilleur.domains.organisations.models import OnCallAbsence, OnCallRota, OnCallStandIn
from veilleur.domains.organisations.queries.erasures import erased_in, shown_name
from veilleur.domains.organisations.queries.rota import absence_of, plans_of, pool_of, standing
from veilleur.domains.organisations.queries.rota_pages import SHIFTS_AHEAD
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class AbsenceRow:
    """Somebody is away from `start` to `end` (excluded). `kind`: "" for whom it does not concern why.

    `may_end`: the viewer may say that they are back. `is_over`: they are, or never went.
    """

    id: UUID
    person: UUID
    name: str
    kind: str
    start: datetime
    end: datetime
    is_own: bool
    may_end: bool
    is_over: bool

    @property
    def kind_word(self) -> str:
        """Return why in the language of the page, "" where that is not shown."""
        return str(ABSENCE_KINDS[self.kind]) if self.kind else ""


@dataclass(frozen=True)
class AbsenceGaps:
    """What an absence does to one rota: who stands in ("" for nobody), and the gaps it makes from now on.

    `is_in_pool`: the viewer may be on call by it, and could take over.
    """

    rota_id: UUID
    rota: str
    stand_in: str
    is_in_pool: bool
    gaps: tuple[tuple[datetime, datetime], ...]


def visible_absences(viewer: Viewer, now: datetime) -> list[AbsenceRow]:
    """Return who is away at `now` or in the next twelve weeks, in order of time."""
    rows = OnCallAbsence.objects.visible_to(viewer).filter(starts_at__lt=now + SHIFTS_AHEAD, ends_at__gt=now)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=now))
    return _rows(viewer, rows.order_by("starts_at", "pk"), now)


def visible_absence(viewer: Viewer, public_id: UUID, now: datetime) -> AbsenceRow | None:
    """Return one absence of the viewer's organisation."""
    rows = OnCallAbsence.objects.visible_to(viewer).filter(public_id=public_id)
    return next(iter(_rows(viewer, rows, now)), None)


def visible_absence_gaps(viewer: Viewer, public_id: UUID, now: datetime) -> list[AbsenceGaps]:
    """Return what an absence does to each rota by which the person would be on call; none for an unknown one.

    Eleven queries, and one more for each rota with gaps.
    """
    row = (
        OnCallAbsence.objects.visible_to(viewer).filter(public_id=public_id).select_related("person").first()
    )
    if row is None:
        return []
    rotas = list(standing(OnCallRota.objects.visible_to(viewer), now))
    stand_ins = {
        one.rota_id: one.person
        for one in OnCallStandIn.objects.visible_to(viewer).filter(absence=row).select_related("person")
    }
    plans, erased, found = plans_of(rotas), erased_in([row.organisation_id]), []
    for rota in rotas:
        person = stand_ins.get(rota.pk)
        absence = absence_of(row, None if person is None else str(person.public_id))
        gaps = tuple(plans[rota.pk].gaps_by(absence, now))
        if gaps or person is not None:
            name = "" if person is None else shown_name(person, row.organisation_id, erased)
            is_in_pool = bool(gaps) and any(one.pk == viewer.person_id for one in pool_of(rota, now))
            found.append(AbsenceGaps(rota.public_id, rota.name, name, is_in_pool, gaps))
    return found


def _rows(viewer: Viewer, rows: TenantQuerySet, now: datetime) -> list[AbsenceRow]:
    erased = erased_in([viewer.organisation_id])
    plans = viewer.may(Permission.PLAN_ON_CALL)
    found = []
    for row in rows.select_related("person"):
        is_own = row.person_id == viewer.person_id
        end = min(row.ends_at, row.ended_at or row.ends_at)
        found.append(
            AbsenceRow(
                id=row.public_id,
                person=row.person.public_id,
                name=shown_name(row.person, row.organisation_id, erased),
                kind=row.kind if plans or is_own else "",
                start=row.starts_at,
                end=max(row.starts_at, end),
                is_own=is_own,
                may_end=end > now and (plans or (is_own and viewer.may(Permission.STAND_ON_CALL))),
                is_over=end <= now,
            )
        )
    return found
