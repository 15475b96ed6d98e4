"""Writes of monitoring: checks begin and end, results become belief, silence becomes unknown."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.queries import asset_key
from veilleur.domains.journal.actions import record, recorded, schedule_job
from veilleur.domains.monitoring.facts import (
    CheckActivated,
    CheckResumed,
    CheckRetired,
    StateChanged,
    WatchFaultBegan,
    WatchFaultEnded,
)
from veilleur.domains.monitoring.models import Check, CheckState, SpoolPosition, StateChange, WatchFault
from veilleur.domains.monitoring.ports import Spooled, SpooledFault, SpooledResult
from veilleur.domains.monitoring.queries import (
    limits_of,
    policy_of,
    standing_of,
    whole_silent_states,
    whole_targets,
)
from veilleur.domains.monitoring.rules.kinds import KINDS, Proposal
from veilleur.domains.monitoring.rules.outcomes import health_of
from veilleur.domains.monitoring.rules.states import Change, Health, Standing, Step, take_result, take_silence
from veilleur.shared.ids import new_id
from veilleur.shared.intervals import to_instant, to_microseconds
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

PROPOSE_CHECKS = "monitoring.propose_checks"
_STANDING = tuple(each.name for each in fields(Standing))


@recorded
def ask_for_checks(*, now: datetime, actor: Actor, organisation: UUID, asset: UUID) -> None:
    """Put the proposing of an asset's checks into the job table; asked twice while it waits, it runs once."""
    payload = {"organisation": str(organisation), "asset": str(asset)}
    schedule_job(PROPOSE_CHECKS, str(asset), now, {**payload})


@recorded
def activate_checks(
    *, now: datetime, actor: Actor, organisation_id: int, asset: UUID, proposals: tuple[Proposal, ...]
) -> int | Refused:
    """Begin the proposed checks that the asset never had, and return how many; the rest is left as it is.

    Refused with `no_such_asset`.
    """
    key = asset_key(organisation_id, asset)
    if key is None:
        return Refused("no_such_asset")
    known = {kind: whole_targets(organisation_id, asset, kind) for kind in KINDS}
    fresh = dict.fromkeys(each for each in proposals if each.target not in known[each.kind])
    for proposal in fresh:
        check = _new_check(now, organisation_id, key, proposal)
        record(
            CheckActivated(check=check.public_id, kind=check.kind, target=check.target),
            subject=asset,
            organisation_id=organisation_id,
        )
    return len(fresh)


def _new_check(now: datetime, organisation_id: int, asset_id: int, proposal: Proposal) -> Check:
    kind = KINDS[proposal.kind]
    warning, critical = kind.limits.warning, kind.limits.critical
    check = Check(
        organisation_id=organisation_id,
        public_id=new_id(now),
        asset_id=asset_id,
        kind=proposal.kind,
        target=proposal.target,
        note=proposal.note,
        period_s=kind.policy.period_s,
        retry_s=kind.policy.retry_s,
        max_attempts=kind.policy.max_attempts,
        timeout_s=kind.policy.timeout_s,
        warning_raise=warning.raise_at if warning else None,
        warning_clear=warning.clear_at if warning else None,
        critical_raise=critical.raise_at if critical else None,
        critical_clear=critical.clear_at if critical else None,
        since=now,
        recorded_at=now,
    )
    _begin(check)
    return check


def _begin(check: Check) -> None:
    check.save()
    CheckState(
        organisation_id=check.organisation_id,
        public_id=new_id(check.since),
        check_row=check,
        hard_since_us=to_microseconds(check.since),
    ).save()


@recorded
def retire_check(
    *, now: datetime, actor: Actor, organisation_id: int, check: UUID, reason: str
) -> Check | Refused:
    """End a check, for a person's `reason`: what it watched is gone on purpose; it is not proposed again.

    Refused with `no_such_check`, also when it has ended already.
    """
    row = _locked(organisation_id, check)
    if row is None or row.until is not None:
        return Refused("no_such_check")
    row.until, row.until_reason = now, reason
    row.save(update_fields=["until", "until_reason"])
    record(
        CheckRetired(check=check, kind=row.kind, target=row.target, reason=reason),
        subject=row.asset.public_id,
        organisation_id=organisation_id,
    )
    return row


@recorded
def resume_check(*, now: datetime, actor: Actor, organisation_id: int, check: UUID) -> Check | Refused:
    """Begin a new check with the settings of a retired one, and return it: between the two nobody watched.

    Refused with `no_such_check`, or `already_watched` when another check looks at the same thing.
    """
    checks = Check.objects.of(organisation_id).select_related("asset")
    former: Check | None = checks.filter(public_id=check).first()
    if former is None:
        return Refused("no_such_check")
    # All that ever looked at it: whoever takes up another one of them at the same time waits.
    same = checks.filter(asset_id=former.asset_id, kind=former.kind, target=former.target)
    list(same.select_for_update(of=("self",)).order_by("pk"))
    if same.filter(until=None).exists():
        return Refused("already_watched")
    again = _again(former, now)
    _begin(again)
    record(
        CheckResumed(check=again.public_id, former=check, kind=again.kind, target=again.target),
        subject=former.asset.public_id,
        organisation_id=organisation_id,
    )
    return again


def _again(former: Check, now: datetime) -> Check:
    """Return a new check, not yet stored, with the settings of a former one."""
    fields = [field.attname for field in Check._meta.concrete_fields if not field.primary_key]
    settings = {name: getattr(former, name) for name in fields}
    fresh = {"public_id": new_id(now), "since": now, "recorded_at": now, "until": None, "until_reason": ""}
    return Check(**settings | fresh)


