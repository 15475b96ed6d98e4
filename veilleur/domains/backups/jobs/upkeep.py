"""What keeps backups going: what is due and how often, envelopes beside repositories, places."""

from pathlib import Path
from uuid import UUID, uuid5

from django.utils import translation
from django.utils.translation import gettext as _

from veilleur.domains.backups.actions import (
    add_repository,
    ask_run,
    ask_sealing,
    ask_test,
    follow_promises,
    note_envelope,
)
from veilleur.domains.backups.jobs.work import (
    CLAIM_WAIT_S,
    Owner,
    Work,
    claimed,
    owner_of,
    require_repository,
)
from veilleur.domains.backups.models import Repository
from veilleur.domains.backups.ports import (
    DATA_DIR,
    ENGINE,
    KEY_KEEPER,
    PLACES,
    WORKSHOP,
    PlaceFacts,
    RepositoryAccess,
)
from veilleur.domains.backups.queries import (
    due_runs,
    due_tests,
    lookouts,
    recovery_key_state,
    unended_plans,
    whole_repositories,
)
from veilleur.domains.backups.queries.work import PlaceRow, place_row
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.plans import NewRepository
from veilleur.domains.backups.rules.states import Medium
from veilleur.domains.estate.queries import machine_here
from veilleur.domains.journal.rules.work import Clock, JobTicket, ReadEntry
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

# What is claimed while a place is made; no repository has this identity.
_MAKING_A_PLACE = UUID(int=0)


def keep_schedule(_ticket: JobTicket, clock: Clock) -> None:
    """Put every run and restore test that is due into the job table; one that waits or runs is not doubled.

    A demonstration's plans never act on the world.
    """
    for organisation in whole_organisations(with_demo=False):
        for plan in due_runs(organisation.pk, clock()):
            ask_run(now=clock(), actor=SYSTEM, organisation_id=organisation.pk, plan=plan)
        for plan in due_tests(organisation.pk, clock()):
            ask_test(now=clock(), actor=SYSTEM, organisation_id=organisation.pk, plan=plan)


def promises_changed(entry: ReadEntry, clock: Clock) -> None:
    """Give the organisation's plans their new rhythm as soon as a service's promise, or what it needs, is
    another; what is due by it runs within a minute (`keep_schedule`).
    """
    if entry.organisation_id is not None:
        follow_promises(now=clock(), actor=SYSTEM, organisation_id=entry.organisation_id)


def look_at_places(_ticket: JobTicket, clock: Clock) -> None:
    """Have a plan run at once where a repository has gone, or is back: the run tells, and keeps, which.

    And end what was killed, so that nothing is said to run that does not.
    """
    for organisation in whole_organisations(with_demo=False):
        for plan in unended_plans(organisation.pk):
            _tidy_up(Work(plan, clock))
        for one in lookouts(organisation.pk, clock()):
            if ENGINE.get().is_there(Path(one.folder)) == one.is_gone:
                ask_run(now=clock(), actor=SYSTEM, organisation_id=organisation.pk, plan=one.plan)


def _tidy_up(work: Work) -> None:
    """End what was killed, whatever became of its plan since, and wipe what it left in clear."""
    try:
        with claimed(work, wait_s=0):
            return
    except EngineError as error:
        # It was not killed: it still runs.
        if error.reason != "busy":
            raise


def seal_envelopes(ticket: JobTicket, clock: Clock) -> None:
    """Write the envelope beside every place of the organisation named in the payload ("organisation")."""
    owner = owner_of(UUID(str(ticket.payload["organisation"])))
    if owner is None:
        return
    for place in whole_repositories(owner.key):
        seal_place(clock, owner, place)


def seal_place(clock: Clock, owner: Owner, place: PlaceRow) -> None:
    """Write envelope, card and read-me beside a repository, and keep whether that worked: never where it is
    not, such as on the bare mount point of a share, nor where the kept password does not open it. The
    envelope beside it may then be the last way in.
    """
    is_sealed, failure = recovery_key_state(owner.key).issued_at is not None, ""
    try:
        require_repository(place)
        ENGINE.get().snapshots(_kept_access(place))
        envelopes = KEY_KEEPER.get().envelopes(owner.id) if is_sealed else ()
        PLACES.get().write_beside(Path(place.folder), envelopes, _card(owner, place), _read_me(owner))
    except EngineError as error:
        failure = error.reason
    note_envelope(
        now=clock(),
        actor=SYSTEM,
        organisation_id=owner.key,
        repository=place.id,
        is_sealed=is_sealed,
        failure=failure,
    )


def _kept_access(place: PlaceRow) -> RepositoryAccess:
    """Return how a place's repository is opened with the password that is kept, and not a new one."""
    return RepositoryAccess(place.id, Path(place.folder), KEY_KEEPER.get().repository_password(place.id))


def _card(owner: Owner, place: PlaceRow) -> dict[str, str]:
    return {
        "format": "1",
        "engine": "restic",
        "repository": str(place.id),
        "organisation": str(owner.id),
    }


