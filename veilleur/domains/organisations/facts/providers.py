"""Facts about identity providers. People appear by pseudonym."""

from dataclasses import dataclass

from veilleur.domains.journal.rules.kinds import fact_kind


@fact_kind("organisations.provider_added", version=1)
@dataclass(frozen=True)
class ProviderAdded:
    """People may sign in at an identity provider. Subject: the provider."""

    name: str
    issuer: str


@fact_kind("organisations.provider_changed", version=1)
@dataclass(frozen=True)
class ProviderChanged:
    """How a provider is spoken to, or which values give which role, changed. Subject: the provider."""

    name: str
    changed: tuple[str, ...]


@fact_kind("organisations.provider_removed", version=1)
@dataclass(frozen=True)
class ProviderRemoved:
    """A provider opens nothing any more. Subject: the provider."""

    name: str


@fact_kind("organisations.provider_account_waits", version=1)
@dataclass(frozen=True)
class ProviderAccountWaits:
    """Somebody whom a provider vouches for waits to be let in. Subject: the account, which names nobody."""


@fact_kind("organisations.provider_account_let_in", version=1)
@dataclass(frozen=True)
class ProviderAccountLetIn:
    """Somebody may come in by a provider, for the first time or again. Subject: the account."""
