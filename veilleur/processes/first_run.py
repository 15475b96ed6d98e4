"""The first start: an organisation, its one-time set-up link, and what is told until the first answer.

The work itself is done by jobs: this module asks for it and follows the journal.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import close_old_connections
from django.urls import reverse
from django.utils import translation

from veilleur.config.words import gettext as _
from veilleur.domains.backups.actions.own_data import ask_own_protection
from veilleur.domains.journal.queries import sequence_of, whole_entries
from veilleur.domains.journal.queries.entries import for_page
from veilleur.domains.journal.rules.work import Clock, ReadEntry
from veilleur.domains.organisations.actions import create_organisation, issue_setup_link
from veilleur.domains.organisations.queries import is_anybody_able_to_sign_in, whole_organisations
from veilleur.domains.recovery.panels import RestartText
from veilleur.domains.recovery.queries import computed_restart_times
from veilleur.processes.first_words import progress_of
from veilleur.shared.viewer import SYSTEM

Tell = Callable[[str], None]

# A first backup and its test take seconds; a machine that needs longer is told where to look.
PATIENCE_S = 600.0
_PAUSE_S = 1.0
_TEST_ENDED = "backups.restore_test_ended"


@dataclass(frozen=True)
class Home:
    """The organisation of this installation: database key, public identity, and how its times are shown."""

    key: int
    public_id: UUID
    name: str
    time_zone: str


@dataclass(frozen=True)
class FirstRun:
    """What `up` prints: the path of the set-up page, None when somebody can sign in already."""

    setup_url_path: str | None


def prepare(clock: Clock) -> FirstRun:
    """Make the first organisation if there is none, and ask for what installing consents to.

    Consented: this machine is registered and watched, and Veilleur's own data is backed up and
    restore-tested in its own folder. Asked again at every start; what is done already stays as it is.
    """
    organisation = _first_organisation(clock)
    ask_own_protection(now=clock(), actor=SYSTEM, organisation=organisation.public_id)
    if is_anybody_able_to_sign_in(organisation.key, clock()):
        return FirstRun(None)
    token = issue_setup_link(now=clock(), actor=SYSTEM, organisation_id=organisation.key)
    return FirstRun(reverse("organisations:setup", kwargs={"token": token}))


def follow(clock: Clock, tell: Tell) -> None:
    """Tell what happens until the first restore test has ended, then the answer to both scenarios."""
    organisation = _first_organisation(clock)
    if not _has_been_tested(organisation.key):
        tell(_("The first answer takes a minute or two: this machine is read, backed up and restored."))
        _follow_until_tested(organisation.key, tell)
    _tell_answer(organisation, clock, tell)
    close_old_connections()


def _first_organisation(clock: Clock) -> Home:
    real = whole_organisations(with_demo=False)
    row = (
        real[0]
        if real
        else create_organisation(
            now=clock(),
            actor=SYSTEM,
            name=_("My company"),
            language=settings.LANGUAGE_CODE,
            time_zone=settings.TIME_ZONE,
        )
    )
    return Home(row.pk, row.public_id, row.name, row.time_zone)


def _has_been_tested(organisation_id: int) -> bool:
    return bool(whole_entries(organisation_id, kinds={_TEST_ENDED}, limit=1))


def _follow_until_tested(organisation_id: int, tell: Tell) -> None:
    limit = time.monotonic() + PATIENCE_S
    for entry in _news(organisation_id, limit):
        line = progress_of(entry)
        if line:
            tell(line)
        if entry.kind == _TEST_ENDED:
            return
    tell(_("The first restore test has not ended yet; “veilleur doctor” says what is missing."))


def _news(organisation_id: int, limit: float) -> Iterator[ReadEntry]:
    """Yield the organisation's facts as they come, oldest first, until the monotonic `limit`."""
    seen = 0
    while time.monotonic() < limit:
        for entry in whole_entries(organisation_id, after=seen):
            seen = entry.sequence
            yield for_page(entry, organisation_id)
        # Between two looks no read transaction stays open: it would hold back checkpoints.
        close_old_connections()
        time.sleep(_PAUSE_S)


def _tell_answer(organisation: Home, clock: Clock, tell: Tell) -> None:
    before = sequence_of(organisation.key)
    report = computed_restart_times(organisation.key, clock())
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        text = RestartText(report, organisation.name, language, ZoneInfo(organisation.time_zone))
        lines = list(text.lines())
    tell("")
    for line in lines:
        tell(line)
    tell("")
    tell(
        _("Computed from {count} facts. “veilleur restart-time” tells it again at any time.").format(
            count=before
        )
    )
