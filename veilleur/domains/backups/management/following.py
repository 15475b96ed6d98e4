"""Follows long work on a terminal: one line, in words, that is wiped before anything else is said."""

from django.core.management.base import OutputWrapper
from django.utils.translation import get_language

from veilleur.domains.backups.labels import PHASES
from veilleur.domains.backups.ports import Progress
from veilleur.shared.words import percent

_WIPE = "\r\033[K"


def followed_on(stream: OutputWrapper) -> Progress:
    """Return what shows the phase on a stream, if that is a terminal; nothing of it is left at the end."""

    def show(phase: str, fraction: float | None) -> None:
        if stream.isatty():
            share = "" if fraction is None else f" {percent(fraction * 100, get_language() or 'en')}"
            stream.write(f"{_WIPE}{PHASES[phase]}{share}\r", ending="")

    return show
