"""What a person says of a component: one that no agent tells of, or what no machine knows of itself."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from veilleur.domains.estate.rules.map import AssetKind, LifeState


class Hosting(StrEnum):
    """Where a component is, and who runs the place; "" where nobody has said."""

    OWN_SITE = "own_site"
    PROVIDER = "provider"
    CLOUD = "cloud"


# What a machine that is read tells better than anybody; a person says it of others only.
TOLD_BY_MACHINE = frozenset({"kind", "host_name", "os_name", "manufacturer", "model", "serial"})


@dataclass(frozen=True)
class ComponentDraft:
    """A component as a person describes it; "" and None for what nobody has said.

    `site` and `referent` are public ids. `purpose` is its function in the company; `logs_kept` which traces
    allow an audit: where, how long, who reads them. Under warranty until and with `warranty_until`.
    """

    name: str
    kind: AssetKind = AssetKind.UNKNOWN
    life_state: LifeState = LifeState.IN_SERVICE
    environment: str = ""
    hosting: str = ""
    site: UUID | None = None
    referent: UUID | None = None
    purpose: str = ""
    host_name: str = ""
    os_name: str = ""
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    bought_on: date | None = None
    warranty_until: date | None = None
    logs_kept: str = ""
