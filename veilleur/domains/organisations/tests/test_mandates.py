"""Mandates: a customer lets a provider's people in, and out again; nobody comes further than was given."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.factories import make_membership, make_organisation, make_person
from veilleur.domains.organisations.models import Mandate, Organisation
from veilleur.domains.organisations.queries import viewer_of, visible_names
from veilleur.domains.organisations.queries.mandates import (
    visible_customers,
    visible_mandates,
    visible_serving_people,
)
from veilleur.domains.organisations.rules.mandates import Scope
from veilleur.domains.organisations.rules.roles import Permission, Role
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts
from veilleur.domains.organisations.tests.mandating import (
    ACTOR,
    NOW,
    WATCHING,
    body,
    mandated,
    may,
    offer,
    take_up,
)
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Organisation:
    return make_organisation("Ateliers du Vexin")


@pytest.fixture
def provider() -> Organisation:
    return make_organisation("Infogérance")


def test_a_providers_technician_does_there_what_was_given_and_only_from_the_taking_up(
    customer: Organisation, provider: Organisation
) -> None:
    person = make_person(provider, role=Role.TECHNICIAN)
    token = offer(customer)

    before = may(person, customer)
    take_up(provider, token)
    after = may(person, customer)

    assert before is None
    assert after is not None
    assert Permission.CHANGE_WATCH in after
    assert Permission.SEE_HOME in after
    assert Permission.CHANGE_ESTATE not in after


def test_the_providers_own_organisation_stays_the_one_looked_at_first(
    customer: Organisation, provider: Organisation
) -> None:
    person = make_person(provider)
    mandated(customer, provider)

    viewer = viewer_of(person.pk, NOW)

    assert viewer is not None
    assert viewer.organisation_id == provider.pk
    assert viewer.organisation_ids == {provider.pk, customer.pk}


def test_whoever_only_asks_or_decides_at_home_is_nobody_at_the_customers(
    customer: Organisation, provider: Organisation
) -> None:
    people = [make_person(provider, role=role) for role in (Role.REQUESTER, Role.REFERENT)]
    mandated(customer, provider, actions.Given(Role.MANAGER, tuple(Scope)))

    assert [may(person, customer) for person in people] == [None, None]


def test_the_customers_people_see_nothing_of_the_provider(
    customer: Organisation, provider: Organisation
) -> None:
    person = make_person(customer)
    mandated(customer, provider)

    assert may(person, provider) is None


def test_a_mandate_is_not_handed_on(customer: Organisation, provider: Organisation) -> None:
    third = make_organisation("Somebody else")
    mandated(customer, provider)
    mandated(provider, third)

    assert may(make_person(third), customer) is None


def test_an_ended_mandate_counts_no_more_at_the_very_instant(
    customer: Organisation, provider: Organisation
) -> None:
    person = make_person(provider)
    mandate = mandated(customer, provider)

    ended = actions.end_mandate(now=NOW, actor=ACTOR, organisation_id=customer.pk, mandate=mandate)

    assert ended is None
    assert may(person, customer) is None
    assert [body(fact)["by"] for fact in facts("mandate_ended")] == ["customer", "customer"]


def test_a_mandate_ends_by_itself_at_its_last_instant_excluded(
    customer: Organisation, provider: Organisation
) -> None:
    person, until = make_person(provider), NOW + timedelta(days=1)
    mandated(customer, provider, actions.Given(Role.TECHNICIAN, (), until))

    assert may(person, customer, until - timedelta(microseconds=1)) is not None
    assert may(person, customer, until) is None


def test_whoever_leaves_the_provider_is_out_of_every_customer(
    customer: Organisation, provider: Organisation
) -> None:
    make_person(provider)
    leaver = make_person(provider, role=Role.TECHNICIAN)
    mandated(customer, provider)

    actions.end_membership(now=NOW, actor=ACTOR, organisation_id=provider.pk, person=leaver.public_id)

    assert may(leaver, customer) is None


def test_a_member_of_both_has_what_either_gives(customer: Organisation, provider: Organisation) -> None:
    person = make_person(provider, role=Role.TECHNICIAN)
    make_membership(customer, person, role=Role.REQUESTER)
    mandated(customer, provider)

    got = may(person, customer)

    assert got is not None
    assert Permission.CHANGE_WATCH in got


def test_a_changed_mandate_gives_less_from_the_next_page_on(
    customer: Organisation, provider: Organisation
) -> None:
    person = make_person(provider)
    mandate = mandated(customer, provider)
    less = actions.Given(Role.AUDITOR, ())

    refused = actions.change_mandate(
        now=NOW, actor=ACTOR, organisation_id=customer.pk, mandate=mandate, given=less
    )

    assert refused is None
    got = may(person, customer)
    assert got is not None
    assert Permission.CHANGE_WATCH not in got


def test_another_mandate_for_the_same_provider_takes_the_place_of_the_first(
    customer: Organisation, provider: Organisation
) -> None:
    first = mandated(customer, provider)
    second = mandated(customer, provider, actions.Given(Role.AUDITOR, ()))

    assert Mandate.objects.of(customer.pk).get(public_id=first).closed_at == NOW
    assert Mandate.objects.of(customer.pk).get(public_id=second).closed_at is None


@pytest.mark.parametrize("mishap", ["used", "withdrawn", "old", "mistyped", "over"])
def test_a_link_that_does_not_work_says_one_and_the_same(
    customer: Organisation, provider: Organisation, mishap: str
) -> None:
    until = NOW + timedelta(days=40)
    token, later = offer(customer, actions.Given(Role.TECHNICIAN, (), until)), NOW
    if mishap == "used":
        take_up(provider, token)
        provider = make_organisation("Somebody else")
    elif mishap == "withdrawn":
        mandate = Mandate.objects.of(customer.pk).get().public_id
        actions.end_mandate(now=NOW, actor=ACTOR, organisation_id=customer.pk, mandate=mandate)
    elif mishap == "old":
        later = NOW + timedelta(days=30)
    elif mishap == "over":
        Mandate.objects.of(customer.pk).update(expires_at=NOW + timedelta(days=99))
        later = until
    else:
        token = token[:-1]

    assert take_up(provider, token, later) == Refused("offer_invalid")


def test_an_organisation_gives_none_to_itself(customer: Organisation) -> None:
    assert take_up(customer, offer(customer)) == Refused("offer_to_oneself")


def test_the_demonstration_and_the_real_do_not_serve_one_another(customer: Organisation) -> None:
    assert take_up(make_organisation("Demo", is_demo=True), offer(customer)) == Refused("demo_apart")


@pytest.mark.parametrize("whose", ["provider", "stranger"])
def test_nobody_but_the_customer_changes_or_ends_it_as_the_customer(
    customer: Organisation, provider: Organisation, whose: str
) -> None:
    mandate = mandated(customer, provider)
    other = provider if whose == "provider" else make_organisation("Somebody else")
    said = {"now": NOW, "actor": ACTOR, "organisation_id": other.pk, "mandate": mandate}

    assert actions.change_mandate(**said, given=WATCHING) == Refused("no_such_mandate")
    assert actions.end_mandate(**said) == Refused("no_such_mandate")


def test_a_provider_gives_back_what_it_holds_and_nobody_elses(
    customer: Organisation, provider: Organisation
) -> None:
    person, mandate = make_person(provider), mandated(customer, provider)
    stranger = make_organisation("Somebody else")

    by_stranger = actions.give_mandate_back(
        now=NOW, actor=ACTOR, organisation_id=stranger.pk, mandate=mandate
    )
    assert by_stranger == Refused("no_such_mandate")
    assert may(person, customer) is not None

    assert (
        actions.give_mandate_back(now=NOW, actor=ACTOR, organisation_id=provider.pk, mandate=mandate) is None
    )
    assert may(person, customer) is None


def test_an_end_that_is_past_is_refused(customer: Organisation) -> None:
    past = actions.Given(Role.TECHNICIAN, (), NOW)

    refused = actions.offer_mandate(
        now=NOW, actor=ACTOR, organisation_id=customer.pk, provider="Infogérance", given=past
    )

    assert refused == Refused("mandate_over")


def test_both_chains_tell_of_it_and_no_token_is_written(
    customer: Organisation, provider: Organisation
) -> None:
    token = offer(customer)
    take_up(provider, token)

    taken_up = facts("mandate_taken_up")

    assert len(taken_up) == 2
    assert {body(fact)["provider"] for fact in taken_up} == {str(provider.public_id)}
    assert token not in everything_written()


def test_the_customer_sees_who_may_come_in_and_whose_name_stands_in_its_journal(
    customer: Organisation, provider: Organisation
) -> None:
    manager = make_person(customer)
    technician = make_person(provider, role=Role.TECHNICIAN, name="Tess")
    make_person(provider, role=Role.REQUESTER, name="Rita")
    mandated(customer, provider, actions.Given(Role.MANAGER, ()))
    viewer = viewer_of(manager.pk, NOW)
    assert viewer is not None

    assert [(row.name, row.role) for row in visible_serving_people(viewer, NOW)] == [("Tess", "technician")]
    assert visible_names(viewer)[technician.pseudonym] == "Tess"
    assert [row.provider for row in visible_mandates(viewer, NOW)] == ["Infogérance"]


def test_a_provider_lists_the_customers_it_serves_and_no_other(
    customer: Organisation, provider: Organisation
) -> None:
    person = make_person(provider)
    mandated(customer, provider)
    offer(make_organisation("Offered only"))
    viewer = viewer_of(person.pk, NOW)
    assert viewer is not None

    assert [row.customer for row in visible_customers(viewer, NOW)] == ["Ateliers du Vexin"]


def test_a_customer_that_a_provider_adds_can_be_served_at_once(provider: Organisation) -> None:
    person = make_person(provider)

    added = actions.add_customer(now=NOW, actor=ACTOR, organisation_id=provider.pk, name="Menuiserie Roy")

    assert isinstance(added, Organisation)
    got = may(person, added)
    assert got is not None
    assert Permission.MANAGE_PEOPLE in got
    assert Permission.MANAGE_MANDATES not in got


def test_an_offer_ends_with_the_right_of_whoever_made_it(
    customer: Organisation, provider: Organisation
) -> None:
    make_person(customer)
    manager = make_person(customer)
    token = actions.offer_mandate(
        now=NOW,
        actor=Actor(manager.pseudonym),
        organisation_id=customer.pk,
        provider="Infogérance",
        given=WATCHING,
    )
    assert isinstance(token, str)

    actions.end_membership(now=NOW, actor=ACTOR, organisation_id=customer.pk, person=manager.public_id)

    assert take_up(provider, token) == Refused("offer_invalid")


@pytest.mark.parametrize("act", ["offer", "take_up", "change", "end", "give_back", "add"])
def test_whoever_lost_the_right_while_waiting_decides_about_no_mandate(
    customer: Organisation, provider: Organisation, act: str
) -> None:
    mandate, token = mandated(customer, provider), offer(make_organisation("Third"))
    at = provider if act in {"take_up", "give_back", "add"} else customer
    actor = Actor(make_person(at, role=Role.AUDITOR).pseudonym)
    said = {"now": NOW, "actor": actor, "organisation_id": at.pk}
    acts: dict[str, Callable[[], object]] = {
        "offer": lambda: actions.offer_mandate(**said, provider="Infogérance", given=WATCHING),
        "take_up": lambda: actions.take_up_mandate(**said, token=token),
        "change": lambda: actions.change_mandate(**said, mandate=mandate, given=WATCHING),
        "end": lambda: actions.end_mandate(**said, mandate=mandate),
        "give_back": lambda: actions.give_mandate_back(**said, mandate=mandate),
        "add": lambda: actions.add_customer(**said, name="Menuiserie Roy"),
    }

    assert acts[act]() == Refused("no_longer_allowed")
