"""The restart times as text, for terminals: both scenarios, a row per service, then why and the next step."""

from collections.abc import Iterator
from datetime import tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.domains.recovery import labels
from veilleur.domains.recovery.rules.evidence import FIGURE, NEVER
from veilleur.domains.recovery.rules.report import RestartReport, ScenarioAnswer, ServiceAnswer
from veilleur.domains.recovery.rules.table import table_lines
from veilleur.shared import words

_INDENT = "  "


class RestartText:
    """Writes a report in one language; instants are shown in `zone`."""

    def __init__(self, report: RestartReport, name: str, language: str, zone: tzinfo) -> None:
        self._report = report
        self._name = name
        self._language = language
        self._zone = zone

    def lines(self) -> Iterator[str]:
        """Yield the lines of the whole text."""
        at = words.instant(self._report.now, self._zone, self._language)
        heading = _("{organisation}: in how long can work go on again? ({instant}, {zone})")
        yield heading.format(organisation=self._name, instant=at, zone=self._zone)
        for answer in self._report.scenarios:
            yield ""
            yield from self._scenario(answer)
        yield ""
        yield from self._legend()

    def _scenario(self, answer: ScenarioAnswer) -> Iterator[str]:
        yield str(labels.SCENARIOS[answer.scenario])
        if not answer.services:
            yield _INDENT + _("No service is known yet.")
            return
        rows = [self._headings(), *(self._row(service) for service in answer.services)]
        for line in table_lines(rows, numbers_from=2):
            yield _INDENT + line
        for service in answer.services:
            yield from self._remarks(service, is_alone=len(answer.services) == 1)

    def _headings(self) -> list[str]:
        return [
            _("Service"),
            _("State"),
            "P50",
            "P80",
            "P95",
            _("At least"),
            "RTO",
            _("Lost now"),
            "RPO",
            _("Proof"),
        ]

    def _row(self, answer: ServiceAnswer) -> list[str]:
        figures = answer.quantiles
        never = _("never") if answer.kind == NEVER else words.DASH
        return [
            answer.name,
            str(labels.STATES[answer.state]),
            self._time(figures.p50_s, never),
            self._time(figures.p80_s, never),
            self._time(figures.p95_s, never),
            self._time(answer.lower_bound_s),
            self._time(answer.rto_s),
            self._time(answer.loss_now_s, _("all") if answer.loss_reason == "all_lost" else words.DASH),
            self._time(answer.rpo_s),
            self._proof(answer),
        ]

    def _remarks(self, answer: ServiceAnswer, *, is_alone: bool) -> Iterator[str]:
        about = "{why}" if is_alone else _("{name}: {why}")

        def told(why: str) -> str:
            return _INDENT * 2 + about.format(name=answer.name, why=why)

        for reason in dict.fromkeys((answer.reason, answer.loss_reason)):
            if reason is not None and not (reason == "all_lost" and answer.reason):
                yield told(str(labels.REASONS[reason]))
        if answer.kind == FIGURE and answer.is_opinion:
            counted = ngettext("{count} timed test", "{count} timed tests", answer.tests)
            text = _("The spread is an opinion until the third test ({tests}).")
            yield told(text.format(tests=counted.format(count=answer.tests)))
        if answer.bottleneck is not None:
            step = str(labels.STEPS[answer.bottleneck])
            where = f"{step} ({answer.bottleneck_name})" if answer.bottleneck_name else step
            yield told(_("What takes longest: {step}.").format(step=where))
        if answer.next_step is not None:
            todo = str(labels.NEXT_STEPS[answer.next_step])
            yield told(_("Next step: {todo}").format(todo=todo))

    def _legend(self) -> Iterator[str]:
        yield _("P50, P80, P95: over by then one time in two, four times in five, nineteen times in twenty.")
        yield _("At least: no restart is faster. Lost now: the work that would be lost if it fell now.")
        yield _("RTO: the longest stop admitted. RPO: the greatest loss admitted, in time of work.")
        yield _("Proof: how far the last restore test went, from 0 to 7, and its age.")
        yield _("Steps done by people are estimates; restores are measured by tests.")

    def _proof(self, answer: ServiceAnswer) -> str:
        if answer.proof_level is None or answer.proof_age_s is None:
            return _("none")
        age = words.span(answer.proof_age_s, self._language)
        return _("level {level}, {age}").format(level=answer.proof_level, age=age)

    def _time(self, seconds: float | None, otherwise: str = words.DASH) -> str:
        return otherwise if seconds is None else words.duration(seconds, self._language)
