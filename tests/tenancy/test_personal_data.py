"""Nobody who was erased is named anywhere, and no column with somebody in it is forgotten.

Generated from the tables: a column added anywhere is asked about without a line here.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models
from jsonschema import Draft202012Validator, FormatChecker

from tests.tenancy.everything import GROWING, changed_tables, naming, whole_database
from tests.tenancy.world import SINCE, make_party
from veilleur.config.wiring import JOB_HANDLERS
from veilleur.config.wiring_personal_data import PARTS
from veilleur.domains.estate.models import BusinessActivity, Service
from veilleur.domains.journal.queries import verify
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.knowledge.models import Document, DocumentVersion, LastLook, RunNote, RunSheet
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.actions.erasures import ERASE_PERSON
from veilleur.domains.organisations.factories import (
    held_mandate,
    make_absence,
    make_api_token,
    make_directory_account,
    make_intervention,
    make_invitation,
    make_membership,
    make_organisation,
    make_person,
    make_provider_account,
    make_shift,
    make_stand_in,
    make_swap,
    make_turns,
)
from veilleur.domains.organisations.labels.personal_data import HELD_TABLES
from veilleur.domains.organisations.models import (
    Directory,
    Erasure,
    IdentityProvider,
    Invitation,
    Mandate,
    Membership,
    OnCallRota,
    Organisation,
    Person,
)
from veilleur.domains.organisations.queries.address_digests import address_digest
from veilleur.domains.organisations.queries.mentions import text_columns, whole_policy
from veilleur.domains.organisations.queries.personal_data import own_personal_data, personal_data_here
from veilleur.domains.organisations.rules.personal_data import Key, declared
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.views.personal_data_file import PARTS as PARTS_OF_THE_PAGE
from veilleur.shared.ids import new_id
from veilleur.shared.models import TenantModel
from veilleur.shared.viewer import SYSTEM, Actor

ROOT = Path(__file__).parents[2]
NOW = SINCE + timedelta(days=300)
# A column called like this holds somebody, whatever its type.
_SOMEBODY = re.compile(r"(_by|author|actor|pseudonym|e?mail|phone|(^|_)(dn|ip)|user_agent|person|user)$")
_PEOPLE = ("organisations.Person", "organisations.Membership")
NAMES = ["Jérôme O'Brien-Lefèvre", 'Anna "Nan" Étxeberria', "李 明"]


def columns_with_somebody() -> Iterator[tuple[str, str]]:
    """Yield table and column of all that refers to a person, or may hold one in a table that is nobody's."""
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label
        for column in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if holds_somebody(column):
                yield label, column.name
        if not issubclass(model, TenantModel):
            yield from ((label, column.name) for column in text_columns(model))


def holds_somebody(column: Any) -> bool:
    if column.is_relation:
        return column.related_model._meta.label in _PEOPLE
    is_address = isinstance(column, models.EmailField | models.GenericIPAddressField)
    return is_address or bool(_SOMEBODY.search(column.name))


@pytest.mark.parametrize(("table", "column"), sorted(set(columns_with_somebody())))
def test_what_becomes_of_a_person_is_decided_for_every_column(table: str, column: str) -> None:
    known = declared(whole_policy())

    assert (table, column) in known or (table, "*") in known, (
        f"Say in rules/personal_data.py of its domain what becomes of {table}.{column} when a person is "
        f"erased, as one more Held; config/wiring_personal_data.py lists the domains."
    )


def test_nothing_is_decided_for_a_column_that_is_not_there() -> None:
    for held in whole_policy():
        model = apps.get_model(held.table)
        if held.column != "*":
            model._meta.get_field(held.column)
    for table in (table for part in PARTS for table in part.places):
        apps.get_model(table)


def test_what_is_held_about_a_person_has_a_name_that_people_know() -> None:
    placed = {table for part in PARTS for table in part.places}

    nameless = {held.table for held in whole_policy() if held.key is not Key.NONE} - placed - set(HELD_TABLES)

    assert not nameless, f"Name them in labels/personal_data.py: {sorted(nameless)}"


