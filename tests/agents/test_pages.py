"""The pages on which people say what a device is, and make the keys by which agents come."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from tests.agents.house import bring_in, make_key, only_device, report, send
from veilleur.domains.estate.factories import make_asset
from veilleur.domains.estate.models import AgentDevice, AgentKey, Asset, AssetIdentity
from veilleur.domains.organisations.factories import make_organisation, make_person, signed_in
from veilleur.domains.organisations.models import Organisation
from veilleur.domains.organisations.rules.roles import Role
from veilleur.engines.agent_protocol.tests.samples import content, inventory
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation(language="en")


@pytest.fixture
def reader(organisation: Organisation) -> Client:
    return signed_in(make_person(organisation, role=Role.TECHNICIAN, language="en"))


def page(reader: Client, name: str = "agents", *args: Any) -> str:
    answer = reader.get(reverse(f"desk:{name}", args=args))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def told(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def settle(reader: Client, what: str, *devices: AgentDevice) -> Any:
    data = {"device": [str(each.public_id) for each in devices], "what": what}
    return reader.post(reverse("desk:settle_devices"), data)


def test_without_a_key_the_page_says_where_to_begin(reader: Client) -> None:
    text = page(reader)

    assert "Agents need a key to report." in text
    assert reverse("desk:make_agent_key") in text


def test_a_key_is_shown_once_with_what_to_type(organisation: Organisation, reader: Client) -> None:
    shown = reader.post(reverse("desk:make_agent_key"), {"name": "Lyon"}).content.decode()
    found = re.search(r"http://testserver/inventory/(vag_[0-9a-f]{40})", shown)

    assert found is not None
    assert "apt install fusioninventory-agent" in shown
    assert "msiexec" in shown
    assert send(found[1], inventory()).status_code == 200
    text = page(reader)
    assert "Lyon" in text
    assert found[1] not in text
    assert found[1][:8] in text


def test_a_key_needs_a_name(organisation: Organisation, reader: Client) -> None:
    answer = reader.post(reverse("desk:make_agent_key"), {"name": " "})

    assert answer.status_code == 422
    assert AgentKey.objects.of(organisation.pk).count() == 0


def test_a_revoked_key_is_gone_from_the_page_and_opens_nothing(
    organisation: Organisation, reader: Client
) -> None:
    key = make_key(organisation)
    address = reverse("desk:revoke_agent_key", args=[AgentKey.objects.of(organisation.pk).get().public_id])

    asked = reader.get(address)
    answer = reader.post(address)

    assert "Revoke Lyon?" in asked.content.decode()
    assert "opens nothing any more" in told(answer)
    assert send(key, inventory()).status_code == 403
    assert reader.get(address).status_code == 404


def test_what_waits_is_told_on_the_estate_and_let_in_by_one_click(
    organisation: Organisation, reader: Client
) -> None:
    report(make_key(organisation), organisation)

    assert "1 device reported that nobody knows yet." in page(reader, "estate")
    assert "1 device waits for you to say what it is." in page(reader)
    answer = settle(reader, "accept", only_device(organisation))
    bring_in(organisation)

    assert "1 machine is in the estate" in told(answer)
    assert "1 machine reports by its agent." in page(reader)
    asset = Asset.objects.of(organisation.pk).get()
    machine = page(reader, "machine", asset.public_id)
    for words in (
        "Windows Defender",
        "teamviewer",
        "7-Zip 23.01 (x64)",
        "annie",
        "S64KNX0R",
        "a4:6b:b6:12:34:56",
    ):
        assert words in machine
    assert "hunter2" not in machine


def test_a_device_that_may_be_a_known_machine_is_not_chosen_beforehand(
    organisation: Organisation, reader: Client
) -> None:
    asset = make_asset(organisation, "compta")
    AssetIdentity(
        organisation=organisation, asset=asset, scheme="host_name", value="PC-COMPTA", public_id=uuid4()
    ).save()
    key = make_key(organisation)
    report(key, organisation)
    told_by_other = content(hardware={"name": "other"}, bios={}, networks=[])
    report(key, organisation, told_by_other, agent_id="", deviceid="other-2026-01-01-08-00-00")

    text = page(reader)

    assert "It may be compta." in text
    assert len(re.findall(r'name="device"[^>]* checked', text)) == 1
    device = AgentDevice.objects.of(organisation.pk).get(host_name="PC-COMPTA")
    assert f'value="{asset.public_id}" selected' in page(reader, "device", device.public_id)


def test_a_person_says_which_machine_a_device_is(organisation: Organisation, reader: Client) -> None:
    asset = make_asset(organisation, "compta")
    report(make_key(organisation), organisation)
    address = reverse("desk:device", args=[only_device(organisation).public_id])

    nothing = reader.post(address, {"what": "link", "machine": ""})
    unknown = reader.post(address, {"what": "link", "machine": str(uuid4())})
    answer = reader.post(address, {"what": "link", "machine": str(asset.public_id)})

    assert [nothing.status_code, unknown.status_code] == [422, 422]
    assert "Choose the machine that it is." in nothing.content.decode()
    assert answer.headers["Location"] == reverse("desk:machine", args=[asset.public_id])
    assert "It is this machine" not in page(reader, "device", only_device(organisation).public_id)


def test_a_device_is_turned_away_and_let_in_after_all(organisation: Organisation, reader: Client) -> None:
    report(make_key(organisation), organisation)
    address = reverse("desk:device", args=[only_device(organisation).public_id])

    answer = reader.post(address, {"what": "refuse"})
    assert "1 device is turned away" in told(answer)
    assert "Turned away" in page(reader)
    again = reader.post(address, {"what": "accept"})

    assert again.status_code == 302
    assert Asset.objects.of(organisation.pk).count() == 1


def test_a_device_that_was_let_in_meanwhile_is_told_so(organisation: Organisation, reader: Client) -> None:
    report(make_key(organisation), organisation)
    device = only_device(organisation)
    settle(reader, "accept", device)

    answer = reader.post(reverse("desk:device", args=[device.public_id]), {"what": "accept"})

    assert answer.status_code == 422
    assert "does not wait here any more" in answer.content.decode()


@pytest.mark.parametrize(
    "data", [{}, {"device": ["x"], "what": "accept"}, {"device": [str(uuid4())], "what": "no"}]
)
def test_nothing_is_settled_by_a_form_that_says_nothing(
    organisation: Organisation, reader: Client, data: dict[str, Any]
) -> None:
    report(make_key(organisation), organisation)

    answer = reader.post(reverse("desk:settle_devices"), data)

    assert "Choose at least one device" in told(answer)
    assert only_device(organisation).state == "waiting"


def test_words_of_evil_are_shown_as_words(organisation: Organisation, reader: Client) -> None:
    evil = "<script>alert(1)</script>"
    report(make_key(organisation), organisation, content(hardware={"name": evil}, softwares=[{"name": evil}]))

    text = page(reader) + page(reader, "device", only_device(organisation).public_id)
    settle(reader, "accept", only_device(organisation))
    bring_in(organisation)
    text += page(reader, "machine", Asset.objects.of(organisation.pk).get().public_id)

    assert evil not in text
    assert text.count("&lt;script&gt;") > 3


def test_an_agent_that_was_not_heard_for_a_week_is_told(organisation: Organisation, reader: Client) -> None:
    report(make_key(organisation), organisation)
    settle(reader, "accept", only_device(organisation))
    AgentDevice.objects.of(organisation.pk).update(last_report_at=utc_now() - timedelta(days=8))

    assert "1 machine has not reported for a week." in page(reader)


def test_fields_that_were_not_understood_are_named(organisation: Organisation, reader: Client) -> None:
    report(make_key(organisation), organisation, content(drives=[{"letter": "C:", "total": "large"}]))

    assert "drives.0.total" in page(reader, "device", only_device(organisation).public_id)


def test_a_document_that_could_not_be_taken_is_listed_with_its_reason(
    organisation: Organisation, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veilleur.engines.agent_protocol.adapter.READ_AT_ONCE_BYTES", 10)
    send(make_key(organisation), b'{"deviceid": "d", "content": {')
    bring_in(organisation)

    assert "It is no readable JSON." in page(reader)


def test_an_auditor_sees_everything_and_changes_nothing(organisation: Organisation) -> None:
    report(make_key(organisation), organisation)
    auditor = signed_in(make_person(organisation, role=Role.AUDITOR, language="en"))

    text = page(auditor) + page(auditor, "device", only_device(organisation).public_id)

    assert "PC-COMPTA" in text
    assert not re.search(r"<button[^>]*name=\"what\"", text)
    assert settle(auditor, "accept", only_device(organisation)).status_code == 403
