"""What the API's routes of all domains share: times as they are written, lists by parts, "there is none".

Loaded by the rooms called `api` only, and they by the first request to the API: its library takes long.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from ninja import Schema
from pydantic import Field, PlainSerializer, WithJsonSchema

from veilleur.shared.api_times import rfc3339

MOST_ITEMS, USUAL_ITEMS = 200, 50
_CURSOR_BYTES = 16

Row = TypeVar("Row")
Item = TypeVar("Item")


Instant = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class BrokenCursor(Exception):
    """A cursor that this API did not give."""


class ApiRefusal(Exception):
    """What was asked is not done now, for a reason: 409, with its code and its sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code, self.sentence = code, sentence


class Part(Schema):
    """Which part of a list is asked for."""

    limit: int = Field(USUAL_ITEMS, ge=1, le=MOST_ITEMS, description="How many items at most.")
    cursor: str = Field(
        "", max_length=100, description="`next` of the part before; empty for the first part."
    )


class Page(Schema, Generic[Item]):
    """One part of a list; `next` is the cursor of the part after it, null at the end."""

    items: list[Item]
    next: str | None


def part_of(rows: Sequence[Row], part: Part, shown: Callable[[Row], Any], key: Callable[[Row], UUID]) -> Any:
    """Return a part of the rows, in the order of their ids, which is that of their making.

    An order that nothing changes: what is added or removed while somebody reads makes no row come twice, and
    none that stays be left out. Raise BrokenCursor.
    """
    after = _id_of(part.cursor) if part.cursor else None
    ordered = sorted(rows, key=key)
    rest = [row for row in ordered if after is None or key(row) > after]
    taken = rest[: part.limit]
    has_more = len(rest) > len(taken)
    return {"items": [shown(row) for row in taken], "next": _cursor_of(key(taken[-1])) if has_more else None}


def _cursor_of(public_id: UUID) -> str:
    return base64.urlsafe_b64encode(public_id.bytes).decode().rstrip("=")


def _id_of(cursor: str) -> UUID:
    try:
        raw = base64.b64decode(f"{cursor}==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BrokenCursor(cursor) from error
    if len(raw) != _CURSOR_BYTES:
        raise BrokenCursor(cursor)
    return UUID(bytes=raw)
