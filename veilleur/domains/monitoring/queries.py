"""Reads of monitoring: what the watch is to do, and what pages show. Without a fresh result: unknown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from veilleur.domains.monitoring.models import Check, CheckState, SpoolPosition, StateChange, WatchFault
from veilleur.domains.monitoring.rules.kinds import KINDS
from veilleur.domains.monitoring.rules.outcomes import Order
from veilleur.domains.monitoring.rules.states import Health, Policy, Standing, is_stale, verdict_of
from veilleur.domains.monitoring.rules.thresholds import Limits, Threshold
from veilleur.domains.monitoring.rules.timeline import Belief, Stretch, worst_over_time
from veilleur.shared.intervals import to_instant, to_microseconds
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class CheckRow:
    """A check as pages show it. `kind`, `code` and `unit` are worded by `labels.py`.

    `verdict` is what is believed, UNKNOWN (code "stale") without a fresh result, since `since`.
    `is_soft`: the last result says otherwise and is being confirmed. `value` is in thousandths.
    """

    id: UUID
    asset: UUID
    asset_name: str
    kind: str
    target: str
    note: str
    verdict: Verdict
    since: datetime
    is_soft: bool
    code: str
    value: int | None
    unit: str
    last_result_at: datetime | None
    period_s: int


@dataclass(frozen=True)
class RetiredRow:
    """Something that was watched until a person ended it, for a reason in that person's words."""

    id: UUID
    asset: UUID
    asset_name: str
    kind: str
    target: str
    note: str
    until: datetime
    reason: str


@dataclass(frozen=True)
class Fault:
    """A fault of the watch itself that is not over. `code` is worded by `labels.REASONS`."""

    code: str
    began_at: datetime


@dataclass(frozen=True)
class WatchSummary:
    """The watch over one organisation: how many checks are in which state, and how fresh that is.

    `down` are the bad ones, longest first. `oldest_evidence_at` is the oldest last result of the
    present checks, None when one was never checked or there is none. `watch_seen_at` is the last sign
    of life of the watch process.
    """

    verdict: Verdict
    good: int
    watch: int
    bad: int
    unknown: int
    oldest_evidence_at: datetime | None
    down: tuple[CheckRow, ...]
    faults: tuple[Fault, ...]
    watch_seen_at: datetime | None

    @property
    def total(self) -> int:
        """Return how many checks there are."""
        return self.good + self.watch + self.bad + self.unknown


def policy_of(check: Check) -> Policy:
    """Return how often the check is made and when it is believed."""
    return Policy(check.period_s, check.retry_s, check.max_attempts, check.timeout_s)


def limits_of(check: Check) -> Limits:
    """Return the limits of the check's value."""
    return Limits(
        _threshold(check.warning_raise, check.warning_clear),
        _threshold(check.critical_raise, check.critical_clear),
    )


def _threshold(raise_at: int | None, clear_at: int | None) -> Threshold | None:
    if raise_at is None:
        return None
    return Threshold(raise_at, raise_at if clear_at is None else clear_at)


def standing_of(state: CheckState) -> Standing:
    """Return what is remembered of a check, for the rules."""
    return Standing(
        seen=Health(state.seen),
        hard=Health(state.hard),
        hard_since_us=state.hard_since_us,
        bad=state.bad,
        bad_since_us=state.bad_since_us,
        unknown=state.unknown,
        unknown_since_us=state.unknown_since_us,
        last_result_us=state.last_result_us,
    )


def whole_orders() -> tuple[Order, ...]:
    """Return what the watch of this machine is to do, for all real organisations; one query.

    Left out: demonstrations, and checks that only the machine itself can make when that is another one.
    """
    checks = (
        Check.objects.across_organisations("one watch serves every organisation of the installation")
        .filter(until=None, organisation__is_demo=False)
        .select_related("asset")
        .order_by("id")
    )
    return tuple(
        Order(
            check=check.public_id,
            asset=check.asset.public_id,
            kind=check.kind,
            target=check.target,
            policy=policy_of(check),
            limits=limits_of(check),
        )
        for check in checks
        if check.asset.is_here or not KINDS[check.kind].needs_to_be_here
    )


