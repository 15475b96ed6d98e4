"""Turns what an agent sent into what it asks and what it tells. Pure: no file, no clock, no database."""

import re
from dataclasses import dataclass
from typing import Any

from veilleur.domains.estate.rules.agents import Fault, Head, Message, Query, Told
from veilleur.domains.estate.rules.machine import AGENT_PARTS, TOLD_APART, MachineFacts, Unread
from veilleur.engines.agent_protocol import machine, parts
from veilleur.engines.agent_protocol.fields import Faults, Fields, clean
from veilleur.engines.agent_protocol.normal import content_of_xml, document_of, without_unwanted
from veilleur.engines.agent_protocol.reading import Unreadable, is_json, read_json, read_xml, text_of

Plain = dict[str, Any]

_QUERIES = {
    "prolog": Query.PROLOG,
    "contact": Query.CONTACT,
    "inventory": Query.INVENTORY,
    # What another device was asked over the network: an inventory of that one.
    "netinventory": Query.INVENTORY,
    "get_params": Query.PARAMETERS,
}
_MOST_DEVICE_ID = 255
_MOST_ITEM_TYPE = 40
# Where a document too large to be read at once says what it asks: near its beginning, or at its end.
_ASKED_IN_JSON = re.compile(r'"(?:action|query)"\s*:\s*"([^"]{1,40})"')
_ASKED_IN_XML = re.compile(r"<QUERY>\s*([^<]{1,40})</QUERY>", re.IGNORECASE)

_SECTIONS = {
    "packages": ("softwares", parts.packages_of),
    "volumes": ("drives", parts.volumes_of),
    "addresses": ("networks", parts.addresses_of),
    "databases": ("databases_services", parts.databases_of),
    "disks": ("storages", parts.disks_of),
    "interfaces": ("networks", parts.interfaces_of),
    "virtual_machines": ("virtualmachines", parts.virtual_machines_of),
    "antivirus": ("antivirus", parts.antivirus_of),
    "local_users": ("local_users", parts.local_users_of),
    "local_groups": ("local_groups", parts.local_groups_of),
    "remote_tools": ("remote_mgmt", parts.remote_tools_of),
}
# No machine is without them: a report that does not tell them says nothing about them.
_ALWAYS_THERE = frozenset({"packages", "volumes", "addresses", "interfaces", "local_users", "local_groups"})


@dataclass(frozen=True)
class Letter:
    """A message in one form, whichever way it was sent: that of JSON."""

    query: Query
    is_json: bool
    device_id: str
    item_type: str
    is_partial: bool
    content: Plain
    tag: str = ""

    @property
    def message(self) -> Message:
        """Return what it asks."""
        return Message(self.query, self.is_json, self.device_id)


def letter_of(document: bytes) -> Letter:
    """Return what a whole document says; raise Unreadable where it has not the form of a message."""
    return _of_json(read_json(document)) if is_json(document) else _of_xml(read_xml(document))


def peek(start: bytes) -> Message:
    """Return what a document asks whose beginning alone is at hand: an inventory unless it says else."""
    text, json_like = text_of(start), is_json(start)
    found = (_ASKED_IN_JSON if json_like else _ASKED_IN_XML).search(text)
    return Message(_query(found[1]) if found else Query.INVENTORY, json_like)


def told_by(head: Head, letter: Letter, kept: Plain | None = None) -> Told:
    """Return what a report tells.

    `kept` is the document of the last report of the same device: where this one holds only what changed,
    each section of it replaces the kept one whole. Raise Unreadable where it names no device or nothing.
    """
    device_id = letter.device_id or clean(head.agent_id, _MOST_DEVICE_ID)
    if not device_id:
        raise Unreadable(Fault.NO_DEVICE)
    content = without_unwanted(letter.content)
    if not content:
        raise Unreadable(Fault.NO_CONTENT)
    is_partial = letter.is_partial
    if is_partial and kept is not None:
        content = {**kept["content"], **content}
        is_partial = kept.get("partial") is True
    faults = Faults()
    fields = Fields(content, "", faults)
    host_name = machine.name_of(device_id, fields)
    item_type = letter.item_type or "Computer"
    signs = machine.signs_of(head.agent_id, device_id, host_name, fields)
    system = fields.within("operatingsystem")
    facts = MachineFacts(
        host_name=host_name,
        identities=(),
        system=machine.system_of(fields),
        hardware=machine.hardware_of(item_type, fields),
        listeners=TOLD_APART,
        **_parts(item_type, fields, is_partial=is_partial),
    )
    return Told(
        device_id=device_id,
        item_type=item_type,
        is_partial=is_partial,
        client=fields.text("versionclient") or clean(head.client, 100),
        tag=letter.tag or fields.text("tag"),
        signs=signs,
        facts=facts,
        document=document_of(
            {"deviceid": device_id, "itemtype": item_type, "partial": is_partial, "content": content}
        ),
        booted_at=system.instant("boot_time", system.within("timezone").text("offset")),
        faults=tuple(faults.places),
    )


def _parts(item_type: str, fields: Fields, *, is_partial: bool) -> dict[str, Any]:
    """Return each part: its rows, or that this report says nothing about it."""
    told: dict[str, Any] = {}
    for part, (section, read) in _SECTIONS.items():
        if fields.holds(section):
            told[part] = read(fields)
        elif is_partial or item_type.lower() != "computer":
            told[part] = TOLD_APART
        else:
            told[part] = Unread("not_told") if part in _ALWAYS_THERE else ()
    return told


def _of_json(read: Plain) -> Letter:
    asked = read.get("action") or read.get("query") or "inventory"
    content = read.get("content")
    query = _query(str(asked)[:_MOST_ITEM_TYPE])
    if query is Query.INVENTORY and not isinstance(content, dict):
        raise Unreadable(Fault.NO_CONTENT)
    return Letter(
        query=query,
        is_json=True,
        device_id=_words(read, "deviceid", _MOST_DEVICE_ID),
        item_type=_words(read, "itemtype", _MOST_ITEM_TYPE),
        is_partial=read.get("partial") in (True, 1, "1", "true"),
        content=content if isinstance(content, dict) else {},
        tag=_words(read, "tag", 100),
    )


def _of_xml(read: Plain) -> Letter:
    root = read.get("request")
    if not isinstance(root, dict):
        raise Unreadable(Fault.NOT_XML)
    query = _query(str(root.get("query") or "inventory")[:_MOST_ITEM_TYPE])
    content = root.get("content")
    if query is Query.INVENTORY and not isinstance(content, dict):
        raise Unreadable(Fault.NO_CONTENT)
    return Letter(
        query=query,
        is_json=False,
        device_id=_words(root, "deviceid", _MOST_DEVICE_ID),
        item_type=_words(root, "itemtype", _MOST_ITEM_TYPE),
        is_partial=str(root.get("partial")).lower() in {"1", "true"},
        content=content_of_xml(content) if isinstance(content, dict) else {},
    )


def _query(asked: str) -> Query:
    return _QUERIES.get(asked.strip().lower(), Query.TOLD_ELSEWHERE)


def _words(read: Plain, name: str, most: int) -> str:
    value = read.get(name)
    return clean(str(value), most) if isinstance(value, str | int) else ""


assert set(AGENT_PARTS) <= set(_SECTIONS), "an agent's part that no section fills"
