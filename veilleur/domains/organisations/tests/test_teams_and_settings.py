"""Teams, the profile, and the roles that sign in with a second factor."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.factories import (
    make_membership,
    make_organisation,
    make_person,
    signed_in,
)
from veilleur.domains.organisations.models import Organisation, Person, TeamMember
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.queries.teams import TeamRow, visible_teams
from veilleur.domains.organisations.rules.profiles import FEATURES, Feature, Profile, shows
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.tests.journal_reading import facts
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ACTOR = Actor("p-somebody")
SETTINGS = {"name": "Ateliers du Vexin", "profile": "structured", "second_factor_roles": ["manager"]}
pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Organisation:
    return make_organisation()


@pytest.fixture
def manager(company: Organisation) -> Person:
    return make_person(company, name="Anna")


def content(*people: Person, name: str = "Systems") -> actions.TeamContent:
    return actions.TeamContent(name, "systems@vexin.example", [person.public_id for person in people])


def make(company: Organisation, *people: Person, name: str = "Systems") -> UUID:
    made = actions.make_team(
        now=NOW, actor=ACTOR, organisation_id=company.pk, content=content(*people, name=name)
    )
    assert isinstance(made, UUID)
    return made


def teams(person: Person) -> list[TeamRow]:
    viewer = viewer_of(person.pk, NOW)
    assert viewer is not None
    return visible_teams(viewer)


def test_a_team_says_who_is_in_it(company: Organisation, manager: Person) -> None:
    make(company, manager, make_person(company, name="Ben"))

    (team,) = teams(manager)

    assert (team.name, [name for _key, name in team.people]) == ("Systems", ["Anna", "Ben"])


def test_who_joins_and_who_leaves_a_team_is_a_fact_by_pseudonym(
    company: Organisation, manager: Person
) -> None:
    ben = make_person(company, name="Ben")
    team = make(company, manager)

    actions.change_team(now=NOW, actor=ACTOR, organisation_id=company.pk, team=team, content=content(ben))

    told = json.loads(facts("team_changed")[-1].body)
    assert (told["joined"], told["left"]) == ([ben.pseudonym], [manager.pseudonym])


def test_a_change_that_changes_nothing_is_no_fact(company: Organisation, manager: Person) -> None:
    team = make(company, manager)
    before = len(facts("team_changed"))

    actions.change_team(now=NOW, actor=ACTOR, organisation_id=company.pk, team=team, content=content(manager))

    assert len(facts("team_changed")) == before


def test_nobody_from_elsewhere_gets_into_a_team(company: Organisation, manager: Person) -> None:
    stranger = make_person(make_organisation("Somebody else"))

    made = actions.make_team(
        now=NOW, actor=ACTOR, organisation_id=company.pk, content=content(manager, stranger)
    )

    assert made == Refused("no_such_member")
    assert teams(manager) == []


def test_two_teams_do_not_bear_one_name_unless_the_first_is_dissolved(
    company: Organisation, manager: Person
) -> None:
    first = make(company, manager)

    again = actions.make_team(
        now=NOW, actor=ACTOR, organisation_id=company.pk, content=content(name="SYSTEMS")
    )
    assert again == Refused("team_named_already")
    assert actions.dissolve_team(now=NOW, actor=ACTOR, organisation_id=company.pk, team=first) is None
    assert make(company, manager)
    assert [team.name for team in teams(manager)] == ["Systems"]


def test_a_dissolved_or_foreign_team_is_changed_by_nobody(company: Organisation, manager: Person) -> None:
    elsewhere = make(make_organisation("Somebody else"))

    for team in (elsewhere, uuid4()):
        said = {"now": NOW, "actor": ACTOR, "organisation_id": company.pk, "team": team}
        assert actions.change_team(**said, content=content(manager)) == Refused("no_such_team")
        assert actions.dissolve_team(**said) == Refused("no_such_team")


def test_whoever_leaves_the_organisation_leaves_its_teams(company: Organisation, manager: Person) -> None:
    ben = make_person(company, name="Ben")
    make(company, manager, ben)

    actions.end_membership(now=NOW, actor=ACTOR, organisation_id=company.pk, person=ben.public_id)

    assert [name for _key, name in teams(manager)[0].people] == ["Anna"]
    assert TeamMember.objects.of(company.pk).get(person=ben).until == NOW


def test_a_team_is_made_changed_and_dissolved_by_its_pages(company: Organisation, manager: Person) -> None:
    client = signed_in(manager)
    sent = {"name": "Systems", "email": "", "people": [str(manager.public_id)]}

    assert client.post("/people/teams/new/", sent).status_code == 302
    assert client.post("/people/teams/new/", sent).status_code == 422
    (team,) = teams(manager)
    assert client.post(f"/people/teams/{team.id}/", sent | {"name": "Network"}).status_code == 302
    assert "Network" in client.get("/people/").content.decode()
    assert client.post(f"/people/teams/{team.id}/dissolve/").status_code == 302
    assert teams(manager) == []


def test_a_larger_profile_shows_all_that_a_smaller_one_does() -> None:
    starting, structured, many = (FEATURES[profile] for profile in Profile)

    assert starting < structured < many == frozenset(Feature)


@pytest.mark.parametrize("profile", Profile)
def test_what_exists_stays_in_sight_whatever_the_profile(profile: Profile) -> None:
    assert all(shows(profile, feature, is_used=True) for feature in Feature)


def test_another_profile_loses_nothing(company: Organisation, manager: Person) -> None:
    client = signed_in(manager)
    make(company, manager)

    for profile in ("many", "starting"):
        said = SETTINGS | {"profile": profile, "second_factor_roles": []}
        assert client.post("/organisation/settings/", said).status_code == 302

    assert "Systems" in client.get("/people/").content.decode()
    assert [json.loads(fact.body)["profile"] for fact in facts("profile_chosen")] == ["many", "starting"]


def test_the_customers_page_is_in_the_masthead_of_those_who_have_customers(
    company: Organisation, manager: Person
) -> None:
    client = signed_in(manager)

    before = client.get("/people/").content.decode()
    actions.choose_profile(now=NOW, actor=ACTOR, organisation_id=company.pk, profile=Profile.MANY)
    after = client.get("/people/").content.decode()

    assert 'href="/customers/"' not in before
    assert 'href="/customers/"' in after


def test_a_role_that_needs_a_second_factor_opens_nothing_before_there_is_one(
    company: Organisation, manager: Person
) -> None:
    client = signed_in(manager)
    assert client.post("/organisation/settings/", SETTINGS).status_code == 302

    before = client.get("/people/")
    own_account = client.get("/account/security/")
    Authenticator.objects.create(user=manager, type="totp", data={"secret": "sealed"})
    after = client.get("/people/")

    assert (before.status_code, before.url) == (302, "/account/security/")
    assert own_account.status_code == 200
    assert after.status_code == 200


def test_other_roles_and_other_organisations_are_not_asked(company: Organisation, manager: Person) -> None:
    technician = make_person(company, role=Role.TECHNICIAN)
    elsewhere = make_organisation("Somebody else")
    make_membership(elsewhere, technician, role=Role.MANAGER)
    actions.ask_second_factor(
        now=NOW, actor=ACTOR, organisation_id=company.pk, roles=[Role.MANAGER, Role.AUDITOR]
    )

    assert signed_in(technician).get("/people/").status_code == 200
    at_home = viewer_of(manager.pk, NOW)
    assert at_home is not None
    assert at_home.needs_second_factor


def test_a_sent_form_is_held_up_as_well(company: Organisation, manager: Person) -> None:
    client = signed_in(manager)
    actions.ask_second_factor(now=NOW, actor=ACTOR, organisation_id=company.pk, roles=[Role.MANAGER])

    answer = client.post("/organisation/settings/", SETTINGS | {"second_factor_roles": []})

    assert answer.url == "/account/security/"
    assert viewer_of(manager.pk, NOW).needs_second_factor  # type: ignore[union-attr]


def test_whoever_lost_the_right_while_waiting_sets_nothing(company: Organisation) -> None:
    auditor = make_person(company, role=Role.AUDITOR)

    refused = actions.set_organisation(
        now=NOW,
        actor=Actor(auditor.pseudonym),
        organisation_id=company.pk,
        name="Another name",
        profile=Profile.MANY,
        second_factor_roles=[],
    )

    assert refused == Refused("no_longer_allowed")
    assert facts("organisation_named") == []


def test_a_team_that_was_dissolved_meanwhile_is_said_to_be(
    company: Organisation, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = make(company, manager)
    row = teams(manager)[0]
    actions.dissolve_team(now=NOW, actor=ACTOR, organisation_id=company.pk, team=team)
    # The page was drawn before; of two managers the other one was first.
    monkeypatch.setattr("veilleur.domains.organisations.views.organisation.visible_team", lambda *_: row)

    answer = signed_in(manager).post(f"/people/teams/{team}/dissolve/", follow=True)

    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_how_people_sign_in_and_their_data_are_reached_from_the_organisation(
    company: Organisation, manager: Person
) -> None:
    client = signed_in(manager)

    people = client.get("/people/").content.decode()
    organisation = client.get("/organisation/settings/").content.decode()

    assert 'href="/organisation/settings/"' in people
    for address in ("directories/", "identity-providers/", "personal-data/", "tokens/"):
        assert f'href="/organisation/{address}"' not in people
        assert f'href="/organisation/{address}"' in organisation
        page = client.get(f"/organisation/{address}").content.decode()
        # It leads back, and the masthead still says where one is.
        assert 'class="crumbs"><a href="/organisation/settings/"' in page
        assert 'href="/people/" aria-current="page"' in page


def test_whoever_does_not_decide_about_the_organisation_is_not_led_there(company: Organisation) -> None:
    people = signed_in(make_person(company, role=Role.TECHNICIAN)).get("/people/").content.decode()

    assert 'href="/organisation/' not in people
