"""What people and the background do in one instant: whoever comes second sees what the first one did."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from veilleur.domains.backups.actions import (
    add_repository,
    make_plan,
    name_source,
    retire_data_set,
    retire_repository,
)
from veilleur.domains.backups.factories import NOON, identity, make_repository
from veilleur.domains.backups.models import Plan, Repository, SourceAccess
from veilleur.domains.backups.rules.plans import NewItem, NewPlan, NewRepository
from veilleur.domains.backups.rules.states import Medium, SourceKind
from veilleur.domains.estate.actions import declare_data_set, declare_service
from veilleur.domains.estate.factories import make_asset, make_data_set
from veilleur.domains.estate.queries import whole_data_sets, whole_services
from veilleur.domains.estate.rules.map import DataSetKind, NewDataSet, NewService
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


def test_no_plan_is_made_for_data_that_is_being_retired() -> None:
    organisation = make_organisation()
    plan = wish(organisation, make_repository(organisation.pk))
    second = Second(lambda: make_plan(**by(organisation), plan=plan))

    @recorded
    def retire_meanwhile(*, now: datetime, actor: Actor) -> Refused | None:
        refused = retire_data_set(**by(organisation), data_set=plan.items[0].data_set)
        second.start()
        second.join(0.5)
        return refused

    refused = retire_meanwhile(now=NOON, actor=SYSTEM)
    second.join(30)

    assert (refused, second.done) == (None, Refused("no_such_data_set"))


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


def twice(act: Callable[[], object]) -> tuple[object, object]:
    """Do something a second time before the first one is committed, and return what came of both."""
    second = Second(act)

    @recorded
    def once(*, now: datetime, actor: Actor) -> object:
        done = act()
        second.start()
        second.join(0.5)
        return done

    first = once(now=NOON, actor=SYSTEM)
    second.join(30)
    return first, second.done


def test_a_folder_typed_in_two_forms_at_once_is_one_data_set() -> None:
    organisation = make_organisation()
    machine = make_asset(organisation)
    wanted = NewDataSet("Data", DataSetKind.FILES, "/srv/data", machine.public_id, None)

    first, second = twice(lambda: declare_data_set(**by(organisation), data_set=wanted))

    assert first == second
    assert len(whole_data_sets(organisation.pk)) == 1


def test_a_service_declared_twice_at_once_is_one() -> None:
    organisation = make_organisation()
    machine = make_asset(organisation)
    wanted = NewService("Accounting", machine.public_id, 3600, 3600)

    _first, second = twice(lambda: declare_service(**by(organisation), service=wanted))

    assert second == Refused("name_taken")
    assert len(whole_services(organisation.pk)) == 1


def test_a_place_and_a_server_that_are_named_twice_at_once_are_one() -> None:
    organisation = make_organisation()
    place = {"folder": "/mnt/copies", "asset": None, "medium": Medium.NETWORK}
    server = NewItem(identity(), SourceKind.POSTGRESQL, "host=db.example dbname=shop")

    first, second = twice(
        lambda: add_repository(
            **by(organisation), repository=NewRepository(identity=identity(), name="Safe", **place)
        )
    )
    twice(lambda: name_source(**by(organisation), source=server))

    assert first == second
    assert Repository.objects.of(organisation.pk).count() == 1
    assert SourceAccess.objects.of(organisation.pk).count() == 1
