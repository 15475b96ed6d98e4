"""Keeps beside each copy of Veilleur's own data who was erased, and has it done again after a restore."""

from pathlib import Path

from veilleur.domains.backups.ports import DATA_DIR, ENGINE, KEY_KEEPER, PLACES, RepositoryAccess
from veilleur.domains.backups.queries.erasures import whole_own_data_places
from veilleur.domains.backups.queries.work import PlaceRow
from veilleur.domains.backups.rules.erasures import DoneErasure, read_list, written_list
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.domains.organisations.actions import order_again
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.domains.organisations.queries.erasures import whole_done_erasures
from veilleur.shared.viewer import SYSTEM

# What vouches for the list that a restore laid into the data folder: whoever writes there can do anything.
OWN_FOLDER = "own folder"


def keep_erasures(_ticket: JobTicket, clock: Clock) -> None:
    """Job: have done again what a restore brought, then write the list beside every copy of Veilleur's data.

    A place that is away gets its list when it is back: that it is away, its runs tell.
    """
    order_waiting(clock)
    done = [DoneErasure(*row) for row in whole_done_erasures()]
    places = [
        place
        for organisation in whole_organisations(with_demo=False)
        for place in whole_own_data_places(organisation.pk)
    ]
    there = [place for place in places if ENGINE.get().is_there(Path(place.folder))]
    failures = [failure for place in there if (failure := _try_to_keep(place, done))]
    if failures:
        raise failures[0]


def order_waiting(clock: Clock) -> None:
    """Order anew the erasures that a restore laid into the data folder; each is a job of its own then."""
    folder = DATA_DIR.get()
    written = PLACES.get().read_erasures(folder)
    if written is None:
        return
    waiting = read_list(written, OWN_FOLDER) or ()
    known = {organisation.public_id for organisation in whole_organisations()}
    if waiting and not any(one.organisation in known for one in waiting):
        # A server's dump that nobody has loaded so far.
        return
    for one in waiting:
        order_again(now=clock(), actor=SYSTEM, organisation=one.organisation, person=one.person)
    PLACES.get().forget_erasures(folder)


def erasures_beside(access: RepositoryAccess) -> tuple[DoneErasure, ...] | None:
    """Return the list beside a repository; none where there is none; None for one that was changed."""
    written = PLACES.get().read_erasures(access.folder)
    return () if written is None else read_list(written, access.password)


def lay_out(erasures: tuple[DoneErasure, ...], into: Path) -> None:
    """Lay the list of a place into a restored data folder: Veilleur does it again when it starts."""
    if erasures:
        PLACES.get().write_erasures(into, written_list(erasures, OWN_FOLDER))


def _try_to_keep(place: PlaceRow, done: list[DoneErasure]) -> EngineError | None:
    try:
        _keep(place, done)
    except EngineError as error:
        return error
    return None


def _keep(place: PlaceRow, done: list[DoneErasure]) -> None:
    """Add to the list of a place. It never gets shorter: a restored database may know less than the list."""
    folder = Path(place.folder)
    before = PLACES.get().read_erasures(folder)
    if before is None and not done:
        return
    password = KEY_KEEPER.get().repository_password(place.id)
    known = () if before is None else read_list(before, password) or ()
    fresh = written_list({*known, *done}, password)
    if fresh != before:
        PLACES.get().write_erasures(folder, fresh)
