"""What organisations ask of the outside: the process that alone holds the keys, directories (AD, LDAP),
identity providers (OpenID Connect), and what later domains hold about persons.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.functional import Promise

from veilleur.domains.organisations.rules.directory import Kind, Reading
from veilleur.domains.organisations.rules.key_generations import KeyGeneration, Renewal
from veilleur.domains.organisations.rules.personal_data import Held, Whose
from veilleur.domains.organisations.rules.providers import Identity
from veilleur.shared.binding import Slot
from veilleur.shared.refusal import Refused


class SecretKeeper(Protocol):
    """Seals what the database keeps and may not show. Every method may raise SecretsAway."""

    def seal(self, purpose: str, text: str, owner: UUID | None = None) -> str:
        """Return a secret in the form in which it is stored, bound to its purpose and to its owner: the
        organisation or person whose it is. What is stored is declared as a SealedColumn.
        """
        ...

    def open(self, purpose: str, sealed: str, owner: UUID | None = None) -> str:
        """Return a secret that was sealed for that purpose and owner. Those of one-time codes are never
        opened; to pages, only those of the purposes that the keeper lists.
        """
        ...

    def totp_step(self, sealed: str, code: str, at_s: float, owner: UUID | None = None) -> int | None:
        """Return the step, of 30 seconds since 1970, whose one-time code this is; None for any other code.

        `sealed` was sealed for the purpose "totp"; the steps around `at_s`, in seconds since 1970, count.
        """
        ...


@dataclass(frozen=True)
class SealedValue:
    """A sealed secret of one row (its key), and what it is sealed for."""

    key: int
    purpose: str
    owner: UUID | None
    sealed: str


@dataclass(frozen=True)
class SealedColumn:
    """Where the database keeps sealed secrets: every such place is one, or a rotation would miss it.

    `page(after, most)`: the values of rows after a key, in the order of keys, without empty ones.
    `replace(key, old, new)`: puts a value in the place of another, inside an action; False if it has changed.
    """

    table: str
    column: str
    page: Callable[[int, int], tuple[SealedValue, ...]]
    replace: Callable[[int, str, str], bool]


class KeyRotator(Protocol):
    """Makes and ends generations of the master key. Every method may raise SecretsAway."""

    def generations(self) -> tuple[KeyGeneration, ...]:
        """Return the generations that are kept, oldest first."""
        ...

    def tells_pages_apart(self) -> bool:
        """Return whether the process that draws pages is turned away where it may not ask."""
        ...

    def begin_rotation(self, replaces: UUID) -> Refused | None:
        """Have everything sealed under a new generation from now on; all before go on opening.

        Refused: "rotation_unfinished" while another is kept, "rotated_since" where `replaces` is not the
        present one.
        """
        ...

    def renew_own(self) -> int:
        """Have the keeper's own files sealed under the present generation; return how many were not."""
        ...

    def renew(self, values: Sequence[SealedValue]) -> tuple[Renewal, ...]:
        """Return what becomes of values, one by one. Each is opened for its purpose and owner on the way."""
        ...

    def retire(self, present: UUID) -> tuple[KeyGeneration, ...] | Refused:
        """Remove the generations before the present one for good, and return them.

        Only for who has just walked over all sealed values. Refused: "too_young", "rotated_since".
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
class Place:
    """Where people find a row of a table: its word, and the route of its page with the path to that id.

    `title`: the column that says which one it is, "" where none does.
    """

    word: str | Promise
    route: str = ""
    by: str = "public_id"
    title: str = ""


@dataclass(frozen=True)
class PersonalDataPart:
    """What one domain holds about persons. `export` returns it for one organisation, as JSON with no name of
    anybody else.
    """

    policy: tuple[Held, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    export: Callable[[int, Whose], dict[str, Any]] = lambda _organisation_id, _whose: {}


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
PERSONAL_DATA: Slot[tuple[PersonalDataPart, ...]] = Slot("organisations.PersonalDataPart")
# What pages say of each kind of fact, of all domains.
FACT_WORDS: Slot[Mapping[str, str | Promise]] = Slot("organisations.fact_words")
KEY_ROTATOR: Slot[KeyRotator] = Slot("organisations.KeyRotator")
SEALED_COLUMNS: Slot[tuple[SealedColumn, ...]] = Slot("organisations.SealedColumns")
IDENTITY_PROVIDERS: Slot[IdentityProviders] = Slot("organisations.IdentityProviders")
