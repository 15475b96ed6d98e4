"""The guided first week: an item is done when facts say so; a person says only what no fact can."""

import pytest

from veilleur.domains.organisations.rules.first_week import (
    DAYS,
    SAID_OF,
    Counted,
    Day,
    Item,
    Saying,
    Week,
    is_offered,
    week_of,
)
from veilleur.domains.organisations.rules.profiles import Profile

NOTHING = {item: Counted(0, 1) for item in Item}
EVERYTHING = {item: Counted(1, 1) for item in Item}
SAID = frozenset(SAID_OF.values())


def step(week: Week, item: Item) -> tuple[bool, bool]:
    found = next(each for each in week.steps if each.item is item)
    return found.is_done, found.may_say


def test_every_item_has_its_day_once() -> None:
    listed = [item for items in DAYS.values() for item in items]

    assert sorted(listed) == sorted(Item)


def test_where_nothing_is_known_nothing_is_done() -> None:
    week = week_of(NOTHING, ())

    assert not any(each.is_done for each in week.steps)
    assert (week.next_day, week.next_step and week.next_step.item) == (Day.NAME, Item.MACHINE)


def test_the_week_is_done_by_facts_and_by_what_only_a_person_knows() -> None:
    assert not week_of(EVERYTHING, ()).is_done
    done = week_of(EVERYTHING, SAID)
    assert (done.is_done, done.next_day, done.next_step) == (True, None, None)


@pytest.mark.parametrize("item", sorted(set(Item) - set(SAID_OF)))
def test_what_facts_show_cannot_be_said(item: Item) -> None:
    assert step(week_of(NOTHING, frozenset(Saying)), item) == (False, False)


@pytest.mark.parametrize("item", [Item.KEY_AWAY, Item.WHOM_TO_CALL])
def test_what_no_fact_shows_is_done_once_it_is_said(item: Item) -> None:
    assert step(week_of(EVERYTHING, ()), item) == (False, True)
    assert step(week_of(NOTHING, SAID), item) == (True, True)


@pytest.mark.parametrize(
    ("named", "said", "expected"),
    [
        # Ten are enough, and nothing needs to be said.
        (10, (), (True, False)),
        (12, (), (True, False)),
        # Three may be all there are; somebody has to say so.
        (3, (), (False, True)),
        (3, (Saying.ALL_SERVICES,), (True, True)),
        # None is never all.
        (0, (Saying.ALL_SERVICES,), (False, False)),
    ],
)
def test_ten_services_are_enough_or_all_there_are(
    named: int, said: tuple[Saying, ...], expected: tuple[bool, bool]
) -> None:
    week = week_of(NOTHING | {Item.SERVICES: Counted(named, 10)}, said)

    assert step(week, Item.SERVICES) == expected


def test_nothing_of_nothing_is_not_done() -> None:
    assert not Counted(0, 0).is_whole


def test_the_next_day_is_the_first_with_something_left_even_if_a_later_one_is_done() -> None:
    left = {Item.PLACE: Counted(0, 1)}

    assert week_of(EVERYTHING | left, SAID).next_day is Day.PROTECT


def test_the_home_page_leads_those_who_start_until_they_put_it_away() -> None:
    assert is_offered(Profile.STARTING, ())
    assert not is_offered(Profile.STARTING, {Saying.PUT_AWAY})
    assert not is_offered(Profile.STRUCTURED, ())
