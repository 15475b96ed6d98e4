"""Bringing a list, looking at it, importing it; and describing a component by hand: on the pages."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from veilleur.desk.tests.office import Office
from veilleur.domains.estate.factories import make_asset
from veilleur.domains.estate.queries import visible_asset_rows, visible_imports
from veilleur.domains.estate.rules.sheets import ImportState

pytestmark = pytest.mark.django_db
LIST = b"Nom;Type;Garantie\nsrv-09;Serveur;30/06/2027\nbureau;grille-pain;\n;PC;\n"


@pytest.fixture
def office(client: Client) -> Office:
    return Office(client)


def bring(office: Office, data: bytes = LIST, name: str = "parc.csv") -> Any:
    file = SimpleUploadedFile(name, data)
    return office.client.post(reverse("desk:bring_list"), {"file": file}, follow=True)


def test_a_list_is_shown_line_by_line_with_what_each_would_do(office: Office) -> None:
    text = bring(office).content.decode()

    assert "This list would bring 2 new components and 0 that change." in text
    assert "Kind “grille-pain”: not a word that is known here" in text
    assert "no name, so the line is not taken" in text
    assert "Import 2 lines" in text
    assert "srv-09" not in {row.name for row in visible_asset_rows(office.viewer)}


def test_importing_is_asked_for_once_and_said_to_be_under_way(office: Office) -> None:
    bring(office)
    (row,) = visible_imports(office.viewer)

    for _time in range(2):
        page = office.client.post(reverse("desk:import_list", args=[row.id]), follow=True)

    assert visible_imports(office.viewer)[0].state is ImportState.ASKED
    text = page.content.decode()
    assert "The list is being imported: 0 of 3 lines." in text
    # The second click found nothing to begin.
    assert "This list is not there any more, or was imported already." in text


def test_a_list_that_was_dropped_leaves_its_name_alone(office: Office) -> None:
    bring(office)
    (row,) = visible_imports(office.viewer)

    office.client.post(reverse("desk:drop_list", args=[row.id]))

    assert visible_imports(office.viewer)[0].state is ImportState.DROPPED
    assert (
        "Nothing of this list was imported."
        in office.client.get(reverse("desk:list", args=[row.id])).content.decode()
    )


def test_two_columns_of_one_meaning_are_said_at_the_second(office: Office) -> None:
    bring(office)
    (row,) = visible_imports(office.viewer)

    said = {"heading": "0", "column_0": "name", "column_1": "name", "column_2": ""}
    text = office.client.post(reverse("desk:list", args=[row.id]), said).content.decode()

    assert "Another column holds this already." in text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\xd0\xcf\x11\xe0" + bytes(64), "This is a workbook of before Excel 2007"),
        (b"x" * (1024 * 1024 + 1), "This list is too long"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(office: Office, data: bytes, sentence: str) -> None:
    answered = bring(office, data)

    assert answered.status_code == 422
    assert sentence in answered.content.decode()
    assert visible_imports(office.viewer) == []


def test_html_in_a_list_is_shown_and_does_nothing(office: Office) -> None:
    text = bring(office, b"Nom;Type\n<script>alert(1)</script>;=1+1\n").content.decode()

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_component_is_declared_by_hand_and_shown_as_said(office: Office) -> None:
    said = {
        "name": "sw-01",
        "kind": "network_device",
        "life_state": "in_service",
        "serial": "CZJ2",
        "warranty_until": "2020-01-31",
        "purpose": "Joins the offices",
    }

    page = office.client.post(reverse("desk:add_component"), said, follow=True).content.decode()

    assert "As people said: no agent has told of it." in page
    assert "Joins the offices" in page
    assert "ended on 31 January 2020" in page.replace("\xa0", " ")


def test_a_warranty_that_ends_before_the_purchase_is_said_at_its_field(office: Office) -> None:
    said = {"name": "sw-01", "kind": "network_device", "life_state": "in_service"}
    days = {"bought_on": "2024-05-01", "warranty_until": "2023-05-01"}

    text = office.client.post(reverse("desk:add_component"), said | days).content.decode()

    assert "The warranty ends before the day it was bought." in text


def test_what_a_machine_tells_itself_is_not_asked_for(office: Office) -> None:
    place = reverse("desk:describe_component", args=[office.machine.public_id])

    form = office.client.get(place).content.decode()
    office.client.post(place, {"name": "here", "life_state": "to_be_replaced", "serial": "forged"})

    assert 'name="serial"' not in form
    row = next(row for row in visible_asset_rows(office.viewer) if row.id == office.machine.public_id)
    assert (row.name, row.life_state) == ("here", "to_be_replaced")
    assert row.serial != "forged"


def test_what_is_retired_is_kept_apart_in_the_estate(office: Office) -> None:
    make_asset(office.organisation, "old-01", life_state="retired")

    text = office.client.get(reverse("desk:estate")).content.decode()

    assert "Retired (1)" in text
