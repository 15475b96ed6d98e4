"""What backups answer to the map: whether data is copied, and goes on being so."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from veilleur.domains.backups.queries.protection import whole_protection


def whole_copied(organisation_id: int, data_sets: Iterable[UUID], now: datetime) -> dict[UUID, bool]:
    """Return whether each of these data sets is copied; left out where no place that holds it was reached."""
    asked = frozenset(data_sets)
    return {
        each.data_set: each.not_protected_reason is None
        for each in whole_protection(organisation_id, now)
        if each.data_set in asked and (not each.copies or any(copy.is_reached for copy in each.copies))
    }
