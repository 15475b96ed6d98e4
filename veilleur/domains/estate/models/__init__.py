"""Tables of the estate: the map, and what each machine was seen to have."""

from veilleur.domains.estate.models.activities import ActivityBusyPeriod, BusinessActivity
from veilleur.domains.estate.models.agents import AgentDevice, AgentDocument, AgentKey, AgentReport
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
from veilleur.domains.estate.models.sheets import SheetImport
from veilleur.domains.estate.models.told import (
    Antivirus,
    Disk,
    Interface,
    LocalGroup,
    LocalUser,
    RemoteTool,
    VirtualMachine,
)

__all__ = [
    "ActivityBusyPeriod",
    "Address",
    "AgentDevice",
    "AgentDocument",
    "AgentKey",
    "AgentReport",
    "Alternative",
    "Antivirus",
    "Asset",
    "AssetIdentity",
    "BusinessActivity",
    "DataSet",
    "Dated",
    "Dependency",
    "Disk",
    "FoundDatabase",
    "InstalledPackage",
    "Interface",
    "Listener",
    "LocalGroup",
    "LocalUser",
    "Node",
    "PartReading",
    "Redundancy",
    "RemoteTool",
    "SeenOnAsset",
    "Service",
    "SheetImport",
    "Site",
    "VirtualMachine",
    "Volume",
]
