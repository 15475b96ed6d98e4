"""Reads of mandates: by whom an organisation is served, and whom it serves."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from veilleur.domains.organisations.labels import ROLES, SCOPES
from veilleur.domains.organisations.models import Mandate, Membership, Organisation
from veilleur.domains.organisations.rules.mandates import role_by_mandate
from veilleur.domains.organisations.rules.tokens import digest_of
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer

_LINK = "the token says for which organisation"
_HELD = "a provider holds mandates of its customers"


@dataclass(frozen=True)
class MandateRow:
    """What pages show of a mandate. `until` excluded; `since` is None while it is only offered.

    `customer` and `provider` are names; `customer_id` is the customer's public id.
    """

    id: UUID
    customer: str
    customer_id: UUID
    provider: str
    strongest_role: str
    scopes: tuple[str, ...]
    offered_at: datetime
    expires_at: datetime
    since: datetime | None
    until: datetime | None

    @property
    def role_word(self) -> str:
        """Return the strongest role in the language of the page."""
        return str(ROLES[self.strongest_role])

    @property
    def scope_words(self) -> list[str]:
        """Return what the mandate covers, in the language of the page."""
        return [str(SCOPES[scope]) for scope in self.scopes]


@dataclass(frozen=True)
class ServingPerson:
    """Somebody of a provider who may work here, and as what."""

    name: str
    role: str
    provider: str

    @property
    def role_word(self) -> str:
        """Return the role in the language of the page."""
        return str(ROLES[self.role])


def running_at(mandates: TenantQuerySet, now: datetime) -> TenantQuerySet:
    """Return those of the mandates that count at `now`: taken up, not ended, not over."""
    return mandates.filter(Q(until=None) | Q(until__gt=now), closed_at=None, since__lte=now)


def mandates_held_by(provider_ids: set[int], now: datetime) -> TenantQuerySet:
    """Return the mandates that organisations hold at `now`, for the middleware. One query, once read."""
    return running_at(Mandate.objects.across_organisations(_HELD).filter(provider_id__in=provider_ids), now)


def visible_mandates(viewer: Viewer, now: datetime) -> list[MandateRow]:
    """Return the mandates that the viewer's organisation gives or offers at `now`, the newest first."""
    rows = Mandate.objects.visible_to(viewer)
    rows = running_at(rows, now) | rows.filter(since=None, closed_at=None, expires_at__gt=now)
    return [_row(mandate) for mandate in _named(rows).order_by("-offered_at", "-pk")]


def visible_mandate(viewer: Viewer, public_id: UUID, now: datetime) -> MandateRow | None:
    """Return one mandate that the viewer's organisation gives at `now`."""
    mandate = _named(running_at(Mandate.objects.visible_to(viewer), now)).filter(public_id=public_id).first()
    return None if mandate is None else _row(mandate)


def visible_customers(viewer: Viewer, now: datetime) -> list[MandateRow]:
    """Return the mandates that the viewer's organisation holds at `now`, by the customer's name."""
    if not viewer.may_see(viewer.organisation_id):
        return []
    rows = mandates_held_by({viewer.organisation_id}, now)
    return [_row(mandate) for mandate in _named(rows).order_by("organisation__name", "pk")]


def serves_anybody(viewer: Viewer, now: datetime) -> bool:
    """Return whether the viewer's organisation holds a mandate at `now`."""
    return mandates_held_by({viewer.organisation_id}, now).exists()


def visible_serving_people(viewer: Viewer, now: datetime) -> list[ServingPerson]:
    """Return who may work here by a mandate at `now`: by provider, then by name. Two queries."""
    strongest = {
        mandate.provider_id: mandate.strongest_role
        for mandate in running_at(Mandate.objects.visible_to(viewer), now)
    }
    rows = Membership.objects.across_organisations("whom a mandate lets in belongs to the provider")
    rows = rows.filter(Q(until=None) | Q(until__gt=now), since__lte=now, organisation_id__in=strongest)
    rows = rows.filter(person__is_active=True).select_related("person", "organisation")
    people = [
        (member, role_by_mandate(member.role, strongest[member.organisation_id]))
        for member in rows.order_by("organisation__name", "person__name", "pk")
    ]
    return [
        ServingPerson(name=member.person.name, role=role, provider=member.organisation.name)
        for member, role in people
        if role is not None
    ]


def ever_serving(viewer: Viewer) -> TenantQuerySet:
    """Return the memberships, with persons, of all providers that ever served the viewer's organisation."""
    served = Mandate.objects.visible_to(viewer).filter(provider__isnull=False).values("provider_id")
    rows = Membership.objects.across_organisations("whom a mandate lets in belongs to the provider")
    return rows.filter(organisation_id__in=served).select_related("person")


def open_offer(token: str, now: datetime) -> Mandate | None:
    """Return the mandate that a link offers, with the customer; None for any link that does not work."""
    rows = Mandate.objects.across_organisations(_LINK).select_related("organisation")
    mandate: Mandate | None = rows.filter(
        Q(until=None) | Q(until__gt=now),
        token_digest=digest_of(token),
        since=None,
        closed_at=None,
        expires_at__gt=now,
    ).first()
    return mandate


def offer_row(mandate: Mandate) -> MandateRow:
    """Return what the page of a link shows of its offer."""
    return _row(mandate)


def _named(mandates: TenantQuerySet) -> TenantQuerySet:
    return mandates.select_related("organisation", "provider")


def _row(mandate: Mandate) -> MandateRow:
    provider: Organisation | None = mandate.provider
    return MandateRow(
        id=mandate.public_id,
        customer=mandate.organisation.name,
        customer_id=mandate.organisation.public_id,
        provider=provider.name if provider is not None else mandate.offered_to,
        strongest_role=mandate.strongest_role,
        scopes=tuple(mandate.scopes),
        offered_at=mandate.offered_at,
        expires_at=mandate.expires_at,
        since=mandate.since,
        until=mandate.until,
    )
