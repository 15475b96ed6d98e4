"""Keys are touched only by whoever used a second factor a moment ago, whatever else the session may do."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.test import Client

from veilleur.domains.organisations.factories import PASSWORD, make_organisation, make_person, prove
from veilleur.domains.organisations.forms import PasskeyAloneForm
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.rules.roles import Role

pytestmark = pytest.mark.django_db
KEY, NEW_KEY = "/recovery-key/", "/recovery-key/new/"


@pytest.fixture
def person() -> Person:
    return make_person(make_organisation())


def signed_in(person: Person, *, used_s_ago: float | None = None) -> Client:
    client = Client()
    client.force_login(person, settings.AUTHENTICATION_BACKENDS[0])
    if used_s_ago is not None:
        session = client.session
        prove(session, person)
        session["account_authentication_methods"][0]["at"] = time.time() - used_s_ago
        session.save()
    return client


def give(person: Person, kind: str) -> None:
    Authenticator.objects.create(user=person, type=kind, data={"name": "Phone", "credential": {}})


def test_whoever_has_no_second_factor_is_led_to_where_one_is_added(person: Person) -> None:
    answer = signed_in(person).post(NEW_KEY)

    assert (answer.status_code, answer["Location"]) == (302, "/account/security/")


def goes_on_to(client: Client) -> str:
    answer = client.get("/account/security/")
    return str(answer.get("Location", ""))


def test_whoever_had_to_add_one_goes_on_to_where_they_were_going_once(person: Person) -> None:
    client = signed_in(person)
    client.get("/people/mandates/new/?from=home")
    assert goes_on_to(client) == ""

    give(person, "totp")

    assert goes_on_to(client) == "/people/mandates/new/?from=home"
    assert goes_on_to(client) == ""


@pytest.mark.parametrize(
    ("sent_from", "page"),
    [
        ("http://testserver/recovery-key/?a=1", "/recovery-key/?a=1"),
        ("http://elsewhere.example/trap/", NEW_KEY),
        ("http://testserver//elsewhere.example/", ""),
        ("", NEW_KEY),
    ],
)
def test_what_was_sent_leads_back_to_the_page_it_was_sent_from(
    person: Person, sent_from: str, page: str
) -> None:
    client = signed_in(person)
    client.post(NEW_KEY, headers={"referer": sent_from})

    give(person, "totp")

    assert goes_on_to(client) == page


def test_where_somebody_was_going_is_forgotten_after_half_an_hour(person: Person) -> None:
    client = signed_in(person)
    client.get("/people/mandates/new/")
    session = client.session
    session["going"] = [session["going"][0], session["going"][1] - 1801]
    session.save()

    give(person, "totp")

    assert goes_on_to(client) == ""


@pytest.mark.parametrize(("kind", "way"), [("totp", "code"), ("webauthn", "passkey")])
def test_whoever_has_one_is_asked_for_it(person: Person, kind: str, way: str) -> None:
    give(person, kind)

    answer = signed_in(person).post(NEW_KEY)

    assert answer["Location"] == f"/account/confirm/{way}/?next=%2Frecovery-key%2Fnew%2F"


@pytest.mark.parametrize(
    ("used_s_ago", "is_asked"), [(10, False), (295, False), (301, True), (86400, True), (-3600, True)]
)
def test_a_proof_holds_for_five_minutes(person: Person, used_s_ago: float, is_asked: bool) -> None:
    give(person, "totp")

    answer = signed_in(person, used_s_ago=used_s_ago).get("/recovery-key/replace/")

    assert answer["Location"].startswith("/account/confirm/") is is_asked


def test_the_proof_of_one_person_is_worth_nothing_to_the_next_in_the_same_browser(person: Person) -> None:
    client = signed_in(person, used_s_ago=10)
    other = make_person(make_organisation())
    give(other, "totp")
    session = client.session
    session["_auth_user_id"], session["_auth_user_hash"] = str(other.pk), other.get_session_auth_hash()
    session.save()

    assert client.get("/recovery-key/replace/")["Location"].startswith("/account/confirm/")


def test_what_is_only_read_asks_for_nothing_more(person: Person) -> None:
    assert signed_in(person).get("/").status_code == 200
    assert signed_in(person).get("/protection/").status_code == 200


def test_a_second_factor_does_not_replace_the_role() -> None:
    technician = make_person(make_organisation(), role=Role.TECHNICIAN)

    assert signed_in(technician, used_s_ago=10).post(NEW_KEY).status_code == 403


@pytest.mark.parametrize(
    "route",
    [
        "/account/security/app/remove/",
        "/account/security/app/",
        "/account/security/passkeys/new/",
        "/account/security/codes/new/",
        "/account/security/codes/",
        "/account/security/passkeys/abc/remove/",
    ],
)
def test_the_password_alone_changes_no_second_factor_of_whoever_has_one(person: Person, route: str) -> None:
    give(person, "totp")
    thief = signed_in(person, used_s_ago=3600)
    thief.post("/account/confirm/", {"password": PASSWORD})

    answer = thief.get(route)

    assert answer["Location"].startswith("/account/confirm/code/")
    assert thief.post(route)["Location"].startswith("/account/confirm/code/")
    assert Authenticator.objects.filter(user=person).count() == 1


def test_the_first_second_factor_is_added_after_the_password(person: Person) -> None:
    client = signed_in(person)
    client.post("/account/confirm/", {"password": PASSWORD})

    assert client.get("/account/security/passkeys/new/").status_code == 200


def test_nobody_makes_a_manager_without_a_second_factor() -> None:
    company = make_organisation()
    person, other = make_person(company), make_person(company, role=Role.AUDITOR)
    give(person, "totp")
    client = signed_in(person)
    invited = {"name": "Eve", "email": "eve@vexin.example", "role": "manager", "side": "internal"}

    for route in ("/people/invite/", f"/people/{other.public_id}/"):
        assert client.post(route, invited)["Location"].startswith("/account/confirm/code/")
        assert client.post(route, invited | {"role": "technician"}).status_code in {200, 302}
        assert "/account/" not in client.post(route, invited | {"role": "technician"}).headers.get(
            "Location", ""
        )


@pytest.mark.parametrize(
    "route", ["/people/mandates/new/", "/organisation/settings/", "/customers/new/", "/mandates/abc/"]
)
def test_nobody_lets_a_provider_in_or_loosens_the_rules_without_one(person: Person, route: str) -> None:
    give(person, "totp")

    assert signed_in(person).get(route)["Location"].startswith("/account/confirm/code/")


def test_a_passkey_that_is_a_second_factor_only_does_not_replace_the_password(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(person, "webauthn")
    kept = Authenticator.objects.get(user=person)
    # The ceremony itself is the library's, and tried in real browsers: what counts here is what it led to.
    monkeypatch.setattr(auth, "parse_authentication_response", lambda _credential: None)
    monkeypatch.setattr(auth, "extract_user_from_response", lambda _credential: person)
    monkeypatch.setattr(auth, "complete_authentication", lambda _user, _credential: kept)

    answer = {"credential": '{"id": "of no consequence here"}'}

    assert PasskeyAloneForm(answer).has_error("credential", "incorrect_code")
    kept.data = {"credential": {"clientExtensionResults": {"credProps": {"rk": True}}}}
    taken = PasskeyAloneForm(answer)
    assert taken.is_valid(), taken.errors
