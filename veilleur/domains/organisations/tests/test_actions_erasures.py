"""Being erased: who may ask, who carries it out, what keeps it from being done, what is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID, uuid4

import pytest
from django.test import Client

from veilleur.domains.journal.queries import verify
from veilleur.domains.journal.queries.bodies import whole_bodies_with
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.actions.erasures import ERASE_PERSON
from veilleur.domains.organisations.factories import (
    PASSWORD,
    make_directory,
    make_directory_account,
    make_identity_provider,
    make_membership,
    make_organisation,
    make_person,
    make_provider_account,
)
from veilleur.domains.organisations.jobs import HANDLERS
from veilleur.domains.organisations.labels.personal_data import ERASED_PERSON
from veilleur.domains.organisations.models import DirectoryAccount, Erasure, Organisation, Person, Team
from veilleur.domains.organisations.queries import viewer_of, visible_names
from veilleur.domains.organisations.queries.directories import visible_kept_out
from veilleur.domains.organisations.queries.erasure_preview import preview_of
from veilleur.domains.organisations.queries.erasures import person_here, visible_erasures
from veilleur.domains.organisations.queries.providers import visible_sent_away
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor, Viewer

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
NAME = "Jérôme Lefèvre"
pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def manager(organisation: Organisation) -> Person:
    return make_person(organisation, name="Anna Martin")


@pytest.fixture
def person(organisation: Organisation, manager: Person) -> Person:
    return make_person(organisation, name=NAME, email="jl@vexin.example", role=Role.TECHNICIAN)


def order(organisation: Organisation, person: Person, by: Person, now: datetime = NOW) -> UUID | Refused:
    return actions.order_erasure(
        now=now, actor=Actor(by.pseudonym), organisation_id=organisation.pk, person=person.public_id
    )


def carry_out(
    organisation: Organisation, erasure: UUID | Refused, clock: Callable[[], datetime] = lambda: NOW
) -> Erasure:
    assert isinstance(erasure, UUID), erasure
    payload = {"organisation": str(organisation.public_id), "erasure": str(erasure)}
    ticket = JobTicket(kind=ERASE_PERSON, key=str(erasure), payload=payload, attempts=1, token=uuid4())
    HANDLERS[ERASE_PERSON](ticket, clock)
    row: Erasure = Erasure.objects.of(organisation.pk).get(public_id=erasure)
    return row


def reason(refused: object) -> str:
    return refused.reason if isinstance(refused, Refused) else ""


def viewer(person: Person) -> Viewer:
    found = viewer_of(person.pk, LATER)
    assert found is not None
    return found


def call_a_team_after(person: Person, organisation: Organisation, times: int = 1) -> None:
    """Have the journal name a person in the words of others, and nothing else any more."""
    said = {"now": NOW, "actor": SYSTEM, "organisation_id": organisation.pk}
    for number in range(times):
        made = actions.make_team(**said, content=actions.TeamContent(f"{person.name}, {number}", "", []))
        assert isinstance(made, UUID)
        actions.change_team(**said, team=made, content=actions.TeamContent(f"Team {number}", "", []))


def test_whoever_is_erased_leaves_at_once_and_is_named_nowhere(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    call_a_team_after(person, organisation)
    before = visible_names(viewer(manager))

    ordered = order(organisation, person, manager)
    signed_out = client.get("/people/")
    row = carry_out(organisation, ordered)

    assert before[person.pseudonym] == NAME
    assert signed_out.status_code == 302
    assert visible_names(viewer(manager))[person.pseudonym] == str(ERASED_PERSON)
    assert NAME not in everything_written()
    person.refresh_from_db()
    assert (person.name, person.is_active, person.has_usable_password()) == ("", False, False)
    assert (row.bodies, row.is_account_gone) == (1, True)
    (fact,) = facts("person_erased")
    assert fact.actor == manager.pseudonym


def test_the_journal_says_how_many_bodies_which_act_erased(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    call_a_team_after(person, organisation, times=2)

    carry_out(organisation, order(organisation, person, manager))

    report = verify(public_keys=(), elsewhere=(), is_full=True)
    assert report.findings == ()
    (act,) = report.erasures
    assert (act.reason, act.actor, act.bodies, act.named) == ("personal_data", manager.pseudonym, 2, 2)


def test_the_last_manager_stays_and_nothing_is_begun(organisation: Organisation, manager: Person) -> None:
    refused = order(organisation, manager, manager)

    assert reason(refused) == "last_manager"
    assert not Erasure.objects.of(organisation.pk).exists()
    assert facts("erasure_ordered") == []


def test_only_who_may_name_managers_carries_it_out(
    organisation: Organisation, person: Person, manager: Person
) -> None:
    technician = make_person(organisation, role=Role.TECHNICIAN)

    refused = order(organisation, person, technician)

    assert reason(refused) == "no_longer_allowed"


def test_a_request_waits_for_a_manager_and_can_be_taken_back(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    said = {"now": NOW, "actor": Actor(person.pseudonym), "organisation_id": organisation.pk}

    first = actions.ask_erasure(**said, person=person.public_id)
    again = actions.ask_erasure(**said, person=person.public_id)
    (asked,) = visible_erasures(viewer(manager))
    taken_back = actions.withdraw_erasure(**said, person=person.public_id)
    twice = actions.withdraw_erasure(**said, person=person.public_id)

    assert (first, reason(again)) == (None, "erasure_asked_already")
    assert (asked.name, asked.by_themselves, asked.ordered_at) == (NAME, True, None)
    assert (taken_back, reason(twice)) == (None, "no_such_erasure")
    assert visible_erasures(viewer(manager)) == []
    assert person_here(organisation.pk, person.public_id) is not None


def test_a_second_order_is_refused_while_the_first_is_under_way_and_after_it(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    ordered = order(organisation, person, manager)

    meanwhile = order(organisation, person, manager)
    carry_out(organisation, ordered)
    after = order(organisation, person, manager)

    assert reason(meanwhile) == "erasure_ordered_already"
    assert reason(after) == "nothing_to_erase"


def test_the_account_stays_while_another_organisation_holds_it(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    elsewhere = make_organisation("Menuiserie Roy")
    director = make_person(elsewhere)
    make_membership(elsewhere, person, role=Role.TECHNICIAN)

    here = carry_out(organisation, order(organisation, person, manager))

    person.refresh_from_db()
    assert (here.is_account_gone, person.name, person.is_active) == (False, NAME, True)
    assert visible_names(viewer(manager))[person.pseudonym] == str(ERASED_PERSON)
    assert visible_names(viewer(director))[person.pseudonym] == NAME
    assert person_here(organisation.pk, person.public_id) is None

    last = carry_out(elsewhere, order(elsewhere, person, director))

    person.refresh_from_db()
    assert (last.is_account_gone, person.name) == (True, "")


def test_whoever_comes_back_by_an_account_that_stayed_is_named_again(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    make_membership(make_organisation("Menuiserie Roy"), person)
    carry_out(organisation, order(organisation, person, manager))

    actions.add_member(
        now=LATER,
        actor=SYSTEM,
        organisation_id=organisation.pk,
        person_id=person.pk,
        role=Role.TECHNICIAN,
    )

    assert visible_names(viewer(manager))[person.pseudonym] == NAME
    assert isinstance(order(organisation, person, manager, LATER), UUID)


def test_a_directory_brings_back_somebody_new_and_never_the_erased(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    directory = make_directory(organisation)
    account = make_directory_account(directory, person, external_id="guid")

    carry_out(organisation, order(organisation, person, manager))

    account.refresh_from_db()
    assert (account.dn, account.external_id, account.is_kept_out) == ("", "guid", True)
    (kept_out,) = visible_kept_out(viewer(manager), directory.public_id)
    assert (kept_out.name, kept_out.email) == (str(ERASED_PERSON), "")
    actions.let_account_in(now=NOW, actor=SYSTEM, organisation_id=organisation.pk, account=account.public_id)
    assert not DirectoryAccount.objects.of(organisation.pk).exists()


def test_an_identity_provider_lists_the_erased_among_those_sent_away_without_their_name(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    # Another organisation holds the account: the name itself is not erased.
    make_membership(make_organisation("Somebody else"), person)
    provider = make_identity_provider(organisation)
    make_provider_account(provider, person, gone_at=NOW, is_kept_out=True)

    carry_out(organisation, order(organisation, person, manager))

    person.refresh_from_db()
    assert person.name == NAME
    (away,) = visible_sent_away(viewer(manager), provider.public_id)
    assert (away.name, away.email) == (str(ERASED_PERSON), "")


def test_names_in_free_words_are_listed_and_left_as_they_are(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    directory = make_directory(
        organisation, conflicts=[{"name": "LEFÈVRE Jérôme", "email": "", "reason": "no_address"}]
    )
    said = {"now": NOW, "actor": SYSTEM, "organisation_id": organisation.pk}
    team = actions.make_team(**said, content=actions.TeamContent(f"Cell of {NAME}", "", []))

    here = person_here(organisation.pk, person.public_id)
    assert here is not None
    found = preview_of(organisation.pk, here).mentions
    row = carry_out(organisation, order(organisation, person, manager))

    assert {(each.table, each.id) for each in found} == {
        ("organisations.Team", team),
        ("organisations.Directory", directory.public_id),
    }
    assert [each.url for each in found if each.table == "organisations.Team"] == [f"/people/teams/{team}/"]
    assert {each["id"] for each in row.left} == {str(team), str(directory.public_id)}
    assert Team.objects.of(organisation.pk).get().name == f"Cell of {NAME}"


def test_a_preview_says_what_goes_and_what_stays_and_changes_nothing(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    call_a_team_after(person, organisation)
    here = person_here(organisation.pk, person.public_id)
    assert here is not None

    preview = preview_of(organisation.pk, here)

    assert preview.bodies == 1
    assert preview.is_account_going
    assert ("organisations.Person", 1) in {(line.table, line.count) for line in preview.going}
    staying = {line.table: line.why for line in preview.staying}
    assert staying["organisations.Membership"] == "history"
    assert not Erasure.objects.of(organisation.pk).exists()


@pytest.mark.parametrize("calls", [1, 2, 3, 4])
def test_work_that_is_killed_between_two_transactions_is_taken_up_again(
    organisation: Organisation,
    manager: Person,
    person: Person,
    calls: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("veilleur.domains.organisations.jobs.erasures.BODIES_AT_ONCE", 1)

    class Killed(Exception):
        pass

    seen = count(1)

    def deadly() -> datetime:
        if next(seen) > calls:
            raise Killed
        return NOW

    call_a_team_after(person, organisation, times=3)
    ordered = order(organisation, person, manager)
    with pytest.raises(Killed):
        carry_out(organisation, ordered, deadly)

    row = carry_out(organisation, ordered)

    assert (row.bodies, row.is_account_gone) == (3, True)
    assert whole_bodies_with(organisation.pk, ["Lefèvre"], after=0, up_to=10_000) == ()
    assert len(facts("person_erased")) == 1


def test_a_restored_copy_has_it_done_again(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    said = {"now": NOW, "actor": SYSTEM, "organisation": organisation.public_id}

    actions.order_again(**said, person=person.public_id)
    actions.order_again(**said, person=person.public_id)
    actions.order_again(**said, person=uuid4())

    row = Erasure.objects.of(organisation.pk).get()
    assert carry_out(organisation, row.public_id).done_at == NOW
    # The last manager of that copy stays until somebody made another one; the request waits.
    actions.order_again(**said, person=manager.public_id)
    assert Erasure.objects.of(organisation.pk).get(done_at=None).ordered_at is None
