"""Comparing recorded facts with found ones: every difference is seen, in any position."""

from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.backups.rules.comparison import KEPT_DIFFERENCES, compare
from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind
from veilleur.domains.backups.rules.plans import verdict_of
from veilleur.domains.backups.rules.states import TestState


def fact(name: str, digest: str = "aa", *, size: int = 1, is_unstable: bool = False) -> DataFact:
    return DataFact(FactKind.FILE, name, size, digest, is_unstable=is_unstable)


def in_order(facts: list[DataFact]) -> list[DataFact]:
    return sorted(facts, key=lambda one: one.order)


def problems(expected: list[DataFact], found: list[DataFact]) -> list[tuple[str, str]]:
    return [(one.problem, one.name) for one in compare(in_order(expected), in_order(found)).differences]


def test_equal_facts_are_equal_whatever_their_times() -> None:
    left = DataFact(FactKind.FILE, "/a", 1, "aa", mtime_us=1)
    right = DataFact(FactKind.FILE, "/a", 1, "aa", mtime_us=2)

    assert compare([left], [right]).is_equal


def test_nothing_compared_proves_nothing() -> None:
    assert not compare([], []).is_equal


def test_missing_changed_and_unexpected_are_told_apart() -> None:
    expected = [fact("/a"), fact("/b"), fact("/c", size=2)]
    found = [fact("/b", "bb"), fact("/c", size=3), fact("/d")]

    assert problems(expected, found) == [
        ("missing", "/a"),
        ("changed", "/b"),
        ("changed", "/c"),
        ("unexpected", "/d"),
    ]


def test_a_file_that_became_a_link_is_changed() -> None:
    assert problems([fact("/a")], [DataFact(FactKind.LINK, "/a", 1, "aa")]) == [("changed", "/a")]


def test_what_was_unstable_is_counted_apart_and_holds_nothing_against_the_copy() -> None:
    result = compare([fact("/a", is_unstable=True), fact("/b")], [fact("/a", "zz"), fact("/b")])

    assert (result.is_equal, result.compared, result.tolerated) == (True, 2, 1)


def test_where_all_content_was_unstable_nothing_is_proven() -> None:
    folder = DataFact(FactKind.FOLDER, "/", 0, "")
    moving = fact("/a", is_unstable=True)

    result = compare([folder, moving], [folder, fact("/a", "zz")])

    assert (result.difference_count, result.proven, result.is_equal) == (0, 0, False)
    assert verdict_of(result) == (TestState.SKIPPED, "unstable_source")


def test_folders_alone_are_no_content() -> None:
    folder = DataFact(FactKind.FOLDER, "/", 0, "")

    assert verdict_of(compare([folder], [folder])) == (TestState.SKIPPED, "source_empty")


def test_one_difference_outweighs_all_that_is_equal() -> None:
    result = compare([fact("/a"), fact("/b")], [fact("/a"), fact("/b", "zz")])

    assert verdict_of(result) == (TestState.FAILED, "facts_differ")


def test_a_name_that_no_page_can_show_is_written_out() -> None:
    assert problems([fact("/new\nline\x1b[2J")], []) == [("missing", r"/new\x0aline\x1b[2J")]
    assert problems([fact("/caf\udce9 \u202egpj")], []) == [("missing", r"/caf\xe9 \u202egpj")]


def test_the_list_is_bounded_and_the_count_is_not() -> None:
    result = compare(in_order([fact(f"/{number:05}") for number in range(1000)]), [])

    assert (result.difference_count, len(result.differences)) == (1000, KEPT_DIFFERENCES)


def test_database_facts_sort_before_files() -> None:
    table = DataFact(FactKind.TABLE, "zzz:t", 1, "1")

    assert in_order([fact("/a"), table]) == [table, fact("/a")]


NAMES = st.lists(st.sampled_from(["a", "a.b", "b", "a-b", "B"]), min_size=1, max_size=3).map(
    lambda parts: "/" + "/".join(parts)
)


@given(
    st.dictionaries(NAMES, st.sampled_from(["x", "y"])), st.dictionaries(NAMES, st.sampled_from(["x", "y"]))
)
def test_merging_finds_what_two_dictionaries_tell(left: dict[str, str], right: dict[str, str]) -> None:
    expected = [fact(name, digest) for name, digest in left.items()]
    found = [fact(name, digest) for name, digest in right.items()]

    told = {("missing", name) for name in left.keys() - right.keys()}
    told |= {("unexpected", name) for name in right.keys() - left.keys()}
    told |= {("changed", name) for name in left.keys() & right.keys() if left[name] != right[name]}
    assert set(problems(expected, found)) == told
