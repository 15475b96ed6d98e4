"""Routes of the API about checks and what they found."""

from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from veilleur.domains.monitoring.queries import CheckRow, visible_check, visible_checks
from veilleur.shared.api import Instant, Page, Part, part_of
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in

router = Router(tags=["watch"])


class CheckOut(Schema):
    """A check and what is believed of its target since `since`; unknown, with code "stale", without a fresh
    result. `is_soft`: the last result says otherwise and is being confirmed. `value` is in thousandths of
    `unit`.
    """

    id: UUID
    asset: UUID
    asset_name: str
    kind: str
    target: str
    state: Literal["good", "watch", "bad", "unknown"]
    since: Instant
    is_soft: bool
    code: str
    value: int | None
    unit: str
    last_result_at: Instant | None
    period_s: int


@router.get("/checks", response=Page[CheckOut])
def list_checks(request: HttpRequest, part: Query[Part]) -> Any:
    """Return the present checks with their states."""
    return part_of(visible_checks(viewer_in(request), utc_now()), part, _check, lambda row: row.id)


@router.get("/checks/{uuid:check}", response=CheckOut)
def get_check(request: HttpRequest, check: UUID) -> Any:
    """Return one present check with its state."""
    row = visible_check(viewer_in(request), check, utc_now())
    if row is None:
        raise Http404
    return _check(row)


def _check(row: CheckRow) -> dict[str, Any]:
    names = [name for name in CheckOut.model_fields if name != "state"]
    return {name: getattr(row, name) for name in names} | {"state": str(row.verdict)}
