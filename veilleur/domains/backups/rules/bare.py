"""Data that no service claims: no restart time speaks of it, so what is wrong with its copies is here.
Of what a service claims, only that its backup fails: its restart time tells that when too much would be lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.backups.rules.protection import Protection
from veilleur.shared.verdict import Verdict

TEST_FAILED = "test_failed"
# What a person decided is to be watched; what has not had its turn yet is unknown; the rest is bad.
_VERDICTS = {"plan_off": Verdict.WATCH, "plan_ended": Verdict.WATCH, "never_run": Verdict.UNKNOWN}


@dataclass(frozen=True)
class BareData:
    """One data set that nothing protects, or whose backup or restore test fails.

    `reason` is a code of labels.py. `has_copy`: an older one that is whole is still there. `is_claimed`: a
    service needs it.
    """

    data_set: UUID
    name: str
    verdict: Verdict
    reason: str
    has_copy: bool
    is_claimed: bool = False


def bare_data(
    protections: Iterable[Protection], claimed: frozenset[UUID], failed: Mapping[UUID, str]
) -> tuple[BareData, ...]:
    """Return what is wrong with data, in the order of `protections`.

    `claimed` are the data sets that services need; `failed` says why the last run of one did not succeed.
    """
    found = (_bare(each, failed.get(each.data_set), each.data_set in claimed) for each in protections)
    return tuple(each for each in found if each is not None)


def _bare(protection: Protection, failure: str | None, is_claimed: bool) -> BareData | None:
    if failure is not None:
        reason, verdict = failure, Verdict.WATCH if is_claimed else Verdict.BAD
    elif is_claimed:
        return None
    elif protection.not_protected_reason:
        reason = protection.not_protected_reason
        verdict = _VERDICTS.get(reason, Verdict.BAD)
    elif any(copy.has_failed for copy in protection.copies):
        reason, verdict = TEST_FAILED, Verdict.BAD
    else:
        return None
    return BareData(
        data_set=protection.data_set,
        name=protection.name,
        verdict=verdict,
        reason=reason,
        has_copy=any(point.is_complete for copy in protection.copies for point in copy.points),
        is_claimed=is_claimed,
    )
