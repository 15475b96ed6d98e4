"""Where a person is signed in: the library keeps who opened a session, the session when it was used."""

from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils.translation import gettext as _

from veilleur.domains.organisations.rules.browsers import browser_and_system
from veilleur.shared.doors import BEGAN_SESSION_KEY, SEEN_SESSION_KEY


@dataclass(frozen=True)
class SessionRow:
    """One session that still works: by what, from where, since when, used when."""

    browser: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_current: bool


def own_sessions(person_id: int, current_key: str, now: datetime) -> list[SessionRow]:
    """Return a person's sessions that work at `now`, this one first, then the last used. Two queries."""
    opened = {row.session_key: row for row in UserSession.objects.filter(user_id=person_id)}
    kept = Session.objects.filter(session_key__in=opened, expire_date__gt=now)
    rows = [_row(opened[session.session_key], session, current_key) for session in kept]
    alive = [row for row in rows if row.is_current or _works(row, now)]
    return sorted(alive, key=lambda row: (row.is_current, row.seen_at), reverse=True)


def whole_expired_sessions(now: datetime) -> list[str]:
    """Return the keys of all sessions that have expired, and of those of which only the opening is kept."""
    expired = Session.objects.filter(expire_date__lt=now).values_list("session_key", flat=True)
    ended = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    return sorted({*expired, *ended.values_list("session_key", flat=True)})


def _row(opened: UserSession, session: Session, current_key: str) -> SessionRow:
    content = session.get_decoded()
    browser, system = browser_and_system(opened.user_agent)
    names = [name for name in (browser, system) if name]
    return SessionRow(
        browser=", ".join(names) or _("unknown browser"),
        address=opened.ip,
        began_at=_at(content.get(BEGAN_SESSION_KEY), opened.created_at),
        seen_at=_at(content.get(SEEN_SESSION_KEY), opened.created_at),
        is_current=opened.session_key == current_key,
    )


def _works(row: SessionRow, now: datetime) -> bool:
    """Return whether the next click would find the session within its limits."""
    is_idle = (now - row.seen_at).total_seconds() >= settings.SESSION_IDLE_SECONDS
    is_old = (now - row.began_at).total_seconds() >= settings.SESSION_LONGEST_SECONDS
    return not (is_idle or is_old)


def _at(seconds: object, otherwise: datetime) -> datetime:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else otherwise
