"""Reads of what people said in their first week."""

from dataclasses import dataclass
from datetime import datetime

from veilleur.domains.organisations.models import FirstWeekSaying
from veilleur.domains.organisations.queries import visible_names
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class SayingRow:
    """A saying that stands: a code of `rules.first_week`, when, and the name of who said it."""

    saying: str
    said_at: datetime
    said_by: str


def visible_sayings(viewer: Viewer) -> dict[str, SayingRow]:
    """Return what stands, by code. One query, three where there is any."""
    rows = list(FirstWeekSaying.objects.visible_to(viewer).order_by("pk"))
    names = visible_names(viewer) if rows else {}
    return {row.saying: SayingRow(row.saying, row.said_at, names.get(row.said_by, "")) for row in rows}
