"""What `doctor` says of the journal's signed heads: whether they go out, how fresh that is, and how far."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from veilleur.config.env import environment
from veilleur.config.words import gettext as _
from veilleur.config.words import spoken_language
from veilleur.domains.journal.rules.heads import HeadsPlace, Reach
from veilleur.processes.findings import Finding
from veilleur.shared import words
from veilleur.shared.verdict import Verdict

EVERY = timedelta(hours=36)  # a day, and the time in which a failure is tried again
# An instant in a file of heads has no fraction of a second.
_ROUNDING = timedelta(seconds=1)


@dataclass(frozen=True)
class Shelf:
    """A place for heads as found: the newest in it (None: none, or a mailbox), or why it was not read."""

    place: HeadsPlace
    newest_at: datetime | None = None
    problem: str = ""


def heads(shelves: tuple[Shelf, ...], exported_at: datetime | None, now: datetime) -> Iterator[Finding]:
    """Yield when heads last left, then each place; `exported_at` is what the database says."""
    if not shelves:
        yield Finding("heads", Verdict.UNKNOWN, _nowhere(), _how())
        return
    yield _freshness(exported_at, now)
    for shelf in shelves:
        yield _place(shelf, exported_at)


def _nowhere() -> str:
    return _("The signed heads of the journal go nowhere: if its end were cut off, nothing would show it.")


def _how() -> str:
    return _(
        "set VEILLEUR_HEADS_FILE to a file on another machine’s disk, or VEILLEUR_HEADS_MAIL_TO with "
        "VEILLEUR_MAIL_URL and VEILLEUR_MAIL_FROM; then start Veilleur again"
    )


def _freshness(exported_at: datetime | None, now: datetime) -> Finding:
    if exported_at is None:
        message = _("The signed heads of the journal have not been sent yet; the first go within a day.")
        return Finding("heads", Verdict.UNKNOWN, message, "veilleur up")
    text = said(exported_at)
    if not timedelta() <= now - exported_at <= EVERY:
        message = _("The signed heads of the journal were last sent on {instant}; it should be daily.")
        return Finding("heads", Verdict.WATCH, message.format(instant=text), "veilleur up")
    return Finding("heads", Verdict.GOOD, _("Heads of the journal sent on {instant}").format(instant=text))


def _place(shelf: Shelf, exported_at: datetime | None) -> Finding:
    name = shelf.place.name
    if shelf.place.reach is Reach.MISSING:
        message = _("The folder of {name}, for the heads of the journal, is not there; is a share unmounted?")
        return Finding("heads_place", Verdict.BAD, message.format(name=name), f"mount; ls -l {name}")
    if shelf.problem:
        message = _("The heads of the journal in {name} cannot be read: {problem}.")
        text = message.format(name=name, problem=shelf.problem)
        return Finding("heads_place", Verdict.BAD, text, f"ls -l {name}")
    if _is_cut(shelf, exported_at):
        message = _(
            "The heads of the journal in {name} lack those last sent: the file is new, or was changed."
        )
        return Finding(
            "heads_place", Verdict.BAD, message.format(name=name), "veilleur journal verify --full"
        )
    return _distance(shelf.place)


def _is_cut(shelf: Shelf, exported_at: datetime | None) -> bool:
    if shelf.place.reach is Reach.MAILBOX or exported_at is None:
        return False
    return shelf.newest_at is None or exported_at - shelf.newest_at > _ROUNDING


def _distance(place: HeadsPlace) -> Finding:
    if place.reach is Reach.MAILBOX:
        message = _("Heads of the journal go by e-mail to {name}; that mailbox must not lie on this machine")
        return Finding("heads_place", Verdict.GOOD, message.format(name=place.name))
    if place.reach is Reach.OTHER_MACHINE:
        message = _("Heads of the journal lie on another machine: {name}")
        return Finding("heads_place", Verdict.GOOD, message.format(name=place.name))
    message = _(
        "The heads of the journal lie on this machine itself, in {name}: whoever can cut the journal can "
        "cut them too."
    )
    return Finding("heads_place", Verdict.WATCH, message.format(name=place.name), _how())


def said(instant: datetime) -> str:
    """Return an instant as `doctor` writes it: wall time here, in the terminal's language."""
    return words.instant(instant, ZoneInfo(environment().time_zone), spoken_language())
