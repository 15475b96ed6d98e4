"""The words of the terminal: the product's catalogue read by the standard library, before Django can speak.

Used by `config/` and `processes/` as `from veilleur.config.words import gettext as _`.
"""

import gettext as catalogues
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("fr", "en")
_spoken: ContextVar[str] = ContextVar("spoken", default="")

LOCALES = Path(__file__).resolve().parents[1] / "locale"


def terminal_language(environ: Mapping[str, str]) -> str:
    """Return the language a terminal asks for: VEILLEUR_LANGUAGE, else the locale, else French."""
    for name in ("VEILLEUR_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        asked = environ.get(name, "")[:2].lower()
        if asked in LANGUAGES:
            return asked
    return LANGUAGES[0]


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> catalogues.NullTranslations:
    # Source strings are English, so a catalogue that is not built yet still leaves whole sentences.
    return catalogues.translation("django", LOCALES, languages=[language], fallback=True)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language than the terminal's within the block: a page answers in its reader's."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(message: str) -> str:
    """Return the message in the terminal's language."""
    return _catalogue(spoken_language()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of a message that goes with a number, in the terminal's language."""
    return _catalogue(spoken_language()).ngettext(singular, plural, number)


def spoken_language() -> str:
    """Return the language spoken here and now: figures take their decimal sign from it."""
    return _spoken.get() or terminal_language(os.environ)
