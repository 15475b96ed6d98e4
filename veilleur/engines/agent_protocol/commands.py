"""Answers to an agent: in the form in which it asked, uncompressed, which all of them read."""

import json
from http import HTTPStatus
from xml.sax.saxutils import escape

from veilleur.domains.estate.rules.agents import REPORT_EVERY, Fault, Head, Message, Query, Reply

JSON, XML = "application/json", "application/xml"
_HOURS = int(REPORT_EVERY.total_seconds() // 3600)
# The release of the server whose protocol this is: agents name and fill their fields by it.
_SPOKEN = "10.0.18"
# What Veilleur gives no agent to do; an agent asks for each of them that is not refused.
_DISABLED = (
    "collect", "deploy", "esx", "netdiscovery", "netinventory", "remoteinventory", "wakeonlan",
)  # fmt: skip
_UNWANTED = "environment,process,licenseinfo"
_MOST_WORDS = 250

# For whoever reads an agent's log: always in English, as all of that log.
_SENTENCES: dict[Fault, str] = {
    Fault.BAD_COMPRESSION: "The body is damaged: it cannot be inflated",
    Fault.TOO_LARGE: "The inventory is larger than Veilleur takes",
    Fault.TOO_MANY_VALUES: "The inventory holds more values than Veilleur takes",
    Fault.TOO_DEEP: "The inventory is nested deeper than Veilleur takes",
    Fault.NOT_JSON: "The body is no JSON object",
    Fault.NOT_XML: "The body is neither JSON nor a readable XML request",
    Fault.ENTITIES: "XML with a document type or entities is not taken",
    Fault.NO_DEVICE: "The message names no device",
    Fault.NO_CONTENT: "The inventory has no content",
    Fault.NOT_SERVED: "Veilleur does not serve this task",
    Fault.EMPTY: "The body is empty",
}
_STATUSES = {
    Fault.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Fault.TOO_MANY_VALUES: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Fault.NOT_SERVED: HTTPStatus.NOT_IMPLEMENTED,
}


def answer(head: Head, message: Message) -> Reply:
    """Return the answer to a message that was understood, and kept where it brought something."""
    if message.query is Query.TOLD_ELSEWHERE:
        return refusal(Fault.NOT_SERVED, is_json=message.is_json)
    if message.is_json:
        return _json(HTTPStatus.OK, _contact() if message.query is Query.CONTACT else _ok())
    if message.query is Query.PROLOG and head.agent_id:
        # A JSON answer to an XML question: by it the agent knows that it may speak JSON from now on.
        return _json(HTTPStatus.OK, _ok())
    frequency = f"<PROLOG_FREQ>{_HOURS}</PROLOG_FREQ>" if message.query is Query.PROLOG else ""
    return _xml(HTTPStatus.OK, f"{frequency}<RESPONSE>SEND</RESPONSE>")


def refusal(fault: Fault, *, is_json: bool) -> Reply:
    """Return why a document is not taken."""
    return refused(_STATUSES.get(fault, HTTPStatus.BAD_REQUEST), _SENTENCES[fault], is_json=is_json)


def refused(status: int, words: str, *, is_json: bool) -> Reply:
    """Return a refusal in these words."""
    if is_json:
        return _json(status, {"status": "error", "message": words[:_MOST_WORDS], "expiration": _HOURS})
    return _xml(status, f"<ERROR>{escape(words[:_MOST_WORDS])}</ERROR>")


def _ok() -> dict[str, object]:
    return {"status": "ok", "expiration": _HOURS}


def _contact() -> dict[str, object]:
    task = {"server": "glpi", "version": _SPOKEN, "no-category": _UNWANTED}
    return {
        "status": "ok",
        "expiration": f"{_HOURS}h",
        "tasks": {"inventory": task},
        "disabled": list(_DISABLED),
    }


def _json(status: int, content: dict[str, object]) -> Reply:
    return Reply(status, JSON, json.dumps(content).encode())


def _xml(status: int, content: str) -> Reply:
    return Reply(status, XML, f'<?xml version="1.0" encoding="UTF-8"?>\n<REPLY>{content}</REPLY>\n'.encode())
