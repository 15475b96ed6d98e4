"""What a sign-in at an identity provider does: somebody comes in, joins, waits, leaves, or is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.memberships import (
    add_member,
    end_member,
    hold_members,
    set_role,
)
from veilleur.domains.organisations.actions.passwords import HashedPassword
from veilleur.domains.organisations.actions.people import create_person, is_address_in_use
from veilleur.domains.organisations.facts.providers import ProviderAccountWaits
from veilleur.domains.organisations.models import IdentityProvider, Membership, Person, ProviderAccount
from veilleur.domains.organisations.queries import person_with_email
from veilleur.domains.organisations.queries.directories import whole_holders
from veilleur.domains.organisations.queries.providers import ProviderRow, provider_settings_of
from veilleur.domains.organisations.rules.directory import Holder, Standing
from veilleur.domains.organisations.rules.providers import Decision, Identity, Known, Outcome, decide
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

# So many may wait to be let in by one provider: more is somebody's game.
MOST_WAITING = 200


@dataclass(frozen=True)
class _Arrival:
    """Somebody at the door, and what is to be done about them."""

    row: IdentityProvider
    account: ProviderAccount | None
    identity: Identity
    decision: Decision
    password: HashedPassword
    now: datetime


@recorded
def arrive_by_provider(
    *, now: datetime, actor: Actor, provider: ProviderRow, identity: Identity, password: HashedPassword
) -> Person | Refused:
    """Return the person who comes in, with the role that the provider gives at this very moment.

    Nobody is known by anything but the provider's subject. Refuse "provider_changed" where the provider was
    changed or removed since the sign-in began, and the reasons of `rules.providers.decide`; whoever has no
    role left there leaves here. `password` is that of nobody. Raise IntegrityError where the address becomes
    somebody's at this very instant.
    """
    hold_members(provider.organisation_id)
    rows = IdentityProvider.objects.of(provider.organisation_id).select_for_update()
    row = rows.filter(public_id=provider.id, generation=provider.generation, removed_at=None).first()
    if row is None:
        return Refused("provider_changed")
    accounts = ProviderAccount.objects.of(row.organisation_id).select_related("person")
    account = accounts.filter(provider=row, subject=identity.subject).first()
    settings = provider_settings_of(row)
    holder = _holder(row, account, identity)
    decision = decide(identity, _known(row, account), settings.roles, holder, settings.lets_in)
    return _DOING[decision.outcome](_Arrival(row, account, identity, decision, password, now))


def _known(row: IdentityProvider, account: ProviderAccount | None) -> Known | None:
    if account is None:
        return None
    standing = Standing.GONE if account.gone_at is not None else Standing.LIVE
    return Known(
        standing=Standing.KEPT_OUT if account.is_kept_out else standing,
        has_person=account.person is not None,
        is_open=account.person is not None and account.person.is_active,
        is_admitted=account.is_admitted,
    )


def _holder(row: IdentityProvider, account: ProviderAccount | None, identity: Identity) -> Holder | None:
    """Return whose the address is; None for nobody's, or this account's own."""
    if not identity.email:
        return None
    known = person_with_email(identity.email)
    if known is not None and account is not None and known.pk == account.person_id:
        return None
    return whole_holders(row.organisation_id, [identity.email]).get(identity.email)


def _enter(it: _Arrival) -> Person | Refused:
    member = _member(it)
    if member is None or not member.person.is_active:
        # Left here by another way than the provider's: only somebody here brings them back.
        return Refused("kept_out")
    role, side = it.decision.role, it.decision.side
    if (member.role, member.side) != (role, side):
        set_role(member, role, side, it.now)
    person, email = member.person, it.identity.email
    holder = person_with_email(email) if email else person
    if email and (holder is None or holder.pk == person.pk):
        person.email = email
    person.name = it.identity.name
    person.save(update_fields=["email", "name"])
    return person


def _join(it: _Arrival) -> Person | Refused:
    account, email = it.account, it.identity.email
    holder = person_with_email(email)
    is_own = account is not None and holder is not None and holder.pk == account.person_id
    if not is_own and is_address_in_use(email):
        return Refused("address_taken")
    account = account or _new_account(it)
    if account.person is None:
        account.person = create_person(
            now=it.now,
            actor=SYSTEM,
            email=email,
            name=it.identity.name,
            language=it.row.organisation.language,
            password=it.password,
        )
    else:
        _open_again(account.person, it.identity, it.password)
    account.since, account.gone_at, account.is_admitted = it.now, None, False
    account.name = account.email = ""
    account.save()
    add_member(
        now=it.now,
        actor=SYSTEM,
        organisation_id=it.row.organisation_id,
        person_id=account.person.pk,
        role=it.decision.role,
        side=it.decision.side,
    )
    return Person.objects.get(pk=account.person.pk)


def _open_again(person: Person, identity: Identity, password: HashedPassword) -> None:
    """Give somebody their account back, without a second factor of before: the provider says by its own
    subject, which is never given again, that it is they.
    """
    Authenticator.objects.filter(user_id=person.pk).delete()
    person.name, person.email, person.password = identity.name, identity.email, password.encoded
    person.session_generation += 1
    person.save(update_fields=["name", "email", "password", "session_generation"])


def _wait(it: _Arrival) -> Refused:
    account = it.account
    if account is None:
        waiting = ProviderAccount.objects.of(it.row.organisation_id).filter(provider=it.row, person=None)
        if waiting.count() >= MOST_WAITING:
            return Refused("too_many_wait")
        account = _new_account(it)
        record(ProviderAccountWaits(), subject=account.public_id, organisation_id=it.row.organisation_id)
    account.name, account.email = it.identity.name, it.identity.email
    account.save()
    return Refused(it.decision.reason)


def _leave(it: _Arrival) -> Refused:
    member = _member(it)
    if member is not None:
        end_member(member, it.now)
    return Refused(it.decision.reason)


def _refuse(it: _Arrival) -> Refused:
    account = it.account
    if account is not None and account.person is not None and account.gone_at is None:
        # Nothing vouches any more for what is open elsewhere.
        account.person.session_generation += 1
        account.person.save(update_fields=["session_generation"])
    return Refused(it.decision.reason)


def _new_account(it: _Arrival) -> ProviderAccount:
    account = ProviderAccount(organisation_id=it.row.organisation_id, public_id=new_id(it.now))
    account.provider, account.subject, account.asked_at = it.row, it.identity.subject, it.now
    return account


def _member(it: _Arrival) -> Membership | None:
    """Return the membership that runs of whom the provider brought."""
    if it.account is None or it.account.person is None:
        return None
    members = Membership.objects.of(it.row.organisation_id).select_related("person")
    member: Membership | None = members.filter(person_id=it.account.person.pk, until=None).first()
    return member


_DOING: dict[Outcome, Callable[[_Arrival], Person | Refused]] = {
    Outcome.ENTER: _enter,
    Outcome.JOIN: _join,
    Outcome.WAIT: _wait,
    Outcome.LEAVE: _leave,
    Outcome.REFUSE: _refuse,
}
