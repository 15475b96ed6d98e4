"""One-time set-up links: how the first person of an organisation gets in, without a default password."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.memberships import add_member
from veilleur.domains.organisations.actions.passwords import HashedPassword
from veilleur.domains.organisations.actions.people import create_person, name_organisation
from veilleur.domains.organisations.facts import SetupLinkIssued, SetupLinkRedeemed
from veilleur.domains.organisations.models import Person, SetupLink
from veilleur.domains.organisations.queries import person_with_email
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.rules.tokens import SETUP_LIFETIME, TOKEN_BYTES, digest_of
from veilleur.shared.ids import new_id
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@dataclass(frozen=True)
class NewPerson:
    """What somebody says about themselves when they use a set-up link."""

    email: str
    name: str
    password: HashedPassword
    language: str = "fr"


@recorded
def issue_setup_link(
    *, now: datetime, actor: Actor, organisation_id: int, lifetime: timedelta = SETUP_LIFETIME
) -> str:
    """Return the token of a fresh link; earlier open links of the organisation stop working.

    The token is 256 random bits and shown this once: only its digest is kept.
    """
    _open_links(organisation_id).update(closed_at=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = SetupLink(
        organisation_id=organisation_id,
        public_id=new_id(now),
        token_digest=digest_of(token),
        created_at=now,
        expires_at=now + lifetime,
    )
    link.save(force_insert=True)
    record(
        SetupLinkIssued(expires_at=link.expires_at), subject=link.public_id, organisation_id=organisation_id
    )
    return token


@recorded
def redeem_setup_link(
    *, now: datetime, actor: Actor, token: str, person: NewPerson, organisation_name: str = ""
) -> Person | Refused:
    """Create the person, a manager of the link's organisation, and close all its links.

    An `organisation_name` becomes the organisation's.

    Refuse "setup_link_invalid" for a token that is unknown, used, withdrawn or too old, without saying
    which; "email_taken" for an address that is somebody's already (the link stays good). Of two who come
    at once with one link, the second is refused: the closing is one conditional update.
    """
    link = (
        SetupLink.objects.across_organisations("the token says for which organisation")
        .filter(token_digest=digest_of(token), closed_at=None, expires_at__gt=now)
        .first()
    )
    if link is None:
        return Refused("setup_link_invalid")
    if person_with_email(person.email) is not None:
        return Refused("email_taken")
    if _open_links(link.organisation_id).filter(pk=link.pk).update(closed_at=now) != 1:
        return Refused("setup_link_invalid")
    _open_links(link.organisation_id).update(closed_at=now)
    made = create_person(
        now=now,
        actor=actor,
        email=person.email,
        name=person.name,
        language=person.language,
        password=person.password,
    )
    add_member(
        now=now,
        actor=actor,
        organisation_id=link.organisation_id,
        person_id=made.pk,
        role=Role.MANAGER,
    )
    if organisation_name:
        name_organisation(now=now, actor=actor, organisation_id=link.organisation_id, name=organisation_name)
    record(
        SetupLinkRedeemed(pseudonym=made.pseudonym),
        subject=link.public_id,
        organisation_id=link.organisation_id,
    )
    return made


def _open_links(organisation_id: int) -> TenantQuerySet:
    return SetupLink.objects.of(organisation_id).filter(closed_at=None)
