"""Sessions that are over. Keys, not events: nothing is journalled (docs/decisions/0007)."""

from collections.abc import Collection
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from veilleur.domains.journal.actions import recorded
from veilleur.shared.viewer import Actor


@recorded
def forget_sessions(*, now: datetime, actor: Actor, keys: Collection[str]) -> None:
    """Delete those of these sessions that have expired, and what is kept of where they were opened."""
    Session.objects.filter(session_key__in=keys, expire_date__lt=now).delete()
    alive = Session.objects.filter(session_key__in=keys).values("session_key")
    UserSession.objects.filter(session_key__in=keys).exclude(session_key__in=alive).delete()
