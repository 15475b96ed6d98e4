"""Data that no service claims: no restart time speaks of it, so what is wrong with its copies is here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.backups.rules.protection import Protection
from veilleur.shared.verdict import Verdict

# What a person decided is to be watched; what has not had its turn yet is unknown; the rest is bad.
_VERDICTS = {"plan_off": Verdict.WATCH, "plan_ended": Verdict.WATCH, "never_run": Verdict.UNKNOWN}


@dataclass(frozen=True)
class BareData:
    """One data set of no service that nothing protects, or whose backup fails.

    `reason` is a code of labels.py. `has_copy`: an older one that is whole is still there.
    """

    data_set: UUID
    name: str
    verdict: Verdict
    reason: str
    has_copy: bool


def bare_data(
    protections: Iterable[Protection], claimed: frozenset[UUID], failed: Mapping[UUID, str]
) -> tuple[BareData, ...]:
    """Return what is wrong with data of no service, in the order of `protections`.

    `claimed` are the data sets that services need; `failed` says why the last run of one did not succeed.
    """
    return tuple(
        _bare(each, failed.get(each.data_set))
        for each in protections
        if each.data_set not in claimed and (each.not_protected_reason or each.data_set in failed)
    )


def _bare(protection: Protection, failure: str | None) -> BareData:
    reason = failure if failure is not None else protection.not_protected_reason or ""
    return BareData(
        data_set=protection.data_set,
        name=protection.name,
        verdict=Verdict.BAD if failure is not None else _VERDICTS.get(reason, Verdict.BAD),
        reason=reason,
        has_copy=any(point.is_complete for copy in protection.copies for point in copy.points),
    )
