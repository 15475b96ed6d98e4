"""Whole conversations of agents at the door, and whoever comes without a key or with too much."""

import base64
import gzip
import json
from typing import Any

import pytest
from django.test import Client

from tests.agents.house import (
    answer_of,
    bring_in,
    make_key,
    only_device,
    send,
    waiting,
)
from veilleur.config.agents_address import BY_PASSWORD, MAY_SEND
from veilleur.config.api_rates import Rates
from veilleur.config.unread import SENDER, UNREAD
from veilleur.domains.estate.models import AgentReport
from veilleur.domains.organisations.factories import make_organisation, make_person, signed_in
from veilleur.engines.agent_protocol.tests.samples import (
    AGENT_ID,
    contact,
    content,
    inventory,
    prolog,
    xml_inventory,
    zipped,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("veilleur.config.agent_door.RATES", Rates())


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"agent:{password}".encode()).decode()


def test_a_glpi_agent_introduces_itself_and_then_speaks_json() -> None:
    organisation = make_organisation()
    key = make_key(organisation)

    # It knows no server yet: XML, with its number in the head.
    first = send(key, prolog())
    assert answer_of(first) == {"status": "ok", "expiration": 24}
    # It runs its task at once.
    told = send(key, inventory())
    assert answer_of(told) == {"status": "ok", "expiration": 24}
    bring_in(organisation)
    # A day later it knows its server.
    second = answer_of(send(key, contact(), HTTP_GLPI_REQUEST_ID="0A1B2C3D"))
    assert second["tasks"]["inventory"]["server"] == "glpi"
    assert "netdiscovery" in second["disabled"]
    changed = send(key, inventory({"softwares": []}, partial=True))
    assert changed.status_code == 200
    bring_in(organisation)

    device = only_device(organisation)
    assert (device.agent_id, device.client) == (AGENT_ID, "GLPI-Agent_v1.14")
    assert device.is_incomplete is False


def test_a_fusioninventory_agent_is_told_to_send_and_sends_in_xml() -> None:
    organisation = make_organisation()
    key = make_key(organisation)

    first = send(key, prolog(), agent_id="")
    second = send(key, xml_inventory("<HARDWARE><NAME>srv-files</NAME></HARDWARE>"), agent_id="")
    bring_in(organisation)

    assert first.headers["Content-Type"] == "application/xml"
    assert b"<RESPONSE>SEND</RESPONSE>" in first.content
    assert second.content.endswith(b"<REPLY><RESPONSE>SEND</RESPONSE></REPLY>\n")
    assert only_device(organisation).host_name == "srv-files"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (zipped(inventory()), "application/x-compress-zlib"),
        (gzip.compress(inventory()), "application/x-compress-gzip"),
        (inventory(), "application/json"),
        (xml_inventory("<BIOS><SSN>x</SSN></BIOS>"), "application/xml"),
        # Whatever a form is, this is none.
        (inventory(), "application/x-www-form-urlencoded"),
        (inventory(), "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_sent_is_kept_before_it_is_answered_whatever_it_is_called(body: bytes, kind: str) -> None:
    organisation = make_organisation()

    answer = Client().post(f"/inventory/{make_key(organisation)}/", body, content_type=kind)

    assert answer.status_code == 200
    assert waiting(organisation) == 1


@pytest.mark.parametrize("address", [*BY_PASSWORD, *(f"{address}/" for address in BY_PASSWORD)])
def test_a_key_is_taken_as_a_password_wherever_agents_send_by_themselves(address: str) -> None:
    organisation = make_organisation()
    key = make_key(organisation)
    body = {"data": zipped(inventory()), "content_type": "application/x-compress-zlib"}

    without = Client().post(f"/{address}", **body)
    wrong = Client().post(f"/{address}", **body, HTTP_AUTHORIZATION=basic("vag_wrong"))
    right = Client().post(f"/{address}", **body, HTTP_AUTHORIZATION=basic(key))

    assert [each.status_code for each in (without, wrong, right)] == [401, 401, 200]
    assert without.headers["WWW-Authenticate"] == 'Basic realm="Veilleur agents"'
    assert answer_of(without)["status"] == "error"


def test_a_report_to_the_bare_address_is_taken_and_browsers_find_the_home_page_there() -> None:
    organisation = make_organisation()
    reader = signed_in(make_person(organisation))
    kind = {"content_type": "application/x-compress-zlib"}

    answer = Client().post("/", zipped(inventory()), **kind, HTTP_AUTHORIZATION=basic(make_key(organisation)))

    assert answer.status_code == 200
    assert waiting(organisation) == 1
    assert reader.get("/").status_code == 200
    assert reader.post("/", {}).status_code == 405


@pytest.mark.parametrize("key", ["vag_" + "0" * 40, "x", "vlr_" + "a" * 46, "%00", "vag_" + "0" * 5000])
def test_without_a_key_nothing_is_taken(key: str) -> None:
    make_key(make_organisation())

    answer = send(key, inventory())

    assert answer.status_code == 403
    assert answer_of(answer)["message"]
    assert AgentReport.objects.across_organisations("all of them").count() == 0


@pytest.mark.parametrize("said", ["Basic", "Basic !!!", "Basic " + "A" * 5000, "Bearer x", "Basic /w=="])
def test_a_sign_in_that_is_none_is_no_fault_of_ours(said: str) -> None:
    answer = Client().post(
        "/inventory", inventory(), content_type="application/json", HTTP_AUTHORIZATION=said
    )

    assert answer.status_code == 401


def test_a_session_is_no_key_and_a_key_opens_no_page() -> None:
    organisation = make_organisation()
    key = make_key(organisation)

    by_session = signed_in(make_person(organisation)).post(
        "/inventory", inventory(), content_type="application/json"
    )
    page = Client().get("/estate/", HTTP_AUTHORIZATION=basic(key))

    assert by_session.status_code == 401
    assert "Set-Cookie" not in by_session.headers
    assert page.status_code == 302


def test_whoever_asks_by_get_is_told_that_this_is_for_reports() -> None:
    key = make_key(make_organisation())

    plain, tasks = Client().get(f"/inventory/{key}"), Client().get(f"/inventory/{key}?action=getConfig")

    assert (plain.status_code, plain.content, plain.headers["Allow"]) == (405, b"", "POST")
    assert tasks.status_code == 400
    assert answer_of(tasks)["message"] == "Protocol not supported"


def test_a_number_of_a_request_comes_back_and_nothing_else_does() -> None:
    key = make_key(make_organisation())

    given = send(key, contact(), HTTP_GLPI_REQUEST_ID="0A1B2C3D")
    evil = send(key, contact(), HTTP_GLPI_REQUEST_ID="0A1B2C3D, x")

    assert given.headers["GLPI-Request-ID"] == "0A1B2C3D"
    assert "GLPI-Request-ID" not in evil.headers


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"\x78\x9c half", 400),
        (b"", 400),
        (b'{"action":', 400),
        (b'{"action":"inventory","content":{"a":1}}', 200),
        (inventory(action="deploy"), 501),
        (zipped(b" " * (40 << 20)), 413),
    ],
)
def test_a_refusal_says_why_with_a_status(body: bytes, status: int) -> None:
    organisation = make_organisation()

    answer = send(make_key(organisation), body, zip_it=False)

    assert answer.status_code == status
    assert (answer_of(answer)["status"] == "error") is (status >= 400)
    assert waiting(organisation) == (status == 200)


