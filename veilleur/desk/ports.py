"""What the desk asks of the jobs of backups, in its own words; bound by `config/wiring.py`."""

from pathlib import Path
from typing import Protocol
from uuid import UUID

from veilleur.shared.binding import Slot
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


class PlaceMaker(Protocol):
    """Makes a backup place: looks at the folder, makes password and repository, keeps it."""

    def __call__(
        self, *, actor: Actor, organisation_id: int, folder: Path, asset: UUID | None, name: str
    ) -> Refused | None:
        """Return None once the place is kept, or why not. Takes seconds.

        Refused with a reason code of backups, or `demonstration`: a show touches no real folder.
        """
        ...


PLACE_MAKER: Slot[PlaceMaker] = Slot("desk.place_maker")
