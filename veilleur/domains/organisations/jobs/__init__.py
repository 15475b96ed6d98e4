"""Background work of organisations: sessions that are over are forgotten, directories are read."""

from datetime import timedelta

from veilleur.domains.journal.rules.work import JobHandler, Periodic
from veilleur.domains.organisations.actions.directories import READ_DIRECTORY
from veilleur.domains.organisations.actions.providers import CLEAR_PROVIDER
from veilleur.domains.organisations.jobs.directories import read_directories, read_directory
from veilleur.domains.organisations.jobs.providers import clear_provider
from veilleur.domains.organisations.jobs.sessions import forget_expired_sessions
from veilleur.domains.organisations.rules.directory import READ_EVERY

FORGET_SESSIONS = "organisations.forget_sessions"
READ_DIRECTORIES = "organisations.read_directories"

HANDLERS: dict[str, JobHandler] = {
    FORGET_SESSIONS: forget_expired_sessions,
    READ_DIRECTORIES: read_directories,
    READ_DIRECTORY: read_directory,
    CLEAR_PROVIDER: clear_provider,
}
PERIODICS = (
    Periodic(FORGET_SESSIONS, every=timedelta(hours=1)),
    Periodic(READ_DIRECTORIES, every=READ_EVERY),
)
