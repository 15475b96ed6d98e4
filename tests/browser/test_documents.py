"""The pages of documents: read, written, compared, in both languages, on a desk and on a phone."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, assert_open_page_is_sound, assert_pages_are_sound, assert_sound
from veilleur.domains.estate.factories import make_asset, make_service
from veilleur.domains.knowledge.factories import make_document, make_version
from veilleur.domains.knowledge.models import Document
from veilleur.domains.knowledge.queries import whole_template
from veilleur.domains.knowledge.rules.documents import Draft, Topic
from veilleur.domains.knowledge.tests.support import write
from veilleur.domains.organisations.factories import make_person
from veilleur.domains.organisations.models import Membership, Organisation
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.browser


@pytest.fixture
def written(visitor: Visitor, organisation: Organisation) -> Document:
    """A reflex sheet in two versions, beside two other documents."""
    make_person(organisation, name="Ben Roux")
    owner, deputy = Membership.objects.of(organisation.pk).order_by("pk")
    service = make_service(organisation, "ERP", runs_on=make_asset(organisation, "erp-01"))
    template = whole_template(Topic.RANSOMWARE, "fr")
    assert template is not None
    document = make_document(
        organisation,
        template.draft.title,
        owner=owner,
        deputy=deputy,
        topic=Topic.RANSOMWARE,
        text=template.draft.text,
        about={service.public_id: "service"},
        reviewed_at=utc_now(),
    )
    document.number = 2
    document.save()
    changed = template.draft.text.replace("La première personne", "Toute personne").replace(
        "Couper Internet au pare-feu", "Couper Internet au boîtier de l’opérateur"
    )
    make_version(document, changed, may_ask="Tout le monde", within_min=15, priority="at_once")
    make_document(organisation, "Restaurer un fichier", deputy=deputy, reviewed_at=utc_now())
    make_document(organisation, "Arrêter l’ERP", reviewed_at=datetime(2025, 1, 5, tzinfo=UTC))
    return document


def test_the_pages_around_a_document_are_sound(visitor: Visitor, written: Document) -> None:
    own = f"/documents/{written.public_id}/"
    pages = {
        "documents": "/documents/",
        "document": own,
        "versions": f"{own}versions/",
        "templates": "/documents/new/",
        "new": "/documents/new/full_restore/",
        "care": f"{own}care/",
        "required": "/documents/required/",
        "changes": "/documents/changes/",
    }
    assert_pages_are_sound(visitor, pages)


def test_a_text_is_shown_as_it_reads_before_it_is_saved(visitor: Visitor, written: Document) -> None:
    page = visitor.open(f"/documents/{written.public_id}/edit/", width="phone", theme="dark", language="fr")
    page.get_by_role("button", name="Voir l’aperçu").click()

    expect(page.locator("#preview .written li").first).to_contain_text("Débrancher du réseau")
    assert_sound(visitor, page, "edit-phone-dark-fr")


def test_a_document_is_written_by_keyboard_and_read(visitor: Visitor, written: Document) -> None:
    page = visitor.open("/documents/new/procedure/")
    page.get_by_label("Title").fill("Start the ERP")
    page.get_by_role("textbox", name="Text").fill("1. Switch it on\n2. <script>document.title='no'</script>")
    page.get_by_label("Deputy").select_option("Ben Roux")
    page.get_by_label("ERP (business service)").check()
    page.get_by_role("button", name="Save the document").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Start the ERP")
    expect(page.locator(".written li").last).to_have_text("<script>document.title='no'</script>")
    assert page.title() == "Start the ERP · Veilleur"
    assert_sound(visitor, page)


def test_somebody_who_saved_meanwhile_is_not_written_over(visitor: Visitor, written: Document) -> None:
    page = visitor.open(f"/documents/{written.public_id}/edit/", language="fr")
    other = visitor.open(f"/documents/{written.public_id}/edit/", language="fr")
    text = other.locator("textarea[name=text]")
    text.fill(text.input_value().replace("Les laisser allumées", "Les laisser sous tension"))
    other.get_by_role("button", name="Enregistrer une nouvelle version").click()
    page.locator("textarea[name=text]").fill("1. Tout débrancher\n")
    page.get_by_role("button", name="Enregistrer une nouvelle version").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Deux personnes")
    expect(page.locator("textarea[name=text]")).to_have_value("1. Tout débrancher\n")
    visitor.complaints[:] = [each for each in visitor.complaints if "409" not in each]
    assert_sound(visitor, page, "conflict-desk-light-fr")


def test_a_procedure_is_done_step_by_step_on_a_phone(visitor: Visitor, written: Document) -> None:
    page = visitor.open(f"/documents/{written.public_id}/", width="phone", language="fr")
    page.get_by_role("button", name="Commencer maintenant").click()
    page.get_by_role("button", name="Fait 1", exact=True).click()
    expect(page.locator(".sheet .is-done")).to_have_count(1)
    expect(page.locator(".sheet .is-done")).to_contain_text("Camille Aubry")
    page.locator("#note").fill("Le pare-feu ne répond plus")
    page.locator("#note").press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Le pare-feu ne répond plus")).to_be_visible()
    assert_open_page_is_sound(page, "sheet-phone-light-fr")
    page.goto(f"{visitor.base_url}/documents/{written.public_id}/#runs")
    assert_sound(visitor, page, "document-run-phone-light-fr")


def test_a_document_is_found_while_its_words_are_typed(visitor: Visitor, organisation: Organisation) -> None:
    assert visitor.person is not None
    write(organisation, visitor.person, Draft("Accès à l’atelier", "Le mot de passe est au coffre."))
    write(organisation, visitor.person, Draft("Restaurer un fichier", "Ouvrir la console de l’atelier."))
    page = visitor.open("/documents/", language="fr")
    page.locator("#q").press_sequentially("ateli")

    expect(page.locator("#found li")).to_have_count(2)
    expect(page.locator("#found mark").first).to_have_text("atelier")
    assert_sound(visitor, page, "search-desk-light-fr")
