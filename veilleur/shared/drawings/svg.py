"""The few SVG elements that drawings are made of, as escaped text."""

from collections.abc import Iterable
from html import escape

Number = float | int


def number(value: Number) -> str:
    """Return a coordinate with one decimal at most, so that equal drawings are equal texts."""
    return f"{round(value, 1):g}"


def element(name: str, attributes: dict[str, str | Number], content: str = "") -> str:
    """Return one element; a trailing underscore of a name is dropped (`class_`), `content` is SVG already."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>"


def rect(x: Number, y: Number, width: Number, height: Number, class_: str, **more: str) -> str:
    """Return a rectangle; a negative width, which SVG refuses, is drawn as none."""
    box: dict[str, str | Number] = {
        "x": x,
        "y": y,
        "width": max(0, width),
        "height": height,
        "class_": class_,
    }
    return element("rect", {**box, **more})


def line(x1: Number, y1: Number, x2: Number, y2: Number, class_: str) -> str:
    """Return a straight line."""
    return element("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "class_": class_})


def path(d: str, class_: str) -> str:
    """Return a path."""
    return element("path", {"d": d, "class_": class_})


def text(x: Number, y: Number, words: str, class_: str = "d-text") -> str:
    """Return a text; words are escaped."""
    return element("text", {"x": x, "y": y, "class_": class_}, escape(words))


def drawing(name: str, size: tuple[Number, Number], parts: Iterable[str], *, title: str, desc: str) -> str:
    """Return a whole drawing with the title and description that a screen reader says. `name` is unique."""
    head = element("title", {"id": f"{name}-t"}, escape(title)) + element(
        "desc", {"id": f"{name}-d"}, escape(desc)
    )
    frame: dict[str, str | Number] = {
        "viewBox": f"0 0 {number(size[0])} {number(size[1])}",
        "role": "img",
        "aria-labelledby": f"{name}-t {name}-d",
    }
    return element("svg", frame, head + "".join(parts))


def hatch(name: str, line_class: str) -> str:
    """Return a pattern of diagonal lines, to be named by `fill="url(#name)"` in the same drawing."""
    stroke = line(0, 0, 0, 6, f"d-hatch {line_class}")
    frame: dict[str, str | Number] = {
        "id": name,
        "width": 6,
        "height": 6,
        "patternUnits": "userSpaceOnUse",
        "patternTransform": "rotate(45)",
    }
    return element("pattern", frame, stroke)


def dots(name: str, class_: str) -> str:
    """Return a pattern of dots: what is unknown."""
    dot = element("circle", {"cx": 2.5, "cy": 2.5, "r": 1.1, "class_": class_})
    frame: dict[str, str | Number] = {"id": name, "width": 5, "height": 5, "patternUnits": "userSpaceOnUse"}
    return element("pattern", frame, dot)
