"""The gestures on the page of backups: what they ask for, what they say, what they refuse beside a field."""

from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import translation

from veilleur.desk.forms import PlanForm
from veilleur.desk.ports import PLACE_MAKER
from veilleur.desk.tests.office import Looker, Namer, Office, said
from veilleur.domains.backups.actions import name_source, note_source_access
from veilleur.domains.backups.factories import (
    NOON,
    identity,
    make_plan,
    make_repository,
    make_restore_test,
    make_run,
)
from veilleur.domains.backups.labels import PROTECTION_OF_MEDIUM
from veilleur.domains.backups.queries import visible_plans, visible_repositories
from veilleur.domains.backups.rules.plans import NewItem
from veilleur.domains.backups.rules.sources import NamedServer
from veilleur.domains.backups.rules.states import AccessState, SourceKind, TestState
from veilleur.domains.estate.actions import settle_data_of_service
from veilleur.domains.estate.factories import make_data_set
from veilleur.domains.estate.queries import whole_data_sets, whole_map
from veilleur.domains.estate.rules.map import DependencyKind
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db


def test_a_typed_database_is_protected_as_one_and_the_page_says_so(office: Office, looker: Looker) -> None:
    response = office.wish("/srv/shop.db\n/srv/letters")

    items = {item.source: item.kind for item in office.plans()["Accounting"].items}
    kinds = {row.locator: row.kind for row in whole_data_sets(office.organisation.pk)}
    assert items == {"/srv/shop.db": "sqlite", "/srv/letters": "files"}
    assert kinds["/srv/shop.db"] == "sqlite"
    assert "/srv/shop.db is a SQLite database" in said(response)
    assert looker.places == {Path(office.place.folder)}


def test_a_form_that_is_sent_twice_makes_one_plan(office: Office) -> None:
    for _ in range(2):
        response = office.wish("/srv/letters")
        assert response.status_code == 302

    assert [plan.name for plan in visible_plans(office.viewer)] == ["Accounting", "Plan"]


def test_one_path_has_one_name_however_many_slashes_it_begins_with(office: Office) -> None:
    office.wish("//srv/letters\n/srv/letters")

    assert [item.source for item in office.plans()["Accounting"].items] == ["/srv/letters"]


def test_a_path_that_is_not_there_is_refused_by_name_and_nothing_is_made(office: Office) -> None:
    response = office.wish("/srv/letters\n/srv/missing")

    errors = response.context["form"].errors["folders"]
    assert errors == ["/srv/missing: There is no such folder or file on this machine."]
    assert set(office.plans()) == {"Plan"}
    assert {row.locator for row in whole_data_sets(office.organisation.pk)} == {"/srv/data"}


def test_what_is_typed_and_ticked_is_one(office: Office) -> None:
    second = make_repository(office.organisation.pk, name="Second")

    response = office.wish("/srv/data", known=str(office.data_set.public_id), place=str(second.public_id))

    assert response.status_code == 302
    assert [item.source for item in office.plans()["Accounting"].items] == ["/srv/data"]


def test_a_named_server_leads_to_a_plan_of_it(office: Office, namer: Namer) -> None:
    named = {"host": "db.example", "port": "5433", "login": "reader", "passfile": "/etc/veilleur/shop.pgpass"}

    answered = office.post("name_server", **named, database="shop")
    chosen = parse_qs(urlsplit(answered["Location"]).query)["database"]
    form = office.client.get(answered["Location"]).context["form"]
    made = office.wish(databases=chosen)

    assert namer.asked == [NamedServer("db.example", 5433, "shop", "reader", "/etc/veilleur/shop.pgpass")]
    assert form["databases"].initial == chosen
    assert made.status_code == 302
    (item,) = office.plans()["Accounting"].items
    assert (item.kind, item.source, item.passfile) == (
        "postgresql",
        "host=db.example port=5433 user=reader dbname=shop",
        "/etc/veilleur/shop.pgpass",
    )


@pytest.mark.parametrize(("host", "is_here"), [("db.example", False), ("127.0.0.1", True)])
def test_what_another_machine_holds_is_not_lost_with_this_one(
    office: Office, host: str, is_here: bool
) -> None:
    office.post("name_server", host=host, port="5432", database="shop")
    office.wish(databases=NamedServer(host, 5432, "shop").source)

    (item,) = office.plans()["Accounting"].items
    stored = {
        edge.dependent
        for edge in whole_map(office.organisation.pk, NOON.replace(year=2099)).edges
        if edge.kind == DependencyKind.STORED_ON
    }
    assert (item.data_set in stored) is is_here


