"""`veilleur keys status|rotate|finish`: the generations of the master key, and a new one."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from veilleur.domains.organisations.jobs.keys import Rotated, finish, rotate, walk
from veilleur.domains.organisations.ports import KEY_ROTATOR
from veilleur.domains.organisations.rules.key_generations import (
    ROTATE_EVERY,
    KeyGeneration,
    Passage,
    is_due,
    retire_at,
)
from veilleur.shared import words
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused

OK, BAD = 0, 1  # docs/reference/exit-codes.md


class Command(BaseCommand):
    """Parses, calls, prints; 1 where a sealed value opens with no key."""

    help = gettext_lazy("Show the generations of the master key, or make a new one.")  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the three verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("ACTION"))
        status = verbs.add_parser(
            "status",
            help=_("say which generations are kept, how old they are and what is sealed under them"),
            description=_("Say which generations are kept, how old they are and what is sealed under them."),
        )
        status.add_argument("--json", action="store_true", help=_("one JSON object on the output"))
        verbs.add_parser(
            "rotate",
            help=_("make a new generation and seal everything under it, while Veilleur runs"),
            description=_("Make a new generation and seal everything under it, while Veilleur runs."),
        )
        verbs.add_parser(
            "finish",
            help=_("go on with a rotation that was cut short, and remove what nothing needs"),
            description=_("Go on with a rotation that was cut short, and remove what nothing needs."),
        )

    def handle(self, *args: object, **options: Any) -> None:
        """Run the verb and end the process with its exit code."""
        if options["verb"] == "status":
            code = self._status(utc_now(), as_json=options["json"])
        elif options["verb"] == "rotate":
            code = self._rotate()
        else:
            code = self._tell(finish(utc_now))
        raise SystemExit(code)

    def _rotate(self) -> int:
        done = rotate(utc_now)
        if isinstance(done, Refused):
            self.stdout.write(_("A rotation has already begun: it is carried on, and no other is begun."))
            done = finish(utc_now)
        return self._tell(done)

    def _tell(self, done: Rotated) -> int:
        present = done.present
        text = _("Generation {number} seals everything since {instant}.")
        self.stdout.write(text.format(number=present.number, instant=_said(present.made_at)))
        for gone in done.retired:
            self.stdout.write(_("Generation {number} is gone for good.").format(number=gone.number))
        older = KEY_ROTATOR.get().generations()[:-1]
        if older or done.retired:
            self._tell_passage(done.passage)
        for each in older:
            self.stdout.write(_kept(each, done.why))
        return BAD if done.passage.faults else OK

    def _tell_passage(self, passage: Passage) -> None:
        self.stdout.write(_looked(passage))
        for table, key, reason in passage.faults:
            self.stdout.write(_fault(reason).format(table=table, key=key))

    def _status(self, now: datetime, *, as_json: bool) -> int:
        *older, present = KEY_ROTATOR.get().generations()
        passage = walk(utc_now, is_dry=True)
        if as_json:
            self.stdout.write(_as_json((*older, present), passage, now))
            return BAD if passage.faults else OK
        text = _("Generation {number} seals everything since {instant}.")
        self.stdout.write(text.format(number=present.number, instant=_said(present.made_at)))
        due = present.made_at + ROTATE_EVERY
        text = (
            _("A new one is proposed since {instant}: veilleur keys rotate")
            if is_due(present, now)
            else _("A new one is proposed from {instant} on.")
        )
        self.stdout.write(text.format(instant=_said(due)))
        for each in older:
            self.stdout.write(_kept(each, "too_young" if now < (retire_at(each) or now) else ""))
        self._tell_passage(passage)
        return BAD if passage.faults else OK


def _looked(passage: Passage) -> str:
    seen = ngettext(
        "{count} sealed value in the database", "{count} sealed values in the database", passage.seen
    ).format(count=passage.seen)
    other = ngettext(
        "{count} was under an older generation",
        "{count} were under an older generation",
        passage.renewed,
    ).format(count=passage.renewed)
    return _("{seen}; {other}.").format(seen=seen, other=other)


def _kept(generation: KeyGeneration, why: str) -> str:
    if why == "still_needed":
        text = _("Generation {number} is kept: a sealed value that does not open may need it.")
        return text.format(number=generation.number)
    may_go = retire_at(generation)
    if why == "too_young" and may_go is not None:
        text = _("Generation {number} is kept until {instant}: then background work removes it.")
        return text.format(number=generation.number, instant=_said(may_go))
    text = _("Generation {number} is kept: “veilleur keys finish” removes it once nothing needs it.")
    return text.format(number=generation.number)


def _fault(reason: str) -> str:
    if reason == "generation_gone":
        return _(
            "{table}, row {key}: sealed under a key that is not kept here, removed or of another Veilleur. "
            "Whoever it belongs to types it again, or adds the second factor again."
        )
    return _(
        "{table}, row {key}: damaged, or sealed for something else. Whoever it belongs to types it again, or "
        "adds the second factor again."
    )


def _as_json(kept: tuple[KeyGeneration, ...], passage: Passage, now: datetime) -> str:
    generations = [
        {
            "number": each.number,
            "id": str(each.id),
            "made_at": each.made_at.isoformat(),
            "superseded_at": each.superseded_at.isoformat() if each.superseded_at else None,
        }
        for each in kept
    ]
    faults = [{"table": table, "row": key, "reason": reason} for table, key, reason in passage.faults]
    said = {
        "generations": generations,
        "is_due": is_due(kept[-1], now),
        "sealed_values": passage.seen,
        "under_older": passage.renewed,
        "faults": faults,
    }
    return json.dumps(said, ensure_ascii=False, indent=1)


def _said(instant: datetime) -> str:
    return words.instant(instant, ZoneInfo(settings.TIME_ZONE), get_language() or "en")
