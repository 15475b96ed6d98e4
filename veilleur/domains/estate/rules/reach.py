"""How a machine is reached over the network, and what stands in place of its facts when it is not."""

from dataclasses import dataclass, field
from enum import StrEnum


class Reach(StrEnum):
    """Why a machine or device was not read."""

    NAME_UNKNOWN = "name_unknown"
    NOT_REACHED = "not_reached"
    NOBODY_ANSWERS = "nobody_answers"
    TIMED_OUT = "timed_out"
    OTHER_PROTOCOL = "other_protocol"
    HOST_KEY_CHANGED = "host_key_changed"
    LOGIN_REFUSED = "login_refused"
    KEY_UNREADABLE = "key_unreadable"
    TOO_MUCH = "too_much"
    BROKEN_OFF = "broken_off"
    NO_COMMANDS = "no_commands"
    SILENT = "silent"
    NO_VIEW = "no_view"


@dataclass(frozen=True)
class Unreached:
    """Nothing was read. `seen` is what came in place of what was expected: the fingerprint of another key."""

    reason: Reach
    seen: str = ""


@dataclass(frozen=True)
class HostKey:
    """A server's public key, as OpenSSH writes it, and the fingerprint a person compares ("SHA256:…")."""

    public: str
    fingerprint: str


@dataclass(frozen=True)
class MachineAccess:
    """How a machine is logged in to. Either a password or a private key in OpenSSH's or PEM's form."""

    host: str
    login: str
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    port: int = 22
