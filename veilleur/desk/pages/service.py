"""The page of one service: what is promised and what is real, what it rests on, how far it is proven."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.desk.pages import restart_words as words
from veilleur.desk.pages.activities import Referent, referent_of
from veilleur.desk.pages.falls import NODE_ROUTES, FallPanel, fall_panel
from veilleur.desk.pages.promises import Promised, promises_of
from veilleur.desk.pages.proof import Marks, Place, Rung, Unprotected, ladder, places, unprotected
from veilleur.desk.pages.speech import said_duration
from veilleur.desk.pages.watch import Timeline, machine_timeline, silent_data
from veilleur.domains.backups.queries import visible_runs, whole_protection
from veilleur.domains.backups.queries.bare import visible_bare_data
from veilleur.domains.backups.rules.protection import Protection
from veilleur.domains.backups.rules.states import RunState
from veilleur.domains.estate.labels import CriticalityChoice, DataSetKindChoice
from veilleur.domains.estate.queries import ServiceView, visible_criticality, visible_map, visible_service
from veilleur.domains.estate.rules.activities import NOBODY_HAS_SAID
from veilleur.domains.estate.rules.map import DependencyKind, MapNode, ServiceRow
from veilleur.domains.knowledge.panels import DocumentsPanel, documents_panel
from veilleur.domains.monitoring.queries import visible_checks
from veilleur.domains.recovery.queries import visible_restart_times
from veilleur.domains.recovery.rules.evidence import KEY_ONLY_HERE, NEVER, UNPROVEN
from veilleur.domains.recovery.rules.report import RestartReport, ServiceAnswer
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST
from veilleur.shared.verdict import Verdict, worst
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class Neighbour:
    """One end of a dependency, with why it is there and where its page is."""

    node: MapNode
    why: str | Promise
    route: str


@dataclass(frozen=True)
class Data:
    """One data set the service needs."""

    id: UUID
    name: str
    kind: str | Promise
    locator: str


@dataclass(frozen=True)
class Meaning:
    """What the service means to the company: how critical by which activities, and who answers for it."""

    criticality: str | Promise
    because: tuple[MapNode, ...]
    referent: Referent | None
    is_outage_short: bool


@dataclass(frozen=True)
class ServicePage:
    """One service."""

    view: ServiceView
    headline: str
    lede: str | Promise
    promises: tuple[Promised, ...]
    timeline: Timeline | None
    needs: tuple[Neighbour, ...]
    needed_by: tuple[Neighbour, ...]
    falls: FallPanel
    data: tuple[Data, ...]
    rungs: tuple[Rung, ...]
    places: tuple[Place, ...]
    unprotected: tuple[Unprotected, ...]
    documents: DocumentsPanel | None
    meaning: Meaning

    @property
    def top_rung(self) -> Rung | None:
        """Return the highest proven rung."""
        return next((rung for rung in self.rungs if rung.is_top), None)


# What a dependency is for the node of the page, said of the node it needs...
_NEEDS: dict[str, Promise] = {
    DependencyKind.RELIES_ON: gettext_lazy("carries it"),
    DependencyKind.NEEDS_TO_RESTORE: gettext_lazy("must be restored before it"),
    DependencyKind.NEEDS_TO_START: gettext_lazy("must be there for it to start"),
    DependencyKind.NEEDS_TO_VALIDATE: gettext_lazy("is needed to check it"),
    DependencyKind.RUNS_ON: gettext_lazy("hosts it"),
    DependencyKind.STORED_ON: gettext_lazy("holds it"),
    DependencyKind.AUTHENTICATES_WITH: gettext_lazy("signs its users in"),
    DependencyKind.FLOWS_TO: gettext_lazy("receives its data"),
    DependencyKind.BACKED_UP_BY: gettext_lazy("backs it up"),
    DependencyKind.WATCHED_BY: gettext_lazy("watches it"),
}
# ... and of the node that needs it.
NEEDED_BY: dict[str, Promise] = {
    DependencyKind.RELIES_ON: gettext_lazy("relies on it"),
    DependencyKind.NEEDS_TO_RESTORE: gettext_lazy("is restored after it"),
    DependencyKind.NEEDS_TO_START: gettext_lazy("needs it to start"),
    DependencyKind.NEEDS_TO_VALIDATE: gettext_lazy("is checked with it"),
    DependencyKind.RUNS_ON: gettext_lazy("runs on it"),
    DependencyKind.STORED_ON: gettext_lazy("is stored on it"),
    DependencyKind.AUTHENTICATES_WITH: gettext_lazy("signs its users in with it"),
    DependencyKind.FLOWS_TO: gettext_lazy("sends data to it"),
    DependencyKind.BACKED_UP_BY: gettext_lazy("is backed up by it"),
    DependencyKind.WATCHED_BY: gettext_lazy("is watched by it"),
}


def service_page(viewer: Viewer, public_id: UUID, now: datetime) -> ServicePage | None:
    """Return a service's page, None where there is none for this viewer."""
    view = visible_service(viewer, public_id)
    if view is None:
        return None
    answers = _answers(visible_restart_times(viewer, now), view.row)
    protections = _protections(viewer, view, now)
    return ServicePage(
        view=view,
        headline=_headline(view, _watched(viewer, view, now), answers.get(MACHINE_LOST)),
        lede=_lede(answers.get(MACHINE_LOST)),
        promises=promises_of(answers, now),
        timeline=_timeline(viewer, view, protections, now),
        needs=neighbours(view.needs, _NEEDS),
        needed_by=neighbours(view.needed_by, NEEDED_BY),
        falls=fall_panel(viewer, public_id),
        data=tuple(
            Data(each.id, each.name, DataSetKindChoice(each.kind).label, each.locator)
            for each in view.data_sets
        ),
        rungs=ladder(protections) if protections else (),
        places=places(protections, now),
        unprotected=unprotected(protections),
        documents=documents_panel(viewer, public_id, now, also=(each.id for each in view.data_sets)),
        meaning=_meaning(viewer, view.row, now),
    )


