"""What a document is: its kinds and topics, what may be saved, and until when it is taken to be right."""

import calendar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from veilleur.shared.readable import is_one_line

LONGEST_TEXT_BYTES = 200_000
LONGEST_LINE = 200
REVIEW_MONTHS = (1, 3, 6, 12, 24)
DEFAULT_REVIEW_MONTHS = 6
# Line breaks and tabulators are layout; every other control character is unfit for a page.
_LAYOUT = str.maketrans("", "", "\n\t")


class DocumentKind(StrEnum):
    """What a document is for: to be read, or to be done step by step."""

    PAGE = "page"
    PROCEDURE = "procedure"


class Topic(StrEnum):
    """What a document is about; the template it was begun from bears the same name."""

    NETWORK_DIAGRAM = "network_diagram"
    SERVER_CONFIGURATION = "server_configuration"
    BACKUP = "backup"
    ONE_FILE_RESTORE = "one_file_restore"
    FULL_RESTORE = "full_restore"
    START = "start"
    STOP = "stop"
    FAILOVER = "failover"
    UPDATE = "update"
    ARRIVAL = "arrival"
    DEPARTURE = "departure"
    SERVER_DOWN = "server_down"
    SOFTWARE_HANGS = "software_hangs"
    RANSOMWARE = "ransomware"
    STOLEN_MAILBOX = "stolen_mailbox"
    OTHER = "other"


# Read rather than done.
PAGE_TOPICS = frozenset({Topic.NETWORK_DIAGRAM, Topic.SERVER_CONFIGURATION, Topic.BACKUP, Topic.OTHER})


class Priority(StrEnum):
    """In what order procedures that are asked for at once are carried out, the first first."""

    AT_ONCE = "at_once"
    FIRST = "first"
    IN_TURN = "in_turn"
    WHEN_FREE = "when_free"


@dataclass(frozen=True)
class Draft:
    """What somebody wants to save. The four last say how a procedure is asked for; a page leaves them empty.

    `within_min`: minutes in which it should be done once it was asked for; `priority`: a `Priority` or "".
    """

    title: str
    text: str
    may_ask: str = ""
    acts: str = ""
    within_min: int | None = None
    priority: str = ""


def with_plain_lines(text: str) -> str:
    """Return the text with each line break as one sign, whatever the browser sent, nothing else changed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def fault_of(draft: Draft) -> str | None:
    """Return the reason code for which a draft cannot be saved, None where it can."""
    short = (draft.title, draft.may_ask, draft.acts)
    if not draft.title.strip():
        return "title_missing"
    if any(len(each) > LONGEST_LINE for each in short):
        return "line_too_long"
    if not all(map(is_one_line, short)) or has_unfit_signs(draft.text):
        return "unfit_signs"
    if not draft.text.strip():
        return "text_missing"
    if len(draft.text.encode()) > LONGEST_TEXT_BYTES:
        return "text_too_long"
    return None


def review_due_at(reviewed_at: datetime, months: int) -> datetime:
    """Return the instant from which a document needs another look: so many months later, the same day.

    Where that month is shorter, its last day: from 31 August, six months later is the end of February.
    """
    year, month = divmod(reviewed_at.year * 12 + reviewed_at.month - 1 + months, 12)
    last_day = calendar.monthrange(year, month + 1)[1]
    return reviewed_at.replace(year=year, month=month + 1, day=min(reviewed_at.day, last_day))


def has_unfit_signs(text: str) -> bool:
    """Return whether a text of several lines holds a control character or half of one."""
    # Joiners and no-break spaces are typed on purpose in many languages; control characters never are.
    return any(
        sign < " " or "\x7f" <= sign <= "\x9f" or "\ud800" <= sign <= "\udfff"
        for sign in text.translate(_LAYOUT)
    )
