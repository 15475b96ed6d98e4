"""Signing in and out: facts, limits, and what an attacker learns (nothing)."""

import statistics
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from veilleur.domains.journal.rules.chain import INSTALLATION
from veilleur.domains.organisations.factories import PASSWORD, make_membership, make_organisation, make_person
from veilleur.domains.organisations.signin import address_digest
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.django_db
LOGIN = "/account/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_member_signs_in_and_it_is_a_fact_of_each_organisation(client: Client) -> None:
    one, two = make_organisation("One"), make_organisation("Two")
    person = make_person(one, email="anna@vexin.example")
    make_membership(two, person)

    response = sign_in(client, "Anna@vexin.example")

    assert response.status_code == 302
    assert is_signed_in(client)
    entries = facts("signed_in")
    assert {entry.organisation for entry in entries} == {one.public_id, two.public_id}
    assert {(entry.actor, entry.subject) for entry in entries} == {(person.pseudonym, person.public_id)}
    assert "anna@" not in everything_written().lower()


def test_a_failed_sign_in_goes_to_the_installation_without_address_or_password(client: Client) -> None:
    make_person(make_organisation(), email="anna@vexin.example")

    sign_in(client, "anna@vexin.example", "a wrong password")

    assert not is_signed_in(client)
    (entry,) = facts("sign_in_failed")
    assert entry.organisation == INSTALLATION
    assert address_digest("ANNA@vexin.example ") in str(entry.body)
    assert "anna@" not in everything_written()
    assert "wrong" not in everything_written()


def test_the_digest_of_an_address_depends_on_the_installation(settings: Any) -> None:
    here = address_digest("anna@vexin.example")
    settings.SECRET_KEY = "another installation"

    assert address_digest("anna@vexin.example") != here


def test_wrong_unknown_and_inactive_get_the_very_same_answer() -> None:
    organisation = make_organisation()
    make_person(organisation, email="anna@vexin.example")
    make_person(organisation, email="gone@vexin.example", is_active=False)

    answers = [
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), email, password)
        for number, (email, password) in enumerate(
            [
                ("anna@vexin.example", "a wrong password"),
                ("nobody@vexin.example", "a wrong password"),
                ("gone@vexin.example", PASSWORD),
            ]
        )
    ]

    assert {answer.status_code for answer in answers} == {200}
    messages = [list(answer.context["form"].non_field_errors()) for answer in answers]
    assert messages[0]
    assert messages == [messages[0]] * 3
    assert len(facts("sign_in_failed")) == 3


def test_an_unknown_address_takes_as_long_as_a_known_one() -> None:
    make_person(make_organisation(), email="anna@vexin.example")

    def seconds(email: str, number: int) -> float:
        began = time.process_time()
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{number}"), email, "a wrong password")
        return time.process_time() - began

    seconds("anna@vexin.example", 1)
    known = statistics.median(seconds("anna@vexin.example", number) for number in range(2, 5))
    unknown = statistics.median(seconds(f"nobody{number}@vexin.example", number) for number in range(10, 13))

    # Without the hash that makes up for it the ratio is far above ten.
    assert max(known, unknown) / min(known, unknown) < 3


def test_guessing_ends_after_five_failures_even_with_the_right_password(client: Client) -> None:
    make_person(make_organisation(), email="anna@vexin.example")
    for _ in range(5):
        sign_in(client, "anna@vexin.example", "a wrong password")

    sign_in(client, "anna@vexin.example")

    assert not is_signed_in(client)
    assert len(facts("sign_in_failed")) == 5
    # Another person is not locked out with her.
    make_person(make_organisation(), email="ben@vexin.example")
    other = Client(REMOTE_ADDR="192.0.2.77")
    sign_in(other, "ben@vexin.example")
    assert is_signed_in(other)


def test_one_machine_that_tries_many_addresses_is_stopped(client: Client) -> None:
    for number in range(12):
        sign_in(client, f"p{number}@vexin.example", "a wrong password")

    assert len(facts("sign_in_failed")) == 10


def test_signing_out_needs_a_post_and_is_a_fact(client: Client) -> None:
    person = make_person(make_organisation(), email="anna@vexin.example")
    sign_in(client, person.email)

    client.get("/account/logout/")
    assert is_signed_in(client)
    client.post("/account/logout/")

    assert not is_signed_in(client)
    (entry,) = facts("signed_out")
    assert entry.actor == person.pseudonym


def test_signing_out_twice_is_no_fault(client: Client) -> None:
    assert client.post("/account/logout/").status_code == 302
    assert facts("signed_out") == []


def test_whoever_has_no_password_here_is_not_asked_for_it(client: Client) -> None:
    person = make_person(make_organisation(), language="en")
    person.set_unusable_password()
    person.save()
    client.force_login(person, settings.AUTHENTICATION_BACKENDS[0])

    answer = client.get("/account/password/change/", follow=True)

    assert answer.redirect_chain == [("/account/security/", 302)]
    assert "there is none to change" in answer.content.decode()
    assert "Change my password" not in answer.content.decode()


