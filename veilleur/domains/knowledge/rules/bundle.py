"""The offline bundle: what is needed when servers are down, as values and plain files. Pure.

No secret is in it: it says where copies and the recovery key are kept, never what opens them.
"""

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from veilleur.domains.knowledge.rules.bundle_files import AttachedFile
from veilleur.domains.knowledge.rules.documents import Topic
from veilleur.shared.verdict import Verdict

# What is needed offline, in the order in which it is reached for.
OFFLINE_TOPICS = (
    Topic.SERVER_DOWN,
    Topic.RANSOMWARE,
    Topic.SOFTWARE_HANGS,
    Topic.STOLEN_MAILBOX,
    Topic.FULL_RESTORE,
    Topic.START,
    Topic.FAILOVER,
    Topic.STOP,
    Topic.ONE_FILE_RESTORE,
    Topic.BACKUP,
    Topic.NETWORK_DIAGRAM,
    Topic.SERVER_CONFIGURATION,
)
MANIFEST = "SHA256SUMS"
# Made anew after a week even if nothing changed: restart times in it do.
MADE_AGAIN_AFTER = timedelta(days=7)
TOO_OLD_AFTER = timedelta(days=8)
LOOKED_AT_WITHIN = timedelta(days=1)
# How far ahead it says who is on call: longer than the oldest bundle lies there.
ROTA_AHEAD = timedelta(days=30)
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t")


class PlaceCode(StrEnum):
    """How the bundle lies in one place."""

    KEPT = "kept"
    SAME_DISK = "same_disk"
    AWAY = "away"
    MISSING = "missing"
    DAMAGED = "damaged"
    FAILED = "failed"


@dataclass(frozen=True)
class PlaceState:
    """One place. `is_home`: the folder beside Veilleur, which falls with this machine."""

    path: str
    code: PlaceCode
    is_home: bool
    detail: str = ""

    @property
    def verdict(self) -> Verdict:
        """Return its state: what cannot be reached is unknown, on the same disk it saves nothing."""
        if self.code is PlaceCode.KEPT:
            return Verdict.GOOD
        return Verdict.UNKNOWN if self.code is PlaceCode.AWAY else Verdict.BAD


@dataclass(frozen=True)
class Contact:
    """Somebody to call. `provider`: who sends them, "" for the organisation's own."""

    name: str
    email: str
    role: str
    provider: str


@dataclass(frozen=True)
class TeamLine:
    """Who answers together, and where they are reached."""

    name: str
    email: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class DutyLine:
    """Somebody is on call from `start` to `end` (excluded). `is_gap`: nobody is, and should be.

    `name` is "" for somebody of a provider whom no mandate names.
    """

    start: datetime
    end: datetime
    name: str
    email: str
    is_gap: bool


@dataclass(frozen=True)
class RotaLine:
    """A rota and who is on call by it in the next `ROTA_AHEAD`, in order.

    `provider`: whose it is, "" for the organisation's own. `team`: its team's address too, "" for none.
    `plan`: the digest of all that decides it, whatever the instant.
    """

    name: str
    provider: str
    cover: str
    team: str
    team_email: str
    plan: str
    duty: tuple[DutyLine, ...]


@dataclass(frozen=True)
class Paper:
    """One document, in its newest version, with the files attached to it."""

    id: UUID
    topic: str
    title: str
    number: int
    text: str
    may_ask: str
    acts: str
    within_min: int | None
    owner: str
    deputy: str
    changed_at: datetime
    reviewed_at: datetime
    blanks: int
    files: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True)
class ServiceLine:
    """A service and its objectives. `restart_s`: four times in five it works again by then; None: no figure
    (`why_not` says why, in the organisation's language).
    """

    name: str
    rto_s: float
    rpo_s: float
    runs_on: tuple[str, ...]
    restart_s: float | None
    why_not: str


@dataclass(frozen=True)
class PlaceLine:
    """Where copies lie; `machine` is "" where no machine of the estate holds them."""

    name: str
    folder: str
    machine: str


@dataclass(frozen=True)
class KeyLine:
    """What is known of the recovery key: instants, None where it has not happened."""

    issued_at: datetime | None
    typed_back_at: datetime | None
    tested_alone_at: datetime | None


@dataclass(frozen=True)
class Restart:
    """How work is brought back: what later domains know of it."""

    services: tuple[ServiceLine, ...]
    places: tuple[PlaceLine, ...]
    key: KeyLine


