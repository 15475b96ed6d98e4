"""Behind the estate's port AgentProtocol: what agents of the field send, and what they are answered."""

import json
from typing import Any

from veilleur.domains.estate.ports import Body
from veilleur.domains.estate.rules.agents import (
    READ_AT_ONCE_BYTES,
    Fault,
    Head,
    Message,
    Opened,
    Reply,
    Told,
    Turned,
)
from veilleur.engines.agent_protocol import commands, parse
from veilleur.engines.agent_protocol.inflating import inflate, pack, unpack
from veilleur.engines.agent_protocol.reading import Unreadable, is_json


class GlpiAgentProtocol:
    """Reads and answers; keeps nothing."""

    def open(self, head: Head, body: Body) -> Opened | Turned:
        """Return a body inflated and checked; see the port."""
        inflated = inflate(body, head.content_type.lower())
        if isinstance(inflated, Fault):
            return Turned(inflated, is_json=bool(head.agent_id) or "json" in head.content_type.lower())
        try:
            message = parse.peek(inflated.start)
            if inflated.is_whole and inflated.size_bytes <= READ_AT_ONCE_BYTES:
                letter = parse.letter_of(inflated.start)
                message = letter.message
                _require_device(head, message)
        except Unreadable as error:
            return Turned(error.fault, is_json=is_json(inflated.start))
        return Opened(message, inflated.packed, inflated.digest, inflated.size_bytes)

    def answer(self, head: Head, message: Message) -> Reply:
        """Return the answer to a message."""
        return commands.answer(head, message)

    def refusal(self, turned: Turned) -> Reply:
        """Return why a body is not taken."""
        return commands.refusal(turned.fault, is_json=turned.is_json)

    def refused(self, status: int, words: str) -> Reply:
        """Return a refusal that no body was looked at for."""
        return commands.refused(status, words, is_json=True)

    def read(self, head: Head, packed: bytes, kept: bytes | None = None) -> Told | Fault:
        """Return what a kept document tells; see the port."""
        try:
            return parse.told_by(head, parse.letter_of(unpack(packed)), _message(kept))
        except Unreadable as error:
            return error.fault

    def pack(self, document: bytes) -> bytes:
        """Return a document as it is kept."""
        return pack(document)


def _require_device(head: Head, message: Message) -> None:
    if not message.device_id and not head.agent_id:
        raise Unreadable(Fault.NO_DEVICE)


def _message(kept: bytes | None) -> dict[str, Any] | None:
    """Return a document that was kept: it was made here, so it has its form."""
    message: dict[str, Any] | None = json.loads(unpack(kept)) if kept is not None else None
    return message