def _read_me(owner: Owner) -> str:
    """Return what somebody has to know who finds this folder and nothing else."""
    with translation.override(owner.language):
        return _(
            "This folder holds backups made by Veilleur for {organisation}.\n\n"
            "repository/               encrypted restic repository\n"
            "veilleur-passwords.sealed its password, sealed; the recovery key (12 printed words) opens it\n"
            "veilleur-place.json       which repository this is\n"
            "*.older-1.sealed          while a new key is not yet tried: the same, for the paper before\n\n"
            "To bring Veilleur itself back on a bare machine (Debian 12 or 13, as root):\n"
            "    apt-get install -y git make python3 python3-venv restic\n"
            "    git clone ADDRESS_OF_VEILLEUR /opt/veilleur    or unpack a copy of its source there\n"
            "    make -C /opt/veilleur setup\n"
            "    cd /opt/veilleur\n"
            "    .venv/bin/veilleur self-restore THIS_FOLDER --into /var/lib/veilleur\n"
            "    VEILLEUR_DATA_DIR=/var/lib/veilleur .venv/bin/veilleur up\n"
            "It asks for the 12 words. Keep this folder and the words apart.\n\n"
            "To open any copy in here with restic alone (in /opt/veilleur; the 12 words are asked for):\n"
            '    export RESTIC_PASSWORD="$(.venv/bin/veilleur repository-password THIS_FOLDER)"\n'
            "    restic -r THIS_FOLDER/repository snapshots\n"
            "    restic -r THIS_FOLDER/repository restore SNAPSHOT --target NEW_FOLDER\n"
        ).format(organisation=owner.name)


def would_make_folder(owner: Owner, folder: Path) -> bool:
    """Return whether a place there would be a folder that is not there yet; nothing is looked at for others
    than those whose machine runs this.
    """
    return machine_here(owner.key) is not None and PLACES.get().would_make(folder)


def make_place(
    clock: Clock, actor: Actor, owner: Owner, folder: Path, *, asset: UUID | None, name: str
) -> Repository | Refused:
    """Make a backup place: look at the folder, make password and repository, keep it.

    `asset` is the machine that runs this; a network share is kept as held elsewhere. Refused with the reasons
    of Places.look or of the engine; with `place_missing` or `no_repository` where one in use lost its
    repository; with `not_this_machine` where folders of another organisation's machine
    would be looked at and made.
    """
    if machine_here(owner.key) is None:
        return Refused("not_this_machine")
    try:
        # One place at a time, whoever asks: two would each give the same repository a key of its own, or lie
        # one inside the other.
        with WORKSHOP.get().claim(_MAKING_A_PLACE, CLAIM_WAIT_S):
            return _make_place(clock, actor, owner, folder, asset=asset, name=name)
    except EngineError as error:
        if error.reason == "busy":
            return Refused("place_being_made")
        return Refused(error.reason, error.detail)


def _make_place(
    clock: Clock, actor: Actor, owner: Owner, folder: Path, *, asset: UUID | None, name: str
) -> Repository | Refused:
    known = next((row for row in whole_repositories(owner.key) if row.folder == str(folder)), None)
    # The same at the next try, which finds the password that opens the repository a killed one left.
    identity = known.id if known else uuid5(owner.id, str(folder))
    if known is not None and known.retired_at is None and not folder.is_relative_to(DATA_DIR.get()):
        # Neither folder nor repository is made anew on the mount point of a share that is not mounted.
        require_repository(known)
    seen = _look(folder)
    if isinstance(seen, Refused):
        return seen
    if known is None or not ENGINE.get().is_there(folder):
        # The password of a repository in use is kept, or lost: a new one would not open it.
        KEY_KEEPER.get().create_repository_password(identity, owner.id)
    _make_or_open(identity, folder, may_stay_shut=known is not None and ENGINE.get().is_there(folder))
    holder = None if seen.medium is Medium.NETWORK else asset
    place = NewRepository(identity, name, str(folder), seen.medium, holder)
    made = add_repository(now=clock(), actor=actor, organisation_id=owner.key, repository=place)
    if known is None and not isinstance(made, Refused):
        _put_card(clock, owner, place_row(made))
    return made


def _put_card(clock: Clock, owner: Owner, place: PlaceRow) -> None:
    """Write the card beside a new repository: from the first moment on it tells this place from a bare mount
    point. The envelope is left to background work: a page, which may ask for words, is given none to open.
    """
    failure = ""
    try:
        PLACES.get().write_beside(Path(place.folder), (), _card(owner, place), _read_me(owner))
    except EngineError as error:
        failure = error.reason
    note_envelope(
        now=clock(),
        actor=SYSTEM,
        organisation_id=owner.key,
        repository=place.id,
        is_sealed=False,
        failure=failure,
    )
    ask_sealing(now=clock(), actor=SYSTEM, organisation=owner.id)


def _make_or_open(identity: UUID, folder: Path, *, may_stay_shut: bool) -> None:
    """Make a place's repository, or prove that its password opens it. A page is not given the password of one
    that was in use before: the next run proves it then.
    """
    try:
        password = KEY_KEEPER.get().repository_password(identity)
    except EngineError as error:
        if error.reason == "password_withheld" and may_stay_shut:
            return
        raise
    ENGINE.get().create_repository(RepositoryAccess(identity, folder, password))


def _look(folder: Path) -> PlaceFacts | Refused:
    """Look at a folder among the places of all organisations: they are on the same machine."""
    rows = [row for one in whole_organisations(with_demo=False) for row in whole_repositories(one.pk)]
    in_use = tuple(Path(row.folder) for row in rows if row.retired_at is None)
    retired = tuple(Path(row.folder) for row in rows if row.retired_at is not None)
    return PLACES.get().look(folder, in_use=in_use, retired=retired)
