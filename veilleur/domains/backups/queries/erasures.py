"""Where Veilleur's own data goes: the places beside which the list of erasures lies."""

from veilleur.domains.backups.models import Plan
from veilleur.domains.backups.queries.work import PlaceRow, place_row


def whole_own_data_places(organisation_id: int) -> list[PlaceRow]:
    """Return the places in use that hold copies of Veilleur's own data, also by a plan that was ended."""
    plans = Plan.objects.of(organisation_id).filter(is_own_data=True).select_related("repository")
    rows = {plan.repository_id: plan.repository for plan in plans.order_by("pk")}
    return [place_row(row) for row in rows.values() if row.retired_at is None]
