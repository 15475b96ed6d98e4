"""Which documents must be there, and how fresh they are: what is missing is never good."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.domains.estate.rules.map import AssetKind, LifeState
from veilleur.domains.knowledge.rules.care import Cared, Need
from veilleur.domains.knowledge.rules.documents import DocumentKind, Topic
from veilleur.domains.knowledge.rules.required import (
    REQUIRED,
    Component,
    Gap,
    Practised,
    Requirement,
    Written,
    freshness,
    requirements,
    whole_percent,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ERP = Component(UUID(int=1), "erp-01", AssetKind.SERVER, LifeState.IN_SERVICE)
KEPT = Cared(blanks=0, owner_stays=True, has_deputy=True, review_due_at=NOW + timedelta(days=1))
RESTORE = Written(
    UUID(int=9), DocumentKind.PROCEDURE, Topic.ONE_FILE_RESTORE, frozenset({ERP.id}), KEPT, doers=2
)


def of_topic(found: tuple[Requirement, ...], topic: Topic = Topic.ONE_FILE_RESTORE) -> Requirement:
    return next(each for each in found if each.topic == topic)


def test_a_server_must_have_five_documents_and_a_workstation_none() -> None:
    workstation = replace(ERP, id=UUID(int=2), kind=AssetKind.WORKSTATION)

    found = requirements([ERP, workstation], [], NOW)

    assert [(each.component, each.topic) for each in found] == [
        (ERP, Topic.NETWORK_DIAGRAM),
        (ERP, Topic.SERVER_CONFIGURATION),
        (ERP, Topic.BACKUP),
        (ERP, Topic.ONE_FILE_RESTORE),
        (ERP, Topic.FULL_RESTORE),
    ]
    assert {each.gaps for each in found} == {(Gap.MISSING,)}
    assert freshness(found) == 0


@pytest.mark.parametrize(
    ("life_state", "is_asked"),
    [
        (LifeState.IN_SERVICE, True),
        (LifeState.TO_BE_REPLACED, True),
        (LifeState.PLANNED, False),
        (LifeState.RETIRED, False),
    ],
)
def test_only_what_is_in_service_must_be_documented(life_state: LifeState, is_asked: bool) -> None:
    found = requirements([replace(ERP, life_state=life_state)], [], NOW)

    assert bool(found) is is_asked
    # Nothing asked for is no figure, neither good nor bad.
    assert (freshness(found) is None) is not is_asked


@pytest.mark.parametrize(
    ("changes", "gaps"),
    [
        ({}, ()),
        ({"has_deputy": False}, (Gap.SECOND_PERSON,)),
        ({"review_due_at": NOW}, (Gap.REVIEW,)),
        ({"blanks": 3}, (Gap.FILL_IN,)),
        ({"owner_stays": False, "has_deputy": False}, (Gap.OWNER_LEFT, Gap.SECOND_PERSON)),
    ],
)
def test_a_document_counts_when_it_is_filled_in_in_date_and_known_by_two(
    changes: dict[str, object], gaps: tuple[Gap, ...]
) -> None:
    written = replace(RESTORE, cared=replace(KEPT, **changes))  # type: ignore[arg-type]

    found = of_topic(requirements([ERP], [written], NOW))

    assert (found.document, found.gaps, found.counts) == (RESTORE.id, gaps, not gaps)


def test_a_document_about_something_else_or_of_another_topic_does_not_count() -> None:
    elsewhere = replace(RESTORE, about=frozenset({UUID(int=5)}))
    other = replace(RESTORE, topic=Topic.START)

    assert of_topic(requirements([ERP], [elsewhere, other], NOW)).gaps == (Gap.MISSING,)


def test_of_several_documents_the_best_counts_whatever_their_order() -> None:
    alone = replace(RESTORE, id=UUID(int=3), cared=replace(KEPT, has_deputy=False))
    unfilled = replace(RESTORE, id=UUID(int=4), cared=replace(KEPT, blanks=1))

    for documents in ([RESTORE, alone, unfilled], [unfilled, alone, RESTORE]):
        assert of_topic(requirements([ERP], documents, NOW)).document == RESTORE.id
    for documents in ([alone, unfilled], [unfilled, alone]):
        assert of_topic(requirements([ERP], documents, NOW)).document == alone.id


@pytest.mark.parametrize(
    ("kind", "doers", "practised"),
    [
        (DocumentKind.PROCEDURE, 0, Practised.BY_NOBODY),
        (DocumentKind.PROCEDURE, 1, Practised.BY_ONE),
        (DocumentKind.PROCEDURE, 2, Practised.BY_SEVERAL),
        (DocumentKind.PROCEDURE, 7, Practised.BY_SEVERAL),
        (DocumentKind.PAGE, 0, Practised.NOT_DONE),
    ],
)
def test_a_procedure_says_by_how_many_it_was_really_done(
    kind: DocumentKind, doers: int, practised: Practised
) -> None:
    found = of_topic(requirements([ERP], [replace(RESTORE, kind=kind, doers=doers)], NOW))

    assert found.practised is practised


COMPONENTS = st.lists(
    st.builds(
        Component,
        id=st.integers(1, 4).map(lambda number: UUID(int=number)),
        name=st.just("x"),
        kind=st.sampled_from(list(AssetKind)),
        life_state=st.sampled_from(list(LifeState)),
    ),
    max_size=4,
    unique_by=lambda component: component.id,
)
DOCUMENTS = st.lists(
    st.builds(
        Written,
        id=st.uuids(),
        kind=st.just(DocumentKind.PROCEDURE),
        topic=st.sampled_from(list(Topic)),
        about=st.frozensets(st.integers(1, 4).map(lambda number: UUID(int=number))),
        cared=st.builds(
            Cared,
            blanks=st.integers(0, 1),
            owner_stays=st.booleans(),
            has_deputy=st.booleans(),
            review_due_at=st.sampled_from([NOW, NOW + timedelta(days=1)]),
        ),
        doers=st.integers(0, 3),
    ),
    max_size=6,
)


@settings(max_examples=40)
@given(COMPONENTS, DOCUMENTS, DOCUMENTS)
def test_freshness_is_a_share_and_another_document_never_lowers_it(
    components: list[Component], documents: list[Written], more: list[Written]
) -> None:
    before = freshness(requirements(components, documents, NOW))
    after = freshness(requirements(components, documents + more, NOW))

    if before is None:
        assert after is None
        return
    assert after is not None
    assert 0 <= before <= after <= 1


@settings(max_examples=40)
@given(COMPONENTS)
def test_freshness_is_whole_exactly_when_every_document_counts(components: list[Component]) -> None:
    about = frozenset(component.id for component in components)
    topics = sorted({topic for each in REQUIRED.values() for topic in each})
    documents = [replace(RESTORE, topic=topic, about=about) for topic in topics]

    assert freshness(requirements(components, documents, NOW)) in (None, 1)
    if components and any(each.gaps == () for each in requirements(components, documents, NOW)):
        late = [replace(each, cared=replace(KEPT, review_due_at=NOW)) for each in documents]
        assert freshness(requirements(components, late, NOW)) == 0


def test_gaps_bear_the_names_of_needs() -> None:
    assert {gap.value for gap in Gap} == {need.value for need in Need} | {"missing"}


@pytest.mark.parametrize(
    ("share", "percent"), [(None, None), (0, 0), (299 / 300, 99), (0.005, 0), (1, 100), (0.07, 7)]
)
def test_a_share_in_percent_is_never_made_better(share: float | None, percent: int | None) -> None:
    assert whole_percent(share) == percent
