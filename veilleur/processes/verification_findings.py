"""What `doctor` says of the journal itself: when all of it was last verified, and what was found."""

from datetime import datetime, timedelta

from veilleur.config.words import gettext as _
from veilleur.config.words import ngettext
from veilleur.domains.journal.queries.verification import LastVerification
from veilleur.domains.journal.rules.verification import Outcome
from veilleur.processes.findings import Finding
from veilleur.processes.heads_findings import said
from veilleur.shared.verdict import Verdict

LONGEST_GAP = timedelta(days=9)  # a week, and the time that a machine is switched off
_REMEDY = "veilleur journal verify --full"


def verification(last: LastVerification | None, now: datetime) -> Finding:
    """Judge the last full verification; what it found stays until another finds otherwise."""
    if last is None:
        message = _("The whole journal has never been verified; Veilleur does it every week.")
        return Finding("journal", Verdict.UNKNOWN, message, "veilleur up")
    outcome, instant = last.found.outcome, said(last.at)
    if outcome is Outcome.BROKEN:
        message = _("The journal is broken: its verification of {instant} found damage.")
        return Finding("journal", Verdict.BAD, message.format(instant=instant), _REMEDY)
    if not timedelta() <= now - last.at <= LONGEST_GAP:
        message = _("The whole journal was last verified on {instant}; it should be weekly.")
        return Finding("journal", Verdict.UNKNOWN, message.format(instant=instant), "veilleur up")
    if outcome is Outcome.LOSS_DECLARED:
        message = ngettext(
            "The journal, verified on {instant}, is whole but for one loss that was declared as a restore.",
            "The journal, verified on {instant}, is whole but for {count} losses that were declared as "
            "restores.",
            last.found.losses,
        )
        text = message.format(instant=instant, count=last.found.losses)
        return Finding("journal", Verdict.WATCH, text, _REMEDY)
    if outcome is Outcome.UNKNOWN:
        message = _(
            "The journal, verified on {instant}, is consistent; whether its end was cut off is unknown, for "
            "no signed head could be read."
        )
        return Finding("journal", Verdict.UNKNOWN, message.format(instant=instant))
    return Finding("journal", Verdict.GOOD, _("Whole journal verified on {instant}").format(instant=instant))
