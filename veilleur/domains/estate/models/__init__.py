"""Tables of the estate: the map, and what each machine was seen to have."""

from veilleur.domains.estate.models.activities import ActivityBusyPeriod, BusinessActivity
from veilleur.domains.estate.models.inventory import (
    Address,
    FoundDatabase,
    InstalledPackage,
    Listener,
    PartReading,
    SeenOnAsset,
    Volume,
)
from veilleur.domains.estate.models.map import (
    Asset,
    AssetIdentity,
    DataSet,
    Dated,
    Dependency,
    Node,
    Service,
    Site,
)
from veilleur.domains.estate.models.redundancy import Alternative, Redundancy

__all__ = [
    "ActivityBusyPeriod",
    "Address",
    "Alternative",
    "Asset",
    "AssetIdentity",
    "BusinessActivity",
    "DataSet",
    "Dated",
    "Dependency",
    "FoundDatabase",
    "InstalledPackage",
    "Listener",
    "Node",
    "PartReading",
    "Redundancy",
    "SeenOnAsset",
    "Service",
    "Site",
    "Volume",
]
