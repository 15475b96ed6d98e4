"""Background work of organisations: sessions that are over are forgotten, directories are read, people are
erased, rotations of the keys are ended.
"""

from datetime import timedelta

from veilleur.domains.journal.rules.work import JobHandler, Periodic
from veilleur.domains.organisations.actions.directories import READ_DIRECTORY
from veilleur.domains.organisations.actions.erasures import ERASE_PERSON
from veilleur.domains.organisations.actions.providers import CLEAR_PROVIDER
from veilleur.domains.organisations.actions.sealed import SEALED_COLUMNS
from veilleur.domains.organisations.jobs.directories import read_directories, read_directory
from veilleur.domains.organisations.jobs.erasures import erase_person
from veilleur.domains.organisations.jobs.keys import keep_keys
from veilleur.domains.organisations.jobs.providers import clear_provider
from veilleur.domains.organisations.jobs.sessions import forget_expired_sessions
from veilleur.domains.organisations.rules.directory import READ_EVERY

__all__ = ["HANDLERS", "PERIODICS", "SEALED_COLUMNS"]

FORGET_SESSIONS = "organisations.forget_sessions"
KEEP_KEYS = "organisations.keep_keys"
READ_DIRECTORIES = "organisations.read_directories"

HANDLERS: dict[str, JobHandler] = {
    FORGET_SESSIONS: forget_expired_sessions,
    KEEP_KEYS: keep_keys,
    READ_DIRECTORIES: read_directories,
    READ_DIRECTORY: read_directory,
    ERASE_PERSON: erase_person,
    CLEAR_PROVIDER: clear_provider,
}
PERIODICS = (
    Periodic(FORGET_SESSIONS, every=timedelta(hours=1)),
    Periodic(KEEP_KEYS, every=timedelta(hours=1)),
    Periodic(READ_DIRECTORIES, every=READ_EVERY),
)
