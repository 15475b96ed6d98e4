"""Sample facts, actions and makers for the journal's tests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps

from veilleur.domains.journal.actions import record, recorded, schedule_job
from veilleur.domains.journal.rules.heads import HeadsPlace, Reach, SignedHeads
from veilleur.domains.journal.rules.kinds import fact_kind, upcaster
from veilleur.domains.journal.rules.work import JobTicket, Origin
from veilleur.shared.viewer import Actor

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANNA = Actor("anna")
DAY = timedelta(days=1)
TICKET = JobTicket("journal.export_heads", "", {}, 1, UUID(int=1))


@fact_kind("sample.noted", version=1)
@dataclass(frozen=True)
class Noted:
    """Something was noted."""

    text: str


@fact_kind("sample.moved", version=3)
@dataclass(frozen=True)
class Moved:
    """A kind that was changed twice: version 1 had `place`, version 2 `place` and `floor`."""

    room: str
    floor: int
    building: str | None


@upcaster("sample.moved", from_version=1)
def _add_floor(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "floor": 0}


@upcaster("sample.moved", from_version=2)
def _rename_place(body: dict[str, Any]) -> dict[str, Any]:
    return {"room": body["place"], "floor": body["floor"], "building": None}


class Timepiece:
    """A clock that tests set by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


class Keys:
    """A HeadSigner with a key of its own."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)

    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()


class Drawer:
    """A HeadsDestination in memory."""

    def __init__(self) -> None:
        self.kept: list[SignedHeads] = []

    def send(self, signed: SignedHeads) -> None:
        self.kept.append(signed)

    def sent(self) -> list[SignedHeads]:
        return self.kept

    def place(self) -> HeadsPlace:
        return HeadsPlace("drawer", Reach.OTHER_MACHINE)


def make_organisation(name: str = "Atelier") -> int:
    """Return the key of a fresh organisation."""
    organisations = apps.get_model("organisations", "Organisation").objects
    return organisations.create(public_id=uuid4(), name=name, created_at=NOW).pk


def public_id_of(organisation_id: int) -> UUID:
    """Return the public id of an organisation."""
    return apps.get_model("organisations", "Organisation").objects.get(pk=organisation_id).public_id


@recorded
def note(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int | None,
    text: str = "hello",
    subject: UUID | None = None,
    origin: Origin | None = None,
) -> None:
    """Record one sample fact."""
    record(Noted(text), subject=subject, organisation_id=organisation_id, origin=origin)


@recorded
def note_many(*, now: datetime, actor: Actor, organisation_ids: tuple[int | None, ...]) -> None:
    """Record one sample fact in each organisation, by nested actions, in the order given."""
    for organisation_id in organisation_ids:
        note(now=now, actor=actor, organisation_id=organisation_id)


@recorded
def ask_for_job(
    *, now: datetime, actor: Actor, due_at: datetime, key: str = "one", payload: dict[str, Any] | None = None
) -> None:
    """Schedule one sample job."""
    schedule_job("sample.work", key, due_at, payload)


@recorded
def run_inside(*, now: datetime, actor: Actor, body: Callable[[], Any]) -> Any:
    """Run any body inside a recorded action."""
    return body()
