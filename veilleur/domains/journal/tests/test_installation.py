"""Facts about the installation itself: a process that died."""

from datetime import timedelta
from uuid import uuid4

import pytest

from veilleur.domains.journal.actions.installation import note_process_death
from veilleur.domains.journal.facts import ProcessDied
from veilleur.domains.journal.models import Entry
from veilleur.domains.journal.queries.entries import for_reader
from veilleur.domains.journal.rules.chain import INSTALLATION
from veilleur.domains.journal.tests.support import NOW
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.django_db


def test_a_death_is_recorded_once_in_the_installations_own_chain() -> None:
    death, died_at = uuid4(), NOW - timedelta(seconds=3)
    what = {"death": death, "process": "watch", "exit_code": -9, "died_at": died_at}

    assert note_process_death(now=NOW, actor=SYSTEM, **what)
    assert not note_process_death(now=NOW, actor=SYSTEM, **what)

    read = for_reader(Entry.objects.get(organisation=INSTALLATION), None)
    assert read.fact == ProcessDied(process="watch", exit_code=-9)
    assert (read.subject, read.occurred_at) == (death, died_at)
