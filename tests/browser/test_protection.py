"""Backups, another place, another plan, and the recovery key from the paper back to the page."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.company import Company, keep_key, make_company, protect
from tests.browser.conftest import (
    Visitor,
    assert_open_page_is_sound,
    assert_open_page_is_sound_in_every_look,
    assert_sound,
    assert_sound_in_every_look,
)
from veilleur.desk.ports import PLACE_MAKER, SERVER_NAMER, SOURCE_LOOKER
from veilleur.domains.backups.factories import make_repository
from veilleur.domains.backups.models import Plan, PlanItem, RecoveryKey
from veilleur.domains.backups.ports import KEY_KEEPER
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.journal.models import Job
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused

pytestmark = pytest.mark.browser

WORDS = tuple(f"word{rank}" for rank in range(1, 13))


class Keeper:
    """The port of the process that holds the keys, for one organisation and one key."""

    def __init__(self) -> None:
        self.is_issued = False

    def create_repository_password(self, repository: UUID, organisation: UUID) -> None:
        """Keep nothing: no repository is opened here."""

    def repository_password(self, repository: UUID) -> str:
        """Return a password."""
        return "password"

    def recovery_key_mark(self, organisation: UUID) -> str:
        """Return whether it was issued."""
        return "issued" if self.is_issued else ""

    def issue_recovery_key(
        self, organisation: UUID, language: str, replaces: str
    ) -> tuple[str, ...] | Refused:
        """Return the words, once."""
        if replaces != self.recovery_key_mark(organisation):
            return Refused("key_made_since")
        self.is_issued = True
        return WORDS

    def envelopes(self, organisation: UUID) -> tuple[bytes, ...]:
        """Return an envelope."""
        return (b"sealed",)

    def forget_older_keys(self, handle: str) -> None:
        """Know of none."""

    def stage_words(self, organisation: UUID, words: str) -> str | Refused:
        """Accept the words that were issued, in their order."""
        if not self.is_issued:
            return Refused("no_recovery_key")
        return "handle" if tuple(words.split()) == WORDS else Refused("words_checksum")

    def password_from_words(self, handle: str, envelope: bytes, repository: UUID) -> str:
        """Return a password."""
        return "password"


def look(*, organisation_id: int, path: Path, place: Path) -> SourceKind | Refused:
    """Tell by its name what a path is, without looking at it."""
    if path.name == "missing":
        return Refused("path_missing", str(path))
    return SourceKind.SQLITE if path.suffix == ".db" else SourceKind.FILES


@pytest.fixture
def company(organisation: Organisation) -> Company:
    company = make_company(organisation, utc_now())
    company.machine.is_here = True
    company.machine.save()
    return company


def test_the_backups_are_sound(visitor: Visitor, company: Company) -> None:
    protect(company, is_elsewhere=False)
    page = visitor.open("/protection/", language="fr")

    expect(page.get_by_role("heading", level=1)).to_contain_text("aucune copie hors de sa propre machine")
    assert_sound_in_every_look(visitor, page, "protection")


def test_a_run_and_a_test_are_asked_for(visitor: Visitor, company: Company) -> None:
    protect(company, is_elsewhere=False)
    page = visitor.open("/protection/")
    page.get_by_role("button", name="Back up Plan now").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    page.get_by_role("button", name="Test a restore of Plan now").click()

    expect(page.get_by_role("status")).to_contain_text("restore test")
    assert Job.objects.filter(kind__startswith="backups.").count() == 2


def test_another_place_is_made_and_leads_to_what_goes_into_it(visitor: Visitor, company: Company) -> None:
    asked: list[tuple[str, UUID | None]] = []

    def maker(*, folder: Path, asset: UUID | None, may_make_folder: bool, **_who: object) -> Refused | None:
        if not may_make_folder:
            return Refused("folder_absent")
        asked.append((str(folder), asset))
        return None

    PLACE_MAKER.bind(maker)
    page = visitor.open("/protection/places/new/")
    page.get_by_label("What people call it").fill("Safe")
    page.get_by_label("Its folder").fill("/mnt/safe")
    page.get_by_role("button", name="Make the place").click()
    expect(page.get_by_role("alert")).to_contain_text("This folder does not exist.")
    page.get_by_label("Make this folder").check()
    page.get_by_role("button", name="Make the place").click()

    expect(page).to_have_url(visitor.base_url + "/protection/plans/new/")
    assert asked == [("/mnt/safe", company.machine.public_id)]


def test_the_page_that_asks_whether_a_folder_shall_be_made_is_sound(
    visitor: Visitor, company: Company
) -> None:
    PLACE_MAKER.bind(lambda **_place: Refused("folder_absent"))
    page = visitor.open("/protection/places/new/")
    page.get_by_label("What people call it").fill("Safe")
    page.get_by_label("Its folder").fill("/mnt/safe")
    page.get_by_role("button", name="Make the place").click()

    expect(page.get_by_label("Make this folder")).to_be_visible()
    assert_sound(visitor, page, "place-absent")


@pytest.mark.parametrize("folder", ["safe", "/mnt/../etc"])
def test_a_folder_that_is_not_whole_is_refused_beside_its_field(
    visitor: Visitor, company: Company, folder: str
) -> None:
    page = visitor.open("/protection/places/new/")
    page.get_by_label("What people call it").fill("Safe")
    page.get_by_label("Its folder").fill(folder)
    page.get_by_role("button", name="Make the place").click()

    expect(page.get_by_role("alert").get_by_role("link")).to_have_attribute("href", "#id_folder")
    assert_sound(visitor, page, "place-wrong")


def test_more_folders_are_protected(visitor: Visitor, company: Company) -> None:
    protect(company, is_elsewhere=True)
    SOURCE_LOOKER.bind(look)
    page = visitor.open("/protection/plans/new/")
    page.get_by_label("What people call this plan").fill("Accounting")
    page.get_by_label("Folders and files").fill("/srv/invoices\n/srv/ledger")
    page.get_by_label("For which service").select_option(label="ERP")
    page.get_by_role("button", name="Protect this").click()

    expect(page.get_by_role("status")).to_contain_text("first backup")
    plan = Plan.objects.of(company.organisation.pk).get(name="Accounting")
    assert plan.is_on


def test_a_typed_database_is_protected_as_one_and_a_missing_path_is_named(
    visitor: Visitor, company: Company
) -> None:
    protect(company, is_elsewhere=True)
    SOURCE_LOOKER.bind(look)
    page = visitor.open("/protection/plans/new/")
    page.get_by_label("What people call this plan").fill("Shop")
    page.get_by_label("Folders and files").fill("/srv/shop.db\n/srv/missing")
    page.get_by_role("button", name="Protect this").click()
    expect(page.get_by_role("alert")).to_contain_text("/srv/missing: There is no such folder or file")
    assert_open_page_is_sound(page, "plan-missing-path")

    page.get_by_label("Folders and files").fill("/srv/shop.db")
    page.get_by_role("button", name="Protect this").click()

    expect(page.get_by_role("status").last).to_contain_text("/srv/shop.db is a SQLite database")
    item = PlanItem.objects.of(company.organisation.pk).get(source="/srv/shop.db")
    assert item.source_kind == SourceKind.SQLITE


def test_a_server_that_does_not_let_us_in_is_explained(visitor: Visitor, company: Company) -> None:
    SERVER_NAMER.bind(lambda **_server: Refused("password_wanted", "fe_sendauth: no password supplied"))
    page = visitor.open("/protection/databases/new/", language="fr")
    assert_open_page_is_sound_in_every_look(page, "server")
    page.locator("#id_host").fill("db.vexin.example")
    page.locator("#id_login").fill("veilleur")
    page.locator("main .btn-primary").click()

    expect(page.get_by_role("alert").get_by_role("link")).to_have_attribute("href", "#id_passfile")
    expect(page.locator("#id_host")).to_have_value("db.vexin.example")
    assert_sound_in_every_look(visitor, page, "server-refused")


def test_a_plan_is_paused_taken_up_renamed_and_ended_and_its_place_retired(
    visitor: Visitor, company: Company
) -> None:
    protect(company, is_elsewhere=True)
    page = visitor.open("/protection/", language="fr")
    page.get_by_role("link", name="Plan", exact=True).click()
    assert_open_page_is_sound_in_every_look(page, "plan")

    page.locator(".page-head form button").click()  # off
    assert_open_page_is_sound_in_every_look(page, "plan-off")
    page.goto(visitor.base_url + "/protection/")
    expect(page.locator("form[action$='/run/']")).to_have_count(0)
    expect(page.locator(".plan .state-unknown")).to_have_count(1)
    assert_open_page_is_sound_in_every_look(page, "protection-off")
    page.goto(visitor.base_url + "/restart/")
    assert_open_page_is_sound_in_every_look(page, "restart-off")
    page.go_back()

    page.locator("form[action$='/switch/'] button").click()  # on again
    page.locator("#id_name").fill("Comptabilité")
    page.locator("#content .section form button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Comptabilité")

    page.locator("a[href$='/end/']").click()
    assert_open_page_is_sound_in_every_look(page, "plan-end")
    assert Plan.objects.of(company.organisation.pk).get().ended_at is None
    page.locator("main .btn-danger").click()
    expect(page.locator("li.plan")).to_have_count(0)

    page.locator("a[href*='/places/'][href$='/retire/']").click()
    assert_open_page_is_sound_in_every_look(page, "place-retire")
    page.locator("main .btn-danger").click()
    expect(page.locator("a[href*='/places/'][href$='/retire/']")).to_have_count(0)
    assert_sound_in_every_look(visitor, page, "protection-retired")


def test_what_is_protected_already_gets_a_second_copy(visitor: Visitor, company: Company) -> None:
    protect(company, is_elsewhere=False)
    safe = make_repository(company.organisation.pk, name="Safe of the second site")
    page = visitor.open("/protection/plans/new/")
    page.get_by_label("What people call this plan").fill("Second copy")
    page.get_by_label("Into which place").select_option(str(safe.public_id))
    page.get_by_label("Base ERP").check()
    assert_open_page_is_sound(page, "plan-second-copy")
    page.get_by_role("button", name="Protect this").click()

    expect(page.get_by_role("status")).to_contain_text("first backup")
    items = PlanItem.objects.of(company.organisation.pk).filter(data_set=company.data_set)
    assert {item.plan.name for item in items.select_related("plan")} == {"Plan", "Second copy"}


def test_an_empty_plan_is_refused(visitor: Visitor, company: Company) -> None:
    protect(company, is_elsewhere=True)
    page = visitor.open("/protection/plans/new/", width="phone")
    page.get_by_label("What people call this plan").fill("Nothing")
    page.get_by_role("button", name="Protect this").click()

    expect(page.get_by_role("alert")).to_contain_text("at least one folder")
    assert_sound(visitor, page, "plan-empty-phone")


def test_the_key_goes_to_paper_and_comes_back(visitor: Visitor, company: Company) -> None:
    protect(company, is_elsewhere=True)
    KEY_KEEPER.bind(Keeper())
    page = visitor.open("/recovery-key/")
    page.get_by_role("button", name="Show the twelve words once").click()
    expect(page.locator(".key-words li")).to_have_text(list(WORDS))
    page.get_by_role("link", name="type it back").click()
    page.get_by_label("The twelve words").fill(" ".join(WORDS))
    page.get_by_role("button", name="This is what the paper says").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "a restore with it alone is still to be tried"
    )
    key = RecoveryKey.objects.of(company.organisation.pk).get(replaced_at=None)
    assert key.typed_back_at is not None
    assert Job.objects.filter(kind="backups.test_restore").count() == 1
    assert_sound(visitor, page, "key-typed-back")


def test_words_that_do_not_belong_together_are_refused(visitor: Visitor, company: Company) -> None:
    keep_key(company)
    keeper = Keeper()
    keeper.is_issued = True
    KEY_KEEPER.bind(keeper)
    page = visitor.open("/recovery-key/")
    page.get_by_label("The twelve words").fill(" ".join(reversed(WORDS)))
    page.get_by_role("button", name="This is what the paper says").click()

    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    assert_sound(visitor, page, "key-wrong")


def test_the_words_are_sound(visitor: Visitor, company: Company) -> None:
    KEY_KEEPER.bind(Keeper())
    page = visitor.open("/recovery-key/", language="fr")
    page.locator("form[action='/recovery-key/new/'] button").click()

    expect(page.locator(".key-words li")).to_have_count(12)
    # It would fetch the page anew, and the words would be gone.
    expect(page.locator("form.language")).to_have_count(0)
    assert_sound_in_every_look(visitor, page, "key-words")


def test_the_words_cannot_be_had_again(visitor: Visitor, company: Company) -> None:
    keep_key(company)
    page = visitor.open("/recovery-key/")

    expect(page.locator(".key-words")).to_have_count(0)
    page.goto(page.url + "new/")
    expect(page.locator(".key-words")).to_have_count(0)
    expect(page.get_by_role("button", name="This is what the paper says")).to_be_visible()


def test_a_key_is_replaced_only_after_it_was_said_what_that_means(visitor: Visitor, company: Company) -> None:
    keep_key(company)
    KEY_KEEPER.bind(Keeper())
    page = visitor.open("/recovery-key/", language="fr")
    page.locator("a[href='/recovery-key/replace/']").click()

    expect(page.locator("form[action='/recovery-key/new/'] button")).to_be_visible()
    assert RecoveryKey.objects.of(company.organisation.pk).count() == 1
    assert_sound_in_every_look(visitor, page, "key-replace")


def test_a_replacement_sent_again_issues_no_third_key(visitor: Visitor, company: Company) -> None:
    keep_key(company)
    KEY_KEEPER.bind(Keeper())
    page = visitor.open("/recovery-key/replace/")
    page.locator("form[action='/recovery-key/new/'] button").click()
    expect(page.locator("form[action='/recovery-key/new/']")).to_have_count(0)
    page.reload()

    expect(page.get_by_text("Nothing was changed")).to_be_visible()
    assert RecoveryKey.objects.of(company.organisation.pk).count() == 2
