"""The difference of two texts: nothing of either is lost, and what changed within a line is marked."""

from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.knowledge.rules.difference import Piece, Side, compare, text_of

TEXTS = st.lists(st.text(alphabet="ab \n", max_size=12)).map("\n".join)


@given(TEXTS | st.text(), TEXTS | st.text())
def test_both_texts_can_be_read_off_their_difference(old: str, new: str) -> None:
    lines = compare(old, new)

    assert text_of(lines, Side.OLD) == old
    assert text_of(lines, Side.NEW) == new


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    lines = compare(text, text)

    assert {line.side for line in lines} == {Side.BOTH}
    assert not any(piece.is_changed for line in lines for piece in line.pieces)


def test_the_words_that_changed_are_marked_within_their_line() -> None:
    lines = compare("Call Anna first\nthen wait", "Call Ben first\nthen wait\nlong")

    assert [(line.side, line.pieces) for line in lines] == [
        (Side.OLD, (Piece("Call ", False), Piece("Anna", True), Piece(" first", False))),
        (Side.NEW, (Piece("Call ", False), Piece("Ben", True), Piece(" first", False))),
        (Side.BOTH, (Piece("then wait", False),)),
        (Side.NEW, (Piece("long", False),)),
    ]


def test_lines_with_nothing_in_common_are_shown_whole() -> None:
    (old, new) = compare("Call Anna", "Restart 42")

    assert old.pieces == (Piece("Call Anna", False),)
    assert new.pieces == (Piece("Restart 42", False),)


def test_huge_texts_are_compared_by_what_they_begin_and_end_with() -> None:
    old = "\n".join(["same", *(f"a {n % 7}" for n in range(20_000)), "same"])
    new = "\n".join(["same", *(f"b {n % 5}" for n in range(20_000)), "same"])

    lines = compare(old, new)

    assert [line.side for line in (lines[0], lines[1], lines[-2], lines[-1])] == [
        Side.BOTH,
        Side.OLD,
        Side.NEW,
        Side.BOTH,
    ]
    assert (text_of(lines, Side.OLD), text_of(lines, Side.NEW)) == (old, new)


def test_many_long_lines_are_compared_line_by_line_only() -> None:
    words = " ".join("ab"[n % 2] for n in range(200))
    old, new = "\n".join([f"x {words}"] * 400), "\n".join([f"y {words}"] * 400)

    lines = compare(old, new)

    assert not any(piece.is_changed for line in lines for piece in line.pieces)
    assert text_of(lines, Side.NEW) == new


def test_a_comparison_that_goes_round_in_circles_is_given_up_and_the_others_are_not() -> None:
    old, new = ",.;" * 466, ",;." * 466

    lines = compare(f"Call Anna\n{old}", f"Call Ben\n{new}")

    assert [line.pieces for line in lines] == [
        (Piece("Call ", False), Piece("Anna", True)),
        (Piece(old, False),),
        (Piece("Call ", False), Piece("Ben", True)),
        (Piece(new, False),),
    ]
