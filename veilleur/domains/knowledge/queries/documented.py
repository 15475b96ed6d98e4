"""What documents answer to the map: whether a document in use is about a thing."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from veilleur.domains.knowledge.models import DocumentSubject


def whole_documented(organisation_id: int, nodes: Iterable[UUID], _now: datetime) -> dict[UUID, bool]:
    """Return for each of these things whether a document in use is about it. One query."""
    asked = list(nodes)
    rows = DocumentSubject.objects.of(organisation_id).filter(
        subject__in=asked, document__retired_at__isnull=True
    )
    documented = set(rows.values_list("subject", flat=True))
    return {node: node in documented for node in asked}