def whole_targets(organisation_id: int, asset: UUID, kind: str) -> frozenset[str]:
    """Return the targets of one kind that an asset has or had a check of: what a person retired stays so."""
    rows = Check.objects.of(organisation_id).filter(asset__public_id=asset, kind=kind)
    return frozenset(rows.values_list("target", flat=True))


def whole_check_ids(organisation_id: int, asset: UUID) -> dict[tuple[str, str], UUID]:
    """Return the public id of each check of an asset that goes on, by (kind, target). One query."""
    rows = Check.objects.of(organisation_id).filter(asset__public_id=asset, until=None)
    return {(kind, target): check for kind, target, check in rows.values_list("kind", "target", "public_id")}


def spool_position(spool_id: UUID) -> int:
    """Return the last sequence number that was drained from a spool, 0 for a new one."""
    row = SpoolPosition.objects.filter(spool_id=spool_id).first()
    return row.last_sequence if row else 0


def whole_silent_states(now: datetime) -> list[CheckState]:
    """Return the states of present checks that are believed without a fresh result, in key order."""
    states = CheckState.objects.across_organisations("silence of the watch is the same for everyone")
    believed = states.filter(~Q(hard=Health.UNKNOWN), check_row__until=None).select_related("check_row")
    now_us = to_microseconds(now)
    return [
        state
        for state in believed.order_by("pk")
        if is_stale(state.last_result_us, policy_of(state.check_row), now_us)
    ]


def _rows(states: TenantQuerySet, now: datetime) -> list[CheckRow]:
    present = states.filter(check_row__until=None).select_related("check_row__asset")
    now_us = to_microseconds(now)
    return [_row(state, now_us) for state in present.order_by("check_row__asset__name", "check_row_id")]


def _row(state: CheckState, now_us: int) -> CheckRow:
    check = state.check_row
    policy = policy_of(check)
    believed, since_us, code = state.hard, state.hard_since_us, state.code
    # Nobody may have noted the silence yet: the job that does may be what stands still.
    if believed != Health.UNKNOWN and is_stale(state.last_result_us, policy, now_us):
        since_us = min(state.last_result_us + policy.freshness_us(), now_us)
        believed, code = Health.UNKNOWN, "stale"
    return CheckRow(
        id=check.public_id,
        asset=check.asset.public_id,
        asset_name=check.asset.name,
        kind=check.kind,
        target=check.target,
        note=check.note,
        verdict=verdict_of(believed),
        since=to_instant(since_us),
        is_soft=state.seen != state.hard and code != "stale",
        code=code,
        value=state.value,
        unit=KINDS[check.kind].unit,
        last_result_at=to_instant(state.last_result_us) if state.last_result_us else None,
        period_s=check.period_s,
    )


def visible_checks(viewer: Viewer, now: datetime, asset: UUID | None = None) -> list[CheckRow]:
    """Return the present checks the viewer may see, of one asset or of all, by asset and order of entry."""
    states = CheckState.objects.visible_to(viewer)
    if asset is not None:
        states = states.filter(check_row__asset__public_id=asset)
    return _rows(states, now)


def visible_check(viewer: Viewer, check: UUID, now: datetime) -> CheckRow | None:
    """Return one present check, None where there is none for this viewer."""
    states = CheckState.objects.visible_to(viewer).filter(check_row__public_id=check)
    return next(iter(_rows(states, now)), None)


def visible_retired(viewer: Viewer, asset: UUID | None = None) -> list[RetiredRow]:
    """Return what is no longer watched, of one asset or of all, latest first; each thing once. One query."""
    same = {name: OuterRef(name) for name in ("asset", "kind", "target")}
    present = Check.objects.visible_to(viewer).filter(until=None, **same)
    checks = Check.objects.visible_to(viewer).filter(until__isnull=False).exclude(Exists(present))
    if asset is not None:
        checks = checks.filter(asset__public_id=asset)
    latest: dict[tuple[int, str, str], Check] = {}
    for row in checks.select_related("asset").order_by("-until", "-id"):
        latest.setdefault((row.asset_id, row.kind, row.target), row)
    return [_retired_row(row) for row in latest.values()]


