"""What a reading of a directory changes: who joins as what, whose role changes, who leaves, or none of it."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from veilleur.domains.organisations.rules.roles import Role, Side

# A person in several groups gets the first of these roles that one of them gives.
STRENGTH = (Role.MANAGER, Role.TECHNICIAN, Role.REFERENT, Role.AUDITOR, Role.REQUESTER)
# From so many people on, more than half of them leaving at once is doubted.
FEWEST_TO_DOUBT = 4


class Kind(StrEnum):
    """Whose directory it is: that decides which attributes are read and how nested groups are followed."""

    ACTIVE_DIRECTORY = "active_directory"
    OPENLDAP = "openldap"


@dataclass(frozen=True)
class Entry:
    """A person as a directory has them. `groups`: those that give a role and have them, nested ones too.

    `external_id` never changes and is never given again; name and address may.
    """

    external_id: str
    dn: str
    email: str
    name: str
    groups: frozenset[str]
    is_enabled: bool


@dataclass(frozen=True)
class Reading:
    """What a directory answered. `absent` are groups that it does not have."""

    entries: tuple[Entry, ...]
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class GroupRole:
    """As what the people of a group belong to the organisation."""

    dn: str
    role: Role
    side: Side


class Standing(StrEnum):
    """How an account of a directory stands here."""

    LIVE = "live"
    GONE = "gone"
    # Sent away by hand: no reading brings them back.
    KEPT_OUT = "kept_out"


@dataclass(frozen=True)
class Account:
    """Somebody whom this directory brought. `is_open`: whether their account at Veilleur is open now."""

    external_id: str
    dn: str
    email: str
    name: str
    role: str
    side: str
    standing: Standing
    is_open: bool


class Holder(StrEnum):
    """Whose an address is already that no account of this directory has."""

    # A closed account, which lets go of its address.
    FORMER = "former"
    MEMBER = "member"
    SOMEBODY = "somebody"


class Act(StrEnum):
    """What one step of a reading does."""

    JOIN = "join"
    SET_ROLE = "set_role"
    DESCRIBE = "describe"
    LEAVE = "leave"


@dataclass(frozen=True)
class Step:
    """One change for one person. `why`, of a departure: "disabled" or "absent"."""

    act: Act
    external_id: str
    name: str
    email: str = ""
    dn: str = ""
    role: str = ""
    side: str = ""
    why: str = ""


@dataclass(frozen=True)
class Conflict:
    """Somebody of the directory who cannot join, or get the new address, and why."""

    reason: str
    name: str
    email: str


@dataclass(frozen=True)
class Plan:
    """What a reading would change, departures first. `counts`: enabled people by group, None
    for a group that is not there. `doubt`: why it is not believed by itself, empty where it is.
    """

    steps: tuple[Step, ...]
    conflicts: tuple[Conflict, ...] = ()
    counts: Mapping[str, int | None] = field(default_factory=dict)
    doubt: str = ""

    @property
    def digest(self) -> str:
        """Return what tells this plan from every other: what was shown is what is agreed to."""
        text = json.dumps([asdict(step) for step in self.steps], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def of(self, act: Act) -> tuple[Step, ...]:
        """Return the steps of one kind."""
        return tuple(step for step in self.steps if step.act is act)


def weigh(
    reading: Reading,
    groups: Sequence[GroupRole],
    accounts: Mapping[str, Account],
    holders: Mapping[str, Holder],
) -> Plan:
    """Return what a reading changes.

    `accounts` are all this directory ever brought, by external id; `holders` say whose the addresses of
    the reading are that are somebody's. Nobody who was not brought by this directory is ever touched.
    """
    found = {entry.external_id: entry for entry in reading.entries}
    live = [account for account in accounts.values() if account.standing is Standing.LIVE]
    often = Counter(entry.email for entry in reading.entries if entry.is_enabled)
    steps: list[Step] = []
    conflicts: list[Conflict] = []
    for account in live:
        _weigh_account(account, found.get(account.external_id), groups, holders, (steps, conflicts))
    for entry in sorted(reading.entries, key=lambda one: (one.name, one.external_id)):
        known = accounts.get(entry.external_id)
        if (known is None or known.standing is Standing.GONE) and entry.is_enabled:
            _weigh_newcomer(entry, known, groups, (holders, often), (steps, conflicts))
    ordered = sorted(steps, key=lambda step: step.act is not Act.LEAVE)
    leaving = sum(step.act is Act.LEAVE for step in steps)
    return Plan(
        steps=tuple(ordered),
        conflicts=tuple(conflicts),
        counts=dict(_counts(reading, groups)),
        doubt=_doubt(len(reading.entries), leaving, len(live)),
    )


def group_role_of(in_groups: frozenset[str], groups: Sequence[GroupRole]) -> GroupRole | None:
    """Return the strongest role that somebody's groups give, of equal ones the first; None without one."""
    given = [group for group in groups if group.dn in in_groups]
    return min(given, key=lambda group: STRENGTH.index(group.role), default=None)


