"""Reads of the offline bundle: what goes into it, and how the newest one lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from veilleur.domains.knowledge.models import OfflineBundle
from veilleur.domains.knowledge.ports import RESTART_SUMMARY
from veilleur.domains.knowledge.queries.documents import DocumentRow, whole_documents, whole_versions
from veilleur.domains.knowledge.queries.files import whole_newest_files
from veilleur.domains.knowledge.rules.bundle import (
    OFFLINE_TOPICS,
    ROTA_AHEAD,
    BundleKept,
    Contact,
    Content,
    DutyLine,
    Paper,
    PlaceCode,
    PlaceState,
    RotaLine,
    TeamLine,
)
from veilleur.domains.knowledge.rules.bundle_files import AttachedFile
from veilleur.domains.knowledge.rules.documents import Draft
from veilleur.domains.organisations.queries.hands import Hand, whole_hands
from veilleur.domains.organisations.queries.rota_ahead import AheadRow, whole_rotas_ahead
from veilleur.domains.organisations.queries.teams import whole_teams
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class BundleRow:
    """The newest bundle. `stamp` names it in its places; `documents` are in it."""

    stamp: str
    made_at: datetime
    contents_digest: str
    manifest_digest: str
    documents: int
    kept: BundleKept


def whole_bundle_content(organisation_id: int, name: str, now: datetime) -> Content:
    """Return what a bundle of the organisation says now. About thirty-five queries."""
    rows = [row for row in whole_documents(organisation_id, now) if row.topic in OFFLINE_TOPICS]
    rows.sort(key=lambda row: (list(OFFLINE_TOPICS).index(row.topic), row.title, str(row.id)))  # type: ignore[arg-type]
    drafts, files = whole_versions(organisation_id, rows), whole_newest_files(organisation_id)
    hands = whole_hands(organisation_id, now)
    return Content(
        organisation=name,
        contacts=tuple(Contact(hand.name, hand.email, hand.role, hand.provider) for hand in hands),
        teams=tuple(
            TeamLine(team.name, team.email, tuple(person for _id, person in team.people))
            for team in whole_teams(organisation_id)
        ),
        papers=tuple(_paper(row, drafts[row.id], files.get(row.id, ())) for row in rows),
        restart=RESTART_SUMMARY.get()(organisation_id, now),
        rotas=tuple(_rota(row, hands) for row in whole_rotas_ahead(organisation_id, now, ROTA_AHEAD)),
    )


def newest_bundle(organisation_id: int) -> BundleRow | None:
    """Return the newest bundle of an organisation, None before the first."""
    return _row(OfflineBundle.objects.of(organisation_id).order_by("-made_at", "-pk").first())


def visible_bundle(viewer: Viewer) -> BundleRow | None:
    """Return the newest bundle of the viewer's organisation."""
    return _row(OfflineBundle.objects.visible_to(viewer).order_by("-made_at", "-pk").first())


def _row(bundle: OfflineBundle | None) -> BundleRow | None:
    if bundle is None:
        return None
    places = tuple(
        PlaceState(each["path"], PlaceCode(each["code"]), each["is_home"], each["detail"])
        for each in bundle.places
    )
    return BundleRow(
        stamp=bundle.stamp,
        made_at=bundle.made_at,
        contents_digest=bundle.contents_digest,
        manifest_digest=bundle.manifest_digest,
        documents=bundle.documents,
        kept=BundleKept(bundle.made_at, bundle.checked_at, bundle.is_current, places),
    )


def _rota(row: AheadRow, hands: Sequence[Hand]) -> RotaLine:
    reached = {str(hand.id): (hand.name, hand.email) for hand in hands}
    nobody = ("", "")
    return RotaLine(
        name=row.name,
        provider=row.provider,
        cover=row.cover,
        team=row.team,
        team_email=row.team_email,
        plan=row.plan,
        duty=tuple(
            DutyLine(
                piece.start, piece.end, *reached.get(piece.person or "", nobody), is_gap=piece.person is None
            )
            for piece in row.pieces
        ),
    )


def _paper(row: DocumentRow, draft: Draft, files: Sequence[AttachedFile]) -> Paper:
    return Paper(
        id=row.id,
        topic=row.topic,
        title=row.title,
        number=row.number,
        text=draft.text,
        may_ask=draft.may_ask,
        acts=draft.acts,
        within_min=draft.within_min,
        owner=row.owner.name,
        deputy=row.deputy.name if row.deputy else "",
        changed_at=row.changed_at,
        reviewed_at=row.reviewed_at,
        blanks=row.blanks,
        files=tuple(files),
    )
