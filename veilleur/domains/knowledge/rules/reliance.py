"""What rests on one person, or on nobody: the part of home question 6 that documents and people answer.

Pure: everything is weighed at `now`. What was never done, or too long ago, is unknown, never good.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from veilleur.domains.knowledge.rules.bundle import (
    LOOKED_AT_WITHIN,
    NEED_VERDICTS,
    TOO_OLD_AFTER,
    BundleKept,
    BundleNeed,
    needs_of_bundle,
)
from veilleur.domains.knowledge.rules.care import VERDICTS, Cared, needs_of
from veilleur.domains.knowledge.rules.documents import DocumentKind, Topic
from veilleur.domains.knowledge.rules.required import Gap, Requirement
from veilleur.domains.knowledge.rules.runs import Outcome, Run
from veilleur.domains.organisations.rules.roles import STRONG, Role, permissions_of
from veilleur.shared.verdict import WORST_FIRST, Verdict, worst

# A run proves for so long that its people can do it: machines, programs and people change in a year.
PROOF_LASTS = timedelta(days=365)
# A gap on call that begins within so long is one that somebody has to fill now.
GAP_WITHIN = timedelta(days=7)
# How far ahead a rota is looked at: everybody who takes turns of a month has one in it, or nearly.
ROTA_HORIZON = timedelta(days=84)
# The procedures that bring work back: who has really done them counts.
BRING_BACK = (Topic.FULL_RESTORE, Topic.START, Topic.FAILOVER, Topic.ONE_FILE_RESTORE)
_ACTING = frozenset({Role.MANAGER, Role.TECHNICIAN})


class Part(StrEnum):
    """The parts of the answer, in the order in which they are told."""

    PEOPLE = "people"
    PRACTICE = "practice"
    DOCUMENTS = "documents"
    OFFLINE = "offline"
    MACHINES = "machines"


class Code(StrEnum):
    """What was found, the gravest first among equals of the same state."""

    ONE_WHO_ACTS = "one_who_acts"
    DONE_BY_ONE = "done_by_one"
    ROTA_GAP = "rota_gap"
    BUNDLE_SPOILT = "bundle_spoilt"
    OWNER_LEFT = "owner_left"
    MISSING = "missing"
    FILL_IN = "fill_in"
    NO_ROTA = "no_rota"
    NO_PROCEDURE = "no_procedure"
    SINGLE_POINT = "single_point"
    UNDRAWN = "undrawn"
    NEVER_DONE = "never_done"
    DONE_LONG_AGO = "done_long_ago"
    BUNDLE_NONE = "bundle_none"
    BUNDLE_NOT_LOOKED_AT = "bundle_not_looked_at"
    BUNDLE_AWAY = "bundle_away"
    ONE_MANAGER = "one_manager"
    ROTA_OF_ONE = "rota_of_one"
    SECOND_FACTOR = "second_factor"
    NO_REFERENT = "no_referent"
    SECOND_PERSON = "second_person"
    REVIEW = "review"
    BUNDLE_ONLY_HERE = "bundle_only_here"
    BUNDLE_OLD = "bundle_old"
    BUNDLE_CHANGED = "bundle_changed"
    # Nothing can be done about these yet: Veilleur does not record what they ask for.
    NOTHING_REQUIRED = "nothing_required"
    MACHINES = "machines"


ON_CALL = (Code.ROTA_GAP, Code.NO_ROTA, Code.ROTA_OF_ONE)
PART_OF: dict[Code, Part] = {
    Code.ONE_WHO_ACTS: Part.PEOPLE,
    Code.ONE_MANAGER: Part.PEOPLE,
    Code.SECOND_FACTOR: Part.PEOPLE,
    Code.NO_REFERENT: Part.PEOPLE,
    **dict.fromkeys(ON_CALL, Part.PEOPLE),
    Code.DONE_BY_ONE: Part.PRACTICE,
    Code.NO_PROCEDURE: Part.PRACTICE,
    Code.NEVER_DONE: Part.PRACTICE,
    Code.DONE_LONG_AGO: Part.PRACTICE,
    Code.OWNER_LEFT: Part.DOCUMENTS,
    Code.MISSING: Part.DOCUMENTS,
    Code.FILL_IN: Part.DOCUMENTS,
    Code.SECOND_PERSON: Part.DOCUMENTS,
    Code.REVIEW: Part.DOCUMENTS,
    Code.NOTHING_REQUIRED: Part.DOCUMENTS,
    Code.SINGLE_POINT: Part.MACHINES,
    Code.UNDRAWN: Part.MACHINES,
    Code.MACHINES: Part.MACHINES,
    **{Code(need.value): Part.OFFLINE for need in BundleNeed},
}
UNRECORDED = frozenset({Code.NOTHING_REQUIRED, Code.MACHINES})


@dataclass(frozen=True)
class HandIn:
    """Somebody with a role. `until`: when they leave, None: not known. Not `is_own`: by a mandate."""

    id: UUID
    pseudonym: str
    role: str
    is_own: bool
    has_second_factor: bool
    until: datetime | None


@dataclass(frozen=True)
class DocumentIn:
    """A document in use, with its runs where it is a procedure."""

    id: UUID
    kind: str
    topic: str
    cared: Cared
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class RotaIn:
    """An on-call rota of the organisation's own as it is planned for the next `ROTA_HORIZON`.

    `gaps`, in order: hours in which nobody is on call and somebody must be. `people`: how many are at all.
    """

    id: UUID
    gaps: tuple[tuple[datetime, datetime], ...]
    people: int


@dataclass(frozen=True)
class OnCallIn:
    """What is known of who answers. `is_served`: a provider's rota answers for the organisation.

    `is_expected`: the organisation's profile switches on-call on.
    """

    rotas: tuple[RotaIn, ...]
    is_served: bool
    is_expected: bool


@dataclass(frozen=True)
class PointIn:
    """A component that alone brings down so many services; `is_critical`: a critical one among them."""

    asset: UUID
    services: int
    is_critical: bool


@dataclass(frozen=True)
class MachinesIn:
    """What the map says of single points. `undrawn`: of its `services`, those without a machine below."""

    services: int = 0
    points: tuple[PointIn, ...] = ()
    undrawn: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Known:
    """Everything the answer is made from. `referents`: who answers for each service by its
    public id, None for nobody."""

    hands: tuple[HandIn, ...]
    asked_roles: frozenset[str]
    documents: tuple[DocumentIn, ...]
    required: tuple[Requirement, ...]
    referents: tuple[tuple[UUID, UUID | None], ...]
    on_call: OnCallIn
    bundle: BundleKept | None = None
    machines: MachinesIn = MachinesIn()


@dataclass(frozen=True)
class Finding:
    """One thing found. `subject`: the component, document or person it is about; `count` of `of`."""

    code: Code
    verdict: Verdict
    subject: UUID | None = None
    count: int = 0
    of: int = 0

    @property
    def part(self) -> Part:
        """Return the part of the answer that it belongs to."""
        return PART_OF[self.code]

    @property
    def is_to_do(self) -> bool:
        """Return whether somebody can do something about it."""
        return self.code not in UNRECORDED


@dataclass(frozen=True)
class Reliance:
    """The answer: findings, the most important first, and the figures its sentences speak of.

    `acting`: how many people may act; `done` of `procedures` that bring work back were done by two people in
    time; `counting` of `required` documents count. `next_change_at`: when it changes without any fact.
    """

    findings: tuple[Finding, ...]
    acting: int
    done: int
    procedures: int
    counting: int
    required: int
    next_change_at: datetime | None

    @property
    def to_do(self) -> tuple[Finding, ...]:
        """Return what somebody can do something about, the most important first."""
        return tuple(each for each in self.findings if each.is_to_do)

    @property
    def verdict(self) -> Verdict:
        """Return the state of the whole answer."""
        return worst(self.verdict_of(part) for part in Part)

    def verdict_of(self, part: Part) -> Verdict:
        """Return the state of one part: good where nothing was found about it."""
        return worst(each.verdict for each in self.found_in(part)) if self.found_in(part) else Verdict.GOOD

    def found_in(self, part: Part) -> tuple[Finding, ...]:
        """Return what was found about one part."""
        return tuple(each for each in self.findings if each.part is part)


def reliance_of(known: Known, now: datetime) -> Reliance:
    """Return what rests on one person or on nobody at `now`."""
    present = {hand.pseudonym for hand in known.hands}
    restoring = [each for each in known.documents if _brings_back(each)]
    practice = [(each, doers_of(each.runs, present, now)) for each in restoring]
    acting = sum(hand.role in _ACTING for hand in known.hands)
    found = [
        *_people(known, acting),
        *_on_call(known.on_call, now),
        *(_practice(practice) if restoring else [Finding(Code.NO_PROCEDURE, Verdict.UNKNOWN)]),
        *_documents(known, now),
        *_bundle(known, now),
        *_machines(known.machines),
    ]
    return Reliance(
        findings=tuple(sorted(found, key=_rank)),
        acting=acting,
        done=sum(len(doers) > 1 for _document, doers in practice),
        procedures=len(restoring),
        counting=sum(each.counts for each in known.required),
        required=len(known.required),
        next_change_at=_next_change(known, now),
    )


def doers_of(runs: Iterable[Run], present: Iterable[str], now: datetime) -> frozenset[str]:
    """Return who of those present really did it within `PROOF_LASTS` before `now`, that instant excluded."""
    recent = [
        run.doers
        for run in runs
        if run.outcome is Outcome.FINISHED and run.ended_at is not None and run.ended_at > now - PROOF_LASTS
    ]
    return frozenset(present).intersection(frozenset[str]().union(*recent))


def _brings_back(document: DocumentIn) -> bool:
    return document.kind == DocumentKind.PROCEDURE and document.topic in BRING_BACK


def _people(known: Known, acting: int) -> list[Finding]:
    own = [hand for hand in known.hands if hand.is_own]
    found = [
        Finding(Code.SECOND_FACTOR, Verdict.WATCH, hand.id)
        for hand in own
        if _needs_second_factor(hand.role, known.asked_roles) and not hand.has_second_factor
    ]
    if acting < 2:
        # Without anything in service there is nothing yet that one person alone could mend.
        found.append(Finding(Code.ONE_WHO_ACTS, Verdict.BAD if known.required else Verdict.WATCH))
    elif sum(hand.role == Role.MANAGER for hand in own) < 2:
        found.append(Finding(Code.ONE_MANAGER, Verdict.WATCH))
    here = {hand.id for hand in known.hands}
    found += [
        Finding(Code.NO_REFERENT, Verdict.WATCH, service)
        for service, referent in known.referents
        if referent not in here
    ]
    return found


def _on_call(on_call: OnCallIn, now: datetime) -> list[Finding]:
    if not on_call.rotas:
        # Nobody has said who answers; where none is expected, nothing is missing.
        is_missing = on_call.is_expected and not on_call.is_served
        return [Finding(Code.NO_ROTA, Verdict.UNKNOWN)] if is_missing else []
    found = [Finding(Code.ROTA_GAP, Verdict.BAD, rota.id) for rota in on_call.rotas if _has_gap(rota, now)]
    found += [Finding(Code.ROTA_OF_ONE, Verdict.WATCH, rota.id) for rota in on_call.rotas if rota.people == 1]
    return found


def _has_gap(rota: RotaIn, now: datetime) -> bool:
    return any(start < now + GAP_WITHIN and end > now for start, end in rota.gaps)


def _needs_second_factor(role: str, asked: frozenset[str]) -> bool:
    """Return whether somebody of that role is held up without one: to get in, or at a dangerous act."""
    return role in asked or not STRONG.isdisjoint(permissions_of(role))


def _practice(found: Sequence[tuple[DocumentIn, frozenset[str]]]) -> list[Finding]:
    findings = []
    for document, doers in found:
        if len(doers) == 1:
            whole = document.topic == Topic.FULL_RESTORE
            verdict = Verdict.BAD if whole else Verdict.WATCH
            findings.append(Finding(Code.DONE_BY_ONE, verdict, document.id))
        elif not doers:
            was_done = any(run.outcome is Outcome.FINISHED for run in document.runs)
            code = Code.DONE_LONG_AGO if was_done else Code.NEVER_DONE
            findings.append(Finding(code, Verdict.UNKNOWN, document.id))
    return findings


def _documents(known: Known, now: datetime) -> list[Finding]:
    found = [Finding(Code.NOTHING_REQUIRED, Verdict.UNKNOWN)] if not known.required else []
    for document in known.documents:
        needs = needs_of(document.cared, now)
        if needs:
            found.append(Finding(Code(needs[0].value), VERDICTS[needs[0]], document.id))
    missing: dict[UUID, list[bool]] = {}
    for each in known.required:
        missing.setdefault(each.component.id, []).append(each.gaps == (Gap.MISSING,))
    found += [
        Finding(Code.MISSING, Verdict.BAD, component, sum(gone), len(gone))
        for component, gone in missing.items()
        if any(gone)
    ]
    return found


def _machines(machines: MachinesIn) -> list[Finding]:
    """Return what rests on one machine. A map that is silent proves nothing: unknown, never good."""
    if not machines.services:
        return [Finding(Code.MACHINES, Verdict.UNKNOWN)]
    found = [Finding(Code.UNDRAWN, Verdict.UNKNOWN, service) for service in machines.undrawn]
    for point in machines.points:
        verdict = Verdict.BAD if point.is_critical else Verdict.WATCH
        found.append(Finding(Code.SINGLE_POINT, verdict, point.asset, point.services))
    return found


def _bundle(known: Known, now: datetime) -> list[Finding]:
    return [Finding(Code(need.value), NEED_VERDICTS[need]) for need in needs_of_bundle(known.bundle, now)]


def _rank(finding: Finding) -> tuple[int, int, int, str]:
    state = WORST_FIRST.index(finding.verdict)
    return state, list(Code).index(finding.code), -finding.count, str(finding.subject)


def _next_change(known: Known, now: datetime) -> datetime | None:
    instants = [hand.until for hand in known.hands if hand.until is not None]
    for rota in known.on_call.rotas:
        instants += [instant for start, end in rota.gaps for instant in (start - GAP_WITHIN, end)]
    if known.bundle is not None:
        instants += [known.bundle.made_at + TOO_OLD_AFTER, known.bundle.checked_at + LOOKED_AT_WITHIN]
    for document in known.documents:
        instants.append(document.cared.review_due_at)
        if _brings_back(document):
            ends = [run.ended_at for run in document.runs if run.ended_at is not None]
            instants += [end + PROOF_LASTS for end in ends]
    return min((each for each in instants if each > now), default=None)
