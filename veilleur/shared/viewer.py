"""Who looks and who acts: small frozen values that travel from the edge down to queries and actions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Viewer:
    """The person for whom a query reads. Every `visible_*` query takes it first.

    `organisation_ids` are database keys of all organisations whose objects may be shown to this person;
    `organisation_id`, one of them, is the organisation the page is about, and `permissions` are what the
    person may do there, by the codes of organisations. With `needs_second_factor` the person is let in there
    only with one.
    """

    person_id: int
    organisation_id: int
    organisation_ids: frozenset[int]
    permissions: frozenset[str] = frozenset()
    needs_second_factor: bool = False

    def may_see(self, organisation_id: int) -> bool:
        """Return whether objects of that organisation may be shown at all."""
        return organisation_id in self.organisation_ids

    def may(self, permission: str) -> bool:
        """Return whether the person may do that in the organisation the page is about."""
        return permission in self.permissions


@dataclass(frozen=True)
class Actor:
    """The author of a fact, named in the journal by pseudonym only, so that a person can be erased."""

    pseudonym: str


# Veilleur's own processes act under these fixed pseudonyms.
SYSTEM = Actor("veilleur")
WATCH = Actor("veilleur-watch")
DEMO = Actor("veilleur-demo")
