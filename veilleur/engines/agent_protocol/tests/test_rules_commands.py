"""The answers that agents understand, in each step of their conversation."""

import json
import re

import pytest

from veilleur.domains.estate.rules.agents import Fault, Message, Query
from veilleur.engines.agent_protocol.commands import answer, refusal, refused
from veilleur.engines.agent_protocol.tests.samples import head

_EXPIRATION = re.compile(r"\d+[dshm]?")


def test_the_first_question_of_a_glpi_agent_is_answered_in_json_so_that_it_speaks_json() -> None:
    reply = answer(head(), Message(Query.PROLOG, is_json=False))

    assert (reply.status, reply.content_type) == (200, "application/json")
    assert json.loads(reply.body) == {"status": "ok", "expiration": 24}


def test_the_first_question_of_a_fusioninventory_agent_is_told_to_send() -> None:
    reply = answer(head(agent_id=""), Message(Query.PROLOG, is_json=False))

    assert reply.content_type == "application/xml"
    assert b"<PROLOG_FREQ>24</PROLOG_FREQ><RESPONSE>SEND</RESPONSE>" in reply.body


def test_a_contact_is_told_which_task_is_wanted_and_that_no_other_is() -> None:
    reply = answer(head(), Message(Query.CONTACT, is_json=True))

    told = json.loads(reply.body)
    assert told["status"] == "ok"
    assert _EXPIRATION.fullmatch(str(told["expiration"]))
    assert list(told["tasks"]) == ["inventory"]
    assert set(told["tasks"]["inventory"]) == {"server", "version", "no-category"}
    assert {"environment", "process"} <= set(told["tasks"]["inventory"]["no-category"].split(","))
    assert {"deploy", "collect", "netdiscovery", "netinventory", "esx", "wakeonlan"} <= set(told["disabled"])


@pytest.mark.parametrize("query", [Query.INVENTORY, Query.PARAMETERS])
def test_an_inventory_is_answered_with_when_to_come_back(query: Query) -> None:
    assert json.loads(answer(head(), Message(query, is_json=True)).body) == {"status": "ok", "expiration": 24}


def test_an_inventory_in_xml_is_answered_in_xml() -> None:
    assert b"<REPLY><RESPONSE>SEND</RESPONSE></REPLY>" in answer(head(), Message(Query.INVENTORY, False)).body


def test_another_task_is_not_implemented() -> None:
    reply = answer(head(), Message(Query.TOLD_ELSEWHERE, is_json=True))

    assert reply.status == 501
    assert json.loads(reply.body)["status"] == "error"


@pytest.mark.parametrize("fault", list(Fault))
def test_every_refusal_says_why_in_the_form_of_whoever_asked(fault: Fault) -> None:
    in_json, in_xml = refusal(fault, is_json=True), refusal(fault, is_json=False)

    told = json.loads(in_json.body)
    assert 400 <= in_json.status < 600
    assert (told["status"], told["expiration"]) == ("error", 24)
    assert 0 < len(told["message"]) < 250
    assert told["message"].encode() in in_xml.body


def test_words_of_a_refusal_cannot_open_an_element() -> None:
    assert b"<b>" not in refused(400, "<b> & more", is_json=False).body
