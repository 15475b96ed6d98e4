"""Keeps a lease alive while its work goes on: a small thread that renews it and ends with the work."""

import logging
import threading
from types import TracebackType

from django.db import Error, connection

from veilleur.domains.journal.actions.leases import renew_lease
from veilleur.domains.journal.rules.work import LONGEST_RUN, RENEW_EVERY, Clock, JobTicket
from veilleur.shared.viewer import SYSTEM

_log = logging.getLogger(__name__)


class LeaseKeeper:
    """A context in which a ticket's lease is renewed every twenty seconds.

    The thread dies with the process, so that after kill -9 the lease ends and the job is retaken. It stops
    by itself when the lease was lost or the work has lasted longer than LONGEST_RUN: what hangs is let go.
    """

    def __init__(self, ticket: JobTicket, clock: Clock) -> None:
        self._ticket = ticket
        self._clock = clock
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"lease of {ticket.kind}", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _keep(self) -> None:
        give_up_at = self._clock() + LONGEST_RUN
        has_connected = False
        try:
            while not self._is_over.wait(RENEW_EVERY.total_seconds()) and self._clock() < give_up_at:
                has_connected = True
                if not self._renew():
                    return
        finally:
            if has_connected:
                connection.close()

    def _renew(self) -> bool:
        try:
            return renew_lease(now=self._clock(), actor=SYSTEM, ticket=self._ticket)
        except Error:
            # The next turn, twenty seconds on, is still within the lease.
            _log.warning("the lease of %s was not renewed in time", self._ticket.kind, exc_info=True)
            return True
