"""Drawings: what the little language says, what is told of its mistakes, and where everything stands."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.domains.knowledge.rules.diagram import MOST_FAULTS, Box, Diagram, Direction, Fault, Link, parse
from veilleur.domains.knowledge.rules.diagram_layout import BOX_HEIGHT, BOX_WIDTH, MOST_IN_ROW, lay_out

NETWORK = """
title: Pontoise
# the provider's
box net: Internet

group Server room
box fw: [? firewall]
box sw
end
net -> fw: fibre
fw<->sw
sw -- net: 4G
"""


def drawn(source: str) -> Diagram:
    found = parse(source)
    assert isinstance(found, Diagram), found
    return found


def test_boxes_groups_and_links_are_read_in_both_languages() -> None:
    french = NETWORK
    for english, word in (("title:", "titre :"), ("group", "groupe"), ("box", "boîte"), ("end", "fin")):
        french = french.replace(f"\n{english}", f"\n{word}")

    found = drawn(NETWORK)

    assert found == Diagram(
        "Pontoise",
        (Box("net", "Internet", None), Box("fw", "[? firewall]", 0), Box("sw", "sw", 0)),
        ("Server room",),
        (
            Link("net", "fw", Direction.THERE, "fibre"),
            Link("fw", "sw", Direction.BOTH, ""),
            Link("sw", "net", Direction.NONE, "4G"),
        ),
    )
    assert drawn(french) == found
    assert [(box.words, box.is_blank) for box in found.boxes] == [
        ("Internet", False),
        ("firewall", True),
        ("sw", False),
    ]


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("", [(0, "nothing_drawn")]),
        ("box a\nbox a: again", [(2, "box_twice")]),
        ("box a\na -> b", [(2, "box_unknown")]),
        ("box a\na -> a", [(2, "link_to_itself")]),
        ("box a\n<script>alert(1)</script>", [(2, "not_understood")]),
        ("group x\nbox a", [(1, "group_not_ended")]),
        ("group x\ngroup y\nbox a\nend", [(2, "group_in_group")]),
        ("box a\nend", [(2, "end_without_group")]),
        ("title: a\ntitle: b\nbox a", [(2, "title_twice")]),
        (f"box a: {'x' * 61}", [(1, "label_too_long")]),
        # A pattern would go back and forth in it for as long as the page waits.
        ("box a\na" + "--a" * 2600 + "!", [(2, "line_too_long")]),
        (f"box {'x' * 61}", [(1, "label_too_long")]),
        ("box a: b\n" * 2000, [(0, "too_long")]),
        ("\n".join(f"box b{number}" for number in range(61)), [(61, "too_many_boxes")]),
        ("\n".join(f"group {number}\nend" for number in range(13)) + "\nbox a", None),
        ("box a\nbox b\n" + "a -> b\n" * 101, [(103, "too_many_links")]),
        # Every line is told, up to what fits on a page.
        ("nonsense\n" * 20, [(number, "not_understood") for number in range(1, MOST_FAULTS + 1)]),
    ],
)
def test_each_mistake_is_told_with_its_line(source: str, faults: list[tuple[int, str]] | None) -> None:
    found = parse(source)

    assert not isinstance(found, Diagram)
    told = [(fault.line, fault.reason) for fault in found]
    assert told == faults if faults is not None else ("too_many_groups" in {reason for _line, reason in told})


def test_a_mistake_shows_the_line_itself() -> None:
    assert parse("box a\n a  ->   c ") == (Fault(2, "box_unknown", "a -> c"),)


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    count = draw(st.integers(1, 12))
    names = [f"b{number}" for number in range(count)]
    cut = draw(st.integers(0, count))
    boxes = tuple(Box(name, name * 9, None if at < cut else 0) for at, name in enumerate(names))
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] != pair[1])
    wanted = draw(st.lists(pairs, max_size=12)) if count > 1 else []
    links = tuple(Link(start, end, Direction.THERE, "") for start, end in wanted)
    return Diagram("", boxes, ("g",) if cut < count else (), links)


@settings(max_examples=60, deadline=None)
@given(diagrams())
def test_no_box_covers_another_and_no_link_crosses_a_box(diagram: Diagram) -> None:
    layout = lay_out(diagram)

    boxes = [(each.x, each.y, each.x + BOX_WIDTH, each.y + BOX_HEIGHT) for each in layout.boxes]
    for one, other in itertools.combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for link in layout.links:
        for (x1, y1), (x2, y2) in itertools.pairwise(link.points):
            assert x1 == x2 or y1 == y2
            for left, top, right, bottom in boxes:
                is_beside = max(x1, x2) <= left or min(x1, x2) >= right
                assert is_beside or max(y1, y2) <= top or min(y1, y2) >= bottom
    assert all(
        0 <= x <= layout.width and 0 <= y <= layout.height for each in layout.links for x, y in each.points
    )
    assert all(right <= layout.width and bottom <= layout.height for _left, _top, right, bottom in boxes)
    assert lay_out(diagram) == layout


def test_a_row_holds_so_many_and_what_is_linked_stands_below() -> None:
    source = (
        "box top\n" + "".join(f"box b{n}\n" for n in range(6)) + "".join(f"top -> b{n}\n" for n in range(6))
    )

    rows: dict[float, list[str]] = {}
    for each in lay_out(drawn(source)).boxes:
        rows.setdefault(each.y, []).append(each.box.name)

    assert list(rows.values()) == [["top"], ["b0", "b1", "b2", "b3"], ["b4", "b5"]]
    assert max(map(len, rows.values())) == MOST_IN_ROW


def test_groups_frame_their_boxes_alone() -> None:
    layout = lay_out(drawn(NETWORK))

    (frame,) = layout.groups
    inside = {each.box.name for each in layout.boxes if frame.y < each.y < frame.y + frame.height}
    assert inside == {"fw", "sw"}