@pytest.mark.parametrize(
    ("reason", "field", "sentence"),
    [
        ("server_unreachable", "host", "does not answer"),
        ("no_such_database", "database", "no such database"),
        ("login_refused", "login", "does not let this login in"),
        ("rights_missing", "login", "may not read everything"),
        ("password_wanted", "passfile", "asks for a password"),
        ("password_refused", "passfile", "refuses this login"),
        ("passfile_missing", "passfile", "no such password file"),
        ("passfile_open", "passfile", "set its mode to 0600"),
        ("demonstration", "__all__", "demonstration"),
    ],
)
def test_a_server_that_cannot_be_read_is_explained_beside_its_field(
    office: Office, namer: Namer, reason: str, field: str, sentence: str
) -> None:
    namer.refused = Refused(reason, "in the server's\nown words")

    response = office.post("name_server", host="db.example", port="5432")

    (error,) = response.context["form"].errors[field]
    assert sentence in error
    assert reason == "demonstration" or error.endswith("<code>in the server&#x27;s own words</code>")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("host", "reader:secret@db.example"),
        ("host", "postgresql://db.example/shop"),
        ("host", "db.example password=secret"),
        ("host", "db.example,other.example"),
        ("host", "/var/run/../run"),
        ("host", "/run/postgresql,other.example"),
        ("host", "::1%eth0,other.example"),
        ("host", "::1%\u202e"),
        ("host", ""),
        ("port", "0"),
        ("port", "70000"),
        ("passfile", "shop.pgpass"),
        ("database", "shop\u202e"),
        ("login", "read\ner"),
    ],
)
def test_what_is_no_server_is_refused_before_it_is_tried(
    office: Office, namer: Namer, field: str, text: str
) -> None:
    data = {"host": "db.example", "port": "5432"} | {field: text}

    response = office.post("name_server", **data)

    assert field in response.context["form"].errors
    assert namer.asked == []


def test_databases_there_was_no_time_for_are_told(office: Office, namer: Namer) -> None:
    namer.untried = ("host=db.example dbname=a", "host=db.example dbname=b")

    answered = office.post("name_server", host="db.example", port="5432", database="shop")

    assert answered["Location"].startswith(reverse("desk:add_plan"))
    assert "2 databases of the server have not been tried yet" in said(answered)


@pytest.mark.parametrize("path", ["/srv/caf\ufffd", "/srv/bell\x07s", "/srv/up\x0bdown", "/srv/a\x85b"])
def test_a_path_with_signs_that_are_none_is_refused(office: Office, path: str) -> None:
    response = office.wish(f"/srv/letters\r\n{path}")

    (error,) = response.context["form"].errors["folders"]
    assert "Something in it cannot be shown" in error or "could not be read" in error
    assert set(office.plans()) == {"Plan"}


@pytest.mark.parametrize("host", ["::1", "fe80::1%eth0.2", "192.0.2.7", "/run/my postgresql"])
def test_an_address_and_a_folder_are_taken_as_they_are(office: Office, namer: Namer, host: str) -> None:
    office.post("name_server", host=host, port="5432")

    assert [server.host for server in namer.asked] == [host]


def test_a_database_that_wants_credentials_links_to_a_form_that_knows_it(office: Office) -> None:
    server = NamedServer("/run/postgresql", 5432, "shop", "reader", "/etc/veilleur/shop.pgpass")
    item = NewItem(identity(), SourceKind.POSTGRESQL, server.source, server.passfile)
    by = {"now": NOON, "actor": Actor("anna"), "organisation_id": office.organisation.pk}
    name_source(**by, source=item)
    note_source_access(**by, source=item, state=AccessState.NEEDS_CREDENTIALS, why=("password_wanted", ""))

    page = office.client.get(reverse("desk:protection"))
    source = next(each for each in page.context["page"].sources if each.row.source == server.source)
    form = office.client.get(reverse("desk:name_server"), {"source": source.row.source}).context["form"]

    assert source.verdict == "unknown"
    assert f"{reverse('desk:name_server')}?source=host%3D%2Frun" in page.content.decode()
    assert form.initial == {
        "host": "/run/postgresql",
        "port": 5432,
        "database": "shop",
        "login": "reader",
        "passfile": "/etc/veilleur/shop.pgpass",
    }


@pytest.mark.parametrize("route", ["protection", "add_plan"])
def test_a_found_server_that_nobody_may_read_yet_links_to_a_form_that_knows_where_it_is(
    office: Office, route: str
) -> None:
    source = "host=/run/postgresql port=5433 dbname=postgres"
    link = f"{reverse('desk:name_server')}?source={quote(source, safe='')}"

    text = office.page(route)
    form = office.client.get(link).context["form"]

    assert f'href="{link}"' in text
    assert form.initial == {
        "host": "/run/postgresql",
        "port": 5433,
        "database": "",
        "login": "",
        "passfile": "",
    }


def test_a_database_inside_a_typed_folder_is_pointed_out(office: Office) -> None:
    response = office.wish("/srv/letters")

    assert "/srv/letters/archive.db lies in a folder of this plan and is a database" in said(response)


def test_a_database_that_the_same_plan_has_is_not_pointed_out(office: Office) -> None:
    response = office.wish("/srv/letters", databases="/srv/letters/archive.db")

    assert response.status_code == 302
    assert "archive.db lies in" not in said(response)


def test_a_source_that_is_not_theirs_prefills_nothing(office: Office) -> None:
    form = office.client.get(reverse("desk:name_server"), {"source": "host=elsewhere dbname=x"}).context[
        "form"
    ]

    assert form.initial == {}


