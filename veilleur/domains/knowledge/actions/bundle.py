"""Writes about the offline bundle: that one was made, and how it lies in its places."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from veilleur.domains.journal.actions import record, recorded, schedule_job, take_turn
from veilleur.domains.knowledge.facts import BundleMade, BundlePlacesChanged
from veilleur.domains.knowledge.models import OfflineBundle
from veilleur.domains.knowledge.queries.reliance import organisation_key
from veilleur.domains.knowledge.rules.bundle import PlaceState
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import Actor

MAKE = "knowledge.bundle"


@dataclass(frozen=True)
class MadeBundle:
    """A bundle that lies beside Veilleur."""

    stamp: str
    contents_digest: str
    manifest_digest: str
    documents: int
    places: tuple[PlaceState, ...]


@recorded
def ask_bundle(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    not_before: datetime | None = None,
    always: bool = False,
) -> None:
    """Have the organisation's bundle looked after, or made in any case; asked again meanwhile, done once."""
    key = str(organisation_key(organisation_id))
    due_at = now if not_before is None else max(now, not_before)
    schedule_job(MAKE, key, due_at, {"organisation": key, "always": always})


@recorded
def note_bundle(*, now: datetime, actor: Actor, organisation_id: int, made: MadeBundle) -> None:
    """Record that a bundle was made, and where it lies."""
    row = OfflineBundle(
        organisation_id=organisation_id,
        public_id=new_id(now),
        stamp=made.stamp,
        made_at=now,
        checked_at=now,
        contents_digest=made.contents_digest,
        manifest_digest=made.manifest_digest,
        documents=made.documents,
        places=[asdict(place) for place in made.places],
    )
    row.save(force_insert=True)
    fact = BundleMade(
        contents_digest=made.contents_digest,
        manifest_digest=made.manifest_digest,
        documents=made.documents,
        places=tuple(place.code for place in made.places),
    )
    record(fact, subject=row.public_id, organisation_id=organisation_id)


@recorded
def note_bundle_places(
    *, now: datetime, actor: Actor, organisation_id: int, places: Sequence[PlaceState], is_current: bool
) -> None:
    """Keep how the newest bundle was found just now; a fact where it is not as it was before."""
    take_turn(organisation_id)
    row = OfflineBundle.objects.of(organisation_id).order_by("-made_at", "-pk").first()
    if row is None:
        return
    found = [asdict(place) for place in places]
    if [row.places, row.is_current] != [found, is_current]:
        codes = tuple(place.code for place in places)
        fact = BundlePlacesChanged(places=codes, is_current=is_current)
        record(fact, subject=row.public_id, organisation_id=organisation_id)
    row.places, row.is_current, row.checked_at = found, is_current, now
    row.save()