def test_an_address_that_only_takes_forms_says_so_to_who_opens_it(client: Client) -> None:
    client.force_login(make_person(make_organisation(), language="en"), settings.AUTHENTICATION_BACKENDS[0])

    answer = client.get("/account/security/sessions/end/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address shows nothing by itself" in answer.content.decode()


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_reset_password", "account_email", "account_set_password", "account_inactive"],
)
def test_only_three_of_the_librarys_pages_exist(client: Client, name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)
    assert client.get("/account/signup/").status_code == 404


def test_a_password_is_changed_by_its_owner_and_ends_the_other_sessions(client: Client) -> None:
    person = make_person(make_organisation(), email="anna@vexin.example")
    elsewhere = Client()
    sign_in(client, person.email)
    sign_in(elsewhere, person.email)
    new = "another horse battery staple"

    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    person.refresh_from_db()
    assert person.check_password(new)
    (entry,) = facts("password_changed")
    assert entry.actor == person.pseudonym
    assert client.get("/account/password/change/").status_code == 200
    assert elsewhere.get("/account/password/change/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new"),
    [("wrong", "another horse battery staple"), (PASSWORD, "short"), (PASSWORD, "1q2w3e4r5t6y")],
)
def test_a_wrong_old_or_weak_new_password_changes_nothing(client: Client, old: str, new: str) -> None:
    person = make_person(make_organisation(), email="anna@vexin.example")
    sign_in(client, person.email)

    client.post("/account/password/change/", {"oldpassword": old, "password1": new, "password2": new})

    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert facts("password_changed") == []


def test_every_fault_of_a_new_password_is_said_at_once(client: Client) -> None:
    person = make_person(make_organisation(), email="anna@vexin.example", language="fr")
    sign_in(client, person.email)

    answer = client.post(
        "/account/password/change/", {"oldpassword": "wrong", "password1": "short", "password2": "other"}
    )

    errors = answer.context["form"].errors
    assert errors["oldpassword"] == ["Votre mot de passe actuel n’est pas celui-là."]
    assert set(errors) == {"oldpassword", "password1", "password2"}
    assert len(errors["password2"]) == 1


def test_whoever_failed_too_often_reads_how_long_to_wait(client: Client) -> None:
    make_person(make_organisation(), email="anna@vexin.example")
    french = {"headers": {"Accept-Language": "fr"}}

    for _attempt in range(6):
        answer = sign_in(client, "anna@vexin.example", "a wrong password", **french)

    assert "Réessayez dans cinq minutes environ." in answer.content.decode()


def test_two_installations_on_one_host_do_not_share_a_cookie(client: Client) -> None:
    person = make_person(make_organisation(), email="anna@vexin.example")
    client.get(LOGIN)
    sign_in(client, person.email)

    port = urlsplit(settings.PUBLIC_URL).port
    assert {f"veilleur_{port}_session", f"veilleur_{port}_csrf"} <= set(client.cookies)


def test_a_session_ends_after_two_idle_hours_and_lives_while_used(client: Client) -> None:
    person = make_person(make_organisation(), email="anna@vexin.example")
    sign_in(client, person.email)
    client.get("/account/password/change/")
    assert seen(client) is not None

    age(client, timedelta(hours=1, minutes=59))
    assert client.get("/account/password/change/").status_code == 200
    assert seen(client) >= int(utc_now().timestamp()) - 60
    age(client, timedelta(hours=2))
    assert client.get("/account/password/change/").status_code == 302
    assert not is_signed_in(client)


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(client: Client) -> None:
    person = make_person(make_organisation(), email="anna@vexin.example")
    sign_in(client, person.email)
    assert client.get("/account/password/change/").status_code == 200

    age(client, timedelta(hours=11, minutes=59), since="began")
    assert client.get("/account/password/change/").status_code == 200
    age(client, timedelta(hours=12), since="began")

    assert client.get("/account/password/change/").status_code == 302
    assert not is_signed_in(client)


def seen(client: Client) -> Any:
    return client.session["seen"]


def age(client: Client, by: timedelta, since: str = "seen") -> None:
    session = client.session
    session[since] = int(utc_now().timestamp() - by.total_seconds())
    session.save()


def test_somebody_in_no_organisation_gets_in_and_sees_nothing(client: Client) -> None:
    person = make_person(email="nowhere@vexin.example")

    sign_in(client, person.email)

    assert is_signed_in(client)
    assert client.get("/").status_code == 403
    assert client.post("/account/logout/").status_code == 302


@pytest.mark.parametrize(("language", "argument"), [("en", "ADDRESS"), ("fr", "ADRESSE")])
def test_the_way_back_in_is_written_as_the_command_itself_writes_it(
    client: Client, language: str, argument: str
) -> None:
    page = client.get(reverse("account_login"), headers={"accept-language": language})

    assert f"veilleur set-password {argument}<" in page.content.decode()
