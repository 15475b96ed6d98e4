"""Puts the demonstration on: plays the past once, then lets the present go on for as long as `up` runs."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import close_old_connections, connection
from django.urls import reverse

from veilleur.config.words import gettext as _
from veilleur.domains.estate.queries import whole_map
from veilleur.domains.estate.rules.map import NodeKind
from veilleur.domains.journal.rules.work import Clock
from veilleur.domains.monitoring.queries import whole_check_ids
from veilleur.domains.organisations.actions import issue_setup_link
from veilleur.domains.organisations.queries import is_anybody_able_to_sign_in, whole_organisations
from veilleur.processes.demonstration.company import HISTORY, SERVERS
from veilleur.processes.demonstration.play import play_company, read_machines
from veilleur.processes.demonstration.play_activities import play_activities
from veilleur.processes.demonstration.play_backups import play_backups
from veilleur.processes.demonstration.play_documents import join_people, play_documents
from veilleur.processes.demonstration.play_on_call import play_on_call
from veilleur.processes.demonstration.play_watch import keep_watching, play_watch
from veilleur.processes.demonstration.stage import Played
from veilleur.processes.first_run import FirstRun
from veilleur.shared.viewer import DEMO

Tell = Callable[[str], None]

_READ_EVERY = timedelta(hours=1)
_EVERY_S = 45.0  # less than the time after which a check without a result is unknown


def prepare(clock: Clock) -> FirstRun:
    """Play the company's thirteen months unless that was done; give a link to whoever comes first."""
    played = _already_played(clock)
    if played is None:
        with _offline():
            played = play_company(clock())
            play_watch(played)
            play_backups(played)
            people = join_people(played)
            play_activities(played, people)
            play_documents(played, people)
            play_on_call(played, people)
    if is_anybody_able_to_sign_in(played.organisation_id, clock()):
        return FirstRun(None)
    token = issue_setup_link(now=clock(), actor=DEMO, organisation_id=played.organisation_id)
    return FirstRun(reverse("organisations:setup", kwargs={"token": token}))


def follow(clock: Clock, tell: Tell) -> None:
    """Keep the company's checks fresh, once a period, until the process ends."""
    played = _already_played(clock)
    if played is None:
        return
    tell(_("This company is invented; nothing here touches a real server."))
    read_at = None
    while True:
        if read_at is None or clock() - read_at > _READ_EVERY:
            read_at = clock()
            read_machines(played, read_at)
        # A person may have ended a check, or taken one up again.
        find_checks(played, clock())
        keep_watching(played, clock())
        close_old_connections()
        time.sleep(_EVERY_S)


def _already_played(clock: Clock) -> Played | None:
    """Return the company as an earlier start, or this one, has played it; None before that."""
    row = next((each for each in whole_organisations() if each.is_demo), None)
    if row is None:
        return None
    played = Played(row.pk, row.public_id, row.created_at, row.created_at + HISTORY)
    find_checks(played, clock())
    return played


def find_checks(played: Played, now: datetime) -> None:
    """Take note of the checks that go on: what a person has ended is left alone."""
    names = {server.name for server in SERVERS}
    played.checks.clear()
    for node in whole_map(played.organisation_id, now).nodes:
        if node.kind == NodeKind.ASSET and node.name in names:
            for (kind, target), check in whole_check_ids(played.organisation_id, node.id).items():
                played.checks[node.name, kind, target] = check


@contextmanager
def _offline() -> Iterator[None]:
    """Tell the database that nobody waits: a whole day of the past is one turn."""
    exempt = getattr(connection, "offline", None)
    if exempt is None:
        yield
        return
    with exempt():
        yield
