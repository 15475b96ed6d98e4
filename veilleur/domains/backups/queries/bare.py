"""Data that nothing protects, or whose backup or restore test fails, for pages and for `doctor`."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max

from veilleur.domains.backups.models import Run
from veilleur.domains.backups.queries.protection import whole_protection
from veilleur.domains.backups.rules.bare import BareData, bare_data
from veilleur.domains.backups.rules.states import RunState
from veilleur.domains.estate.queries import whole_services
from veilleur.shared.viewer import Viewer


def whole_bare_data(organisation_id: int, now: datetime) -> tuple[BareData, ...]:
    """Return, by name, the data of no service that nothing protects or whose last backup or restore test
    failed, and that of services whose last backup failed: what follows from the rest is in their answers.
    """
    services = whole_services(organisation_id)
    claimed = frozenset(data_set for service in services for data_set in service.data_set_ids)
    return bare_data(whole_protection(organisation_id, now), claimed, last_failures(organisation_id))


def visible_bare_data(viewer: Viewer, now: datetime) -> tuple[BareData, ...]:
    """Return the same for the viewer's organisation; nothing when it may not be seen."""
    if not viewer.may_see(viewer.organisation_id):
        return ()
    return whole_bare_data(viewer.organisation_id, now)


def last_failures(organisation_id: int) -> dict[UUID, str]:
    """Return why the last run failed, per data set: of each plan that is on, in whichever place."""
    ran = Run.objects.of(organisation_id).filter(plan__is_on=True, plan__ended_at=None)
    ended = ran.exclude(state__in=(RunState.RUNNING, RunState.INTERRUPTED))
    newest = ended.values("plan_id", "data_set_id").annotate(newest=Max("pk")).values("newest")
    failed = Run.objects.of(organisation_id).filter(pk__in=newest, state=RunState.FAILED)
    return dict(failed.order_by("pk").values_list("data_set__public_id", "reason"))
