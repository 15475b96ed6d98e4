"""Where agents' reports come in: checked, kept, answered. A job brings what they say into the estate."""

from datetime import datetime
from http import HTTPStatus

from veilleur.domains.estate.actions import NewReport, keep_report, note_agent_key_used
from veilleur.domains.estate.ports import AGENT_PROTOCOL, Body
from veilleur.domains.estate.queries.agents import KeyHolder
from veilleur.domains.estate.rules.agents import Head, Query, Reply, Turned, is_use_to_note
from veilleur.domains.estate.rules.identity import real_uuid
from veilleur.shared.viewer import SYSTEM

_MOST_CLIENT = 200


def take_report(holder: KeyHolder, head: Head, body: Body, now: datetime) -> Reply:
    """Return the answer to an agent: what it sends is on the disk before it is told so."""
    protocol = AGENT_PROTOCOL.get()
    if is_use_to_note(holder.last_used_at, now):
        note_agent_key_used(now=now, actor=SYSTEM, key=holder.key)
    opened = protocol.open(head, body)
    if isinstance(opened, Turned):
        return protocol.refusal(opened)
    if opened.message.query is Query.INVENTORY:
        report = NewReport(
            key_id=holder.key,
            agent_id=real_uuid(head.agent_id),
            client="".join(filter(str.isprintable, head.client))[:_MOST_CLIENT],
            content=opened.packed,
            digest=opened.digest,
            size_bytes=opened.size_bytes,
        )
        refused = keep_report(
            now=now,
            actor=SYSTEM,
            organisation_id=holder.organisation_id,
            organisation=holder.organisation,
            report=report,
        )
        if refused is not None:
            words = "Too many reports are waiting to be read; send it again later"
            return protocol.refused(HTTPStatus.SERVICE_UNAVAILABLE, words)
    return protocol.answer(head, opened.message)


def refuse_report(status: int, words: str) -> Reply:
    """Return a refusal of which the agent's log shows the words."""
    return AGENT_PROTOCOL.get().refused(status, words)
