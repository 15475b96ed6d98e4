"""Where one is signed in: the list tells what still works, and ends what one does not know."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.factories import (
    PASSWORD,
    make_invitation,
    make_mandate,
    make_organisation,
    make_person,
)
from veilleur.domains.organisations.jobs import forget_expired_sessions
from veilleur.domains.organisations.models import Organisation, Person
from veilleur.domains.organisations.queries import open_invitation
from veilleur.domains.organisations.queries.mandates import open_offer
from veilleur.domains.organisations.queries.sessions import own_sessions
from veilleur.domains.organisations.rules.browsers import browser_and_system
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import SEEN_SESSION_KEY
from veilleur.shared.viewer import SYSTEM

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROME = (
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15"


@pytest.fixture
def person() -> Person:
    return make_person(make_organisation(), email="anna@vexin.example")


def signed_in(browser: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": browser})
    client.post("/account/login/", {"login": "anna@vexin.example", "password": PASSWORD})
    client.get("/account/security/")
    return client


def key_of(client: Client) -> str:
    return str(client.session.session_key)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (CHROME, ("Chrome", "Android")),
        (EDGE, ("Edge", "Windows")),
        (SAFARI, ("Safari", "macOS")),
        ("curl/8.0", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_named_by_what_it_is_and_not_by_what_it_descends_from(
    said: str, names: tuple[str, str]
) -> None:
    assert browser_and_system(said) == names


@pytest.mark.django_db
def test_the_session_in_use_is_told_from_the_others(person: Person) -> None:
    here = signed_in()
    signed_in(CHROME)

    rows = own_sessions(person.pk, key_of(here), utc_now())

    assert [(row.browser, row.is_current) for row in rows] == [
        ("Firefox, Linux", True),
        ("Chrome, Android", False),
    ]


@pytest.mark.django_db
def test_ending_the_others_leaves_this_one_and_is_a_fact(person: Person) -> None:
    here, elsewhere = signed_in(), signed_in(CHROME)

    here.post("/account/security/sessions/end/")

    assert here.get("/people/").status_code == 200
    assert elsewhere.get("/people/").status_code == 302
    assert len(own_sessions(person.pk, key_of(here), utc_now())) == 1
    (fact,) = facts("sessions_ended")
    assert json.loads(fact.body)["count"] == 1
    assert "127.0.0.1" not in everything_written()


@pytest.mark.django_db
def test_nobody_elses_session_is_listed_or_ended(person: Person) -> None:
    here = signed_in()
    other = make_person(make_organisation("Somebody else"))
    elsewhere = Client()
    elsewhere.force_login(other, settings.AUTHENTICATION_BACKENDS[0])

    here.post("/account/security/sessions/end/")

    assert elsewhere.get("/people/").status_code == 200
    assert len(own_sessions(person.pk, key_of(here), utc_now())) == 1


@pytest.mark.django_db
def test_what_the_next_click_would_end_is_not_listed(person: Person) -> None:
    here, idle, signed_out = signed_in(), signed_in(CHROME), signed_in(EDGE)
    session = idle.session
    session[SEEN_SESSION_KEY] = int((utc_now() - timedelta(hours=3)).timestamp())
    session.save()
    signed_out.post("/account/logout/")

    rows = own_sessions(person.pk, key_of(here), utc_now())

    assert [row.browser for row in rows] == ["Firefox, Linux"]


@pytest.mark.django_db
def test_a_restored_copy_opens_no_session_and_no_link_of_before(person: Person) -> None:
    organisation = Organisation.objects.get()
    here = signed_in()
    make_invitation(organisation, token="of before")
    make_mandate(organisation, token="of before")

    actions.end_what_was_open(now=utc_now(), actor=SYSTEM, organisation_id=organisation.pk)

    assert here.get("/people/").status_code == 302
    assert open_invitation("of before", utc_now()) is None
    assert open_offer("of before", utc_now()) is None
    assert json.loads(facts("open_links_ended")[0].body)["links"] == 2
    assert signed_in().get("/people/").status_code == 200


@pytest.mark.django_db
def test_sessions_that_are_over_are_forgotten_and_those_that_work_are_kept(person: Person) -> None:
    kept, over = signed_in(), signed_in()
    Session.objects.filter(session_key=key_of(over)).update(expire_date=utc_now() - timedelta(seconds=1))
    for number in range(50):
        # Of strangers who never came back.
        Session.objects.create(session_key=f"old{number}", session_data="", expire_date=utc_now())

    ticket = JobTicket("organisations.forget_sessions", "", {}, attempts=1, token=UUID(int=1))
    for _ in range(2):
        forget_expired_sessions(ticket, utc_now)

    assert list(Session.objects.values_list("session_key", flat=True)) == [key_of(kept)]
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [key_of(kept)]
    assert kept.get("/estate/").status_code == 200
