"""Who reads a document: each level opens it to more people than the one before."""

from enum import StrEnum

from veilleur.domains.organisations.rules.roles import Permission


class Audience(StrEnum):
    """For whom a document is written."""

    TEAM = "team"
    TEAM_AND_PROVIDER = "team_and_provider"
    EVERYBODY = "everybody"


_READERS: tuple[tuple[Permission, frozenset[Audience]], ...] = (
    (Permission.SEE_OWN_KNOWLEDGE, frozenset(Audience)),
    (Permission.SEE_KNOWLEDGE, frozenset({Audience.TEAM_AND_PROVIDER, Audience.EVERYBODY})),
    (Permission.READ_INSTRUCTIONS, frozenset({Audience.EVERYBODY})),
)


def readable_with(permissions: frozenset[str]) -> frozenset[Audience]:
    """Return the levels of documents that somebody with these permissions reads; none without any."""
    return frozenset[Audience]().union(
        *(levels for permission, levels in _READERS if permission in permissions)
    )
