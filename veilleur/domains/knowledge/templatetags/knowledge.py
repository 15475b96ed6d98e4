"""What people write in a document as a page shows it: `{% load knowledge %}`, `{{ text|document_text }}`.

Markdown as everywhere, and its blocks named `diagram` drawn.
"""

import hashlib

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from veilleur.domains.knowledge.labels import drawing_fault, said_diagram
from veilleur.domains.knowledge.rules.diagram import Diagram, Direction, parse, without_marks
from veilleur.domains.knowledge.rules.diagram_layout import (
    BOX_HEIGHT,
    BOX_WIDTH,
    Layout,
    PlacedBox,
    PlacedLink,
    lay_out,
)
from veilleur.shared.drawings import svg
from veilleur.shared.markdown import to_html

register = template.Library()

FENCE = "diagram"
_HEAD, _HALF = 7, 4  # of an arrow: its length, and half its width


@register.filter
def document_text(value: str, top_heading: int = 3) -> SafeString:
    """Return a document's text as HTML, cleaned after it was rendered, its drawings put in after that."""
    drawn = to_html(value, top_heading=top_heading, drawings={FENCE: drawing_html})
    return mark_safe(drawn)  # noqa: S308 - cleaned; drawings are made of escaped texts


def drawing_html(source: str) -> str:
    """Return a drawing with what it says in words, or what is wrong with its source."""
    diagram = parse(source)
    if not isinstance(diagram, Diagram):
        faults = [drawing_fault(fault) for fault in diagram]
        return render_to_string("knowledge/parts/diagram_faults.html", {"faults": faults, "source": source})
    name = f"diagram-{hashlib.sha256(source.encode(errors='replace')).hexdigest()[:10]}"
    context = {
        "drawing": mark_safe(_svg(name, diagram)),  # noqa: S308 - made of escaped texts
        "title": diagram.title,
        "said": said_diagram(diagram),
    }
    return render_to_string("knowledge/parts/diagram.html", context)


def _svg(name: str, diagram: Diagram) -> str:
    layout = lay_out(diagram)
    parts = [
        *(svg.rect(each.x, each.y, each.width, each.height, "d-group", rx="4") for each in layout.groups),
        *(
            svg.text(each.x + 10, each.y + 17, without_marks(each.name), "d-text-2 d-strong")
            for each in layout.groups
        ),
        *(part for each in layout.links for part in _line(each)),
        *(part for each in layout.boxes for part in _box(each)),
        *(
            svg.text(
                each.label_at[0],
                each.label_at[1] + 4,
                without_marks(each.link.label),
                "d-text-2 d-halo d-mid",
            )
            for each in layout.links
            if each.link.label
        ),
    ]
    desc = "; ".join(line for _group, lines in said_diagram(diagram) for line in lines)
    return svg.drawing(name, _size(layout), parts, title=diagram.title or _("Drawing"), desc=desc)


def _size(layout: Layout) -> tuple[float, float]:
    return layout.width, layout.height


def _box(place: PlacedBox) -> tuple[str, ...]:
    class_ = "d-box d-box-blank" if place.box.is_blank else "d-box"
    frame = svg.rect(place.x, place.y, BOX_WIDTH, BOX_HEIGHT, class_, rx="4")
    first = place.y + BOX_HEIGHT / 2 + 5 - (len(place.lines) - 1) * 8
    middle = place.x + BOX_WIDTH / 2
    words = (
        svg.text(middle, first + number * 16, line, "d-text d-mid") for number, line in enumerate(place.lines)
    )
    return (frame, *words)


def _line(placed: PlacedLink) -> tuple[str, ...]:
    way = " L".join(f"{svg.number(x)} {svg.number(y)}" for x, y in placed.points)
    parts = [svg.path(f"M{way}", "d-link")]
    if placed.link.direction is not Direction.NONE:
        parts.append(_arrow(placed.points[-2], placed.points[-1]))
    if placed.link.direction is Direction.BOTH:
        parts.append(_arrow(placed.points[1], placed.points[0]))
    return tuple(parts)


def _arrow(before: tuple[float, float], tip: tuple[float, float]) -> str:
    """Return the head of an arrow: links end upright."""
    base = tip[1] - _HEAD if tip[1] > before[1] else tip[1] + _HEAD
    corners = ((tip[0], tip[1]), (tip[0] - _HALF, base), (tip[0] + _HALF, base))
    return svg.path("M" + " L".join(f"{svg.number(x)} {svg.number(y)}" for x, y in corners) + " Z", "d-head")
