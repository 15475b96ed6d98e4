"""What a visitor sees, freed of what differs at every visit: what the walk compares."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_CHANGING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|<time[^>]*>[^<]*</time>|\d+(?:\.\d+)? ?ms'
    # What was made just now: a token, that of a link, a secret in letters and as a drawing, a challenge.
    r"|vlr_\w{46}|vag_\w{40}|/[\w-]{43}(?![\w-])|\b[A-Z2-7]{32}\b|data:image/svg\+xml;base64,[\w+/=]+"
    r'|"challenge": "[^"]*"'
)

# UUID version 7: it begins with the milliseconds since 1970.
_DATED_ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")


@dataclass(frozen=True)
class Answer:
    """What a visitor sees, freed of what differs at every visit and of the ids that were asked for."""

    status: int
    location: str
    body: str


def answer_of(response: Any, asked: tuple[str, ...], began_at: datetime) -> Answer:
    """Return what a visitor sees who asked for these ids from that instant on."""
    began_ms = int(began_at.timestamp() * 1000)

    def fresh(found: re.Match[str]) -> str:
        # Made by this very request, as its first digits say: no row of anybody's was there before.
        return "NEW" if int(found[0].replace("-", "")[:12], 16) >= began_ms else found[0]

    def freed(text: str) -> str:
        text = _DATED_ID.sub(fresh, text)
        for value in asked:
            text = text.replace(value, "ID").replace(value.replace("-", ""), "ID")
        return _CHANGING.sub("", text)

    body = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(
        response.status_code,
        freed(response.headers.get("Location", "")),
        freed(body.decode("utf-8", "replace")),
    )
