"""If this falls: what stops and what goes on with less, as a list, each with the path in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from veilleur.desk.pages.speech import language
from veilleur.domains.estate.labels import NodeKindChoice
from veilleur.domains.estate.queries import Fallen, ImpactView, visible_impact
from veilleur.domains.estate.rules.impact import Harm, Hit
from veilleur.domains.estate.rules.map import DependencyKind, MapEdge, MapNode, NodeKind
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import sort_key, spelled

# What people lose comes first, then what carries it.
_LAYERS = (NodeKind.ACTIVITY, NodeKind.SERVICE, NodeKind.DATA_SET, NodeKind.ASSET)
_PEOPLES = frozenset({NodeKind.ACTIVITY, NodeKind.SERVICE})
NODE_ROUTES: dict[str, str] = {
    NodeKind.ACTIVITY: "desk:activity",
    NodeKind.SERVICE: "desk:service",
    NodeKind.ASSET: "desk:machine",
}
_WORDS: dict[Harm, tuple[Verdict, Promise]] = {
    Harm.LOST: (Verdict.BAD, gettext_lazy("Stops")),
    Harm.DEGRADED: (Verdict.WATCH, gettext_lazy("With less")),
}
# One step of a path, said of both its ends.
STEPS: dict[str, Promise] = {
    DependencyKind.RELIES_ON: gettext_lazy("{dependent} relies on {dependency}"),
    DependencyKind.RUNS_ON: gettext_lazy("{dependent} runs on {dependency}"),
    DependencyKind.STORED_ON: gettext_lazy("{dependent} is stored on {dependency}"),
    DependencyKind.NEEDS_TO_START: gettext_lazy("{dependent} does not start without {dependency}"),
    DependencyKind.NEEDS_TO_RESTORE: gettext_lazy("{dependent} is restored after {dependency}"),
    DependencyKind.NEEDS_TO_VALIDATE: gettext_lazy("{dependent} is checked with {dependency}"),
    DependencyKind.AUTHENTICATES_WITH: gettext_lazy("People sign in to {dependent} with {dependency}"),
    DependencyKind.FLOWS_TO: gettext_lazy("{dependent} sends data to {dependency}"),
    DependencyKind.BACKED_UP_BY: gettext_lazy("{dependent} is backed up by {dependency}"),
    DependencyKind.WATCHED_BY: gettext_lazy("{dependent} is watched by {dependency}"),
}


@dataclass(frozen=True)
class FallLine:
    """One thing that is hit. `path`: why, one sentence a step, from what falls to it; `url` "": no page."""

    name: str
    url: str
    kind: str | Promise
    verdict: Verdict
    word: str | Promise
    path: tuple[str, ...]


@dataclass(frozen=True)
class FallPanel:
    """What happens if something falls. `lines`: activities and services; `further`: what carries them.

    `hidden` says how many others there are that the viewer may not see, "" where there are none.
    """

    verdict: Verdict
    headline: str
    lines: tuple[FallLine, ...]
    further: tuple[FallLine, ...]
    further_said: str
    hidden: str


def fall_panel(viewer: Viewer, node: UUID) -> FallPanel:
    """Return what happens if one node falls."""
    view = visible_impact(viewer, [node])
    ordered = sorted(view.fallen, key=_place)
    lines = tuple(fall_line(each, view) for each in ordered if each.node.kind in _PEOPLES)
    further = tuple(fall_line(each, view) for each in ordered if each.node.kind not in _PEOPLES)
    verdict, headline = conclusion_of(view)
    return FallPanel(verdict, headline, lines, further, _counted(further), others_said(view.hidden))


def path_words(hits: Sequence[Hit], names: Mapping[UUID, MapNode]) -> tuple[str, ...]:
    """Return why the last of these hits happens, one sentence a step; what may not be seen has no name."""
    return tuple(_step(hit, names) for hit in hits if hit.by is not None)


def step_words(edge: MapEdge, names: Mapping[UUID, MapNode]) -> str:
    """Return what an edge says of its two ends, as a clause."""
    return str(STEPS[edge.kind]).format(
        dependent=name_in(names, edge.dependent), dependency=name_in(names, edge.dependency)
    )


def name_in(names: Mapping[UUID, MapNode], node: UUID) -> str:
    """Return a node's name, or that the viewer may not see it."""
    return names[node].name if node in names else _("something that you may not see")


