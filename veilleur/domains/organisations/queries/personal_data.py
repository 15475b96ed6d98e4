"""Everything that is held about a person, as the person gets it: no secret, and nobody else's name.

`docs/reference/personal-data.schema.json` describes it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from veilleur.domains.journal.queries import sequence_of
from veilleur.domains.journal.queries.bodies import whole_entries_about
from veilleur.domains.journal.queries.entries import for_page
from veilleur.domains.organisations.labels import fact_detail
from veilleur.domains.organisations.models import (
    DirectoryAccount,
    Erasure,
    Invitation,
    Mandate,
    Membership,
    Organisation,
    Person,
    TeamMember,
)
from veilleur.domains.organisations.ports import FACT_WORDS, PERSONAL_DATA
from veilleur.domains.organisations.queries.erasures import erased_in, whose
from veilleur.domains.organisations.queries.personal_work import work_of
from veilleur.domains.organisations.rules.personal_data import Whose

FORMAT = 1
_ENTRIES_AT_ONCE = 20_000


@dataclass(frozen=True)
class PersonalData:
    """What is held: `content` is JSON; `language` is the person's."""

    language: str
    content: dict[str, Any]


def own_personal_data(person_id: int, now: datetime) -> PersonalData:
    """Return all that is held about somebody who asks for it, in every organisation that holds anything."""
    members = Membership.objects.across_organisations("a person asks what is held about them")
    held = sorted(set(members.filter(person_id=person_id).values_list("organisation_id", flat=True)))
    erased = erased_in(held)
    person = Person.objects.get(pk=person_id)
    places = [each for each in held if (each, person_id) not in erased]
    content = _content(person, places, now) | {"sessions": _sessions(person_id)}
    # What nobody could tie to an organisation: before the first one, or while there was none.
    content["journal_of_the_installation"] = list(_entries(None, whose(person)))
    return PersonalData(person.language, content)


def personal_data_here(organisation_id: int, person_id: int, now: datetime) -> PersonalData:
    """Return what one organisation holds about somebody, for whoever answers for it there.

    Where the person is signed in, and what other organisations hold, is not theirs to see; nor, of somebody
    who left, how the account was used since.
    """
    person = Person.objects.get(pk=person_id)
    left = Membership.objects.of(organisation_id).filter(person_id=person_id, until__lte=now).first()
    until = None if left is None else left.until
    return PersonalData(person.language, _content(person, [organisation_id], now, until))


def _content(
    person: Person, organisation_ids: Sequence[int], now: datetime, until: datetime | None = None
) -> dict[str, Any]:
    """Return what is held in these organisations; `until`: nothing of the account that is later."""
    factors = Authenticator.objects.filter(user_id=person.pk).order_by("created_at", "pk")
    return {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "account": {
            "id": str(person.public_id),
            "pseudonym": person.pseudonym,
            "name": person.name,
            "email": person.email,
            "language": person.language,
            "is_active": person.is_active,
            "signed_in_last_at": _at(_unless_later(person.last_login, until)),
        },
        "second_factors": [
            {
                "kind": row.type,
                "added_at": _at(row.created_at),
                "used_last_at": _at(_unless_later(row.last_used_at, until)),
            }
            for row in factors
            if _unless_later(row.created_at, until) is not None
        ],
        "organisations": [
            _of_organisation(organisation, whose(person))
            for organisation in Organisation.objects.filter(pk__in=organisation_ids).order_by("pk")
        ],
    }


def _of_organisation(organisation: Organisation, about: Whose) -> dict[str, Any]:
    key, person = organisation.pk, about.person_id
    content: dict[str, Any] = {
        "id": str(organisation.public_id),
        "name": organisation.name,
        "memberships": [
            {"role": row.role, "side": row.side, "since": _at(row.since), "until": _at(row.until)}
            for row in Membership.objects.of(key).filter(person_id=person)
        ],
        "teams": [
            {"name": row.team.name, "since": _at(row.since), "until": _at(row.until)}
            for row in TeamMember.objects.of(key).filter(person_id=person).select_related("team")
        ],
        "directory_accounts": [
            {
                "directory": row.directory.name,
                "identifier": row.external_id,
                "name": row.dn,
                "since": _at(row.since),
                "until": _at(row.gone_at),
            }
            for row in DirectoryAccount.objects.of(key).filter(person_id=person).select_related("directory")
        ],
        "invitations": [
            _invitation(row) | {"name": row.name, "email": row.email}
            for row in Invitation.objects.of(key).filter(email=about.address).order_by("pk")
        ],
        # Whom they are for is not this person's data.
        "invitations_made": [
            _invitation(row) for row in Invitation.objects.of(key).filter(made_by=person).order_by("pk")
        ],
        "mandates_offered": [
            {
                "strongest_role": row.strongest_role,
                "scopes": row.scopes,
                "offered_at": _at(row.offered_at),
                "until": _at(row.until),
            }
            for row in Mandate.objects.of(key).filter(made_by=person).order_by("pk")
        ],
        "requests_to_be_erased": [
            {"asked_at": _at(row.asked_at), "ordered_at": _at(row.ordered_at), "done_at": _at(row.done_at)}
            for row in Erasure.objects.of(key).filter(person_id=person).order_by("pk")
        ],
    }
    content |= work_of(key, about)
    for part in PERSONAL_DATA.get():
        content |= part.export(key, about)
    return content | {"journal": list(_entries(key, about))}


def _invitation(row: Invitation) -> dict[str, Any]:
    return {
        "role": row.role,
        "side": row.side,
        "made_at": _at(row.created_at),
        "works_until": _at(row.expires_at),
        "closed_at": _at(row.closed_at),
    }


def _sessions(person_id: int) -> list[dict[str, Any]]:
    """Return where the person signed in; the key that opens a session is a secret."""
    rows = UserSession.objects.filter(user_id=person_id).order_by("created_at", "pk")
    return [{"address": row.ip, "browser": row.user_agent, "began_at": _at(row.created_at)} for row in rows]


def _entries(organisation_id: int | None, about: Whose) -> Iterator[dict[str, Any]]:
    """Yield the entries that the person made or that are about them: what happened, and nobody's words."""
    words, end = FACT_WORDS.get(), sequence_of(organisation_id)
    for start in range(0, end, _ENTRIES_AT_ONCE):
        found = whole_entries_about(
            organisation_id,
            pseudonym=about.pseudonym,
            subject=about.public_id,
            after=start,
            up_to=start + _ENTRIES_AT_ONCE,
        )
        for entry in (for_page(row, organisation_id) for row in found):
            is_about = entry.subject == about.public_id
            is_ours = entry.kind.startswith("organisations.") and is_about
            yield {
                "sequence": entry.sequence,
                "at": _at(entry.occurred_at),
                "kind": entry.kind,
                "what": str(words.get(entry.kind, entry.kind)),
                "detail": fact_detail(entry.body) if is_ours and entry.body else "",
                "as": "subject" if is_about else "actor",
                "about": _other(entry.subject, about),
            }


def _other(subject: UUID | None, about: Whose) -> str | None:
    return None if subject in (None, about.public_id) else str(subject)


def _unless_later(instant: datetime | None, until: datetime | None) -> datetime | None:
    return None if instant is not None and until is not None and instant > until else instant


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
