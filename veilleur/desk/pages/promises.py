"""Promise and reality of one service: each figure with its promise, its proof, the proof's age and place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from veilleur.desk.pages import restart_words as words
from veilleur.desk.pages.restart_answers import short_name
from veilleur.desk.pages.speech import said_age, said_since
from veilleur.domains.recovery.rules.answer import PROOF_EXPIRED, PROOF_OLD
from veilleur.domains.recovery.rules.evidence import KEY_ONLY_HERE, NEVER
from veilleur.domains.recovery.rules.report import ServiceAnswer
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST
from veilleur.shared.verdict import Verdict

# Where the page of a service shows its copies.
COPIES = "#copies"


@dataclass(frozen=True)
class Evidence:
    """What vouches for a figure, where it is shown and how old it is; only words where nothing does."""

    text: str
    url: str = ""
    age: str = ""
    is_old: bool = False


@dataclass(frozen=True)
class Promised:
    """One promise beside what is real."""

    name: str
    promised_s: int | None
    is_default: bool
    real: str
    verdict: Verdict
    word: str
    evidence: Evidence
    why: str | Promise


def promises_of(answers: Mapping[str, ServiceAnswer], now: datetime) -> tuple[Promised, ...]:
    """Return a service's promises by scenario: the restarts, then the losses."""
    shown = [(code, answers[code]) for code in (MACHINE_LOST, DATA_LOST) if code in answers]
    restarts = [_restart(code, answer, now) for code, answer in shown]
    return (*restarts, *(_loss(code, answer, now) for code, answer in shown))


def _restart(code: str, answer: ServiceAnswer, now: datetime) -> Promised:
    return Promised(
        name=_("Restart, {scenario} (RTO)").format(scenario=short_name(code).lower()),
        promised_s=answer.rto_s,
        is_default=answer.rto_is_default,
        real=" ".join(part for part in words.figure_of(answer) if part),
        verdict=answer.restart_state,
        word=words.state_word(answer),
        evidence=_test(code, answer, now),
        why=words.reason_sentence(answer.reason),
    )


def _loss(code: str, answer: ServiceAnswer, now: datetime) -> Promised:
    return Promised(
        name=_("Work lost, {scenario} (RPO)").format(scenario=short_name(code).lower()),
        promised_s=answer.rpo_s,
        is_default=answer.rpo_is_default,
        real=words.loss_figure(answer),
        verdict=answer.loss_state,
        word=words.loss_word(answer),
        evidence=_copy(answer, now),
        why=words.reason_sentence(answer.loss_reason),
    )


def _test(code: str, answer: ServiceAnswer, now: datetime) -> Evidence:
    """Return the weakest restore test that the restart rests on: it may be of another service's data, which
    must be back first. So it is shown where the figure comes from, in the scenario.
    """
    if answer.proof_level is None or answer.proof_age_s is None:
        return Evidence(_("No restore test"))
    return Evidence(
        _("Restore test, level {level}").format(level=answer.proof_level),
        f"{reverse('desk:restart')}?scenario={code}#service-{answer.service}",
        said_age(now - timedelta(seconds=answer.proof_age_s), now),
        is_old=answer.reason in (PROOF_OLD, PROOF_EXPIRED),
    )


def _copy(answer: ServiceAnswer, now: datetime) -> Evidence:
    """Return the copy that would come back: one that a test vouches for, else the newest that is there."""
    if answer.kind in (NEVER, KEY_ONLY_HERE):
        return Evidence(_("No copy that could be read then"))
    if answer.loss_now_s is not None:
        return _copy_of(_("Proven copy of {when}"), answer.loss_now_s, now)
    if answer.loss_newest_s is not None:
        return _copy_of(_("Unproven copy of {when}"), answer.loss_newest_s, now)
    return Evidence(_("No copy known to survive"))


def _copy_of(text: str, age_s: float, now: datetime) -> Evidence:
    at = now - timedelta(seconds=age_s)
    return Evidence(text.format(when=said_since(at, now)), COPIES, said_age(at, now))
