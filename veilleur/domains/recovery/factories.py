"""A small company with backups for tests, of this domain and of those above it; the product never uses it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from veilleur.domains.backups import factories as backups
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate import factories as estate

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class SmallCompany:
    """One machine, one service on it, its data in one place that may be elsewhere, backed up and tested."""

    asset: Any
    service: Any
    data_set: Any
    plan: Any
    run: Any


def make_small_company(
    organisation: Any, *, is_elsewhere: bool = True, is_tested: bool = True, now: datetime = NOON
) -> SmallCompany:
    """Make it: backed up three hours before `now`, restored in full in 100 s two hours before."""
    asset = estate.make_asset(organisation, "srv-01")
    service = estate.make_service(organisation, "ERP", runs_on=asset)
    data_set = estate.make_data_set(organisation, "ERP data", stored_on=asset, used_by=service)
    repository = backups.make_repository(
        organisation.pk, asset=None if is_elsewhere else asset, name="Off site" if is_elsewhere else "Local"
    )
    items = {data_set: (SourceKind.FILES, "/srv/erp")}
    plan = backups.make_plan(organisation.pk, repository=repository, items=items)
    run = backups.make_run(plan, data_set, started_at=now - timedelta(hours=3))
    if is_tested:
        backups.make_restore_test(run, finished_at=now - timedelta(hours=2))
    return SmallCompany(asset, service, data_set, plan, run)
