"""A company's own list in the browser: brought, looked at line by line, put right, imported."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.company import make_company
from tests.browser.conftest import Visitor, assert_open_page_is_sound_in_every_look, assert_pages_are_sound
from veilleur.domains.estate.actions import declare_component
from veilleur.domains.estate.rules.components import ComponentDraft
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.browser
LIST = """Parc informatique;;;;;
;;;;;
Nom;Type;Site;N° de série;Fin de garantie;Rôle
erp-01;Serveur;Pontoise;CZJ2140A;30/06/2027;ERP et base de données
sw-coeur;Switch;Pontoise;;06/2026;Cœur de réseau
imp-01;Grille-pain;Magny;;;Étiquettes
;Serveur;Magny;;;
"""


def test_a_list_is_brought_and_shown_before_anything_is_written(
    visitor: Visitor, organisation: Organisation, tmp_path: Path
) -> None:
    make_company(organisation, utc_now())
    file = tmp_path / "parc.csv"
    file.write_text(LIST, encoding="cp1252")
    page = visitor.open("/estate/lists/", language="fr")
    assert_open_page_is_sound_in_every_look(page, "bring-list")
    page.get_by_label("Fichier").set_input_files(file)
    page.get_by_role("button", name="L’examiner").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Cette liste apporterait")
    expect(page.get_by_text("mot inconnu ici")).to_be_visible()
    assert_open_page_is_sound_in_every_look(page, "list")
    page.get_by_role("button", name="Importer 3 lignes").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("en cours d’import")
    assert_open_page_is_sound_in_every_look(page, "list-running")


def test_a_component_that_people_described_is_sound(visitor: Visitor, organisation: Organisation) -> None:
    draft = ComponentDraft(
        "sw-coeur", AssetKind.NETWORK_DEVICE, purpose="Cœur de réseau de Pontoise", model="CRS326"
    )
    made = declare_component(now=utc_now(), actor=SYSTEM, organisation_id=organisation.pk, draft=draft)
    assert not isinstance(made, Refused)

    assert_pages_are_sound(
        visitor,
        {
            "component": f"/machines/{made.public_id}/",
            "describe-component": f"/machines/{made.public_id}/words/",
            "add-component": "/machines/new/",
        },
    )
