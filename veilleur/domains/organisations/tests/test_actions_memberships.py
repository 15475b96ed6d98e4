"""Who belongs to an organisation, in which role, and what ends when somebody leaves."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from veilleur.domains.journal.rules.kinds import read_fact
from veilleur.domains.organisations import actions, queries
from veilleur.domains.organisations.factories import PASSWORD, make_membership, make_organisation, make_person
from veilleur.domains.organisations.facts import MemberAdded
from veilleur.domains.organisations.models import Membership, Organisation, Person
from veilleur.domains.organisations.rules.roles import Permission, Role, Side
from veilleur.domains.organisations.tests.journal_reading import facts
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ACTOR = Actor("p-somebody")
pytestmark = pytest.mark.django_db


def add(organisation: Organisation, person: Person, now: datetime = NOW) -> Membership:
    return actions.add_member(
        now=now,
        actor=ACTOR,
        organisation_id=organisation.pk,
        person_id=person.pk,
        role=Role.TECHNICIAN,
        side=Side.PROVIDER,
    )


def change(organisation: Organisation, person: Person, role: Role, side: Side = Side.INTERNAL) -> object:
    return actions.change_role(
        now=NOW,
        actor=ACTOR,
        organisation_id=organisation.pk,
        person=person.public_id,
        role=role,
        side=side,
    )


def end(organisation: Organisation, person: Person) -> Refused | None:
    return actions.end_membership(
        now=NOW, actor=ACTOR, organisation_id=organisation.pk, person=person.public_id
    )


def test_a_member_is_added_once_with_a_role_and_a_side() -> None:
    organisation, person = make_organisation(), make_person()

    first = add(organisation, person)
    again = add(organisation, person, NOW + timedelta(days=1))

    assert first.pk == again.pk
    assert (again.since, again.role, again.side) == (NOW, "technician", "provider")
    (fact,) = facts("member_added")
    assert (fact.organisation, fact.subject) == (organisation.public_id, person.public_id)
    assert json.loads(fact.body) == {"pseudonym": person.pseudonym, "role": "technician", "side": "provider"}


def test_a_member_of_before_there_were_roles_is_read_as_a_manager() -> None:
    fact = read_fact("organisations.member_added", 1, '{"pseudonym": "p-1"}')

    assert fact == MemberAdded(pseudonym="p-1", role="manager", side="internal")


def test_a_member_who_left_may_come_back_in_another_role_and_the_closed_account_opens() -> None:
    organisation, person = make_organisation(), make_person(is_active=False)
    make_membership(organisation, person, until=NOW - timedelta(days=1))

    add(organisation, person)

    member = Membership.objects.of(organisation.pk).select_related("person").get()
    assert (member.since, member.until, member.role) == (NOW, None, "technician")
    assert member.person.is_active


def test_a_role_counts_at_once_and_is_a_fact() -> None:
    organisation = make_organisation()
    make_person(organisation)
    person = make_person(organisation)

    assert change(organisation, person, Role.AUDITOR, Side.PROVIDER) is None

    viewer = queries.viewer_of(person.pk, NOW)
    assert viewer is not None
    assert viewer.may(Permission.READ_JOURNAL)
    assert not viewer.may(Permission.MANAGE_PEOPLE)
    (fact,) = facts("role_changed")
    assert json.loads(fact.body) == {
        "pseudonym": person.pseudonym,
        "role": "auditor",
        "role_before": "manager",
        "side": "provider",
        "side_before": "internal",
    }


def test_the_role_one_has_already_is_no_fact() -> None:
    organisation = make_organisation()
    person = make_person(organisation)

    assert change(organisation, person, Role.MANAGER) is None

    assert facts("role_changed") == []


@pytest.mark.parametrize("others", [[], [Role.TECHNICIAN, Role.AUDITOR]])
def test_the_last_manager_neither_leaves_nor_takes_another_role(others: list[Role]) -> None:
    organisation = make_organisation()
    manager = make_person(organisation)
    for role in others:
        make_person(organisation, role=role)
    left = make_person()
    make_membership(organisation, left, until=NOW)  # a manager of before counts for nothing

    assert change(organisation, manager, Role.TECHNICIAN) == Refused("last_manager")
    assert end(organisation, manager) == Refused("last_manager")

    assert queries.viewer_of(manager.pk, NOW) is not None
    assert facts("member_left") == []


def test_a_manager_leaves_where_another_stays() -> None:
    organisation = make_organisation()
    make_person(organisation)
    manager = make_person(organisation)

    assert end(organisation, manager) is None

    assert queries.viewer_of(manager.pk, NOW) is None


def test_whoever_leaves_the_only_organisation_can_no_longer_sign_in() -> None:
    organisation = make_organisation()
    make_person(organisation)
    person = make_person(organisation, role=Role.TECHNICIAN)

    end(organisation, person)

    person.refresh_from_db()
    assert not person.is_active
    assert [fact.subject for fact in facts("account_closed")] == [person.public_id]


def test_whoever_leaves_one_of_two_keeps_the_account_and_the_other() -> None:
    organisation, other = make_organisation("One"), make_organisation("Two")
    make_person(organisation)
    person = make_person(organisation, role=Role.TECHNICIAN)
    make_membership(other, person)

    end(organisation, person)

    person.refresh_from_db()
    viewer = queries.viewer_of(person.pk, NOW)
    assert viewer is not None
    assert person.is_active
    assert viewer.organisation_ids == {other.pk}
    assert facts("account_closed") == []


def test_every_session_of_whoever_leaves_ends_with_the_next_click(client: Client) -> None:
    organisation, other = make_organisation("One"), make_organisation("Two")
    make_person(organisation)
    person = make_person(organisation, role=Role.TECHNICIAN)
    make_membership(other, person)
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert client.get("/people/").status_code == 200

    end(organisation, person)

    left = client.get("/people/")
    assert (left.status_code, left["Location"]) == (302, "/account/login/?next=/people/")


def test_nobody_else_is_signed_out_when_somebody_leaves(client: Client) -> None:
    organisation = make_organisation()
    stays, leaves = make_person(organisation), make_person(organisation)
    client.post("/account/login/", {"login": stays.email, "password": PASSWORD})

    end(organisation, leaves)

    assert client.get("/people/").status_code == 200


def test_a_member_of_another_organisation_is_no_member_here() -> None:
    organisation, other = make_organisation(), make_organisation()
    make_person(organisation)
    stranger = make_person(other)

    assert change(organisation, stranger, Role.AUDITOR) == Refused("no_such_member")
    assert end(organisation, stranger) == Refused("no_such_member")

    assert queries.viewer_of(stranger.pk, NOW) is not None


def test_an_account_stays_open_for_whoever_joined_another_organisation_meanwhile() -> None:
    one, two = make_organisation("One"), make_organisation("Two")
    make_person(one)
    person = make_person(one)
    # The departure was clicked first, and had its turn after the joining.
    add(two, person, NOW + timedelta(seconds=1))

    end(one, person)

    person.refresh_from_db()
    assert person.is_active