def _weigh_account(
    account: Account,
    entry: Entry | None,
    groups: Sequence[GroupRole],
    holders: Mapping[str, Holder],
    into: tuple[list[Step], list[Conflict]],
) -> None:
    steps, conflicts = into
    given = group_role_of(entry.groups, groups) if entry is not None else None
    if entry is None or given is None or not entry.is_enabled:
        why = "disabled" if entry is not None and not entry.is_enabled else "absent"
        steps.append(Step(Act.LEAVE, account.external_id, account.name, why=why))
        return
    if (account.role, account.side) != (given.role, given.side):
        steps.append(Step(Act.SET_ROLE, account.external_id, account.name, role=given.role, side=given.side))
    email = entry.email or account.email
    if email != account.email and email in holders:
        conflicts.append(Conflict("address_taken", account.name, email))
        email = account.email
    if (email, entry.name, entry.dn) != (account.email, account.name, account.dn):
        steps.append(Step(Act.DESCRIBE, account.external_id, entry.name, email=email, dn=entry.dn))


def _weigh_newcomer(
    entry: Entry,
    known: Account | None,
    groups: Sequence[GroupRole],
    addresses: tuple[Mapping[str, Holder], Mapping[str, int]],
    into: tuple[list[Step], list[Conflict]],
) -> None:
    steps, conflicts = into
    given = group_role_of(entry.groups, groups)
    if given is None:
        return
    reason = _why_not(entry, known, *addresses)
    if reason:
        conflicts.append(Conflict(reason, entry.name, entry.email))
        return
    role, side = given.role, given.side
    steps.append(Step(Act.JOIN, entry.external_id, entry.name, entry.email, entry.dn, role, side))


def _why_not(
    entry: Entry, known: Account | None, holders: Mapping[str, Holder], often: Mapping[str, int]
) -> str:
    """Return why somebody cannot join, empty when they can."""
    if not entry.email:
        return "no_address"
    if often[entry.email] > 1:
        return "address_twice"
    if known is not None and known.is_open:
        return "own_account"
    holder = holders.get(entry.email)
    if holder is None or holder is Holder.FORMER:
        return ""
    return "own_account" if holder is Holder.MEMBER else "address_taken"


def _counts(reading: Reading, groups: Sequence[GroupRole]) -> Iterator[tuple[str, int | None]]:
    for group in groups:
        people = sum(group.dn in entry.groups and entry.is_enabled for entry in reading.entries)
        yield group.dn, None if group.dn in reading.absent else people


def _doubt(found: int, leaving: int, live: int) -> str:
    """Return why a reading is not believed by itself: what is not there is not gone for that."""
    if live and not found:
        return "empty"
    return "many" if live >= FEWEST_TO_DOUBT and leaving * 2 > live else ""


READ_EVERY = timedelta(minutes=15)
# Whoever asked is told for so long that it is under way: whoever should do it may be gone.
AWAITED_FOR = timedelta(minutes=5)
# What was not read for so long is not known any more.
LATE_AFTER = timedelta(hours=1)


class State(StrEnum):
    """How a directory stands, the first of these that is the case."""

    READING = "reading"
    FAULT = "fault"
    HELD = "held"
    LATE = "late"
    GOOD = "good"


@dataclass(frozen=True)
class Readings:
    """When a directory was read: asked for, tried, and read as a whole; what came of it last."""

    asked_at: datetime | None
    tried_at: datetime | None
    read_at: datetime | None
    fault: str
    is_held: bool

    def state(self, now: datetime) -> State:
        """Return how the directory stands at `now`."""
        if self.asked_at is not None and now - self.asked_at <= AWAITED_FOR and not self._is_answered:
            return State.READING
        if self.fault:
            return State.FAULT
        if self.is_held:
            return State.HELD
        is_late = self.read_at is None or now - self.read_at > LATE_AFTER
        return State.LATE if is_late else State.GOOD

    @property
    def _is_answered(self) -> bool:
        return self.asked_at is None or (self.tried_at is not None and self.tried_at >= self.asked_at)
