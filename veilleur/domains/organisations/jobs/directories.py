"""Directories are read, in the background. Only here their accounts' passwords are opened."""

from uuid import UUID

from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.actions.directories import purpose_of
from veilleur.domains.organisations.ports import DIRECTORY, SECRET_KEEPER, DirectoryAccess, DirectoryServers
from veilleur.domains.organisations.queries import organisation_of
from veilleur.domains.organisations.queries.directories import DirectoryRow, whole_directory
from veilleur.domains.organisations.rules.errors import DirectoryFault, SecretsAway
from veilleur.shared.sqlite_turn.chunks import work_in_chunks
from veilleur.shared.viewer import SYSTEM


def read_directories(_ticket: JobTicket, clock: Clock) -> None:
    """Have every directory read by a job of its own: one that is slow holds up no other."""
    actions.ask_all_readings(now=clock(), actor=SYSTEM)


def read_directory(ticket: JobTicket, clock: Clock) -> None:
    """Read the directory that the payload names and do what follows. Run twice, it does nothing more."""
    organisation = organisation_of(UUID(str(ticket.payload["organisation"])))
    if organisation is None or organisation.is_demo:
        return
    directory = whole_directory(organisation.pk, UUID(str(ticket.payload["directory"])))
    if directory is None:
        return
    if directory.is_removed:
        _clear(organisation.pk, directory, clock)
        return
    began = clock()
    try:
        access = _access(organisation.public_id, directory)
        reading = DIRECTORY.get().read(access, [group.dn for group in directory.settings.groups], began)
    except SecretsAway as error:
        _note(organisation.pk, directory, DirectoryFault("secrets_away", str(error)), clock)
    except DirectoryFault as fault:
        _note(organisation.pk, directory, fault, clock)
    else:
        steps = actions.weigh_reading(
            now=clock(),
            actor=SYSTEM,
            organisation_id=organisation.pk,
            directory=directory,
            reading=reading,
        )
        password = actions.password_of_nobody()
        work_in_chunks(
            steps,
            lambda chunk: actions.do_steps(
                now=clock(),
                actor=SYSTEM,
                organisation_id=organisation.pk,
                directory=directory,
                steps=chunk,
                password=password,
            ),
        )


def _access(organisation: UUID, directory: DirectoryRow) -> DirectoryAccess:
    sealed = directory.password_sealed
    password = SECRET_KEEPER.get().open(purpose_of(directory.id), sealed, organisation)
    settings = directory.settings
    return DirectoryAccess(
        servers=DirectoryServers(settings.servers, settings.authority),
        kind=settings.kind,
        base_dn=settings.base_dn,
        user_filter=settings.user_filter,
        account=settings.account,
        password=password,
    )


def _note(organisation_id: int, directory: DirectoryRow, fault: DirectoryFault, clock: Clock) -> None:
    actions.note_directory_fault(
        now=clock(), actor=SYSTEM, organisation_id=organisation_id, directory=directory, fault=fault
    )


def _clear(organisation_id: int, directory: DirectoryRow, clock: Clock) -> None:
    is_done = False
    while not is_done:
        is_done = actions.clear_removed_directory(
            now=clock(), actor=SYSTEM, organisation_id=organisation_id, directory=directory.id
        )
