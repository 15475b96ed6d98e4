"""Reads of what grows old in the estate."""

from datetime import date

from veilleur.domains.estate.queries.activities import visible_criticality
from veilleur.domains.estate.queries.assets import AssetRow, visible_asset_rows
from veilleur.domains.estate.rules.activities import Criticality
from veilleur.domains.estate.rules.ageing import Aged, AgeingIn, aged
from veilleur.domains.estate.rules.map import LifeState
from veilleur.shared.viewer import Viewer

_COUNTED_ON = frozenset({Criticality.CRITICAL, Criticality.IMPORTANT})
# What is to be replaced is known to be old; what is planned or retired serves nobody.
_IN_SERVICE = frozenset({LifeState.IN_SERVICE})


def visible_aged(viewer: Viewer, today: date) -> tuple[Aged, ...]:
    """Return what has ended or ends soon, among what the viewer may see. About six queries."""
    rows = [row for row in visible_asset_rows(viewer) if row.life_state in _IN_SERVICE]
    levels = visible_criticality(viewer)
    counted_on = {node for node, found in levels.items() if found.level in _COUNTED_ON}
    return aged(
        (
            AgeingIn(row.id, row.name, _updates_until(row, today), row.warranty_until, row.id in counted_on)
            for row in rows
        ),
        today,
    )


def _updates_until(row: AssetRow, today: date) -> date | None:
    """Return the last day of security updates, None where the machine has told nothing for too long."""
    if row.support(today) == "unknown":
        return None
    known = [day for day in (row.full_support_until, row.lts_support_until) if day is not None]
    return max(known, default=None)
