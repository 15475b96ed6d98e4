"""The map of a company: layers from what people do down to places, the same as a table, and what is down."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from veilleur.desk.pages.falls import FallLine, conclusion_of, fall_line, listed, others_said, url_of
from veilleur.desk.pages.map_selection import (
    CAUSE,
    GOOD,
    HIT,
    SITES,
    UNKNOWN,
    WATCH,
    Asked,
    Selection,
)
from veilleur.desk.pages.speech import lower_first
from veilleur.domains.estate.rules.impact import Harm
from veilleur.domains.estate.rules.map import MapNode, NodeKind
from veilleur.shared.drawings.layers import Box, Layer, Link, draw_layers
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import sort_key

# A layer shows so many boxes; the others are folded into one, until it is opened.
FOLD_FROM = 9
# Before the name of a site, where an address asks what falls with all of it.
SITE_MARK = "site:"
_LABELS: tuple[Promise, ...] = (
    gettext_lazy("Activities"),
    gettext_lazy("Services"),
    gettext_lazy("Data"),
    gettext_lazy("Machines"),
    gettext_lazy("Hosts"),
    gettext_lazy("Sites"),
)
_WORDS: dict[str, tuple[Verdict, Promise]] = {
    CAUSE: (Verdict.BAD, gettext_lazy("Down")),
    HIT: (Verdict.BAD, gettext_lazy("Disturbed")),
    WATCH: (Verdict.WATCH, gettext_lazy("To watch")),
    UNKNOWN: (Verdict.UNKNOWN, gettext_lazy("Unknown")),
    GOOD: (Verdict.GOOD, gettext_lazy("Good")),
}
# The same as if the focus fell.
_WOULD: dict[str, tuple[Verdict, Promise]] = {
    CAUSE: (Verdict.BAD, gettext_lazy("If it fell")),
    HIT: (Verdict.BAD, gettext_lazy("Would stop")),
    WATCH: (Verdict.WATCH, gettext_lazy("With less")),
    GOOD: (Verdict.GOOD, gettext_lazy("Would go on")),
}
_GRAVEST = (CAUSE, HIT, WATCH, UNKNOWN, GOOD)
_NAMED = 3
# Of several edges between two boxes, the first of these is drawn.
_LINE_KINDS = ("hot", "warm", "plain", "spare")


@dataclass(frozen=True)
class MapRow:
    """One node in the table."""

    name: str
    url: str
    layer: str | Promise
    site: str
    verdict: Verdict
    word: str | Promise
    serves: str
    rests_on: str


@dataclass(frozen=True)
class MapPage:
    """What the page shows. `steps`: from the cause to the activities, the nearest first, for a phone."""

    headline: str
    lede: str
    svg: str
    rows: tuple[MapRow, ...]
    causes: str
    steps: tuple[FallLine, ...]
    sites: tuple[str, ...]
    nodes: tuple[MapNode, ...]
    asked: Asked
    hidden: str


def map_page(viewer: Viewer, now: datetime, asked: Asked) -> MapPage | None:
    """Return the page; None where what falls is asked of something that is not there for this viewer."""
    found = Selection(viewer, now, asked)
    names = {node.id: node.name for node in found.whole.nodes}
    if asked.focus is not None and asked.focus not in names:
        return None
    causes = asked.lost_site or listed(sorted((names[each] for each in found.causes), key=sort_key))
    return MapPage(
        headline=_headline(found, causes, names),
        lede=_lede(found),
        svg=_drawing(found),
        rows=tuple(_row(found, node, names) for node in _sorted(found, found.nodes.values())),
        causes=causes,
        steps=_fall_lines(found),
        sites=found.sites,
        nodes=tuple(sorted(_choosable(found), key=lambda node: sort_key(node.name))),
        asked=asked,
        hidden=others_said(found.impact.hidden),
    )


def _choosable(found: Selection) -> Iterable[MapNode]:
    """Return what can be asked about: everything that something rests on."""
    needed = {edge.dependency for edge in found.edges}
    return (node for node in found.whole.nodes if node.id in needed)


def _fall_lines(found: Selection) -> tuple[FallLine, ...]:
    """Return what is hit, from the cause up to the activities."""
    lines = [fall_line(each, found.impact) for each in found.impact.fallen]
    return tuple(sorted(lines, key=lambda line: (len(line.path), sort_key(line.name))))


def _headline(found: Selection, causes: str, names: Mapping[UUID, str]) -> str:
    if found.supposed:
        return _if_it_fell(found, causes)
    if found.asked.focus is not None:
        return _("What {name} rests on.").format(name=names[found.asked.focus])
    if not found.causes:
        if not found.verdicts:
            return _("Nothing on the map is watched yet: how it is is unknown.")
        return _("Nothing that is watched on the map is down.")
    lost = [each.node for each in found.impact.fallen if each.harm == Harm.LOST]
    for kind in (NodeKind.ACTIVITY, NodeKind.SERVICE):
        hit = sorted((node.name for node in lost if node.kind == kind), key=sort_key)
        if hit:
            text = ngettext("{cause} disturbs {names}.", "{cause} disturb {names}.", len(found.causes))
            return text.format(cause=causes, names=listed(hit))
    text = ngettext(
        "{cause} is down; of what people use, the map names nothing that it disturbs.",
        "{cause} are down; of what people use, the map names nothing that they disturb.",
        len(found.causes),
    )
    return text.format(cause=causes)


def _if_it_fell(found: Selection, causes: str) -> str:
    _verdict, said = conclusion_of(found.impact)
    is_site = bool(found.asked.lost_site)
    text = _("If everything at {name} fell: {said}") if is_site else _("If {name} fell: {said}")
    return text.format(name=causes, said=lower_first(said))


def _lede(found: Selection) -> str:
    kinds = [node.kind for node in found.nodes.values()]
    activities = ngettext("{count} activity", "{count} activities", kinds.count(NodeKind.ACTIVITY))
    services = ngettext("{count} service", "{count} services", kinds.count(NodeKind.SERVICE))
    machines = ngettext("{count} machine", "{count} machines", kinds.count(NodeKind.ASSET))
    return _("{activities}, {services}, {machines}. Workstations are not drawn.").format(
        activities=activities.format(count=kinds.count(NodeKind.ACTIVITY)),
        services=services.format(count=kinds.count(NodeKind.SERVICE)),
        machines=machines.format(count=kinds.count(NodeKind.ASSET)),
    )


def _sorted(found: Selection, nodes: Iterable[MapNode]) -> list[MapNode]:
    def rank(node: MapNode) -> tuple[int, int, str]:
        return _GRAVEST.index(found.state_of(node.id)), found.layer_of(node), sort_key(node.name)

    return sorted(nodes, key=rank)


def _row(found: Selection, node: MapNode, names: dict[UUID, str]) -> MapRow:
    verdict, word = _words(found)[found.state_of(node.id)]
    return MapRow(
        name=node.name,
        url=url_of(node),
        layer=_LABELS[found.layer_of(node)],
        site=found.site_of(node.id),
        verdict=verdict,
        word=word,
        serves=_some(names[each] for each in found.direct_above(node.id)),
        rests_on=_some(names[each] for each in found.direct_below(node.id)),
    )


def _words(found: Selection) -> dict[str, tuple[Verdict, Promise]]:
    return _WOULD if found.supposed else _WORDS


def _some(names: Iterable[str]) -> str:
    """Return the first names of many, and how many more there are."""
    each = sorted(dict.fromkeys(names), key=sort_key)
    more = len(each) - _NAMED
    if more < 2:
        return listed(each)
    others = ngettext("{count} other", "{count} others", more).format(count=more)
    return listed([*each[:_NAMED], others])


def _drawing(found: Selection) -> str:
    layers, shown = _layers(found)
    links: dict[tuple[str, str], Link] = {}
    for edge in found.edges:
        ends = shown.get(edge.dependent, ""), shown.get(edge.dependency, "")
        if all(ends) and ends[0] != ends[1]:
            known = [links[ends].kind] if ends in links else []
            kind = min([found.kind_of(edge), *known], key=_LINE_KINDS.index)
            links[ends] = Link(*ends, kind)
    for node in _grounded(found):
        links.setdefault((shown[node], _site_key(found, node)), Link(shown[node], _site_key(found, node)))
    return draw_layers(
        "map",
        layers,
        tuple(links.values()),
        title=_("Map of the company"),
        desc=_("Layers from what people do down to sites. The table below says the same."),
    )


def _site_key(found: Selection, node: UUID) -> str:
    return f"site:{found.site_of(node)}"


def _grounded(found: Selection) -> list[UUID]:
    """Return the shown components that stand at a site and run on no other component."""
    held = {edge.dependent for edge in found.edges if edge.dependency in found.assets}
    return [key for key in found.nodes if key in found.assets and key not in held and found.site_of(key)]


def _layers(found: Selection) -> tuple[list[Layer], dict[UUID, str]]:
    """Return the layers with their boxes, and in which box each node is."""
    by_layer: dict[int, list[MapNode]] = {}
    for node in found.nodes.values():
        by_layer.setdefault(found.layer_of(node), []).append(node)
    shown: dict[UUID, str] = {}
    layers = []
    for number in range(SITES):
        nodes = by_layer.get(number, [])
        boxes = _boxes(found, number, sorted(nodes, key=found.weight), shown)
        if boxes:
            layers.append(Layer(str(_LABELS[number]), tuple(boxes)))
    sites = sorted({found.site_of(node) for node in _grounded(found)}, key=sort_key)
    if sites:
        layers.append(Layer(str(_LABELS[SITES]), tuple(map(_site_box, sites))))
    return layers, shown


def _boxes(found: Selection, number: int, nodes: Sequence[MapNode], shown: dict[UUID, str]) -> list[Box]:
    kept = list(nodes)
    if len(nodes) > FOLD_FROM and number not in found.asked.opened:
        # What is down is never folded away.
        kept = [
            node
            for rank, node in enumerate(nodes)
            if rank < FOLD_FROM - 1 or (found.state_of(node.id) == CAUSE and not found.supposed)
        ]
    folded = [node for node in nodes if node not in kept]
    shown |= {node.id: str(node.id) for node in kept} | {node.id: f"fold:{number}" for node in folded}
    boxes = [_box(found, node) for node in sorted(kept, key=lambda node: sort_key(node.name))]
    return [*boxes, _fold(found, number, folded)] if folded else boxes


def _box(found: Selection, node: MapNode) -> Box:
    state = found.state_of(node.id)
    word = str(_words(found)[state][1])
    is_focus = node.id == found.asked.focus
    return Box(
        key=str(node.id),
        label=node.name,
        state=state,
        href=url_of(node) or _address(found.asked) if is_focus else _address(Asked(focus=node.id)),
        said=_("{name}: {state}").format(name=node.name, state=word),
        note="" if state in {GOOD, UNKNOWN} else word,
    )


def _fold(found: Selection, number: int, folded: Sequence[MapNode]) -> Box:
    hit = sum(found.state_of(node.id) in {CAUSE, HIT} for node in folded)
    text = ngettext("+ {count} other", "+ {count} others", len(folded)).format(count=len(folded))
    disturbed = ngettext("{count} disturbed", "{count} disturbed", hit).format(count=hit) if hit else ""
    opened = replace(found.asked, opened=found.asked.opened | {number})
    layer = str(_LABELS[number])
    said = _("{layer}: {others}. Open.").format(layer=layer, others=f"{text} {disturbed}".strip())
    return Box(f"fold:{number}", text, "fold", _address(opened), said, disturbed)


def _site_box(site: str) -> Box:
    said = _("What stands at {site}").format(site=site)
    return Box(f"site:{site}", site, "plain", _address(Asked(site=site)), said)


def _address(asked: Asked) -> str:
    """Return the address of the map as asked."""
    focus = f"{SITE_MARK}{asked.lost_site}" if asked.lost_site else str(asked.focus or "")
    said = [("site", asked.site), ("state", asked.state), ("focus", focus)]
    said += [("open", str(layer)) for layer in sorted(asked.opened)]
    query = urlencode([(key, value) for key, value in said if value])
    return f"{reverse('desk:map')}?{query}#map" if query else reverse("desk:map")