@dataclass(frozen=True)
class Content:
    """All that a bundle says."""

    organisation: str
    contacts: tuple[Contact, ...]
    teams: tuple[TeamLine, ...]
    papers: tuple[Paper, ...]
    restart: Restart
    rotas: tuple[RotaLine, ...] = ()


def contents_digest(content: Content) -> str:
    """Return the SHA-256 of what a bundle says, without what moves by itself: restart times, which do with
    every test, and the days that a rota shows; of a rota the plan counts.
    """
    services = tuple(replace(line, restart_s=None, why_not="") for line in content.restart.services)
    rotas = tuple(replace(line, duty=()) for line in content.rotas)
    steady = replace(content, restart=replace(content.restart, services=services), rotas=rotas)
    whole = json.dumps(asdict(steady), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()


def folder_of(name: str, public_id: UUID) -> str:
    """Return the name of an organisation's folder: readable, and nobody else's."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return f"{words or 'veilleur'}-{public_id.hex[-8:]}"


def stamp_of(now: datetime) -> str:
    """Return the name of a bundle: its instant in UTC, in the order of time."""
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def paper_name(number: int, paper: Paper) -> str:
    """Return the name of a document's file, in the order of the bundle."""
    return f"{number:02d}-{paper.topic.replace('_', '-')}.md"


def manifest_of(files: Mapping[str, bytes], digests: Mapping[str, str] | None = None) -> str:
    """Return the digests of all files, as `sha256sum -c` reads them; `digests`: of those not held."""
    known = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    known |= digests or {}
    return "".join(f"{known[name]}  {name}\n" for name in sorted(known))


def read_manifest(text: str) -> dict[str, str]:
    """Return the digest of each file that a manifest names; raise ValueError for anything else."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        digest, gap, name = line[:64], line[64:66], line[66:]
        if gap != "  " or not re.fullmatch(r"[0-9a-f]{64}", digest) or not is_plain_name(name):
            raise ValueError("not a manifest")
        found[name] = digest
    return found


def is_plain_name(name: str) -> bool:
    """Return whether a file's name stays within its folder."""
    parts = name.split("/")
    return bool(name) and not name.startswith("/") and all(part not in {"", ".", ".."} for part in parts)


def table(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as CSV that a spreadsheet of any language opens: UTF-8 with its mark, semicolons.

    A cell that would be taken for a formula begins with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell


class BundleNeed(StrEnum):
    """What keeps a bundle from helping, the gravest first."""

    SPOILT = "bundle_spoilt"
    NONE = "bundle_none"
    NOT_LOOKED_AT = "bundle_not_looked_at"
    AWAY = "bundle_away"
    ONLY_HERE = "bundle_only_here"
    OLD = "bundle_old"
    CHANGED = "bundle_changed"


NEED_VERDICTS: dict[BundleNeed, Verdict] = {
    BundleNeed.SPOILT: Verdict.BAD,
    BundleNeed.NONE: Verdict.UNKNOWN,
    BundleNeed.NOT_LOOKED_AT: Verdict.UNKNOWN,
    BundleNeed.AWAY: Verdict.UNKNOWN,
    # Somebody may have downloaded it: nothing here knows.
    BundleNeed.ONLY_HERE: Verdict.WATCH,
    BundleNeed.OLD: Verdict.WATCH,
    BundleNeed.CHANGED: Verdict.WATCH,
}


@dataclass(frozen=True)
class BundleKept:
    """The newest bundle as it was last looked at."""

    made_at: datetime
    checked_at: datetime
    is_current: bool
    places: tuple[PlaceState, ...]


def needs_of_bundle(kept: BundleKept | None, now: datetime) -> tuple[BundleNeed, ...]:
    """Return what keeps the bundle from helping, the gravest first; nothing where it would help."""
    if kept is None:
        return (BundleNeed.NONE,)
    elsewhere = [place for place in kept.places if not place.is_home]
    codes = {place.code for place in kept.places}
    found = {
        # Beside the servers it falls with them.
        BundleNeed.ONLY_HERE: all(place.code is PlaceCode.SAME_DISK for place in elsewhere),
        BundleNeed.SPOILT: not codes.isdisjoint({PlaceCode.MISSING, PlaceCode.DAMAGED, PlaceCode.FAILED}),
        BundleNeed.AWAY: PlaceCode.AWAY in codes,
        BundleNeed.NOT_LOOKED_AT: now - kept.checked_at >= LOOKED_AT_WITHIN,
        BundleNeed.OLD: now - kept.made_at >= TOO_OLD_AFTER,
        BundleNeed.CHANGED: not kept.is_current,
    }
    return tuple(need for need in BundleNeed if found.get(need, False))
