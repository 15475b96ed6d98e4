"""Background work about persons: sessions that are over are forgotten."""

from collections.abc import Sequence

from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.domains.organisations.actions.sessions import forget_sessions
from veilleur.domains.organisations.queries.sessions import whole_expired_sessions
from veilleur.shared.sqlite_turn.chunks import work_in_chunks
from veilleur.shared.viewer import SYSTEM


def forget_expired_sessions(_ticket: JobTicket, clock: Clock) -> None:
    """Job: delete the sessions that have expired, a few at a time. Strangers make some, and end none."""

    def forget(keys: Sequence[str]) -> None:
        forget_sessions(now=clock(), actor=SYSTEM, keys=keys)

    work_in_chunks(whole_expired_sessions(clock()), forget)
