"""What passes between an agent of the field and Veilleur, as plain values, and the limits that hold."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from veilleur.domains.estate.rules.identity import Signs
from veilleur.domains.estate.rules.machine import MachineFacts

# How often an agent comes back.
REPORT_EVERY = timedelta(hours=24)
# An agent that missed this many of its hours is told of.
SILENT_AFTER = timedelta(days=7)
# Of one document: inflated, and as it is kept, deflated.
MOST_BYTES = 32 << 20
MOST_KEPT_BYTES = 4 << 20
# Up to here a document is read whole before it is answered, so that its sender is told what is wrong with it.
READ_AT_ONCE_BYTES = 2 << 20
# Rows of one part of a machine; what is beyond stays in the kept document.
MOST_ROWS = 5_000
# Of one organisation: documents that wait to be read, devices that wait for a person.
MOST_WAITING_REPORTS = 4_000
MOST_WAITING_DEVICES = 5_000
MOST_KEYS = 50
# A document whose reading failed this often, by a fault of ours, is laid aside.
MOST_ATTEMPTS = 3
# A use of a key is noted at most once in this time.
USE_STEP = timedelta(hours=1)
MOST_FAULTS = 50

# The jobs that bring reports into the estate: those of an organisation, and the last one of a device.
READ_REPORTS = "estate.read_agent_reports"
APPLY_DOCUMENT = "estate.apply_agent_document"
# Documents of one run: the next run takes the others, so that no organisation holds a worker for long.
REPORTS_AT_ONCE = 100
# Unreadable documents that are kept to be looked at.
MOST_LAID_ASIDE = 20

KEY_PREFIX = "vag_"
KEY_RANDOM_BYTES = 20
_KEY = re.compile(rf"{KEY_PREFIX}[0-9a-f]{{{2 * KEY_RANDOM_BYTES}}}")
_SHOWN_LETTERS = 4


class Query(StrEnum):
    """What a message asks. TOLD_ELSEWHERE: one of the agent's other tasks, which Veilleur gives to nobody."""

    PROLOG = "prolog"
    CONTACT = "contact"
    INVENTORY = "inventory"
    PARAMETERS = "parameters"
    TOLD_ELSEWHERE = "told_elsewhere"


class Fault(StrEnum):
    """Why a document is not taken."""

    BAD_COMPRESSION = "bad_compression"
    TOO_LARGE = "too_large"
    TOO_MANY_VALUES = "too_many_values"
    TOO_DEEP = "too_deep"
    NOT_JSON = "not_json"
    NOT_XML = "not_xml"
    ENTITIES = "entities"
    NO_DEVICE = "no_device"
    NO_CONTENT = "no_content"
    NOT_SERVED = "not_served"
    EMPTY = "empty"


class DeviceState(StrEnum):
    """Whether a device's reports are taken into the estate."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class Head:
    """What came before the body. `agent_id` is empty for agents that send none, and those speak XML."""

    content_type: str = ""
    agent_id: str = ""
    request_id: str = ""
    client: str = ""


@dataclass(frozen=True)
class Message:
    """What a document asks, as far as it was read before it is answered."""

    query: Query
    is_json: bool
    device_id: str = ""


@dataclass(frozen=True)
class Opened:
    """A body, inflated within bounds and checked: `packed` is it again, deflated, to be kept as it came."""

    message: Message
    packed: bytes
    digest: str
    size_bytes: int


@dataclass(frozen=True)
class Turned:
    """A body that is not taken, and whether its sender speaks JSON."""

    fault: Fault
    is_json: bool


@dataclass(frozen=True)
class Reply:
    """An answer to an agent."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Told:
    """One report, read: what the device says of itself, in the estate's own words.

    `document` is all that it says, as JSON in one form whatever it was sent as, without what Veilleur does
    not want to know. `faults` are the fields that could not be read, such as "drives.3.total"; everything
    else of the report stands.
    """

    device_id: str
    item_type: str
    is_partial: bool
    client: str
    tag: str
    signs: Signs
    facts: MachineFacts
    document: bytes
    booted_at: datetime | None = None
    faults: tuple[str, ...] = field(default=())


def written_key(random: bytes) -> str:
    """Return an agent key made of `KEY_RANDOM_BYTES` random bytes."""
    return KEY_PREFIX + random.hex()


def is_key(text: str) -> bool:
    """Return whether this may be an agent key: anything else is not looked up."""
    return _KEY.fullmatch(text) is not None


def digest_of_key(key: str) -> str:
    """Return what is kept of a key. A plain digest suffices: 160 random bits cannot be guessed."""
    return hashlib.sha256(key.encode()).hexdigest()


def shown_part(key: str) -> str:
    """Return the first letters, by which people tell their keys apart; they open nothing."""
    return key[: len(KEY_PREFIX) + _SHOWN_LETTERS]


def is_use_to_note(last_used_at: datetime | None, now: datetime) -> bool:
    """Return whether this use of a key is written down, or was one a moment ago."""
    return last_used_at is None or now - last_used_at >= USE_STEP
