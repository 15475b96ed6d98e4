"""The pages of the agents."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.agents.house import bring_in, make_key, report
from tests.browser.conftest import Visitor, assert_open_page_is_sound_in_every_look, assert_pages_are_sound
from veilleur.domains.estate.actions import accept_device
from veilleur.domains.estate.factories import make_asset
from veilleur.domains.estate.models import AgentDevice, Asset, AssetIdentity
from veilleur.domains.organisations.models import Organisation
from veilleur.engines.agent_protocol.tests.samples import content
from veilleur.shared.clock import utc_now
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.browser


def heard(organisation: Organisation, key: str, name: str, number: int) -> AgentDevice:
    told = content(
        hardware={"name": name, "uuid": f"4c4c4544-0042-3510-8052-b4c04f4a593{number}", "memory": 16384},
        bios={"ssn": f"5CG12345{number}A", "smanufacturer": "HP", "smodel": "ProBook 450 G8"},
        networks=[{"description": "Wi-Fi", "mac": f"a4:6b:b6:12:34:0{number}", "ipaddress": "192.0.2.15"}],
    )
    report(key, organisation, told, agent_id="", deviceid=f"{name}-2026-03-02-08-15-4{number}")
    device: AgentDevice = AgentDevice.objects.of(organisation.pk).get(host_name=name)
    return device


def test_the_pages_of_agents_are_sound(visitor: Visitor, organisation: Organisation) -> None:
    key = make_key(organisation, "Lyon, bureaux")
    known = make_asset(organisation, "pc-accueil")
    AssetIdentity(
        organisation=organisation,
        asset=known,
        scheme="host_name",
        value="PC-ACCUEIL",
        public_id=new_id(utc_now()),
    ).save()
    first = heard(organisation, key, "PC-COMPTA", 1)
    accept_device(now=utc_now(), actor=SYSTEM, organisation_id=organisation.pk, device=first.public_id)
    bring_in(organisation)
    second = heard(organisation, key, "PC-ACCUEIL", 2)
    heard(organisation, key, "PC-ATELIER", 3)
    machine = Asset.objects.of(organisation.pk).get(name="PC-COMPTA")

    assert_pages_are_sound(
        visitor,
        {
            "agents": reverse("desk:agents"),
            "device": reverse("desk:device", args=[second.public_id]),
            "machine-by-agent": reverse("desk:machine", args=[machine.public_id]),
        },
    )


def test_a_key_is_made_and_shown_with_what_to_type(visitor: Visitor) -> None:
    page = visitor.open(reverse("desk:make_agent_key"), language="fr")
    page.get_by_label("Nom").fill("Lyon")
    page.get_by_role("button", name="Créer la clé").click()

    expect(page.locator("#address")).to_contain_text("/inventory/vag_")
    assert_open_page_is_sound_in_every_look(page, "agent-key")
