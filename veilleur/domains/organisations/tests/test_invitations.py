"""Invitations, with those who would misuse them."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from veilleur.domains.organisations import actions, queries
from veilleur.domains.organisations.actions import invitations, memberships
from veilleur.domains.organisations.factories import (
    PASSWORD,
    make_invitation,
    make_membership,
    make_organisation,
    make_person,
)
from veilleur.domains.organisations.models import Invitation, Membership, Organisation, Person
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
FORM = {"name": "Ben", "password": PASSWORD, "repeated": PASSWORD}
INVITE = {"name": "Ben", "email": "Ben@vexin.example", "role": "technician", "side": "internal"}
pytestmark = pytest.mark.django_db


def invite(
    organisation: Organisation,
    email: str = "ben@vexin.example",
    now: datetime = NOW,
    by: Person | None = None,
) -> str:
    invited = actions.Invited(email=email, name="Ben", role=Role.TECHNICIAN)
    actor = Actor("p-1" if by is None else by.pseudonym)
    token = actions.invite(now=now, actor=actor, organisation_id=organisation.pk, invited=invited)
    assert isinstance(token, str)
    return token


def accept(token: str, now: datetime = NOW) -> Person | Refused:
    password = actions.hash_new_password(PASSWORD, email="ben@vexin.example", name="Ben")
    assert isinstance(password, actions.HashedPassword)
    return actions.accept_as_somebody_new(
        now=now, actor=SYSTEM, token=token, name="Ben", password=password, language="en"
    )


def test_an_accepted_invitation_makes_a_member_in_the_offered_role() -> None:
    organisation = make_organisation()

    person = accept(invite(organisation, "Ben@Vexin.example"))

    assert isinstance(person, Person)
    assert person.email == "ben@vexin.example"
    member = Membership.objects.of(organisation.pk).get()
    assert (member.person_id, member.role, member.side) == (person.pk, "technician", "internal")
    (fact,) = facts("invitation_accepted")
    assert json.loads(fact.body) == {"pseudonym": person.pseudonym}


def test_neither_token_nor_address_nor_name_is_in_the_journal() -> None:
    token = invite(make_organisation())

    (row,) = Invitation.objects.across_organisations("test")
    assert token not in str(vars(row))
    for word in (token, "ben@", "Ben"):
        assert word not in everything_written()


def test_a_used_withdrawn_replaced_unknown_or_old_invitation_is_refused_in_the_same_words() -> None:
    organisation = make_organisation()
    replaced = invite(organisation)
    used = invite(organisation)
    accept(used)
    withdrawn = invite(organisation, "clara@vexin.example")
    (row,) = queries.visible_invitations(viewer(organisation), NOW)
    actions.withdraw_invitation(now=NOW, actor=SYSTEM, organisation_id=organisation.pk, invitation=row.id)
    old = invite(organisation, "dora@vexin.example")

    refusals = [accept(token) for token in (replaced, used, withdrawn, "unknown", "")]

    assert refusals == [Refused("invitation_invalid")] * 5
    assert accept(old, NOW + timedelta(days=7)) == Refused("invitation_invalid")
    assert isinstance(accept(old, NOW + timedelta(days=7, microseconds=-1)), Person)


def viewer(organisation: Organisation) -> queries.Viewer:
    found = queries.viewer_of(make_person(organisation).pk, NOW)
    assert found is not None
    return found


def test_somebody_who_belongs_already_is_not_invited() -> None:
    organisation = make_organisation()
    make_person(organisation, email="ben@vexin.example")
    invited = actions.Invited(email="BEN@vexin.example", name="Ben", role=Role.AUDITOR)

    refused = actions.invite(now=NOW, actor=SYSTEM, organisation_id=organisation.pk, invited=invited)

    assert refused == Refused("member_already")


def test_an_address_that_has_an_account_is_not_made_twice_and_the_link_stays_good() -> None:
    organisation = make_organisation()
    known = make_person(make_organisation(), email="ben@vexin.example")
    token = invite(organisation)

    assert accept(token) == Refused("email_taken")

    done = actions.accept_as_member_elsewhere(
        now=NOW, actor=Actor(known.pseudonym), token=token, person_id=known.pk
    )
    assert done is None
    assert Membership.objects.of(organisation.pk).get().person_id == known.pk


def test_whoever_is_erased_while_they_accept_belongs_nowhere_and_the_link_stays_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    organisation, ben = make_organisation(), make_person(make_organisation(), email="ben@vexin.example")
    token, hold = invite(organisation), memberships.hold_members

    def hold_once_others_have_committed(organisation_id: int) -> None:
        erased = {"name": "", "email": f"{ben.pseudonym}@erased.invalid", "is_active": False}
        Person.objects.filter(pk=ben.pk).update(**erased)
        hold(organisation_id)

    for place in (invitations, memberships):
        monkeypatch.setattr(place, "hold_members", hold_once_others_have_committed)
    said = {"now": NOW, "actor": Actor(ben.pseudonym), "token": token, "person_id": ben.pk}
    refused = actions.accept_as_member_elsewhere(**said)  # type: ignore[arg-type]

    assert refused == Refused("invitation_for_another")
    assert not Membership.objects.of(organisation.pk).exists()
    assert not Person.objects.get(pk=ben.pk).is_active
    assert queries.open_invitation(token, NOW) is not None


def test_an_invitation_for_somebody_else_opens_nothing_and_stays_good() -> None:
    organisation, other = make_organisation(), make_person(make_organisation())
    token = invite(organisation)

    refused = actions.accept_as_member_elsewhere(
        now=NOW, actor=Actor(other.pseudonym), token=token, person_id=other.pk
    )

    assert refused == Refused("invitation_for_another")
    assert isinstance(accept(token), Person)


def test_an_invitation_of_another_organisation_is_not_withdrawn() -> None:
    organisation, other = make_organisation(), make_organisation()
    row = make_invitation(other)

    refused = actions.withdraw_invitation(
        now=NOW, actor=SYSTEM, organisation_id=organisation.pk, invitation=row.public_id
    )

    assert refused == Refused("no_such_invitation")
    row.refresh_from_db()
    assert row.closed_at is None


def test_a_manager_invites_and_somebody_new_joins_by_the_link(client: Client) -> None:
    organisation = make_organisation()
    sign_in(client, make_person(organisation))
    shown = client.post("/people/invite/", INVITE).content.decode()
    link = re.search(r"http://testserver(/join/[^<]+)<", shown)
    assert link is not None
    newcomer = Client()

    page = newcomer.get(link[1]).content.decode()
    joined = newcomer.post(link[1], FORM)

    assert "Ateliers du Vexin" in page
    assert "ben@vexin.example" in page
    assert (joined.status_code, joined["Location"]) == (302, "/")
    assert newcomer.get("/estate/").status_code == 200
    assert newcomer.get("/people/invite/").status_code == 403
    assert newcomer.get(link[1]).status_code == 404


def test_the_page_of_a_link_says_at_once_what_is_wrong_with_a_password(client: Client) -> None:
    token = invite(make_organisation(), now=utc_now())

    answer = client.post(f"/join/{token}", {**FORM, "password": "ben@vexin.example", "repeated": "other"})

    assert answer.status_code == 422
    assert not Person.objects.exists()


def test_whoever_left_comes_back_by_an_invitation_with_another_account(client: Client) -> None:
    organisation = make_organisation()
    manager = make_person(organisation)
    former = make_person(organisation, email="ben@vexin.example", name="Ben of before")
    Authenticator.objects.create(user=former, type="totp", data={"secret": "of before"})
    actions.end_membership(now=NOW, actor=SYSTEM, organisation_id=organisation.pk, person=former.public_id)
    token = invite(organisation, now=utc_now())

    joined = client.post(f"/join/{token}", FORM)

    assert (joined.status_code, joined["Location"]) == (302, "/")
    assert client.get("/estate/").status_code == 200
    former.refresh_from_db()
    assert not former.is_active
    assert not Authenticator.objects.filter(user=former).exists()
    viewer = queries.viewer_of(manager.pk, utc_now())
    assert viewer is not None
    names = queries.visible_names(viewer)
    # What was done before keeps the name of before: whoever invites cannot rename it.
    assert names[former.pseudonym] == "Ben of before"
    assert names[Person.objects.get(email="ben@vexin.example").pseudonym] == "Ben"


def test_of_two_organisations_that_invite_the_same_former_member_neither_gets_the_others_account() -> None:
    one, two = make_organisation("One"), make_organisation("Two")
    make_person(one)
    former = make_person(one, email="ben@vexin.example")
    actions.end_membership(now=NOW, actor=SYSTEM, organisation_id=one.pk, person=former.public_id)
    first, second = invite(one), invite(two)

    person = accept(first)

    assert isinstance(person, Person)
    assert accept(second) == Refused("email_taken")
    assert person.pk != former.pk


def test_an_invitation_ends_with_the_right_of_whoever_made_it() -> None:
    organisation = make_organisation()
    make_person(organisation)
    manager = make_person(organisation)
    token = invite(organisation, "second@vexin.example", by=manager)
    kept = invite(organisation, "kept@vexin.example")

    actions.end_membership(now=NOW, actor=SYSTEM, organisation_id=organisation.pk, person=manager.public_id)

    assert queries.open_invitation(token, NOW) is None
    assert queries.open_invitation(kept, NOW) is not None
    assert len(facts("invitation_withdrawn")) == 1


def test_whoever_lost_the_right_while_waiting_invites_nobody() -> None:
    organisation = make_organisation()
    make_person(organisation)
    manager = make_person(organisation)
    said = {"now": NOW, "organisation_id": organisation.pk}
    actions.change_role(**said, actor=SYSTEM, person=manager.public_id, role=Role.AUDITOR, side=Side.INTERNAL)
    invited = actions.Invited(email="ben@vexin.example", name="Ben", role=Role.MANAGER)

    refused = actions.invite(**said, actor=Actor(manager.pseudonym), invited=invited)

    assert refused == Refused("no_longer_allowed")


def test_an_address_longer_than_the_column_is_refused_in_a_sentence(client: Client) -> None:
    organisation = make_organisation()
    sign_in(client, make_person(organisation))
    address = "a" * 240 + "@" + "b" * 50 + ".example"

    answer = client.post("/people/invite/", {**INVITE, "email": address})

    assert answer.status_code == 422


def test_an_account_that_appears_at_the_same_instant_is_signed_in_with(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = invite(make_organisation(), now=utc_now())
    page = f"/join/{token}"
    make_person(make_organisation("Two"), email="ben@vexin.example")
    with monkeypatch.context() as before:
        before.setattr("veilleur.domains.organisations.views.doors.person_with_email", lambda _email: None)
        before.setattr(
            "veilleur.domains.organisations.actions.invitations.is_address_in_use", lambda _email: False
        )
        answer = client.post(page, FORM)

    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "/account/login/?next=" in client.get(page).content.decode()


def test_whoever_has_an_account_signs_in_and_joins(client: Client) -> None:
    first, second = make_organisation("One"), make_organisation("Two")
    known = make_person(first, email="ben@vexin.example")
    token = invite(second, now=utc_now())
    door = client.get(f"/join/{token}").content.decode()
    sign_in(client, known)

    joined = client.post(f"/join/{token}")

    assert f"/account/login/?next=/join/{token}" in door
    assert (joined.status_code, joined["Location"]) == (302, "/")
    assert "Two" in client.get("/people/").content.decode()


def test_somebody_with_two_organisations_looks_at_the_chosen_one_and_at_no_third(client: Client) -> None:
    first, second, third = make_organisation("One"), make_organisation("Two"), make_organisation("Three")
    person = make_person(first)
    make_membership(second, person, role=Role.AUDITOR)
    sign_in(client, person)

    client.post("/organisation/", {"organisation": str(second.public_id)})
    refused = client.post("/organisation/", {"organisation": str(third.public_id)})

    assert refused.status_code == 404
    assert client.get("/people/invite/").status_code == 403  # an auditor there, a manager in the first


def sign_in(client: Client, person: Person) -> None:
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
