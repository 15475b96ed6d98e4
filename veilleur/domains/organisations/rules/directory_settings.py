"""How a directory is reached: which names of servers are accepted, and where nothing need be encrypted."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from veilleur.domains.organisations.rules.directory import GroupRole, Kind

PORTS = {"ldap": 389, "ldaps": 636}
MOST_SERVERS = 5


@dataclass(frozen=True)
class DirectorySettings:
    """How a directory is reached, and which of its groups give which role.

    `servers` are URLs in the order in which they are tried; `authority` is PEM, empty for the authorities
    that this machine trusts.
    """

    name: str
    kind: Kind
    servers: tuple[str, ...]
    authority: str
    base_dn: str
    user_filter: str
    account: str
    groups: tuple[GroupRole, ...]


@dataclass(frozen=True)
class Server:
    """Where a directory answers. Without `is_tls_from_start`, TLS begins after the greeting (StartTLS)."""

    host: str
    port: int
    is_tls_from_start: bool

    @property
    def is_this_machine(self) -> bool:
        """Return whether nobody else can listen: only there may a server have no TLS at all."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def server_of(url: str) -> Server:
    """Return the server that a URL names, ldap:// or ldaps://, with its port or the usual one.

    Raise ValueError for anything else: another scheme, a path, an account or a question in it.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None:
        raise ValueError("no server of a directory")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("no server of a directory")
    if any(sign.isspace() or not sign.isprintable() for sign in parts.hostname):
        raise ValueError("no server of a directory")
    port = PORTS[parts.scheme] if parts.port is None else parts.port
    if port == 0:
        raise ValueError("no server of a directory")
    return Server(parts.hostname, port, parts.scheme == "ldaps")