def _meaning(viewer: Viewer, row: ServiceRow, now: datetime) -> Meaning:
    found = visible_criticality(viewer).get(row.id, NOBODY_HAS_SAID)
    nodes = {node.id: node for node in visible_map(viewer).nodes}
    return Meaning(
        criticality=CriticalityChoice(found.level).label,
        because=tuple(nodes[each] for each in found.because if each in nodes),
        referent=referent_of(viewer, row.referent, now),
        is_outage_short=row.max_outage_s is not None and row.max_outage_s < row.rto_s,
    )


def neighbours(
    pairs: tuple[tuple[str, MapNode], ...], words_of: Mapping[str, Promise]
) -> tuple[Neighbour, ...]:
    """Return the ends of dependencies as a page shows them, each with what it does for the other."""
    return tuple(Neighbour(node, words_of[kind], NODE_ROUTES.get(node.kind, "")) for kind, node in pairs)


def _answers(report: RestartReport | None, row: ServiceRow) -> dict[str, ServiceAnswer]:
    """Return the service's answer in each scenario that has one; none was computed for other objectives."""
    if report is None:
        return {}
    return {
        scenario.scenario: answer
        for scenario in report.scenarios
        for answer in scenario.services
        if (answer.service, answer.rto_s, answer.rpo_s) == (row.id, row.rto_s, row.rpo_s)
    }


def _protections(viewer: Viewer, view: ServiceView, now: datetime) -> tuple[Protection, ...]:
    """Return how the service's data is protected: only data sets that the view already shows."""
    shown = {data_set.id for data_set in view.data_sets}
    return tuple(each for each in whole_protection(viewer.organisation_id, now) if each.data_set in shown)


def _watched(viewer: Viewer, view: ServiceView, now: datetime) -> Verdict | None:
    """Return the worst state of the machines it runs on; None when none of them is watched. A database of
    its own that did not answer its last backup leaves it unknown at best.
    """
    verdicts = [row.verdict for row in visible_checks(viewer, now) if row.asset in view.row.asset_ids]
    silent = silent_data(visible_bare_data(viewer, now))
    if verdicts and not silent.isdisjoint(each.id for each in view.data_sets):
        verdicts.append(Verdict.UNKNOWN)
    return worst(verdicts) if verdicts else None


def _timeline(
    viewer: Viewer, view: ServiceView, protections: tuple[Protection, ...], now: datetime
) -> Timeline | None:
    """Return thirty days of the first machine it runs on, with the copies of its own data."""
    failed = tuple(
        run.started_at
        for data_set in view.data_sets
        for run in visible_runs(viewer, data_set.id)
        if run.state == RunState.FAILED
    )
    marks = Marks(protections, failed)
    for asset in view.row.asset_ids:
        found = machine_timeline(viewer, asset, view.row.name, now, copies=marks)
        if found is not None:
            return found
    return None


def _headline(view: ServiceView, watched: Verdict | None, lost: ServiceAnswer | None) -> str:
    state = {
        None: _("{name} is not watched yet"),
        Verdict.GOOD: _("{name} works"),
        Verdict.WATCH: _("{name} works, with something to watch"),
        Verdict.BAD: _("{name} is disturbed"),
        Verdict.UNKNOWN: _("Whether {name} works is unknown"),
    }[watched]
    return _("{state}; {restart}.").format(
        state=state.format(name=view.row.name), restart=_would_restart(lost)
    )


def _lede(lost: ServiceAnswer | None) -> str:
    """Return the figure behind the conclusion, or why there is none."""
    if lost is None:
        return ""
    if lost.quantiles.p80_s is None:
        return str(words.reason_sentence(lost.reason))
    if lost.rto_s is None:
        text = _("Without its machine it would take {time} to work again; nobody has said what is admitted.")
    elif lost.rto_is_default:
        text = _("Without its machine it would take {time} to work again; {rto} is admitted by default.")
    else:
        text = _("Without its machine it would take {time} to work again; {rto} is admitted.")
    return text.format(time=words.figure_of(lost)[1], rto=said_duration(lost.rto_s))


def _would_restart(answer: ServiceAnswer | None) -> str:
    """Return what would happen if its machine were lost, as half a sentence."""
    if answer is None:
        return _("how long a restart would take is unknown")
    if answer.kind == NEVER:
        return _("without its machine it would never come back")
    if answer.kind == KEY_ONLY_HERE:
        return _("without its machine no copy of it could be read")
    if answer.kind == UNPROVEN:
        return _("nobody has proven that it would come back")
    if answer.restart_state is Verdict.BAD:
        return _("it would not restart in time")
    return _("it would restart in time")
