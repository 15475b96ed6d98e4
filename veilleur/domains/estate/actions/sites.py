"""Writes of sites: the places of the company, and what stands where."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.facts import NodePlaced, SiteOpened
from veilleur.domains.estate.models import Node, Site
from veilleur.domains.journal.actions import record, recorded
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def open_site(*, now: datetime, actor: Actor, organisation_id: int, name: str) -> Site | Refused:
    """Add a place; the same name twice is one place. Refused with `name_missing`."""
    if not name.strip():
        return Refused("name_missing")
    site = Site.objects.of(organisation_id).filter(name=name).first()
    if site is None:
        site = Site(
            organisation_id=organisation_id, public_id=new_id(now), name=name, since=now, recorded_at=now
        )
        site.save()
        record(SiteOpened(name=name), subject=site.public_id, organisation_id=organisation_id)
    opened: Site = site
    return opened


@recorded
def place_at_site(
    *, now: datetime, actor: Actor, organisation_id: int, node: UUID, site: UUID
) -> Node | Refused:
    """Say at which site a node stands. Refused with `no_such_node` or `no_such_site`."""
    place = Site.objects.of(organisation_id).filter(public_id=site).first()
    if place is None:
        return Refused("no_such_site")
    row: Node | None = Node.objects.of(organisation_id).filter(public_id=node, until=None).first()
    if row is None:
        return Refused("no_such_node")
    if row.site_id != place.pk:
        row.site = place
        row.save(update_fields=["site"])
        record(NodePlaced(site=site), subject=node, organisation_id=organisation_id)
    return row
