"""Reads for machines that are read from afar: who holds their signs, what is known at an address."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from veilleur.domains.estate.models import Address, Asset, AssetIdentity
from veilleur.domains.estate.queries.map import present
from veilleur.domains.estate.rules.identity import Recognition, Scheme
from veilleur.domains.estate.rules.machine import Identity
from veilleur.domains.estate.rules.taking import lasting, taken_as


def whole_taken_as(organisation_id: int, told: tuple[Identity, ...], name: str) -> Recognition:
    """Return which machine tells these signs. Three queries."""
    wanted = Q(pk__in=())
    for each in lasting(told):
        wanted |= Q(scheme=each.scheme, value=each.value)
    signs = AssetIdentity.objects.of(organisation_id).filter(present("asset__"))
    rows = signs.filter(wanted).values_list("asset__public_id", "scheme", "value")
    holders = {Identity(scheme, value): asset for asset, scheme, value in rows}
    held: dict[UUID, list[Identity]] = {}
    all_signs = signs.filter(asset__public_id__in=set(holders.values()))
    for asset, scheme, value in all_signs.values_list("asset__public_id", "scheme", "value"):
        held.setdefault(asset, []).append(Identity(scheme, value))
    return taken_as(told, holders, held, [row.id for row in whole_machines_called(organisation_id, name)])


@dataclass(frozen=True)
class Called:
    """A component, and how it is called."""

    id: UUID
    name: str


def whole_machines_called(organisation_id: int, name: str) -> list[Called]:
    """Return the present components of this name, host name or public id, by name."""
    if not name:
        return []
    so = Q(name__iexact=name) | Q(host_name__iexact=name)
    with suppress(ValueError):
        so |= Q(public_id=UUID(name))
    rows = Asset.objects.of(organisation_id).filter(present()).filter(so).order_by("name", "pk")
    return [Called(*row) for row in rows.values_list("public_id", "name")]


def whole_names_at(organisation_id: int, addresses: Collection[str], macs: Collection[str]) -> dict[str, str]:
    """Return the names of present components by the addresses and cards that they told. Two queries."""
    at = Address.objects.of(organisation_id).filter(present(), present("asset__"), address__in=addresses)
    by = AssetIdentity.objects.of(organisation_id).filter(
        present("asset__"), scheme=Scheme.MAC, value__in=macs
    )
    return {
        **dict(at.values_list("address", "asset__name")),
        **dict(by.values_list("value", "asset__name")),
    }