def make_busy(organisation: Organisation, name: str, address: str) -> Person:
    """Return somebody who left a trace wherever people can."""
    person = make_person(organisation, name=name, email=address, role=Role.TECHNICIAN)
    said: dict[str, Any] = {"now": NOW, "actor": Actor(person.pseudonym)}
    member = Membership.objects.of(organisation.pk).get(person=person)
    Invitation.objects.of(organisation.pk).update(made_by=person)
    make_invitation(organisation, email=address)
    Invitation.objects.of(organisation.pk).filter(email=address).update(name=name, closed_at=NOW)
    directory = Directory.objects.of(organisation.pk).first()
    make_directory_account(directory, person, gone_at=NOW)
    Mandate.objects.of(organisation.pk).update(made_by=person)
    make_work(organisation, person)
    Document.objects.of(organisation.pk).update(owner=member)
    Service.objects.of(organisation.pk).update(referent=member)
    BusinessActivity.objects.of(organisation.pk).update(referent=member)
    DocumentVersion.objects.of(organisation.pk).update(author=person.pseudonym)
    RunSheet.objects.of(organisation.pk).update(started_by=person.pseudonym)
    RunNote.objects.of(organisation.pk).update(author=person.pseudonym)
    customer = held_mandate(organisation).organisation
    for place in (organisation, customer):
        LastLook(organisation=place, public_id=new_id(NOW), person=person, looked_at=NOW).save()
    EmailAddress.objects.create(user=person, email=address, primary=True, verified=True)
    Authenticator.objects.create(user=person, type="totp", data={"secret": "sealed", "name": name})
    Session.objects.create(session_key="k" * 32, session_data="x", expire_date=NOW)
    UserSession.objects.create(
        user=person, ip="192.0.2.7", session_key="k" * 32, user_agent=f"Browser of {name}", created_at=NOW
    )
    # What is said with the name in the journal: a team that was called after them, since named anew.
    content = actions.TeamContent(f"Friends of {name.upper()}", "", [person.public_id])
    team = actions.make_team(**said, organisation_id=organisation.pk, content=content)
    assert isinstance(team, UUID)
    again = actions.TeamContent("Network", "", [person.public_id])
    actions.change_team(**said, organisation_id=organisation.pk, team=team, content=again)
    actions.note_sign_in(**said, person_id=person.pk)
    actions.note_failed_sign_in(now=NOW, actor=SYSTEM, address_digest=address_digest(address))
    return person


def make_work(organisation: Organisation, person: Person) -> None:
    """Have somebody stand on call, come by a provider, and make a token."""
    provider = IdentityProvider.objects.of(organisation.pk).first()
    known = {"name": person.name, "email": person.email, "gone_at": NOW, "since": NOW}
    make_provider_account(provider, person, **known)
    make_api_token(organisation, person, name=f"Report of {person.name}")
    rota = OnCallRota.objects.of(organisation.pk).first()
    make_turns(rota, [person])
    make_shift(rota, person, NOW, NOW + timedelta(hours=1))
    make_intervention(rota, person, NOW, NOW + timedelta(hours=1))
    other = make_person(organisation)
    make_swap(rota, person, other)
    make_absence(person, organisation, NOW, NOW + timedelta(days=3), kind="illness")
    make_stand_in(make_absence(other, organisation, NOW, NOW + timedelta(days=3)), rota, person)


def erase(organisation: Organisation, person: Person, manager: Person) -> Erasure:
    """Have somebody erased, to its end."""
    ordered = actions.order_erasure(
        now=NOW,
        actor=Actor(manager.pseudonym),
        organisation_id=organisation.pk,
        person=person.public_id,
    )
    assert isinstance(ordered, UUID), ordered
    run_job(organisation, ordered)
    row: Erasure = Erasure.objects.of(organisation.pk).get(public_id=ordered)
    return row


