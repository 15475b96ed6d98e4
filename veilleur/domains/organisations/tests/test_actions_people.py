"""Organisations, persons and memberships, with their facts."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from veilleur.domains.journal.rules.chain import INSTALLATION
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.factories import PASSWORD, make_membership, make_organisation, make_person
from veilleur.domains.organisations.models import Organisation, Person
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ACTOR = Actor("p-somebody")
pytestmark = pytest.mark.django_db


def test_an_organisation_is_created_with_its_fact_in_its_own_chain() -> None:
    made = actions.create_organisation(now=NOW, actor=ACTOR, name="Ateliers", language="en", time_zone="UTC")

    stored = Organisation.objects.get()
    assert (stored.pk, stored.name, stored.language, stored.created_at) == (made.pk, "Ateliers", "en", NOW)
    (fact,) = facts("organisation_created")
    assert (fact.organisation, fact.subject, fact.actor) == (made.public_id, made.public_id, "p-somebody")


def test_a_person_is_created_without_name_or_address_in_the_journal() -> None:
    password = actions.hash_new_password(PASSWORD, email="anna@vexin.example", name="Anna Vexin")
    assert isinstance(password, actions.HashedPassword)

    person = actions.create_person(
        now=NOW, actor=ACTOR, email=" Anna@Vexin.Example ", name="Anna Vexin", password=password
    )

    stored = Person.objects.get()
    assert stored.email == "anna@vexin.example"
    assert stored.check_password(PASSWORD)
    (fact,) = facts("person_created")
    assert (fact.organisation, fact.subject) == (INSTALLATION, person.public_id)
    for word in ("anna", "Anna", "Vexin", PASSWORD, stored.password):
        assert word not in everything_written()


def test_a_person_without_a_password_cannot_sign_in() -> None:
    person = actions.create_person(now=NOW, actor=ACTOR, email="ben@vexin.example", name="Ben")

    assert not person.has_usable_password()


def test_one_address_is_one_person_whatever_its_case() -> None:
    make_person(email="anna@vexin.example")

    with pytest.raises(IntegrityError):
        actions.create_person(now=NOW, actor=ACTOR, email="ANNA@vexin.example", name="Twin")


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "1q2w3e4r5t6y",  # among the common ones
        "anna@vexin.example",  # the address itself
    ],
)
def test_a_weak_password_is_refused_with_the_reasons(password: str) -> None:
    refused = actions.hash_new_password(password, email="anna@vexin.example", name="Anna")

    assert isinstance(refused, Refused)
    assert refused.reason == "password_rules"
    assert refused.detail


def test_a_hashed_password_never_shows_in_a_trace() -> None:
    password = actions.hash_new_password(PASSWORD, email="a@b.example", name="A")

    assert isinstance(password, actions.HashedPassword)
    assert password.encoded not in repr(password)


def test_a_changed_password_is_a_fact_in_each_organisation_of_the_person() -> None:
    one, two = make_organisation("One"), make_organisation("Two")
    person = make_person(one)
    make_membership(two, person)
    password = actions.hash_new_password("another horse battery staple", email=person.email, name=person.name)
    assert isinstance(password, actions.HashedPassword)

    actions.change_password(now=NOW, actor=ACTOR, person_id=person.pk, password=password, by_operator=True)

    person.refresh_from_db()
    assert person.check_password("another horse battery staple")
    assert {fact.organisation for fact in facts("password_changed")} == {one.public_id, two.public_id}
    assert "by_operator" in everything_written()