def url_of(node: MapNode) -> str:
    """Return a node's page, "" where it has none."""
    route = NODE_ROUTES.get(node.kind, "")
    return reverse(route, args=[node.id]) if route else ""


def listed(names: Iterable[str]) -> str:
    """Return names as one enumeration."""
    each = list(names)
    if len(each) < 2:
        return "".join(each)
    return _("{first} and {last}").format(first=", ".join(each[:-1]), last=each[-1])


def _place(fallen: Fallen) -> tuple[int, bool, str]:
    return _LAYERS.index(NodeKind(fallen.node.kind)), fallen.harm != Harm.LOST, sort_key(fallen.node.name)


def fall_line(fallen: Fallen, view: ImpactView) -> FallLine:
    """Return one thing that is hit, in words."""
    verdict, word = _WORDS[fallen.harm]
    return FallLine(
        name=fallen.node.name,
        url=url_of(fallen.node),
        kind=NodeKindChoice(fallen.node.kind).label,
        verdict=verdict,
        word=word,
        path=path_words(fallen.path, view.names),
    )


def _step(hit: Hit, names: Mapping[UUID, MapNode]) -> str:
    assert hit.by is not None, "only a lost node is hit by nothing"
    said = step_words(hit.by, names)
    if hit.standing is None:
        return f"{said}."
    standing = hit.standing
    text = ngettext(
        "{said}: {left} of {of} would be left, {needed} is enough.",
        "{said}: {left} of {of} would be left, {needed} are needed.",
        standing.needed,
    )
    return text.format(said=said, left=standing.left, of=standing.of, needed=standing.needed)


def conclusion_of(view: ImpactView) -> tuple[Verdict, str]:
    """Return what happens in one sentence."""
    if not view.is_drawn:
        return Verdict.UNKNOWN, _("The map says nothing of what depends on it: what would stop is unknown.")
    lost = [each.node for each in view.fallen if each.harm == Harm.LOST]
    weak = [each.node for each in view.fallen if each.harm == Harm.DEGRADED]
    stopped, weakened = _counted_people(lost), _counted_people(weak)
    if stopped:
        text = ngettext("{what} would stop.", "{what} would stop.", _people(lost))
        return Verdict.BAD, text.format(what=stopped[:1].upper() + stopped[1:])
    if weakened:
        text = ngettext(
            "Nothing that people use would stop; {what} would go on with what is left.",
            "Nothing that people use would stop; {what} would go on with what is left.",
            _people(weak),
        )
        return Verdict.WATCH, text.format(what=weakened)
    if view.hidden:
        return Verdict.UNKNOWN, _("Nothing that you may see would stop.")
    return Verdict.GOOD, _("Nothing that people use would stop, as far as the map says.")


def _people(nodes: Iterable[MapNode]) -> int:
    return sum(node.kind in _PEOPLES for node in nodes)


def _counted_people(nodes: Iterable[MapNode]) -> str:
    """Return how many activities and services there are among the nodes, "" where there are none."""
    kinds = [node.kind for node in nodes]
    activities, services = kinds.count(NodeKind.ACTIVITY), kinds.count(NodeKind.SERVICE)
    said = []
    if activities:
        text = ngettext("one activity", "{count} activities", activities)
        said.append(text.format(count=spelled(activities, language())))
    if services:
        text = ngettext("one service", "{count} services", services)
        said.append(text.format(count=spelled(services, language())))
    return listed(said)


def _counted(further: Sequence[FallLine]) -> str:
    if not further:
        return ""
    text = ngettext(
        "One machine or data set on the way", "{count} machines and data sets on the way", len(further)
    )
    return text.format(count=len(further))


def others_said(hidden: int) -> str:
    """Return how many others there are that the viewer may not see, "" where there are none."""
    if not hidden:
        return ""
    text = ngettext("And one other that you may not see.", "And {count} others that you may not see.", hidden)
    return text.format(count=hidden)
