"""Facts about directories (AD, LDAP). People appear by pseudonym."""

from dataclasses import dataclass

from veilleur.domains.journal.rules.kinds import fact_kind


@fact_kind("organisations.directory_added", version=1)
@dataclass(frozen=True)
class DirectoryAdded:
    """A directory is to say who belongs to the organisation. Subject: the directory."""

    name: str
    kind: str


@fact_kind("organisations.directory_changed", version=1)
@dataclass(frozen=True)
class DirectoryChanged:
    """How a directory is reached, or which groups give which role, changed. Subject: the directory."""

    name: str
    changed: tuple[str, ...]


@fact_kind("organisations.directory_removed", version=1)
@dataclass(frozen=True)
class DirectoryRemoved:
    """A directory opens nothing any more. Subject: the directory."""

    name: str


@fact_kind("organisations.directory_read", version=1)
@dataclass(frozen=True)
class DirectoryRead:
    """A reading of a directory changed who belongs to the organisation. Subject: the directory."""

    joined: int
    roles: int
    described: int
    left: int


@fact_kind("organisations.directory_held", version=1)
@dataclass(frozen=True)
class DirectoryHeld:
    """A reading changed nothing and waits for somebody to agree, and why. Subject: the directory."""

    reason: str
    joining: int
    leaving: int


@fact_kind("organisations.directory_agreed", version=1)
@dataclass(frozen=True)
class DirectoryAgreed:
    """Somebody agreed to what a reading would do. Subject: the directory."""

    joining: int
    leaving: int


@fact_kind("organisations.directory_account_let_in", version=1)
@dataclass(frozen=True)
class DirectoryAccountLetIn:
    """Somebody who was sent away by hand may be brought back by a directory. Subject: the person."""

    pseudonym: str
