"""The drawing of layers: places that stay, lines between boxes that are there, words as text."""

import re
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.shared.drawings.layers import WIDTH, Box, Layer, Link, draw_layers


def box(key: str, label: str = "", state: str = "good", note: str = "") -> Box:
    return Box(key, label or key, state, f"/map/?focus={key}", f"{label or key}: {state}", note)


def drawn(layers: list[list[Box]], *links: Link) -> str:
    named = [Layer(f"layer {rank}", tuple(boxes)) for rank, boxes in enumerate(layers)]
    return draw_layers("map", named, links, title="Map", desc="What rests on what.")


def places(svg: str) -> dict[str, tuple[float, float, float]]:
    """Return the left edge, the top and the width of each box, by its label."""
    found = re.findall(r'aria-label="([^":]*):[^"]*">.*?<rect x="([^"]*)" y="([^"]*)" width="([^"]*)"', svg)
    return {label: (float(x), float(y), float(width)) for label, x, y, width in found}


def test_boxes_stand_below_what_needs_them() -> None:
    svg = drawn([[box("a"), box("b")], [box("c"), box("d")]], Link("a", "d"), Link("b", "c"))

    at = places(svg)
    assert at["a"][0] < at["b"][0]
    assert at["d"][0] < at["c"][0]
    assert at["a"][1] == at["b"][1] < at["c"][1]


def test_what_is_folded_stands_last_whatever_needs_it() -> None:
    svg = drawn([[box("a"), box("b")], [box("more", state="fold"), box("c")]], Link("a", "more"))

    at = places(svg)
    assert at["c"][0] < at["more"][0]


def test_a_line_to_a_box_that_is_not_there_is_left_out() -> None:
    assert "m-edge" not in drawn([[box("a")]], Link("a", "gone"))


def test_each_kind_of_line_and_state_has_its_shape() -> None:
    states = ["cause", "hit", "watch", "unknown", "fold", "plain"]
    boxes = [box(state, state=state) for state in states]
    svg = drawn(
        [boxes, [box("z")]], *(Link("cause", "z", kind) for kind in ("hot", "warm", "plain", "spare"))
    )

    for class_ in ("m-hot", "m-watch", "m-unknown", "m-group", "m-node", "d-watch-line", "d-bad"):
        assert f'class="{class_}' in svg
    for class_ in ("m-edge-hot", "m-edge-warm", "m-edge-spare", "m-edge"):
        assert f'class="{class_}"' in svg
    assert ">?</text>" in svg


def test_a_long_name_is_cut_in_the_box_and_whole_for_those_who_hear_it() -> None:
    name = "a server with a very long name indeed & more"
    svg = drawn([[box("a", name)]])

    assert "<text" in svg
    assert f'aria-label="{name.replace("&", "&amp;")}: good"' in svg
    assert "a server with a very…" in svg


@settings(max_examples=40)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_no_box_lies_on_another_or_outside_and_the_same_map_is_the_same_drawing(
    counts: list[int], random: Random
) -> None:
    layers = [
        [box(f"n{layer}-{number}", "x" * random.randint(1, 40)) for number in range(count)]
        for layer, count in enumerate(counts)
    ]
    keys = [each.key for boxes in layers for each in boxes]
    links = [Link(random.choice(keys), random.choice(keys)) for _number in range(20)] if keys else []

    svg = drawn(layers, *links)

    assert svg == drawn(layers, *links)
    found = re.findall(r'<rect x="([^"]*)" y="([^"]*)" width="([^"]*)" height="38"', svg)
    rects = [(float(x), float(y), float(width)) for x, y, width in found]
    assert len(rects) == len(keys)
    by_row: dict[float, list[tuple[float, float]]] = {}
    for x, y, width in rects:
        assert x >= 0
        assert x + width <= WIDTH
        by_row.setdefault(y, []).append((x, x + width))
    for row in by_row.values():
        ordered = sorted(row)
        assert all(before[1] <= after[0] for before, after in pairwise(ordered))
