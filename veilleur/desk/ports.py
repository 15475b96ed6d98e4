"""What the desk asks of the jobs of backups, in its own words; bound by `config/wiring.py`."""

from pathlib import Path
from typing import Protocol
from uuid import UUID

from veilleur.domains.backups.rules.sources import NamedServer, ServerTried
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.shared.binding import Slot
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


class PlaceMaker(Protocol):
    """Makes a backup place: looks at the folder, makes password and repository, keeps it."""

    def __call__(
        self,
        *,
        actor: Actor,
        organisation_id: int,
        folder: Path,
        asset: UUID | None,
        name: str,
        may_make_folder: bool,
    ) -> Refused | None:
        """Return None once the place is kept, or why not. Takes seconds.

        Refused with a reason code of backups (`folder_absent` where a folder would have to be made and may
        not), or `demonstration`: a show touches no real folder.
        """
        ...


class SourceLooker(Protocol):
    """Looks at a path that a person typed, before a plan is made of it."""

    def __call__(self, *, organisation_id: int, path: Path, place: Path) -> SourceKind | Refused:
        """Return how data at the path is best read into a place's folder, or why it cannot be.

        Refused with a reason code of backups, or `demonstration`.
        """
        ...


class ServerNamer(Protocol):
    """Tries a database server that a person named, and keeps what of it can be read."""

    def __call__(self, *, actor: Actor, organisation_id: int, server: NamedServer) -> ServerTried | Refused:
        """Return what can be read and what there was no time for, or why nothing can. Up to half a minute.

        Refused with a reason code of backups (detail: the server's own words), or `demonstration`.
        """
        ...


SOURCE_LOOKER: Slot[SourceLooker] = Slot("desk.source_looker")
SERVER_NAMER: Slot[ServerNamer] = Slot("desk.server_namer")
PLACE_MAKER: Slot[PlaceMaker] = Slot("desk.place_maker")
