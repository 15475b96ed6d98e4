"""Makes organisations and persons."""

import secrets
from datetime import datetime

from allauth.mfa.models import Authenticator

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.passwords import HashedPassword
from veilleur.domains.organisations.facts import OrganisationCreated, OrganisationNamed, PersonCreated
from veilleur.domains.organisations.models import Organisation, Person
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import Actor


@recorded
def create_organisation(
    *,
    now: datetime,
    actor: Actor,
    name: str,
    language: str = "fr",
    time_zone: str = "Europe/Paris",
    is_demo: bool = False,
) -> Organisation:
    """Create an organisation without members. `time_zone` is an IANA name, `language` fr or en."""
    organisation = Organisation.objects.create(
        public_id=new_id(now),
        name=name,
        language=language,
        time_zone=time_zone,
        is_demo=is_demo,
        created_at=now,
    )
    fact = OrganisationCreated(name=name, language=language, time_zone=time_zone, is_demo=is_demo)
    record(fact, subject=organisation.public_id, organisation_id=organisation.pk)
    return organisation


@recorded
def name_organisation(*, now: datetime, actor: Actor, organisation_id: int, name: str) -> None:
    """Give an organisation another name; nothing for the one it has."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    before = organisation.name
    if name == before:
        return
    organisation.name = name
    organisation.save(update_fields=["name"])
    fact = OrganisationNamed(name=name, name_before=before)
    record(fact, subject=organisation.public_id, organisation_id=organisation_id)


@recorded
def create_person(
    *,
    now: datetime,
    actor: Actor,
    email: str,
    name: str,
    language: str = "fr",
    password: HashedPassword | None = None,
) -> Person:
    """Create a person who belongs nowhere yet; without `password` the person cannot sign in.

    Raise IntegrityError when the address, whatever its case, is somebody's already. The fact goes to the
    installation's chain and holds neither name nor address.
    """
    person = Person(
        public_id=new_id(now),
        pseudonym=f"p-{secrets.token_hex(8)}",
        email=Person.objects.normalize_email(email),
        name=name,
        language=language,
    )
    if password is None:
        person.set_unusable_password()
    else:
        person.password = password.encoded
    person.save(force_insert=True)
    fact = PersonCreated(pseudonym=person.pseudonym, may_sign_in=password is not None)
    record(fact, subject=person.public_id, organisation_id=None)
    return person


def is_address_in_use(email: str) -> bool:
    """Return whether somebody signs in with that address; a closed account lets go of it by this call."""
    former = Person.objects.select_for_update().filter(email=email).first()
    if former is None or former.is_active:
        return former is not None
    former.email = f"{former.pseudonym}@closed.invalid"
    former.save(update_fields=["email"])
    Authenticator.objects.filter(user_id=former.pk).delete()
    return False
