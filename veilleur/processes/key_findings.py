"""What `doctor` says of the master key: its generation, its age, and a rotation that is not at its end."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from veilleur.config.words import gettext as _
from veilleur.domains.organisations.ports import KeyRotator
from veilleur.domains.organisations.rules.errors import SecretsAway
from veilleur.domains.organisations.rules.key_generations import RETIRE_AFTER, KeyGeneration, is_due
from veilleur.processes.findings import Finding
from veilleur.processes.heads_findings import said
from veilleur.shared.verdict import Verdict

# Background work ends a rotation within the hour after it may; another day is patience.
_PATIENCE = RETIRE_AFTER + timedelta(days=1)


def key_generations(keys: KeyRotator, now: datetime) -> Iterator[Finding]:
    """Yield what is to be said of the generations; nothing if nobody answers, which is told elsewhere."""
    try:
        kept, tells_apart = keys.generations(), keys.tells_pages_apart()
    except SecretsAway:
        return
    if not tells_apart:
        yield Finding("keys_callers", Verdict.WATCH, _not_apart(), "docs/explanation/keys.md")
    yield age(kept[-1], now)
    yield from (unfinished(each, now) for each in kept[:-1])


def _not_apart() -> str:
    return _(
        "The process that holds the keys cannot tell pages from background work here: a fault in a page "
        "could ask for passwords. It needs to see other processes, and an ordinary limit on message queues."
    )


def age(present: KeyGeneration, now: datetime) -> Finding:
    """Judge the age of the present generation. That another is due is a proposal."""
    since = said(present.made_at)
    if not is_due(present, now):
        text = _("Master key: generation {number}, since {instant}")
        return Finding("keys_age", Verdict.GOOD, text.format(number=present.number, instant=since))
    text = _(
        "Generation {number} of the master key is in use since {instant}: a new one is proposed every year."
    )
    remedy = "veilleur keys rotate"
    return Finding("keys_age", Verdict.WATCH, text.format(number=present.number, instant=since), remedy)


def unfinished(older: KeyGeneration, now: datetime) -> Finding:
    """Judge a generation that is still kept beside the present one."""
    until = older.superseded_at or now
    if now - until <= _PATIENCE:
        text = _(
            "Generation {number} of the master key is kept until nothing needs it; background work looks."
        )
        return Finding("keys_rotation", Verdict.GOOD, text.format(number=older.number))
    text = _("Generation {number} of the master key should be gone by now: something may still need it.")
    return Finding("keys_rotation", Verdict.WATCH, text.format(number=older.number), "veilleur keys finish")
