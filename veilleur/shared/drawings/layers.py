"""The map: layers from people down to places, boxes that lead on, lines from what needs to what is needed.

Places follow from names and lines alone, so that they stay the same from one day to the next. Shape says the
state: a square is a cause, a triangle what it hits, a circle what is to be watched, a question mark unknown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from veilleur.shared.drawings import svg

WIDTH = 1180
_LEFT = 118  # room for the names of the layers
_HIGH, _GAP = 38, 14  # of a box, and between boxes
_ROW, _BAND = 58, 104  # from one row of a layer to the next, and a layer of one row
_LONGEST = 21  # signs of a name; the whole of it is in its title
_LOUD = frozenset({"cause", "hit", "watch"})
_MARKED = _LOUD | {"unknown"}
_CLASSES = {
    "plain": "m-node",
    "good": "m-node",
    "cause": "m-hot",
    "hit": "m-hot",
    "watch": "m-watch",
    "unknown": "m-unknown",
    "fold": "m-group",
}

# Spare: another one can stand in. Hot and warm: by this line something is lost, or goes on with less.
_LINES = {"plain": "m-edge", "spare": "m-edge-spare", "warm": "m-edge-warm", "hot": "m-edge-hot"}


@dataclass(frozen=True)
class Box:
    """One box. `state` is a key of the classes; `said` is its whole sentence for those who hear the page."""

    key: str
    label: str
    state: str
    href: str
    said: str
    note: str = ""


@dataclass(frozen=True)
class Layer:
    """One layer with its boxes, in the order in which they stand where no line says better."""

    label: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Link:
    """A line from the box that needs to the one it needs. `kind` is a key of the classes of lines."""

    upper: str
    lower: str
    kind: str = "plain"


@dataclass(frozen=True)
class _Place:
    x: float
    y: float
    width: float


def draw_layers(name: str, layers: Sequence[Layer], links: Sequence[Link], *, title: str, desc: str) -> str:
    """Return the drawing, layers from top to bottom; a box that is in none is left out with its lines."""
    parts, places, top = list[str](), dict[str, _Place](), 8.0
    ordered = _in_order(layers, links)
    for rank, layer in enumerate(ordered):
        rows = _rows(layer.boxes)
        high = _BAND + (len(rows) - 1) * _ROW
        if not rank % 2:
            parts.append(svg.rect(0, top, WIDTH, high - 14, "m-band"))
        parts.append(svg.text(10, top + (high - 14) / 2 + 4, layer.label, "d-text-2"))
        for number, row in enumerate(rows):
            places |= _placed(row, top + 26 + number * _ROW)
        top += high
    drawn = [_line(link, places) for link in links if link.upper in places and link.lower in places]
    boxes = [_box(box, places[box.key]) for layer in ordered for box in layer.boxes]
    return _frame(name, top, [*parts, *drawn, *boxes], title=title, desc=desc)


def _in_order(layers: Sequence[Layer], links: Iterable[Link]) -> list[Layer]:
    """Return the layers with each box below the middle of those that need it; folded ones stay last."""
    needed_by: dict[str, list[str]] = defaultdict(list)
    for link in links:
        needed_by[link.lower].append(link.upper)
    at: dict[str, float] = {}
    ordered = []
    for layer in layers:
        count = max(1, len(layer.boxes))
        own = {box.key: (rank + 0.5) / count for rank, box in enumerate(layer.boxes)}
        wanted = {key: _middle(needed_by[key], at, fallback) for key, fallback in own.items()}
        boxes = sorted(layer.boxes, key=lambda box: (box.state == "fold", wanted[box.key], own[box.key]))
        at |= {box.key: (rank + 0.5) / count for rank, box in enumerate(boxes)}
        ordered.append(Layer(layer.label, tuple(boxes)))
    return ordered


def _middle(keys: Iterable[str], at: Mapping[str, float], fallback: float) -> float:
    known = [at[key] for key in keys if key in at]
    return sum(known) / len(known) if known else fallback


def _rows(boxes: Sequence[Box]) -> list[list[Box]]:
    rows: list[list[Box]] = [[]]
    taken = 0.0
    for box in boxes:
        if rows[-1] and taken + _wide(box) > WIDTH - _LEFT - _GAP:
            rows.append([])
            taken = 0
        rows[-1].append(box)
        taken += _wide(box) + _GAP
    return rows


def _placed(row: Sequence[Box], y: float) -> dict[str, _Place]:
    """Return where the boxes of a row stand: spread over its width."""
    spare = WIDTH - _LEFT - sum(map(_wide, row))
    gap, x, places = spare / (len(row) + 1), float(_LEFT), dict[str, _Place]()
    for box in row:
        x += gap
        places[box.key] = _Place(x, y, _wide(box))
        x += _wide(box)
    return places


def _wide(box: Box) -> float:
    longest = max(len(_short(box.label)), 0.86 * len(_short(box.note)))
    return min(178, max(84, 6.6 * longest + (44 if box.state in _MARKED else 24)))


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"


def _line(link: Link, places: Mapping[str, _Place]) -> str:
    upper, lower = places[link.upper], places[link.lower]
    x1, x2 = upper.x + upper.width / 2, lower.x + lower.width / 2
    y1, y2 = upper.y + _HIGH, lower.y
    turn = (y1 + y2) / 2
    if upper.y >= lower.y:
        # In one layer: a bow below both.
        y2 = lower.y + _HIGH
        turn = max(y1, y2) + 22
    bow = f"C{_n(x1)} {_n(turn)} {_n(x2)} {_n(turn)} {_n(x2)} {_n(y2)}"
    return svg.path(f"M{_n(x1)} {_n(y1)} {bow}", _LINES[link.kind])


def _n(value: float) -> str:
    return svg.number(value)


def _box(box: Box, place: _Place) -> str:
    # A mark stands before the words.
    middle = place.x + place.width / 2 + (8 if box.state in _MARKED else 0)
    class_ = "d-text d-mid d-strong" if box.state in _LOUD else "d-text d-mid"
    high = place.y + (17 if box.note else 23)
    radius = "18" if box.state == "fold" else "3"
    parts = [
        svg.element("title", {}, escape(box.said)),
        svg.rect(place.x, place.y, place.width, _HIGH, _CLASSES[box.state], rx=radius),
        _mark(box.state, place.x + 12, place.y + 12),
        svg.text(middle, high, _short(box.label), class_),
    ]
    if box.note:
        parts.append(svg.text(middle, place.y + 31, _short(box.note), "d-text-2 d-mid d-small"))
    return svg.element("a", {"href": box.href, "class_": "m-link", "aria-label": box.said}, "".join(parts))


def _mark(state: str, x: float, y: float) -> str:
    if state == "cause":
        return svg.rect(x - 4, y - 4, 8, 8, "d-bad")
    if state == "hit":
        return svg.path(f"M{_n(x)} {_n(y - 5)} l5 9 h-10 z", "d-bad")
    if state == "watch":
        return svg.element("circle", {"cx": x, "cy": y, "r": 4, "class_": "d-watch-line"})
    if state == "unknown":
        return svg.text(x - 3, y + 4, "?", "d-text d-strong")
    return ""


def _frame(name: str, high: float, parts: Iterable[str], *, title: str, desc: str) -> str:
    """Return the whole drawing. It is no picture but a group: its boxes lead on."""
    head = svg.element("title", {"id": f"{name}-t"}, escape(title))
    head += svg.element("desc", {"id": f"{name}-d"}, escape(desc))
    frame: dict[str, str | svg.Number] = {
        "viewBox": f"0 0 {WIDTH} {_n(high)}",
        "role": "group",
        "aria-labelledby": f"{name}-t",
        "aria-describedby": f"{name}-d",
    }
    return svg.element("svg", frame, head + "".join(parts))