def test_one_key_may_ask_so_often_and_so_may_strangers(settings: Any) -> None:
    settings.AGENT_REQUESTS_PER_MINUTE, settings.AGENT_BAD_KEYS_PER_MINUTE = 2, 1
    key, other = make_key(make_organisation("Nous")), make_key(make_organisation("Eux"))

    assert [send(key, contact()).status_code for _ in range(3)] == [200, 200, 429]
    assert send(other, contact()).status_code == 200
    assert [send("x", contact()).status_code for _ in range(2)] == [403, 429]


def test_the_web_process_learns_who_may_send_before_it_takes_a_large_report() -> None:
    organisation = make_organisation()
    key = make_key(organisation)

    yes = Client().get(f"/inventory/{key}", **{MAY_SEND: True})
    no = Client().get("/inventory/x", **{MAY_SEND: True})

    assert (yes.status_code, yes.wsgi_request.META[SENDER]) == (200, organisation.pk)
    assert (no.status_code, SENDER in no.wsgi_request.META) == (403, False)


@pytest.mark.parametrize("status", [408, 413, 507])
def test_a_body_that_was_not_taken_is_told_in_words_for_a_log(status: int) -> None:
    answer = Client().post(
        f"/inventory/{make_key(make_organisation())}", b"", content_type="x", **{UNREAD: status}
    )

    assert answer.status_code == status
    assert answer_of(answer)["status"] == "error"


def test_words_of_evil_in_every_field_are_kept_clean_and_shown_to_nobody_as_more() -> None:
    organisation = make_organisation()
    told = content(hardware={"name": "<script>alert(1)</script>"}, bios={"ssn": "'; DROP TABLE x; --"})

    send(make_key(organisation), json.dumps({"deviceid": "a\x00b", "content": told}).encode(), agent_id="")
    bring_in(organisation)

    device = only_device(organisation)
    assert (device.device_id, device.host_name) == ("a b", "<script>alert(1)</script>")
    assert device.serial == "'; DROP TABLE X; --"
