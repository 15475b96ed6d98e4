"""Facts about what is held about persons: taken away, erased. People appear by pseudonym."""

from dataclasses import dataclass

from veilleur.domains.journal.rules.kinds import fact_kind


@fact_kind("organisations.erasure_asked", version=1)
@dataclass(frozen=True)
class ErasureAsked:
    """A person asked that what is held about them here goes. Subject: the person."""

    pseudonym: str


@fact_kind("organisations.erasure_withdrawn", version=1)
@dataclass(frozen=True)
class ErasureWithdrawn:
    """A request to be erased was taken back, or refused by a manager. Subject: the person."""

    pseudonym: str


@fact_kind("organisations.erasure_ordered", version=1)
@dataclass(frozen=True)
class ErasureOrdered:
    """A manager had a person erased; it is done in the background. Subject: the person."""

    pseudonym: str


@fact_kind("organisations.person_erased", version=1)
@dataclass(frozen=True)
class PersonErased:
    """What this organisation held about a person is gone. Subject: the person.

    `bodies` of the journal were erased; `is_account_gone`: no organisation holds the account any more.
    """

    pseudonym: str
    rows: int
    bodies: int
    is_account_gone: bool


@fact_kind("organisations.personal_data_exported", version=1)
@dataclass(frozen=True)
class PersonalDataExported:
    """Somebody took away what is held about a person: the actor, perhaps that person. Subject: the person."""

    pseudonym: str
