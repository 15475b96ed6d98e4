"""The one way to write: a `recorded` action runs in one transaction whose facts are appended at its very end.

Appending first and working after would hold the organisation's head for as long as the work lasts; so
facts wait in memory, and heads are locked last, in key order, which also leaves no room for a deadlock.
"""

import inspect
import logging
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import OperationalError, transaction

from veilleur.domains.journal.actions.appending import PendingFact, append
from veilleur.domains.journal.rules.canonical import canonical_json, to_body
from veilleur.domains.journal.rules.errors import NotRecording
from veilleur.domains.journal.rules.kinds import kind_of
from veilleur.domains.journal.rules.work import Origin
from veilleur.shared.viewer import DEMO, Actor

# After a deadlock, a serialisation failure or a locked database the whole action runs again this often.
RERUNS = 3

_PASSING_SQLSTATES = frozenset({"40001", "40P01"})
_SQLITE_BUSY, _SQLITE_LOCKED = 5, 6

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@dataclass
class Recording:
    """What the outermost action gathers until it commits."""

    now: datetime
    actor: Actor
    facts: list[PendingFact] = field(default_factory=list)


_log = logging.getLogger(__name__)
_recording: ContextVar[Recording | None] = ContextVar("recording", default=None)


def recorded(action: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Return the action run in the one transaction, its facts appended at the end.

    The outermost call opens the transaction and gives `now` and `actor` to all facts; nested calls join it,
    and an exception in one of them, even if caught, undoes the whole. At a deadlock, a serialisation
    failure or a locked database the outermost runs again, three times at most: it re-reads every object
    and keeps nothing from outside. Raise TypeError at import unless all parameters are keyword-only and
    `now` and `actor` are among them; raise RuntimeError when called inside a foreign transaction.
    """
    _check_signature(action)

    @wraps(action)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        if args:
            raise TypeError(f"{action.__qualname__} takes keyword arguments only")
        if _recording.get() is not None:
            # No savepoint: joining costs nothing, and a failure that is caught still spoils the whole.
            with transaction.atomic(savepoint=False):
                return action(*args, **kwargs)
        now, actor = cast(datetime, kwargs.get("now")), cast(Actor, kwargs.get("actor"))
        if not isinstance(now, datetime) or now.tzinfo is None or not isinstance(actor, Actor):
            raise TypeError(f"{action.__qualname__} needs an aware `now` and an `actor`")
        return _run_outermost(lambda: action(*args, **kwargs), now, actor)

    return run


def record(
    fact: object,
    *,
    subject: UUID | None,
    organisation_id: int | None,
    occurred_at: datetime | None = None,
    origin: Origin | None = None,
) -> None:
    """Record a fact about `subject` (a public id) in the transaction of the enclosing recorded action.

    `organisation_id` is a database key; None stands for the installation's own chain. `occurred_at`
    (aware) is the action's `now` when left out. `origin` says that readers must not act on the world
    for it; left out, it is "demo" under the demo actor and "live" otherwise. Raise NotRecording outside
    a recorded action, BadFact for a fact that has no canonical form. No query here.
    """
    recording = _require_recording()
    kind = kind_of(fact)
    recording.facts.append(
        PendingFact(
            organisation_key=organisation_id or 0,
            subject=subject,
            kind=kind.name,
            version=kind.version,
            body=canonical_json(to_body(fact)),
            occurred_at=occurred_at or recording.now,
            origin=origin or (Origin.DEMO if recording.actor == DEMO else Origin.LIVE),
        )
    )


def recording_now() -> datetime:
    """Return the `now` of the enclosing recorded action; raise NotRecording outside one."""
    return _require_recording().now


def _require_recording() -> Recording:
    recording = _recording.get()
    if recording is None:
        raise NotRecording("call this inside a `recorded` action")
    return recording


def _check_signature(action: Callable[..., object]) -> None:
    parameters = inspect.signature(action).parameters
    loose = [name for name, parameter in parameters.items() if parameter.kind is not parameter.KEYWORD_ONLY]
    if loose or not {"now", "actor"} <= parameters.keys() or inspect.iscoroutinefunction(action):
        raise TypeError(f"{action.__qualname__}: a recorded action is keyword-only and takes now and actor")


def _run_outermost(action: Callable[[], Result], now: datetime, actor: Actor) -> Result:
    for rerun in range(RERUNS + 1):
        try:
            return _run_once(action, Recording(now, actor))
        except OperationalError as error:
            if rerun == RERUNS or not is_passing(error):
                raise
            _log.info("an action runs again: %s", error)
        # Two actions that met once would meet again if both came back at once.
        time.sleep(random.uniform(0.005, 0.02) * 4**rerun)  # noqa: S311
    raise AssertionError("the loop returns or raises")


def _run_once(action: Callable[[], Result], recording: Recording) -> Result:
    token = _recording.set(recording)
    try:
        # Durable: inside a foreign transaction neither the order of locks nor the rerun would hold.
        with transaction.atomic(durable=True):
            result = action()
            append(recording.facts, now=recording.now, actor=recording.actor)
        return result
    finally:
        _recording.reset(token)


def is_passing(error: OperationalError) -> bool:
    """Return whether running again may succeed: a deadlock, a serialisation failure, a locked database.

    A turn at SQLite that did not come within its half minute has no code: no waiting for it again.
    """
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in _PASSING_SQLSTATES:
        return True
    code = getattr(cause, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in (_SQLITE_BUSY, _SQLITE_LOCKED)
