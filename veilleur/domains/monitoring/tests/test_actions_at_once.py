"""Two people take up the same thing again in one instant: it is watched once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from veilleur.domains.estate.factories import make_asset
from veilleur.domains.journal.actions import recorded
from veilleur.domains.monitoring.actions import resume_check, retire_check
from veilleur.domains.monitoring.factories import make_check
from veilleur.domains.monitoring.models import Check
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

NOW = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_two_former_checks_of_one_thing_taken_up_at_once_are_one() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: nothing happens at once")
    first = make_check(make_asset(make_organisation()))
    by = {"now": NOW, "actor": SYSTEM, "organisation_id": first.organisation_id}
    retire_check(**by, check=first.public_id, reason="Too loud.")
    second = resume_check(**by, check=first.public_id)
    retire_check(**by, check=second.public_id, reason="Too loud.")
    done: list[object] = []

    def take_up_the_other() -> None:
        try:
            done.append(resume_check(**by, check=second.public_id))
        finally:
            connection.close()

    other = threading.Thread(target=take_up_the_other, daemon=True)

    @recorded
    def resume_meanwhile(*, now: datetime, actor: Actor) -> Check | Refused:
        again = resume_check(**by, check=first.public_id)
        other.start()
        other.join(0.5)
        return again

    again = resume_meanwhile(now=NOW + timedelta(minutes=1), actor=SYSTEM)
    other.join(30)

    assert done == [Refused("already_watched")]
    assert list(Check.objects.of(first.organisation_id).filter(until=None)) == [again]
