"""Background work on attached files: read whole once a week, and what no document names is removed."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from veilleur.domains.journal.rules.work import Clock, JobHandler, JobTicket, Periodic
from veilleur.domains.knowledge.actions import note_readings
from veilleur.domains.knowledge.ports import FILE_STORE
from veilleur.domains.knowledge.queries.files import is_kept, whole_digests
from veilleur.domains.knowledge.rules.files import ORPHAN_AFTER, VERIFY_EVERY, FileFault
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.shared.viewer import SYSTEM

VERIFY_FILES = "knowledge.verify_files"
REMOVE_ORPHANS = "knowledge.remove_orphans"
# Between two commits: a machine that is switched off on the way has not read for nothing.
_AT_ONCE = 20


def verify_files(_ticket: JobTicket, clock: Clock) -> None:
    """Job: read every content of every organisation whole, and note what is missing or damaged."""
    for organisation in whole_organisations():
        digests = whole_digests(organisation.pk)
        for start in range(0, len(digests), _AT_ONCE):
            some = digests[start : start + _AT_ONCE]
            found = {digest: fault_of(organisation.public_id, digest) for digest in some}
            note_readings(now=clock(), actor=SYSTEM, organisation_id=organisation.pk, found=found)


def remove_orphans(_ticket: JobTicket, clock: Clock) -> None:
    """Job: remove what came in more than a day ago and was never written down."""
    store, before = FILE_STORE.get(), clock() - ORPHAN_AFTER
    store.sweep(before)
    keys = {row.public_id: row.pk for row in whole_organisations()}
    for organisation, digest in store.last_put_before(before):
        if organisation in keys:
            store.remove_unless(organisation, digest, _is_kept(keys[organisation], digest))


def fault_of(organisation: UUID, digest: str) -> FileFault | None:
    """Return what is wrong with a content."""
    found = FILE_STORE.get().open(organisation, digest)
    if isinstance(found, FileFault):
        return found
    found.close()
    return None


def _is_kept(key: int, digest: str) -> Callable[[], bool]:
    return lambda: is_kept(key, digest)


HANDLERS: dict[str, JobHandler] = {VERIFY_FILES: verify_files, REMOVE_ORPHANS: remove_orphans}
PERIODICS = (
    Periodic(VERIFY_FILES, every=VERIFY_EVERY),
    Periodic(REMOVE_ORPHANS, every=timedelta(days=1)),
)