def visible_ended_check(viewer: Viewer, check: UUID) -> RetiredRow | None:
    """Return one check that has ended, taken up again since or not; None where the viewer has none."""
    rows = Check.objects.visible_to(viewer).filter(public_id=check, until__isnull=False)
    row = rows.select_related("asset").first()
    return None if row is None else _retired_row(row)


def _retired_row(row: Check) -> RetiredRow:
    assert row.until is not None, "only a check that has ended is asked for"
    return RetiredRow(
        id=row.public_id,
        asset=row.asset.public_id,
        asset_name=row.asset.name,
        kind=row.kind,
        target=row.target,
        note=row.note,
        until=row.until,
        reason=row.until_reason,
    )


def watch_summary(viewer: Viewer, now: datetime) -> WatchSummary:
    """Return how the watch over the viewer's organisation stands at `now`; UNKNOWN without any check."""
    rows = visible_checks(viewer, now)
    counts = {verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict}
    return WatchSummary(
        verdict=_overall(counts),
        good=counts[Verdict.GOOD],
        watch=counts[Verdict.WATCH],
        bad=counts[Verdict.BAD],
        unknown=counts[Verdict.UNKNOWN],
        oldest_evidence_at=_oldest_evidence(rows),
        down=tuple(sorted((row for row in rows if row.verdict is Verdict.BAD), key=lambda row: row.since)),
        faults=open_faults(),
        watch_seen_at=_watch_seen_at(),
    )


def _overall(counts: dict[Verdict, int]) -> Verdict:
    order = (Verdict.BAD, Verdict.UNKNOWN, Verdict.WATCH, Verdict.GOOD)
    return next((verdict for verdict in order if counts[verdict]), Verdict.UNKNOWN)


def _oldest_evidence(rows: Iterable[CheckRow]) -> datetime | None:
    instants = [row.last_result_at for row in rows]
    known = [instant for instant in instants if instant is not None]
    return min(known) if known and len(known) == len(instants) else None


def open_faults() -> tuple[Fault, ...]:
    """Return the faults of the watch itself that are not over, oldest first; they concern everyone."""
    rows = WatchFault.objects.filter(ended_us=None).order_by("began_us")
    return tuple(Fault(row.code, to_instant(row.began_us)) for row in rows)


def _watch_seen_at() -> datetime | None:
    last = SpoolPosition.objects.order_by("-last_loop_us").values_list("last_loop_us", flat=True).first()
    return to_instant(last) if last else None


def visible_timeline(viewer: Viewer, asset: UUID, now: datetime, days: int = 30) -> tuple[Stretch, ...]:
    """Return the worst state of an asset's checks over the last days, without gaps; unknown: nobody knew.

    Empty for an asset that the viewer may not see or that has no check. Two queries.
    """
    states = CheckState.objects.visible_to(viewer).filter(check_row__asset__public_id=asset)
    present = list(states.filter(check_row__until=None).select_related("check_row"))
    if not present:
        return ()
    beliefs: dict[int, list[Belief]] = {state.check_row_id: [] for state in present}
    changes = StateChange.objects.visible_to(viewer).filter(check_row__in=beliefs).order_by("id")
    for key, since_us, after in changes.values_list("check_row_id", "since_us", "after"):
        beliefs[key].append(Belief(since_us, Health(after)))
    now_us = to_microseconds(now)
    for state in present:
        policy = policy_of(state.check_row)
        if state.hard != Health.UNKNOWN and is_stale(state.last_result_us, policy, now_us):
            silent_since = min(state.last_result_us + policy.freshness_us(), now_us)
            beliefs[state.check_row_id].append(Belief(silent_since, Health.UNKNOWN))
    return worst_over_time(beliefs.values(), now - timedelta(days=days), now)
