"""What directories and identity providers have in common: whom they brought leaves, settings change."""

from datetime import datetime
from typing import Any

from veilleur.domains.organisations.actions.memberships import end_member
from veilleur.domains.organisations.models import Membership
from veilleur.shared.models import TenantQuerySet

_ENDED_AT_ONCE = 20


def end_some(accounts: TenantQuerySet, organisation_id: int, now: datetime) -> bool:
    """End some of the memberships of these accounts, the oldest first; return whether none is left to end.

    For actions, once the organisation's people are held.
    """
    live = list(accounts.filter(gone_at=None).order_by("pk").values_list("person_id", flat=True))
    members = Membership.objects.of(organisation_id).select_related("person")
    for member in members.filter(person_id__in=live[:_ENDED_AT_ONCE], until=None).order_by("pk"):
        end_member(member, now)
    accounts.filter(person_id__in=live[:_ENDED_AT_ONCE], gone_at=None).update(gone_at=now)
    return len(live) <= _ENDED_AT_ONCE


def changed_settings(before: Any, after: Any) -> list[str]:
    """Return the names of the fields in which two settings of one kind differ, in their order."""
    return [name for name in after.__dataclass_fields__ if getattr(after, name) != getattr(before, name)]
