"""What people and the background do in one instant: whoever comes second sees what the first one did."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from veilleur.domains.backups.actions import make_plan, retire_repository
from veilleur.domains.backups.factories import NOON, make_repository
from veilleur.domains.backups.models import Plan
from veilleur.domains.backups.rules.plans import NewItem, NewPlan
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate.factories import make_data_set
from veilleur.domains.journal.actions import recorded
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _at_once() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: nothing happens at once")


class Second(threading.Thread):
    """Does something on a connection of its own, and keeps what came of it."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._act = act
        self.done: object = None

    def run(self) -> None:
        try:
            self.done = self._act()
        finally:
            connection.close()


def by(organisation: Any) -> dict[str, Any]:
    return {"now": NOON, "actor": SYSTEM, "organisation_id": organisation.pk}


def wish(organisation: Any, place: Any, name: str = "Data") -> NewPlan:
    data_set = make_data_set(organisation)
    return NewPlan(name, place.public_id, (NewItem(data_set.public_id, SourceKind.FILES, "/srv/data"),))


def test_no_plan_is_made_in_a_place_that_is_being_retired() -> None:
    organisation = make_organisation()
    place = make_repository(organisation.pk)
    plan = wish(organisation, place)
    second = Second(lambda: make_plan(**by(organisation), plan=plan))

    @recorded
    def retire_meanwhile(*, now: datetime, actor: Actor) -> Refused | None:
        refused = retire_repository(**by(organisation), repository=place.public_id)
        second.start()
        second.join(0.5)
        return refused

    refused = retire_meanwhile(now=NOON, actor=SYSTEM)
    second.join(30)

    assert refused is None
    assert second.done == Refused("no_such_repository")
    assert not Plan.objects.of(organisation.pk).exists()


def test_a_form_that_is_sent_twice_makes_one_plan() -> None:
    organisation = make_organisation()
    place = make_repository(organisation.pk)
    plan = wish(organisation, place)
    second = Second(lambda: make_plan(**by(organisation), plan=plan))

    @recorded
    def make_meanwhile(*, now: datetime, actor: Actor) -> Plan | Refused:
        made = make_plan(**by(organisation), plan=plan)
        second.start()
        second.join(0.5)
        return made

    made = make_meanwhile(now=NOON, actor=SYSTEM)
    second.join(30)

    assert second.done == made
    assert Plan.objects.of(organisation.pk).count() == 1
    other = make_plan(**by(organisation), plan=wish(organisation, place, "Other"))
    assert other != made
