"""What the estate holds about a person: for the person, and for whoever answers for them."""

from typing import Any

from veilleur.domains.estate.models import BusinessActivity, Service
from veilleur.domains.estate.queries.map import present
from veilleur.domains.organisations.rules.personal_data import Whose
from veilleur.shared.models import TenantQuerySet


def answered_for(organisation_id: int, whose: Whose) -> dict[str, Any]:
    """Return the activities and services that a person answers for as referent. Two queries."""
    return {
        "activities_answered_for": _named(BusinessActivity.objects.of(organisation_id), whose),
        "services_answered_for": _named(Service.objects.of(organisation_id), whose),
    }


def _named(nodes: TenantQuerySet, whose: Whose) -> list[dict[str, str]]:
    own = nodes.filter(present(), referent__person=whose.person_id)
    return [{"id": str(row.public_id), "name": row.name} for row in own.order_by("name", "pk")]
