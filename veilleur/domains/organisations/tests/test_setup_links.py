"""The one-time set-up link, with those who would misuse it."""

import json
import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client

from veilleur.domains.organisations import actions, queries
from veilleur.domains.organisations.factories import PASSWORD, make_organisation, make_person
from veilleur.domains.organisations.models import Organisation, Person, SetupLink
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
FORM = {"name": "Anna", "email": "anna@vexin.example", "password": PASSWORD, "repeated": PASSWORD}


def issue(organisation: Organisation, now: datetime = NOW) -> str:
    return actions.issue_setup_link(now=now, actor=SYSTEM, organisation_id=organisation.pk)


def redeem(token: str, now: datetime = NOW, email: str = "anna@vexin.example") -> Person | Refused:
    password = actions.hash_new_password(PASSWORD, email=email, name="Anna")
    assert isinstance(password, actions.HashedPassword)
    person = actions.NewPerson(email, "Anna", password, language="en")
    return actions.redeem_setup_link(now=now, actor=SYSTEM, token=token, person=person)


@pytest.mark.django_db
def test_a_link_makes_the_first_person_a_member() -> None:
    organisation = make_organisation()

    person = redeem(issue(organisation))

    assert isinstance(person, Person)
    assert person.check_password(PASSWORD)
    assert person.language == "en"
    viewer = queries.viewer_of(person.pk, NOW)
    assert viewer is not None
    assert viewer.organisation_id == organisation.pk
    assert [fact.organisation for fact in facts("setup_link_redeemed")] == [organisation.public_id]


@pytest.mark.django_db
def test_the_first_person_may_name_the_company(client: Client) -> None:
    organisation = make_organisation("My company")
    address = f"/setup/{issue(organisation, utc_now())}"
    shown = client.get(address).content.decode()

    client.post(address, {**FORM, "organisation": "Ateliers du Vexin"})

    organisation.refresh_from_db()
    (named,) = facts("organisation_named")
    assert 'value="My company"' in shown
    assert organisation.name == "Ateliers du Vexin"
    assert json.loads(named.body) == {"name": "Ateliers du Vexin", "name_before": "My company"}


@pytest.mark.django_db
def test_neither_table_nor_journal_holds_the_token() -> None:
    token = issue(make_organisation())

    (link,) = SetupLink.objects.across_organisations("test")
    assert token not in str(vars(link))
    assert token not in everything_written()
    assert len(token) >= 40


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "works"), [(timedelta(hours=23, minutes=59), True), (timedelta(hours=24), False)]
)
def test_a_link_ends_after_a_day(age: timedelta, works: bool) -> None:
    token = issue(make_organisation())

    assert isinstance(redeem(token, NOW + age), Person) == works
    assert Person.objects.exists() == works


@pytest.mark.django_db
def test_a_used_withdrawn_unknown_or_old_link_is_refused_in_the_same_words() -> None:
    organisation = make_organisation()
    withdrawn = issue(organisation)
    used = issue(organisation)
    redeem(used)
    old = issue(make_organisation())

    refusals = [
        redeem(used, email="twin@vexin.example"),
        redeem(withdrawn, email="twin@vexin.example"),
        redeem("unknown", email="twin@vexin.example"),
        redeem("", email="twin@vexin.example"),
        redeem(old, NOW + timedelta(days=2), email="twin@vexin.example"),
    ]

    assert refusals == [Refused("setup_link_invalid")] * 5
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_using_one_link_closes_the_others_of_that_organisation_only() -> None:
    one, two = make_organisation(), make_organisation()
    of_two = issue(two)

    redeem(issue(one))

    assert isinstance(redeem(of_two, email="ben@vexin.example"), Person)
    assert not SetupLink.objects.of(one.pk).filter(closed_at=None).exists()


@pytest.mark.django_db
def test_a_taken_address_is_refused_and_the_link_stays_good() -> None:
    make_person(email="anna@vexin.example")
    token = issue(make_organisation())

    assert redeem(token, email="Anna@vexin.example") == Refused("email_taken")
    assert isinstance(redeem(token, email="other@vexin.example"), Person)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_come_at_once_with_one_link_one_gets_in() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory has one connection; tests/tenancy races real processes")
    token, outcomes, start = issue(make_organisation()), [], threading.Barrier(8)

    def come(number: int) -> None:
        start.wait()
        outcomes.append(redeem(token, email=f"p{number}@vexin.example"))
        connections.close_all()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sum(isinstance(outcome, Person) for outcome in outcomes) == 1
    assert outcomes.count(Refused("setup_link_invalid")) == 7
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_the_page_makes_the_account_signs_in_and_works_once(client: Client) -> None:
    url = f"/setup/{issue(make_organisation('Ateliers'), utc_now())}"
    assert b"Ateliers" in client.get(url).content

    response = client.post(url, FORM)

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(Person.objects.get().pk)
    assert len(facts("signed_in")) == 1
    assert Client().get(url).status_code == 404
    assert Client().post(url, FORM | {"email": "twin@vexin.example"}).status_code == 404
    assert Person.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"password": "short", "repeated": "short"},
        {"repeated": "something else entirely"},
        {"email": "no address"},
        {"name": ""},
        {"password": "anna@vexin.example", "repeated": "anna@vexin.example"},
        {"password": "123456789012", "repeated": "123456789012"},
        {"password": "qwertyuiopas", "repeated": "qwertyuiopas"},
    ],
)
def test_a_form_with_faults_makes_nobody_and_can_be_sent_again(
    client: Client, change: dict[str, Any]
) -> None:
    url = f"/setup/{issue(make_organisation(), utc_now())}"

    refused = client.post(url, FORM | change)

    assert refused.status_code == 422
    assert not Person.objects.exists()
    assert PASSWORD not in refused.content.decode()
    assert client.post(url, FORM).status_code == 302


@pytest.mark.django_db
def test_every_fault_of_a_form_is_said_at_once(client: Client) -> None:
    url = f"/setup/{issue(make_organisation(), utc_now())}"
    faults = {"email": "no address", "password": "short", "repeated": "other"}

    form = client.post(url, FORM | faults).context["form"]

    assert set(form.errors) == {"email", "password", "repeated"}


@pytest.mark.django_db
def test_a_taken_address_is_said_at_its_field(client: Client) -> None:
    make_person(email="anna@vexin.example")

    refused = client.post(f"/setup/{issue(make_organisation(), utc_now())}", FORM)

    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"email"}


@pytest.mark.django_db
def test_all_links_that_do_not_work_look_alike(client: Client) -> None:
    organisation = make_organisation()
    withdrawn = issue(organisation, utc_now())
    old = issue(make_organisation(), utc_now() - timedelta(days=2))
    issue(organisation, utc_now())

    def page(token: str) -> tuple[int, str]:
        response = client.get(f"/setup/{token}")
        text = response.content.decode().replace(token, "TOKEN")
        return response.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)

    pages = [page(token) for token in (withdrawn, old, "unknown")]

    assert pages[0][0] == 404
    assert pages == [pages[0]] * 3
