"""Weak points: what alone brings services down, circles, zones that meet, what services lack."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.falls import listed, name_in, step_words, url_of
from veilleur.desk.pages.speech import language
from veilleur.domains.estate.labels import GAPS, PASSES_ON, DependencyKindChoice
from veilleur.domains.estate.queries import WeakPoints, visible_weak_points
from veilleur.domains.estate.rules.gaps import Care, Gap
from veilleur.domains.estate.rules.impact import PASSES_ON as PASSES
from veilleur.domains.estate.rules.map import MapNode, ServiceRow
from veilleur.domains.estate.rules.weak_points import Circle
from veilleur.domains.estate.rules.zones import Mix
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import sort_key, spelled


@dataclass(frozen=True)
class Named:
    """Something with its page, "" where it has none."""

    name: str
    url: str


@dataclass(frozen=True)
class SinglePoint:
    """A component and what it alone brings down. `others`: how much of it the viewer may not see."""

    component: Named
    verdict: Verdict
    falls: tuple[Named, ...]
    others: str


@dataclass(frozen=True)
class CircleLine:
    """Things that wait for one another, one sentence a step."""

    names: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class MixLine:
    """Where production and test meet."""

    where: Named
    sentence: str


@dataclass(frozen=True)
class Cell:
    """Whether one thing is there for a service, in a word."""

    label: str | Promise
    verdict: Verdict
    word: str


@dataclass(frozen=True)
class CareLine:
    """A service and what it lacks."""

    service: Named
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class KindLine:
    """A kind of dependency, whether what depends in this way falls too, and why."""

    name: str | Promise
    passes: bool
    why: str | Promise


@dataclass(frozen=True)
class WeakPointsPage:
    """What the page shows. `undrawn`: what the map has no machine for, so that nothing is known of it."""

    headline: str
    lede: str
    singles: tuple[SinglePoint, ...]
    undrawn: tuple[Named, ...]
    circles: tuple[CircleLine, ...]
    mixes: tuple[MixLine, ...]
    zones_verdict: Verdict
    zones_said: str
    gaps: tuple[str | Promise, ...]
    cares: tuple[CareLine, ...]
    complete: int
    kinds: tuple[KindLine, ...]


def weak_points_page(viewer: Viewer, now: datetime) -> WeakPointsPage | None:
    """Return the page, None where the viewer sees nothing of the organisation."""
    found = visible_weak_points(viewer, now)
    if found is None:
        return None
    points, names = found.points, found.names
    singles = _singles(points, names)
    undrawn = _undrawn(points, names)
    cares = [(row, care) for row, care in points.cares if care.missing or care.unknown]
    return WeakPointsPage(
        headline=_headline(points, len(singles), len(undrawn)),
        lede=_lede(points, len(undrawn)),
        singles=singles,
        undrawn=undrawn,
        circles=tuple(_circle(each, names) for each in points.circles),
        mixes=tuple(_mix(each, names) for each in points.mixes if each.node in names),
        zones_verdict=Verdict.GOOD if points.zoned else Verdict.UNKNOWN,
        zones_said=_zones_said(points.zoned),
        gaps=tuple(GAPS[gap] for gap in Gap),
        cares=tuple(_care(row, care) for row, care in cares),
        complete=len(points.cares) - len(cares),
        kinds=tuple(
            KindLine(DependencyKindChoice(kind).label, PASSES[kind], PASSES_ON[kind]) for kind in PASSES
        ),
    )


def _headline(points: WeakPoints, singles: int, undrawn: int) -> str:
    """Return what the map shows, the worst first; nothing drawn is no good news."""
    if points.circles:
        text = ngettext(
            "One circle of things that wait for one another keeps a restart from ending.",
            "{count} circles of things that wait for one another keep a restart from ending.",
            len(points.circles),
        )
        return _spelled(text, len(points.circles))
    if singles:
        text = ngettext(
            "One machine alone brings services down.",
            "{count} machines each alone bring services down.",
            singles,
        )
        return _spelled(text, singles)
    if undrawn or not points.rests:
        return _("Whether anything rests on one machine is unknown: the map does not say what runs where.")
    return _("Nothing on the map rests on one machine alone.")


def _lede(points: WeakPoints, undrawn: int) -> str:
    """Return how far the answer can be believed."""
    if not undrawn or not points.rests:
        return _("As far as the map says. What is not drawn on it is not counted, for good or for ill.")
    text = ngettext(
        "Of one service the map does not say on what it runs: nothing is known of it.",
        "Of {count} services the map does not say on what they run: nothing is known of them.",
        undrawn,
    )
    return text.format(count=spelled(undrawn, language()))


def _spelled(text: str, count: int) -> str:
    said = text.format(count=spelled(count, language()))
    return said[:1].upper() + said[1:]


def _singles(points: WeakPoints, names: Mapping[UUID, MapNode]) -> tuple[SinglePoint, ...]:
    """Return the components that alone bring something down, what matters most first."""
    falls: dict[UUID, list[UUID]] = {}
    for rests in points.rests:
        for component in rests.alone:
            falls.setdefault(component, []).append(rests.node)

    def rank(component: UUID) -> tuple[int, int, str]:
        those = falls[component]
        gravest = min(map(points.gravity, those))
        return gravest, -len(those), sort_key(name_in(names, component))

    return tuple(
        _single(points, component, falls[component], names)
        for component in sorted(falls, key=rank)
        if component in names
    )


def _single(
    points: WeakPoints, component: UUID, falls: Sequence[UUID], names: Mapping[UUID, MapNode]
) -> SinglePoint:
    seen = sorted((each for each in falls if each in names), key=lambda each: _order(points, names[each]))
    hidden = len(falls) - len(seen)
    others = ngettext("and one other", "and {count} others", hidden).format(count=hidden) if hidden else ""
    is_critical = any(points.is_critical(each) for each in falls)
    return SinglePoint(
        component=_named(names[component]),
        verdict=Verdict.BAD if is_critical else Verdict.WATCH,
        falls=tuple(_named(names[each]) for each in seen),
        others=others,
    )


def _order(points: WeakPoints, node: MapNode) -> tuple[int, str]:
    return points.gravity(node.id), sort_key(node.name)


def _undrawn(points: WeakPoints, names: Mapping[UUID, MapNode]) -> tuple[Named, ...]:
    found = [names[each.node] for each in points.rests if not each.is_drawn and each.node in names]
    return tuple(_named(node) for node in sorted(found, key=lambda node: sort_key(node.name)))


def _circle(circle: Circle, names: Mapping[UUID, MapNode]) -> CircleLine:
    return CircleLine(
        names=listed(name_in(names, edge.dependent) for edge in circle.edges),
        steps=tuple(f"{step_words(edge, names)}." for edge in circle.edges),
    )


def _mix(mix: Mix, names: Mapping[UUID, MapNode]) -> MixLine:
    def said(nodes: Iterable[UUID]) -> str:
        return listed(_("itself") if each == mix.node else name_in(names, each) for each in nodes)

    text = (
        _("carries both {production}, of production, and {test}, of test.")
        if mix.carries
        else _("rests on both {production}, of production, and {test}, of test.")
    )
    return MixLine(_named(names[mix.node]), text.format(production=said(mix.production), test=said(mix.test)))


def _zones_said(zoned: int) -> str:
    if not zoned:
        return _("nobody has said of any machine whether it is for production or for test.")
    text = ngettext(
        "They meet nowhere, as far as is said: of one machine.",
        "They meet nowhere, as far as is said: of {count} machines.",
        zoned,
    )
    return text.format(count=zoned)


def _care(row: ServiceRow, care: Care) -> CareLine:
    return CareLine(
        Named(row.name, reverse("desk:service", args=[row.id])), tuple(_cell(gap, care) for gap in Gap)
    )


def _cell(gap: Gap, care: Care) -> Cell:
    if gap in care.missing:
        return Cell(GAPS[gap], Verdict.WATCH, _("Missing"))
    if gap in care.unknown:
        return Cell(GAPS[gap], Verdict.UNKNOWN, _("Unknown"))
    return Cell(GAPS[gap], Verdict.GOOD, _("There"))


def _named(node: MapNode) -> Named:
    return Named(node.name, url_of(node))
