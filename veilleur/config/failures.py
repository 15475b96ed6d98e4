"""The one place where a known failure becomes a sentence: commands exit with its code, pages answer 503."""

import errno
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from veilleur.config.env import BrokenSetting
from veilleur.config.exit_codes import ExitCode
from veilleur.config.faults import sentence
from veilleur.config.words import gettext as _

if TYPE_CHECKING:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import CommandError
    from django.db import Error as DatabaseError


class Failure(Exception):
    """A failure that a person can read: one or more sentences and the exit code that goes with them.

    `remedy`: the command that mends it, where there is one.
    """

    def __init__(self, sentence: str, code: ExitCode, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.remedy = remedy


def explain(error: BaseException) -> Failure | None:
    """Return what to tell of an error, looking at what caused it first; None if it is not a known one."""
    for cause in reversed(list(_chain(error))):
        kinds = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(cause).__mro__}
        for name, explainer in _EXPLAINERS:
            if name in kinds and (failure := explainer(cause)):
                return failure
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    while current is not None:
        yield current
        hidden = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or hidden


def _explain_setting(error: BrokenSetting) -> Failure:
    sentences = "\n".join(sentence(*fault) for fault in error.faults)
    return Failure(sentences, ExitCode.CONFIGURATION)


def _explain_command(error: "CommandError") -> Failure:
    codes = {int(code): code for code in ExitCode}
    return Failure(str(error), codes.get(error.returncode, ExitCode.BAD))


def _explain_configuration(error: "ImproperlyConfigured") -> Failure:
    text = _("The settings do not fit together: {problem}").format(problem=error)
    return Failure(text, ExitCode.CONFIGURATION)


def disk_full(place: object = "") -> Failure:
    """Return the failure of a disk without room for what was to be written."""
    text = _("The disk is full: {place}. Nothing that was recorded is lost; free some space and start again.")
    return Failure(text.format(place=place or _("the data folder")), ExitCode.CANNOT_CREATE)


def not_writable(place: object) -> Failure:
    """Return the failure of a place that this account may not write to."""
    text = _("{place} cannot be written by this account. Give it the right to, or name another data folder.")
    return Failure(text.format(place=place), ExitCode.NO_PERMISSION)


def not_readable(place: object) -> Failure:
    """Return the failure of a file or folder that this account may not read."""
    text = _("{place} cannot be read by this account. Give it the right to.")
    return Failure(text.format(place=place), ExitCode.NO_PERMISSION)


def missing_program(program: object) -> Failure:
    """Return the failure of a program that is not installed."""
    text = _("The program “{program}” is missing. “veilleur doctor” says how to install it.")
    return Failure(text.format(program=program), ExitCode.UNAVAILABLE)


def self_restore_words() -> str:
    """Return the command that brings the last copy of Veilleur's own data back."""
    return f"veilleur self-restore {_('PLACE')} --into {_('FOLDER')}"


def damaged_database() -> Failure:
    """Return the failure of a database file that can no longer be read."""
    text = _(
        "Veilleur’s database is damaged. Stop Veilleur and keep its data folder as it is; this brings the "
        "newest copy back into another folder: {command}"
    )
    command = self_restore_words()
    return Failure(text.format(command=command), ExitCode.INPUT_OUTPUT, command)


def _explain_system(error: OSError) -> Failure | None:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(error.filename)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        tell = not_readable if _is_shut(error.filename) else not_writable
        return tell(error.filename or _("The data folder"))
    if error.errno in {errno.EEXIST, errno.ENOTDIR}:
        text = _("{place} is a file, or lies below one, where a folder is needed.")
        return Failure(text.format(place=error.filename), ExitCode.CANNOT_CREATE)
    if error.errno == errno.EIO:
        text = _("The disk reported an error at {place}. Look at its health before going on.")
        return Failure(text.format(place=error.filename), ExitCode.INPUT_OUTPUT)
    if error.errno == errno.ENOENT and error.filename and "/" not in str(error.filename):
        return missing_program(error.filename)
    return None


def _is_shut(place: object) -> bool:
    """Return whether this account may not read a path, or not even look into a folder on the way to it."""
    if not isinstance(place, str | bytes | os.PathLike):
        return False
    try:
        os.stat(place)  # noqa: PTH116 - text or bytes, as the error had it
    except OSError as error:
        return error.errno == errno.EACCES
    return not os.access(place, os.R_OK, effective_ids=True)


# What SQLite and PostgreSQL say, in the words of their messages, for want of codes common to both.
_DATABASE_WORDS: tuple[tuple[tuple[str, ...], Callable[[], Failure]], ...] = (
    (("disk is full", "no space left", "could not extend file"), disk_full),
    (("disk image is malformed", "file is not a database", "malformed database schema"), damaged_database),
    (("readonly database", "read-only transaction"), lambda: not_writable(_("The database"))),
    (("unable to open database",), lambda: not_writable(_("The database’s folder"))),
    (
        ("disk i/o error",),
        lambda: Failure(
            _("The disk reported an error while the database was used. Look at its health before going on."),
            ExitCode.INPUT_OUTPUT,
        ),
    ),
    (
        ("database is locked", "deadlock detected"),
        lambda: Failure(_("The database is in use by something else. Try again."), ExitCode.TRY_AGAIN),
    ),
    (
        ("connection refused", "could not connect", "connection failed", "could not translate host"),
        lambda: Failure(
            _("The database does not answer. Look at VEILLEUR_DATABASE_URL and at the database server."),
            ExitCode.UNAVAILABLE,
        ),
    ),
    (
        ("no such table", "does not exist", "no such column"),
        lambda: Failure(
            _("The database has not been brought up to date. “veilleur up” does it at its start."),
            ExitCode.CONFIGURATION,
        ),
    ),
)


def _explain_database(error: "DatabaseError") -> Failure | None:
    said = str(error).lower()
    for words, failure in _DATABASE_WORDS:
        if any(word in said for word in words):
            return failure()
    return None


def _keys_away() -> Failure:
    text = _("The process that holds the keys does not answer. “veilleur up” starts it.")
    return Failure(text, ExitCode.UNAVAILABLE)


def _explain_engine(error: Exception) -> Failure | None:
    explanation = getattr(error, "reason", None)
    known: dict[str, Callable[[], Failure]] = {
        "engine_missing": lambda: missing_program("restic"),
        "wrong_password": lambda: Failure(
            _("The password does not open this repository: it belongs to another key or was changed."),
            ExitCode.NO_PERMISSION,
        ),
        "disk_full": disk_full,
        "keys_unwritable": lambda: Failure(
            _("The process that holds the keys cannot write into its folder."), ExitCode.NO_PERMISSION
        ),
        "keys_unreadable": lambda: Failure(
            _(
                "Something in the folder of the keys was changed or damaged: the log of “veilleur sign” "
                "names it."
            ),
            ExitCode.INPUT_OUTPUT,
        ),
        "key_unavailable": _keys_away,
        "secrets_away": _keys_away,
    }
    maker = known.get(explanation) if isinstance(explanation, str) else None
    return maker() if maker else None


# By name: a process without Django must not load it to know its errors. The first that fits explains.
_EXPLAINERS: tuple[tuple[str, Callable[..., Failure | None]], ...] = (
    ("veilleur.config.failures.Failure", lambda failure: failure),
    ("veilleur.config.env.BrokenSetting", _explain_setting),
    ("django.core.management.base.CommandError", _explain_command),
    ("django.core.exceptions.ImproperlyConfigured", _explain_configuration),
    ("django.db.utils.Error", _explain_database),
    ("builtins.OSError", _explain_system),
    ("builtins.Exception", _explain_engine),
)
