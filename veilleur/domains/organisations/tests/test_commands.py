"""The two commands by which whoever runs the machine lets somebody in."""

import io
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from veilleur.domains.organisations.factories import PASSWORD, make_organisation, make_person
from veilleur.domains.organisations.models import Organisation, Person
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts

pytestmark = pytest.mark.django_db
NEW = "another horse battery staple"


def output(*arguments: str) -> str:
    stream = io.StringIO()
    call_command(*arguments, stdout=stream)
    return stream.getvalue()


def test_the_first_link_makes_the_first_organisation_and_leads_in(settings: Any, client: Client) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8800"

    url = output("setup_link", "--organisation-name", "Ateliers du Vexin").strip()

    assert re.fullmatch(r"http://127\.0\.0\.1:8800/setup/[\w-]{43}", url)
    assert Organisation.objects.get().name == "Ateliers du Vexin"
    form = {"name": "Anna", "email": "anna@vexin.example", "password": PASSWORD, "repeated": PASSWORD}
    assert client.post(url.removeprefix(settings.PUBLIC_URL), form).status_code == 302


def test_a_new_link_replaces_the_former_one(client: Client) -> None:
    first = output("setup_link").strip().rsplit("/", 1)[1]
    second = output("setup_link").strip().rsplit("/", 1)[1]

    assert Organisation.objects.count() == 1
    assert client.get(f"/setup/{first}").status_code == 404
    assert client.get(f"/setup/{second}").status_code == 200


def test_no_link_is_made_once_somebody_can_sign_in() -> None:
    make_person(make_organisation())

    with pytest.raises(CommandError, match="set-password"):
        output("setup_link")


def test_several_organisations_need_a_choice_and_the_demonstration_is_none() -> None:
    make_organisation("Demonstration", is_demo=True)
    one = make_organisation("One")
    assert "/setup/" in output("setup_link")
    make_organisation("Two")

    with pytest.raises(CommandError, match=str(one.public_id)):
        output("setup_link")
    assert "/setup/" in output("setup_link", "--organisation", str(one.public_id))
    with pytest.raises(CommandError):
        output("setup_link", "--organisation", "01a0f755-f200-70ef-ab37-aa30058f79b2")


def test_a_forgotten_password_is_set_by_the_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_person(make_organisation(), email="anna@vexin.example")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n"))

    output("set_password", "ANNA@vexin.example")

    assert Person.objects.get(pk=person.pk).check_password(NEW)
    (entry,) = facts("password_changed")
    assert '"by_operator":true' in str(entry.body).replace(" ", "")
    assert NEW not in everything_written()


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("nobody@vexin.example", NEW, "nobody@vexin.example"),
        ("anna@vexin.example", "short", "12"),
        ("anna@vexin.example", "123456789012", "easy to guess"),
        ("anna@vexin.example", "password-2026!", "easy to guess"),
    ],
)
def test_an_unknown_person_or_a_weak_password_is_refused(
    email: str, password: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_person(make_organisation(), email="anna@vexin.example")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))

    with translation.override("en"), pytest.raises(CommandError, match=reason):
        output("set_password", email)

    assert Person.objects.get(pk=person.pk).check_password(PASSWORD)


def test_two_different_passwords_typed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    make_person(make_organisation(), email="anna@vexin.example")
    typed = iter([NEW, f"{NEW}!"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(
        "veilleur.domains.organisations.management.commands.set_password.getpass", lambda prompt: next(typed)
    )

    with pytest.raises(CommandError):
        output("set_password", "anna@vexin.example")