def _locked(organisation_id: int, check: UUID) -> Check | None:
    rows = Check.objects.of(organisation_id).filter(public_id=check).select_related("asset")
    found: Check | None = rows.select_for_update(of=("self",)).first()
    return found


@recorded
def drain_items(
    *, now: datetime, actor: Actor, spool_id: UUID, items: tuple[Spooled, ...], last_loop_us: int
) -> int:
    """Take in the next items of a spool, in order, each exactly once, and return how many were new.

    The position moves in this same commit: items at or below it, given again, change nothing.
    """
    position, _made = SpoolPosition.objects.get_or_create(spool_id=spool_id)
    position = SpoolPosition.objects.select_for_update().get(pk=position.pk)
    fresh = tuple(item for item in items if item.sequence > position.last_sequence)
    results = tuple(item for item in fresh if isinstance(item, SpooledResult))
    take_results(now=now, actor=actor, results=results)
    for item in fresh:
        if isinstance(item, SpooledFault):
            _note_fault(item)
    position.last_sequence = fresh[-1].sequence if fresh else position.last_sequence
    position.last_loop_us = max(position.last_loop_us, last_loop_us)
    position.save()
    return len(fresh)


@recorded
def take_results(*, now: datetime, actor: Actor, results: tuple[SpooledResult, ...]) -> int:
    """Apply results to what is believed, in their order, and return how many changed a belief.

    A fact is recorded for each change only. Results of checks that ended or never were are passed over.
    """
    wanted = {result.check for result in results}
    states = CheckState.objects.across_organisations("results of one watch concern several organisations")
    rows = (
        states.filter(check_row__public_id__in=wanted, check_row__until=None)
        .select_related("check_row__asset")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    work = {state.check_row.public_id: _Work(state, now) for state in rows}
    for result in results:
        if result.check in work:
            work[result.check].take(result)
    return _write(now, list(work.values()))


@recorded
def note_silence(*, now: datetime, actor: Actor) -> int:
    """Believe nothing any more of checks without a fresh result, and return how many there were."""
    work = [_Work(state, now) for state in whole_silent_states(now)]
    for each in work:
        each.fall_silent()
    return _write(now, work)


@dataclass
class _Work:
    """One check's state while a batch is applied to it."""

    state: CheckState
    now: datetime
    changes: list[tuple[Change, str]] = field(default_factory=list)

    def take(self, result: SpooledResult) -> None:
        check = self.state.check_row
        health = health_of(result.evidence, result.value, limits_of(check), Health(self.state.seen))
        step = take_result(
            standing_of(self.state),
            health,
            result.started_us,
            max_attempts=check.max_attempts,
            now_us=to_microseconds(self.now),
        )
        if not step.is_dropped:
            self._keep(step, result.code)
            self.state.value = result.value

    def fall_silent(self) -> None:
        policy = policy_of(self.state.check_row)
        self._keep(take_silence(standing_of(self.state), policy, to_microseconds(self.now)), "stale")

    def _keep(self, step: Step, code: str) -> None:
        for name in _STANDING:
            setattr(self.state, name, getattr(step.standing, name))
        self.state.code = code
        if step.change is not None:
            self.changes.append((step.change, code))


def _write(now: datetime, work: list[_Work]) -> int:
    if not work:
        return 0
    states = CheckState.objects.across_organisations("rows already read for each organisation")
    # Rows that exist, written by one statement: an update by cases costs several times as much.
    states.bulk_create(
        [each.state for each in work],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*_STANDING, "code", "value"],
    )
    changes = [(each.state, change, code) for each in work for change, code in each.changes]
    rows = [_change_row(now, *each) for each in changes]
    StateChange.objects.across_organisations("each row names its organisation").bulk_create(rows)
    for each in changes:
        _record_change(*each)
    return len(changes)


def _change_row(now: datetime, state: CheckState, change: Change, code: str) -> StateChange:
    return StateChange(
        organisation_id=state.organisation_id,
        public_id=new_id(now),
        check_row=state.check_row,
        before=change.before,
        after=change.after,
        since_us=change.since_us,
        at_us=change.at_us,
        recorded_us=to_microseconds(now),
        code=code,
    )


def _record_change(state: CheckState, change: Change, code: str) -> None:
    check = state.check_row
    fact = StateChanged(
        check=check.public_id,
        kind=check.kind,
        target=check.target,
        before=change.before,
        after=change.after,
        since=to_instant(change.since_us),
        code=code,
    )
    record(
        fact,
        subject=check.asset.public_id,
        organisation_id=state.organisation_id,
        occurred_at=to_instant(change.at_us),
    )


def _note_fault(item: SpooledFault) -> None:
    """Open or close a fault of the watch; one that is open already, or closed already, stays as it is."""
    row = WatchFault.objects.filter(code=item.code, ended_us=None).first()
    at = to_instant(item.at_us)
    if row is None and not item.is_over:
        WatchFault(code=item.code, began_us=item.at_us).save()
        record(WatchFaultBegan(code=item.code), subject=None, organisation_id=None, occurred_at=at)
    elif row is not None and item.is_over:
        row.ended_us = item.at_us
        row.save(update_fields=["ended_us"])
        fact = WatchFaultEnded(code=item.code, began=to_instant(row.began_us))
        record(fact, subject=None, organisation_id=None, occurred_at=at)
