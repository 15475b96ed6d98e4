"""What organisations ask of the outside: the process that alone holds the keys, directories (AD, LDAP),
identity providers (OpenID Connect).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from veilleur.domains.organisations.rules.directory import Kind, Reading
from veilleur.domains.organisations.rules.providers import Identity
from veilleur.shared.binding import Slot


class SecretKeeper(Protocol):
    """Seals what the database keeps and may not show. Every method may raise SecretsAway."""

    def seal(self, purpose: str, text: str) -> str:
        """Return a secret in the form in which it is stored, bound to its purpose."""
        ...

    def open(self, purpose: str, sealed: str) -> str:
        """Return a secret that was sealed for that purpose. Those of one-time codes are never opened."""
        ...

    def totp_step(self, sealed: str, code: str, at_s: float) -> int | None:
        """Return the step, of 30 seconds since 1970, whose one-time code this is; None for any other code.

        `sealed` was sealed for the purpose "totp"; the steps around `at_s`, in seconds since 1970, count.
        """
        ...


@dataclass(frozen=True)
class DirectoryServers:
    """Where a directory answers: URLs in the order in which they are tried.

    `authority`: the certificates, in PEM, one of which must have signed the server's; empty for those that
    this machine trusts. The certificate is always checked.
    """

    servers: tuple[str, ...]
    authority: str = ""


@dataclass(frozen=True)
class DirectoryAccess:
    """How a directory is read: where, as whom, and what of it."""

    servers: DirectoryServers
    kind: Kind
    base_dn: str
    user_filter: str
    account: str
    password: str = field(repr=False)


class DirectoryReader(Protocol):
    """Speaks to directories. Every method may raise DirectoryFault; no answer is ever half of one."""

    def read(self, access: DirectoryAccess, groups: Sequence[str], now: datetime) -> Reading:
        """Return everybody who is in one of these groups, directly or by another group, and which groups
        are not there at all. An account that ended before `now` is not enabled.
        """
        ...

    def is_password(self, servers: DirectoryServers, dn: str, password: str) -> bool:
        """Return whether the directory lets this entry in with this password. An empty one never is."""
        ...


@dataclass(frozen=True)
class ProviderAddress:
    """Where an identity provider is, and as whom Veilleur asks there. `authority` as for directories."""

    issuer: str
    client_id: str
    authority: str = ""


@dataclass(frozen=True)
class SignInAsked:
    """One sign-in at a provider, from the way there to the way back. `began_at`: when it was asked for.

    `is_fresh`: the person is to prove anew to be there, whatever session the provider remembers.
    """

    return_address: str
    state: str
    nonce: str
    verifier: str = field(repr=False)
    scopes: tuple[str, ...]
    roles_claim: str
    began_at: datetime
    is_fresh: bool = False


class IdentityProviders(Protocol):
    """Speaks OpenID Connect. Every method may raise ProviderFault; nothing is believed by halves."""

    def way_there(self, provider: ProviderAddress, asked: SignInAsked) -> str:
        """Return the address at which the person signs in."""
        ...

    def identity(
        self,
        provider: ProviderAddress,
        secret: str,
        asked: SignInAsked,
        answer: Mapping[str, str],
        now: datetime,
    ) -> Identity:
        """Return who came back with this answer, whose `state` was found to be the one asked for."""
        ...


DIRECTORY: Slot[DirectoryReader] = Slot("organisations.DirectoryReader")
SECRET_KEEPER: Slot[SecretKeeper] = Slot("organisations.SecretKeeper")
IDENTITY_PROVIDERS: Slot[IdentityProviders] = Slot("organisations.IdentityProviders")
