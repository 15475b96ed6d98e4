"""The weekly verification of the whole journal; `veilleur doctor` tells what it found."""

from veilleur.domains.journal.actions.installation import note_verification
from veilleur.domains.journal.facts import JournalVerified
from veilleur.domains.journal.jobs.heads import outside_evidence
from veilleur.domains.journal.queries.verification import verify
from veilleur.domains.journal.rules.work import Clock, JobTicket, NotYet
from veilleur.shared.viewer import SYSTEM


def verify_whole(_ticket: JobTicket, clock: Clock) -> None:
    """Job: follow every chain from its first entry on, and record what was found.

    It waits for the signing key, without which no head could be trusted and the outcome would be unknown.
    """
    keys, elsewhere = outside_evidence()
    if not keys:
        raise NotYet("the signing key is out of reach")
    report = verify(public_keys=keys, elsewhere=elsewhere, is_full=True)
    found = JournalVerified(
        report.outcome, report.chains, report.entries, len(report.findings), len(report.losses)
    )
    note_verification(now=clock(), actor=SYSTEM, found=found)
