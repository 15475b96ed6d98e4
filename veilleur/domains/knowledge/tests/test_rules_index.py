"""Whether the search agrees with the documents."""

from veilleur.domains.knowledge.rules.index import IndexState, index_state


def test_exactly_the_documents_in_use_are_to_be_found() -> None:
    assert index_state({1: 7, 2: 7, 3: 8}, {3: 8, 1: 7, 2: 7}).agrees
    assert index_state({}, {}).agrees


def test_what_is_not_found_what_is_no_document_and_what_is_anothers_is_told() -> None:
    found = index_state({1: 7, 2: 7, 3: 8}, {2: 7, 3: 7, 9: 7})

    assert found == IndexState(missing=frozenset({1}), strange=frozenset({3, 9}))
    assert not found.agrees