def run_job(organisation: Organisation, erasure: UUID) -> None:
    payload: dict[str, Any] = {"organisation": str(organisation.public_id), "erasure": str(erasure)}
    ticket = JobTicket(kind=ERASE_PERSON, key=str(erasure), payload=payload, attempts=1, token=uuid4())
    JOB_HANDLERS[ERASE_PERSON](ticket, lambda: NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", NAMES)
def test_after_an_erasure_no_cell_of_the_database_names_the_person(name: str) -> None:
    party = make_party("Ateliers du Vexin")
    person = make_busy(party.organisation, name, "gone@vexin.example")
    before = whole_database()
    assert len(naming(before, name, "gone@vexin.example")) > 5

    row = erase(party.organisation, person, party.person)

    after = whole_database()
    assert naming(after, name, "gone@vexin.example", "192.0.2.7") == []
    assert row.is_account_gone
    assert row.bodies >= 1
    assert row.left == []
    report = verify(public_keys=(), elsewhere=(), is_full=True)
    assert report.findings == ()
    assert report.bodies_erased == row.bodies


@pytest.mark.django_db(transaction=True)
def test_an_erasure_changes_nothing_that_is_not_about_the_person_and_a_second_one_nothing_at_all() -> None:
    party = make_party("Ateliers du Vexin")
    person = make_busy(party.organisation, NAMES[0], "gone@vexin.example")
    others = Person.objects.exclude(pk=person.pk)
    before, people = whole_database(), list(others.order_by("pk").values())

    row = erase(party.organisation, person, party.person)

    after = whole_database()
    assert list(others.order_by("pk").values()) == people
    assert changed_tables(before, after) - GROWING == {
        "account_emailaddress",
        "django_session",
        "knowledge_lastlook",
        "mfa_authenticator",
        "organisations_apitoken",
        "organisations_directoryaccount",
        "organisations_erasure",
        "organisations_invitation",
        "organisations_membership",
        # Why somebody was away goes; when stays, as the hours were counted by it.
        "organisations_oncallabsence",
        "organisations_person",
        "organisations_provideraccount",
        "organisations_teammember",
        "usersessions_usersession",
    }
    # A second one finds nothing.
    run_job(party.organisation, row.public_id)
    again = actions.order_erasure(
        now=NOW,
        actor=Actor(party.person.pseudonym),
        organisation_id=party.organisation.pk,
        person=person.public_id,
    )
    assert getattr(again, "reason", None) == "nothing_to_erase"
    assert whole_database() == after


@pytest.mark.django_db
def test_what_a_person_takes_away_is_all_of_it_and_nothing_of_anybody_else() -> None:
    party = make_party("Ateliers du Vexin")
    person = make_busy(party.organisation, "Jérôme Lefèvre", "jl@vexin.example")
    make_invitation(party.organisation, email="else@vexin.example")

    data = own_personal_data(person.pk, NOW)

    schema = json.loads((ROOT / "docs" / "reference" / "personal-data.schema.json").read_text())
    content = json.loads(json.dumps(data.content))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(content)
    (here,) = content["organisations"]
    lists = [*(key for key, value in here.items() if isinstance(value, list)), "journal"]
    # The busy one did all but ask to be erased, and ticked no step of the sheet.
    assert {key for key in lists if not here[key]} == {"requests_to_be_erased", "steps_ticked"}
    assert set(here) - {"id", "name"} <= set(PARTS_OF_THE_PAGE)
    said = json.dumps(content, ensure_ascii=False)
    for other in Person.objects.exclude(pk=person.pk):
        assert other.name not in said
        assert other.email not in said
        assert f'"{other.pseudonym}"' not in said
    for secret in ("sealed", "k" * 32, "else@vexin.example", person.password):
        assert secret not in said
    for row in Invitation.objects.across_organisations("no digest is anybody's to take"):
        assert row.token_digest not in said


@pytest.mark.django_db
def test_what_a_manager_hands_out_is_of_their_organisation_alone() -> None:
    party, other = make_party("Ateliers du Vexin"), make_party("Menuiserie Roy")
    person = make_busy(party.organisation, "Jérôme Lefèvre", "jl@vexin.example")
    make_membership(other.organisation, person)

    content = personal_data_here(party.organisation.pk, person.pk, NOW).content

    assert [each["name"] for each in content["organisations"]] == ["Ateliers du Vexin"]
    assert "192.0.2.7" not in json.dumps(content)


@pytest.mark.django_db
def test_what_a_manager_hands_out_of_somebody_who_left_says_nothing_of_how_they_sign_in_elsewhere() -> None:
    here, elsewhere = make_organisation("Ateliers du Vexin"), make_organisation("Menuiserie Roy")
    person = make_person(here)
    make_membership(elsewhere, person)
    Membership.objects.of(here.pk).filter(person=person).update(until=NOW)
    later = NOW + timedelta(days=30)
    Person.objects.filter(pk=person.pk).update(last_login=later)
    before = Authenticator.objects.create(user=person, type="totp", data={})
    Authenticator.objects.filter(pk=before.pk).update(created_at=NOW, last_used_at=later)
    since = Authenticator.objects.create(user=person, type="webauthn", data={})
    Authenticator.objects.filter(pk=since.pk).update(created_at=later)

    content = personal_data_here(here.pk, person.pk, later).content

    assert content["account"]["signed_in_last_at"] is None
    assert [(each["kind"], each["used_last_at"]) for each in content["second_factors"]] == [("totp", None)]