def test_what_a_plan_puts_into_that_place_already_is_said_by_its_name(office: Office) -> None:
    response = office.wish(known=str(office.data_set.public_id))

    told = "Another plan puts this data into this place already. <code>Base ERP, Plan</code>"
    assert told in response.content.decode()
    assert list(office.plans()) == ["Plan"]


def test_a_place_in_use_is_not_made_again(office: Office) -> None:
    response = office.post("add_place", name="Again", folder=office.place.folder)

    assert "This folder is a backup place already." in response.content.decode()


class Maker:
    """Keeps a place held by another machine, and touches no folder; that of a missing one only if it may."""

    def __call__(
        self,
        *,
        actor: Actor,
        organisation_id: int,
        folder: Path,
        asset: UUID | None,
        name: str,
        may_make_folder: bool,
    ) -> Refused | None:
        if folder.name == "missing" and not may_make_folder:
            return Refused("folder_absent")
        make_repository(organisation_id, name=name, folder=str(folder), asset=None)
        return None


def test_a_place_that_was_added_says_what_it_survives_and_is_chosen_in_the_next_form(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PLACE_MAKER, "_engine", Maker())

    response = office.post("add_place", name="Zone", folder="/srv/zone")

    page = office.client.get(response["Location"])
    zone = next(place for place in visible_repositories(office.viewer) if place.name == "Zone")
    assert page.context["form"]["place"].value() == str(zone.id)
    assert str(PROTECTION_OF_MEDIUM[zone.medium]) in page.content.decode()


def test_a_folder_that_is_not_there_is_made_once_that_was_said(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PLACE_MAKER, "_engine", Maker())
    wish = {"name": "Zone", "folder": "/srv/missing"}
    assert 'name="make_folder"' not in office.page("add_place")

    asked = office.post("add_place", **wish)

    assert "This folder does not exist." in asked.content.decode()
    assert 'name="make_folder"' in asked.content.decode()
    assert [place.name for place in visible_repositories(office.viewer)] == ["Safe"]

    office.post("add_place", **wish, make_folder="on")

    assert {place.name for place in visible_repositories(office.viewer)} == {"Safe", "Zone"}


def test_two_plans_do_not_bear_one_name(office: Office) -> None:
    made = office.wish("/srv/letters", name="PLAN")
    renamed = office.post("plan", office.plan.public_id, name="Plan")

    assert "Another plan is called that already." in made.content.decode()
    assert renamed.status_code == 302
    assert list(office.plans()) == ["Plan"]


def test_the_fault_of_a_form_is_told_with_the_name_of_its_question(office: Office) -> None:
    text = office.post("add_place", name="", folder="").content.decode()

    assert "What people call it: This field is required." in text
    assert "Its folder: This field is required." in text


def test_a_plan_whose_data_no_service_needs_says_so(office: Office) -> None:
    assert "as its services ask" in office.page("plan", office.plan.public_id)
    settle_data_of_service(
        now=NOON,
        actor=Actor("anna"),
        organisation_id=office.organisation.pk,
        service=office.service.public_id,
        needed=frozenset(),
        asked=frozenset({office.data_set.public_id}),
    )

    text = office.page("plan", office.plan.public_id)

    assert "as its services ask" not in text
    assert "no service is said to need this data" in text


def test_the_page_that_ends_a_plan_says_which_copies_cannot_be_relied_on(office: Office) -> None:
    run = make_run(office.plan, office.data_set)
    assert "do not rely on" not in office.page("end_plan", office.plan.public_id)

    make_restore_test(run, finished_at=NOON, state=TestState.FAILED, reason="facts_differ")

    assert "do not rely on their copies" in office.page("end_plan", office.plan.public_id)


def test_data_given_up_before_a_copy_of_it_was_kept_is_not_the_headline_for_ever(office: Office) -> None:
    empty = make_data_set(office.organisation, "Empty", stored_on=office.machine)
    items = {empty: (SourceKind.FILES, "/srv/empty")}
    plan = make_plan(office.organisation.pk, repository=office.place, items=items, name="Trial")
    assert "Empty is not protected" in office.page("protection")

    office.post("end_plan", plan.public_id)

    assert "Empty is not protected any more." not in office.page("protection")


def test_an_empty_plan_is_told_all_that_it_lacks_at_once(office: Office) -> None:
    page = office.wish(name="").content.decode()

    assert "2 answers need another look." in page
    assert "Name at least one folder, or tick what shall be copied." in page


def test_a_plan_says_that_one_way_to_name_data_is_enough(office: Office) -> None:
    ways = ("known", "folders", "databases")

    assert office.page("add_plan").count("one of these ways is enough") == len(ways)


def test_where_folders_are_the_only_way_to_name_data_they_are_asked_for() -> None:
    with translation.override("en"):
        page = str(PlanForm({"name": "", "folders": " "}, places=(), services=(), known=(), sources=()))

    assert "one of these ways" not in page
    assert "Name at least one folder or file." in page
