"""What the terminal tells of the first minutes: one line for each fact that a newcomer waits for."""

from collections.abc import Callable
from typing import Any

from veilleur.config.words import gettext as _
from veilleur.config.words import ngettext, spoken_language
from veilleur.domains.backups import labels as backups
from veilleur.domains.journal.rules.work import ReadEntry
from veilleur.shared.words import number


def progress_of(entry: ReadEntry) -> str | None:
    """Return the line for a fact, None for one that a newcomer does not wait for."""
    word = _WORDS.get(entry.kind)
    return None if word is None or entry.fact is None else word(entry.fact)


def _registered(fact: Any) -> str:
    return _("✓ This machine is registered: {name}").format(name=fact.name)


def _proposed(fact: Any) -> str:
    return _("✓ A first service is proposed: {name}").format(name=fact.name)


def _plan_made(fact: Any) -> str:
    return _("✓ Planned: {name}").format(name=fact.name)


def _backed_up(fact: Any) -> str:
    if fact.reason:
        return _("✗ The backup failed: {why}").format(why=backups.reason_sentence(fact.reason))
    text = ngettext("✓ Backed up: {count} file", "✓ Backed up: {count} files", fact.file_count)
    return text.format(count=fact.file_count)


def _tested(fact: Any) -> str:
    if fact.reason:
        return _("✗ The restore test failed: {why}").format(why=backups.reason_sentence(fact.reason))
    seconds = (fact.fetch_ms + fact.restore_ms + fact.start_ms + fact.verify_ms) / 1000
    text = _("✓ Restored in isolation and compared, fact by fact, in {seconds} s: proof level {level}")
    return text.format(seconds=number(seconds, spoken_language(), decimals=1), level=fact.level)


_WORDS: dict[str, Callable[[Any], str]] = {
    "estate.asset_registered": _registered,
    "estate.service_proposed": _proposed,
    "backups.plan_made": _plan_made,
    "backups.run_ended": _backed_up,
    "backups.restore_test_ended": _tested,
}
