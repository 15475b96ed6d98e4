"""Turns an engine's error into a command's end: a sentence, and the exit code that scripts rely on."""

from django.core.management.base import CommandError

from veilleur.domains.backups.labels import reason_with
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.shared.refusal import Refused

# The codes of docs/reference/exit-codes.md; what is not named here is 1.
_CODES = {
    "busy": 75,
    "place_being_made": 75,
    "repository_locked": 75,
    "disk_full": 73,
    "engine_missing": 69,
    "key_unavailable": 69,
    "place_missing": 69,
    "server_unreachable": 69,
    "no_matching_postgresql": 69,
    "isolation_missing": 69,
    "isolation_refused": 69,
    "place_not_writable": 77,
}


def command_error(error: EngineError | Refused) -> CommandError:
    """Return the error to raise: the sentence for people, with the engine's own words in it."""
    return CommandError(reason_with(error.reason, error.detail), returncode=_CODES.get(error.reason, 1))
