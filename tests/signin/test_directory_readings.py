"""Who arrives and leaves by a real directory, after whose agreement, and who stays whatever it says."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client

from tests.signin.directory_house import PAGES, WRONG, House, bodies, is_in, read, read_again, sign_in
from tests.slapd import READER, READER_PASSWORD, password_of
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations.factories import PASSWORD, make_organisation, make_person
from veilleur.domains.organisations.jobs import HANDLERS
from veilleur.domains.organisations.models import Directory, DirectoryAccount, Organisation, Person
from veilleur.domains.organisations.ports import DIRECTORY
from veilleur.domains.organisations.queries import list_current_members, viewer_of
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.tests.journal_reading import everything_written
from veilleur.engines.keyring.tests.process import Keys
from veilleur.shared.clock import utc_now

pytestmark = [pytest.mark.django_db, pytest.mark.slapd]


def test_two_arrive_by_their_groups_one_is_locked_and_the_next_reading_ends_the_session(house: House) -> None:
    anna, ben = house.person("anna"), house.person("ben")
    inner = house.group("servers", ben)
    page = house.add({house.group("it", anna, inner): "technician", house.group("audit", ben): "auditor"})
    assert house.members() == {}, "nobody joins before somebody agrees"
    house.agree(page)
    assert house.members() == {"anna": "technician", "ben": "technician"}

    anna_in, _ = sign_in(house.email("anna"), password_of(f"anna-{house.mark}"))
    ben_in, _ = sign_in(house.email("ben"), password_of(f"ben-{house.mark}"))
    assert is_in(anna_in)
    assert is_in(ben_in)
    assert {body["means"] for body in bodies("signed_in")} == {"directory"}

    house.server.replace(ben, pwdAccountLockedTime="000001010000Z")
    read_again()

    assert is_in(anna_in)
    assert not is_in(ben_in)
    assert house.members() == {"anna": "technician"}
    assert sign_in(house.email("ben"), password_of(f"ben-{house.mark}"))[1].count(WRONG) == 1

    house.server.replace(ben, pwdAccountLockedTime="")
    read_again()
    assert house.members() == {"anna": "technician", "ben": "technician"}
    counts = [(body["joined"], body["left"]) for body in bodies("directory_read")]
    assert counts == [(2, 0), (0, 1), (1, 0)]
    written = everything_written()
    assert not any(word in written for word in ("anna-", "ben-", READER_PASSWORD))


def test_another_group_is_another_role_from_the_next_reading_on(house: House) -> None:
    anna = house.person("anna")
    managers = house.group("managers", READER)
    house.agree(house.add({managers: "manager", house.group("it", anna): "requester"}))
    browser, _ = sign_in(house.email("anna"), password_of(f"anna-{house.mark}"))
    assert browser.get("/people/").status_code == 403

    house.server.replace(managers, member=[READER, anna])
    read_again()

    assert browser.get("/people/").status_code == 200
    assert browser.get(PAGES).status_code == 200


def test_no_account_that_is_there_is_taken_over(house: House) -> None:
    elsewhere = make_person(make_organisation("Elsewhere"), email=house.email("anna"))
    own = make_person(house.organisation, email=house.email("own"), role=Role.AUDITOR)
    names = [house.person("anna"), house.person("own")]
    page = house.add({house.group("it", *names): "manager"})

    shown = house.client.get(page).content.decode()

    assert "has an account already that did not come from this directory: invite them" in shown
    assert "belongs here already, with a password of their own" in shown
    assert viewer_of(elsewhere.pk, utc_now()).organisation_id != house.organisation.pk  # type: ignore[union-attr]
    assert house.members() == {own.name: "auditor"}
    assert not is_in(sign_in(house.email("anna"), password_of(f"anna-{house.mark}"))[0])
    assert is_in(sign_in(house.email("anna"), PASSWORD)[0])


def test_half_a_company_does_not_leave_by_one_reading_until_somebody_agrees(house: House) -> None:
    everybody = [house.person(f"p{number}") for number in range(5)]
    group = house.group("it", *everybody)
    page = house.add({group: "technician"})
    house.agree(page)
    assert len(house.members()) == 5

    house.server.replace(group, member=everybody[:2])
    read_again()
    read_again()

    assert len(house.members()) == 5
    assert "More than half of its people would leave." in house.client.get(page).content.decode()
    assert [body["leaving"] for body in bodies("directory_held") if body["reason"] == "many"] == [3]

    house.agree(page)
    assert len(house.members()) == 2


def test_an_agreement_counts_for_what_was_shown_and_nothing_else(house: House) -> None:
    anna, ben = house.person("anna"), house.person("ben")
    group = house.group("it", anna)
    page = house.add({group: "technician"})
    digest = house.client.get(page).context["directory"].held["digest"]
    house.client.post(f"{page}agree/", {"digest": digest})

    house.server.replace(group, member=[anna, ben])
    read()

    assert house.members() == {}
    assert house.client.get(page).context["directory"].held["joining"] == 2
    stale = house.client.post(f"{page}agree/", {"digest": digest}, follow=True)
    assert "says something else by now" in stale.content.decode()


def test_agreeing_asks_for_a_second_factor_since_a_group_may_make_managers(house: House) -> None:
    page = house.add({house.group("it", house.person("anna")): "manager"})
    digest = house.client.get(page).context["directory"].held["digest"]
    stolen = Client()
    stolen.force_login(house.manager, settings.AUTHENTICATION_BACKENDS[0])

    answer = stolen.post(f"{page}agree/", {"digest": digest})
    read()

    assert answer["Location"] == "/account/security/"
    assert house.members() == {}


def test_a_former_member_who_comes_by_the_directory_gets_another_account(house: House) -> None:
    former = make_person(house.organisation, email=house.email("anna"), role=Role.AUDITOR)
    house.client.post(f"/people/{former.public_id}/leaves/")

    house.agree(house.add({house.group("it", house.person("anna")): "technician"}))

    assert house.members() == {"anna": "technician"}
    former.refresh_from_db()
    assert (former.is_active, former.email) == (False, f"{former.pseudonym}@closed.invalid")


def test_what_is_changed_is_shown_before_it_counts_and_the_password_is_for_one_server(house: House) -> None:
    anna = house.person("anna")
    group, other = house.group("it", anna), house.group("other", READER)
    page = house.add({group: "technician"})
    house.agree(page)

    elsewhere = house.form({group: "technician"}, servers="ldaps://evil.example", password="")
    refused = house.client.post(f"{page}change/", elsewhere)
    assert refused.status_code == 422
    assert "Type the password of the account again" in refused.content.decode()

    house.client.post(f"{page}change/", house.form({other: "technician"}, password=""))
    read()
    assert house.members() == {"anna": "technician"}
    held = house.client.get(page).context["directory"].held
    assert (held["reason"], held["leaving"]) == ("empty", 1)
    assert [body["changed"] for body in bodies("directory_changed")] == [["groups"]]


def test_a_reading_that_began_before_a_change_does_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = house.group("it", house.person("anna"))
    page = house.add({group: "technician"})
    house.agree(page)
    real = DIRECTORY.get()

    class Slow:
        def read(self, *asked: Any) -> Any:
            reading = real.read(*asked)
            house.client.post(f"{page}change/", house.form({group: "auditor"}, password=""))
            return reading

    monkeypatch.setattr(DIRECTORY, "_engine", Slow())
    read_again()
    monkeypatch.setattr(DIRECTORY, "_engine", real)
    read()

    # What was agreed to before is no agreement to what was changed meanwhile.
    held = house.client.get(page).context["directory"].held
    assert (held["reason"], held["roles"]) == ("new", 1)
    assert house.members() == {"anna": "technician"}


def test_whoever_is_sent_away_by_hand_stays_away_until_let_in_again(house: House) -> None:
    page = house.add({house.group("it", house.person("anna"), house.person("ben")): "technician"})
    house.agree(page)
    anna = Person.objects.get(email=house.email("anna"))
    browser, _ = sign_in(house.email("anna"), password_of(f"anna-{house.mark}"))

    house.client.post(f"/people/{anna.public_id}/leaves/")
    read_again()
    assert not is_in(browser)
    assert house.members() == {"ben": "technician"}
    assert not is_in(sign_in(house.email("anna"), password_of(f"anna-{house.mark}"))[0])

    (row,) = house.client.get(page).context["kept_out"]
    house.client.post(f"{PAGES}accounts/{row.id}/let-in/")
    read()
    assert house.members() == {"anna": "technician", "ben": "technician"}


def test_a_role_that_a_directory_gives_is_not_changed_by_hand(house: House) -> None:
    house.agree(house.add({house.group("it", house.person("anna")): "technician"}))
    anna = Person.objects.get(email=house.email("anna"))

    page = house.client.get(f"/people/{anna.public_id}/").content.decode()
    posted = house.client.post(f"/people/{anna.public_id}/", {"role": "manager", "side": "internal"})

    assert "Set the role" not in page
    assert posted.status_code == 422
    assert house.members() == {"anna": "technician"}


def test_the_last_manager_who_needs_no_directory_stays(house: House) -> None:
    house.agree(house.add({house.group("it", house.person("anna")): "manager"}))

    said = house.client.post(f"/people/{house.manager.public_id}/leaves/", follow=True).content.decode()

    assert "signs in by Veilleur alone" in said
    assert list_current_members(house.organisation.pk, utc_now()).count() == 2


def test_a_removed_directory_opens_nothing_at_once_and_its_people_leave(house: House) -> None:
    names = [house.person(f"p{number}") for number in range(25)]
    page = house.add({house.group("it", *names): "technician"})
    house.agree(page)
    browser, _ = sign_in(house.email("p0"), password_of(f"p0-{house.mark}"))
    assert is_in(browser)

    house.client.post(f"{page}remove/")
    assert not is_in(browser)
    assert not is_in(sign_in(house.email("p0"), password_of(f"p0-{house.mark}"))[0])

    read()
    assert house.members() == {}
    assert Directory.objects.of(house.organisation.pk).count() == 0
    assert DirectoryAccount.objects.of(house.organisation.pk).count() == 0
    assert house.client.get(page).status_code == 404


def test_the_password_of_the_account_lies_sealed_for_this_directory_alone(house: House, keys: Keys) -> None:
    house.add({house.group("it", house.person("anna")): "technician"})
    row = Directory.objects.of(house.organisation.pk).get()

    assert READER_PASSWORD not in row.password_sealed
    assert READER_PASSWORD not in house.client.get(f"{PAGES}{row.public_id}/change/").content.decode()
    # Another directory's row would not open it.
    Directory.objects.of(house.organisation.pk).update(public_id=uuid4())
    moved = Directory.objects.of(house.organisation.pk).get()
    ticket = {"organisation": str(house.organisation.public_id), "directory": str(moved.public_id)}
    HANDLERS["organisations.read_directory"](JobTicket("", "", ticket, 1, UUID(int=0)), utc_now)
    assert Directory.objects.of(house.organisation.pk).get().fault == "secrets_away"


def test_a_demonstration_speaks_to_no_directory(house: House) -> None:
    Organisation.objects.filter(pk=house.organisation.pk).update(is_demo=True)

    answer = house.client.post(f"{PAGES}new/", house.form({"cn=it,dc=x": "technician"}))

    assert answer.status_code == 422
    assert "A demonstration speaks to no real directory." in answer.content.decode()


def test_bad_answers_come_back_with_sentences_and_without_the_password(house: House) -> None:
    typed = house.form({"": "technician"}, servers="http://dc1", base_dn="vexin.example")

    answer = house.client.post(f"{PAGES}new/", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    for said in ("is not the address of a directory", "not a distinguished name", "Name one group at least"):
        assert said in page
    assert READER_PASSWORD not in page
