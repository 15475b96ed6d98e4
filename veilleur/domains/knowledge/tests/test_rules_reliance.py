"""What rests on one person: each finding from its facts, the gravest first, unknown where unproven."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from veilleur.domains.knowledge.rules.bundle import LOOKED_AT_WITHIN, BundleKept, PlaceCode, PlaceState
from veilleur.domains.knowledge.rules.care import Cared
from veilleur.domains.knowledge.rules.documents import DocumentKind, Topic
from veilleur.domains.knowledge.rules.reliance import (
    PROOF_LASTS,
    Code,
    DocumentIn,
    HandIn,
    Known,
    MachinesIn,
    OnCallIn,
    Part,
    PointIn,
    RotaIn,
    reliance_of,
)
from veilleur.domains.knowledge.rules.required import Component, Gap, Practised, Requirement
from veilleur.domains.knowledge.rules.runs import Outcome, Run
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.verdict import Verdict

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SERVER = Component(UUID(int=90), "erp-01", "server", "in_service")
CARED = Cared(0, True, True, NOW + timedelta(days=100))


def hand(number: int, role: Role = Role.MANAGER, **changes: object) -> HandIn:
    whole = HandIn(UUID(int=number), f"p-{number}", role, True, True, None)
    return replace(whole, **changes)  # type: ignore[arg-type]


def run(*doers: str, ended: datetime = NOW, outcome: Outcome = Outcome.FINISHED) -> Run:
    return Run(ended - timedelta(hours=1), ended, outcome, frozenset(doers))


def procedure(*runs: Run, topic: Topic = Topic.FULL_RESTORE, cared: Cared = CARED) -> DocumentIn:
    return DocumentIn(UUID(int=50), DocumentKind.PROCEDURE, topic, cared, runs)


def requirement(*gaps: Gap) -> Requirement:
    return Requirement(SERVER, Topic.FULL_RESTORE, None, gaps, Practised.NOT_DONE)


# Nothing to settle: two managers, a restore that both have done, one required document that counts.
WHOLE = Known(
    hands=(hand(1), hand(2)),
    asked_roles=frozenset(),
    documents=(procedure(run("p-1", "p-2")),),
    required=(requirement(),),
    referents=(),
    on_call=OnCallIn(rotas=(), is_served=False, is_expected=False),
    bundle=BundleKept(
        NOW,
        NOW,
        True,
        (PlaceState("/o", PlaceCode.KEPT, is_home=True), PlaceState("/u", PlaceCode.KEPT, is_home=False)),
    ),
)


def codes(known: Known, now: datetime = NOW) -> list[tuple[Code, Verdict]]:
    return [(each.code, each.verdict) for each in reliance_of(known, now).to_do]


def test_what_two_people_know_and_do_leaves_nothing_to_settle() -> None:
    found = reliance_of(WHOLE, NOW)

    assert found.to_do == ()
    assert [found.verdict_of(part) for part in Part] == [*[Verdict.GOOD] * 4, Verdict.UNKNOWN]
    assert (found.acting, found.done, found.procedures) == (2, 1, 1)


def test_without_a_service_on_the_map_nothing_is_known_of_machines() -> None:
    assert reliance_of(WHOLE, NOW).verdict is Verdict.UNKNOWN


def test_what_no_machine_alone_brings_down_is_good_once_the_map_has_drawn_it_all() -> None:
    drawn = replace(WHOLE, machines=MachinesIn(services=2))
    silent = replace(WHOLE, machines=MachinesIn(services=2, undrawn=(UUID(int=7),)))

    assert reliance_of(drawn, NOW).verdict is Verdict.GOOD
    assert codes(silent) == [(Code.UNDRAWN, Verdict.UNKNOWN)]


@pytest.mark.parametrize(("is_critical", "verdict"), [(True, Verdict.BAD), (False, Verdict.WATCH)])
def test_a_machine_that_alone_brings_down_a_critical_service_is_bad(
    is_critical: bool, verdict: Verdict
) -> None:
    machines = MachinesIn(services=2, points=(PointIn(SERVER.id, 2, is_critical),))

    (found,) = reliance_of(replace(WHOLE, machines=machines), NOW).to_do

    assert (found.code, found.verdict, found.subject, found.count) == (
        Code.SINGLE_POINT,
        verdict,
        SERVER.id,
        2,
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # Alone with a server: nobody can stand in.
        ({"hands": (hand(1), hand(2, Role.AUDITOR))}, (Code.ONE_WHO_ACTS, Verdict.BAD)),
        # A provider's technician stands in, but cannot let people in.
        ({"hands": (hand(1), hand(2, Role.TECHNICIAN, is_own=False))}, (Code.ONE_MANAGER, Verdict.WATCH)),
        # Holding keys asks a manager for a second factor, whatever the organisation asks.
        ({"hands": (hand(1), hand(2, has_second_factor=False))}, (Code.SECOND_FACTOR, Verdict.WATCH)),
        ({"referents": ((UUID(int=7), None),)}, (Code.NO_REFERENT, Verdict.WATCH)),
        ({"documents": (procedure(),)}, (Code.NEVER_DONE, Verdict.UNKNOWN)),
        ({"documents": ()}, (Code.NO_PROCEDURE, Verdict.UNKNOWN)),
        ({"documents": (procedure(run("p-1")),)}, (Code.DONE_BY_ONE, Verdict.BAD)),
        ({"documents": (procedure(run("p-1"), topic=Topic.START),)}, (Code.DONE_BY_ONE, Verdict.WATCH)),
        # Whoever did it has left: nobody here has.
        ({"documents": (procedure(run("p-8", "p-9")),)}, (Code.DONE_LONG_AGO, Verdict.UNKNOWN)),
        # A run that was given up proves nothing.
        (
            {"documents": (procedure(run("p-1", "p-2", outcome=Outcome.GIVEN_UP)),)},
            (Code.NEVER_DONE, Verdict.UNKNOWN),
        ),
        ({"required": (requirement(Gap.MISSING),)}, (Code.MISSING, Verdict.BAD)),
    ],
)
def test_each_thing_that_rests_on_one_person_is_found(
    changes: dict[str, object], expected: tuple[Code, Verdict]
) -> None:
    assert expected in codes(replace(WHOLE, **changes))  # type: ignore[arg-type]


def rota(*gap_days: float, people: int = 2) -> OnCallIn:
    gaps = tuple((NOW + timedelta(days=day), NOW + timedelta(days=day, hours=14)) for day in gap_days)
    return OnCallIn((RotaIn(UUID(int=70), gaps, people),), is_served=False, is_expected=True)


@pytest.mark.parametrize(
    ("on_call", "expected"),
    [
        (rota(), []),
        # A gap of this week; one that is still open; one that begins in a week, and one that is over.
        (rota(6.9), [(Code.ROTA_GAP, Verdict.BAD)]),
        (rota(-0.5), [(Code.ROTA_GAP, Verdict.BAD)]),
        (rota(-1, 7), []),
        (rota(people=1), [(Code.ROTA_OF_ONE, Verdict.WATCH)]),
        # Where nobody is planned at all, the gap says it.
        (rota(0, people=0), [(Code.ROTA_GAP, Verdict.BAD)]),
        (OnCallIn((), is_served=False, is_expected=True), [(Code.NO_ROTA, Verdict.UNKNOWN)]),
        (OnCallIn((), is_served=True, is_expected=True), []),
        (OnCallIn((), is_served=False, is_expected=False), []),
    ],
)
def test_who_answers_at_night_counts(on_call: OnCallIn, expected: list[tuple[Code, Verdict]]) -> None:
    known = replace(WHOLE, on_call=on_call)

    assert codes(known) == expected
    lowered = [verdict for _code, verdict in expected] or [Verdict.GOOD]
    assert reliance_of(known, NOW).verdict_of(Part.PEOPLE) is lowered[0]


def test_a_gap_on_call_changes_the_answer_a_week_before_it_begins_and_when_it_is_over() -> None:
    ahead, open_now = (replace(WHOLE, on_call=rota(day)) for day in (8, 0))

    assert reliance_of(ahead, NOW).next_change_at == NOW + timedelta(days=1)
    assert reliance_of(open_now, NOW).next_change_at == NOW + timedelta(hours=14)


@pytest.mark.parametrize(
    ("cared", "expected"),
    [
        (replace(CARED, owner_stays=False), (Code.OWNER_LEFT, Verdict.BAD)),
        (replace(CARED, blanks=2), (Code.FILL_IN, Verdict.BAD)),
        (replace(CARED, has_deputy=False), (Code.SECOND_PERSON, Verdict.WATCH)),
        (replace(CARED, review_due_at=NOW), (Code.REVIEW, Verdict.WATCH)),
    ],
)
def test_a_document_is_named_for_its_most_pressing_need(cared: Cared, expected: tuple[Code, Verdict]) -> None:
    known = replace(WHOLE, documents=(procedure(run("p-1", "p-2"), cared=cared),))

    assert codes(known) == [expected]


def test_a_second_factor_that_nobody_asks_for_is_not_missed() -> None:
    ben = hand(3, Role.REFERENT, has_second_factor=False)

    assert codes(replace(WHOLE, hands=(*WHOLE.hands, ben))) == []
    asked = replace(WHOLE, hands=(*WHOLE.hands, ben), asked_roles=frozenset({"referent"}))
    assert codes(asked) == [(Code.SECOND_FACTOR, Verdict.WATCH)]


def test_what_keeps_the_offline_bundle_from_helping_is_found() -> None:
    assert codes(replace(WHOLE, bundle=None)) == [(Code.BUNDLE_NONE, Verdict.UNKNOWN)]
    later = NOW + timedelta(days=9)
    assert codes(WHOLE, later) == [
        (Code.BUNDLE_NOT_LOOKED_AT, Verdict.UNKNOWN),
        (Code.BUNDLE_OLD, Verdict.WATCH),
    ]


def test_a_lone_person_with_nothing_in_service_is_only_watched() -> None:
    alone = Known((hand(1),), frozenset(), (), (), (), WHOLE.on_call)

    found = reliance_of(alone, NOW)

    assert found.verdict_of(Part.PEOPLE) is Verdict.WATCH
    assert found.verdict is Verdict.UNKNOWN


def test_a_run_proves_for_a_year_and_not_an_instant_longer() -> None:
    def found(age: timedelta) -> list[tuple[Code, Verdict]]:
        return codes(replace(WHOLE, documents=(procedure(run("p-1", "p-2", ended=NOW - age)),)))

    assert found(PROOF_LASTS - timedelta(microseconds=1)) == []
    assert found(PROOF_LASTS) == [(Code.DONE_LONG_AGO, Verdict.UNKNOWN)]


def test_what_is_bad_comes_first_then_what_is_unknown_then_what_is_to_be_watched() -> None:
    known = replace(
        WHOLE,
        hands=(hand(1, has_second_factor=False), hand(2)),
        documents=(procedure(),),
        required=(requirement(Gap.MISSING), requirement()),
    )

    assert codes(known) == [
        (Code.MISSING, Verdict.BAD),
        (Code.NEVER_DONE, Verdict.UNKNOWN),
        (Code.SECOND_FACTOR, Verdict.WATCH),
    ]
    missing = reliance_of(known, NOW).to_do[0]
    assert (missing.subject, missing.count, missing.of) == (SERVER.id, 1, 2)


def test_a_service_whose_referent_has_left_is_answered_for_by_nobody() -> None:
    here, left = hand(3, Role.REFERENT), hand(4, Role.REFERENT)
    answered, orphaned, nobodys = UUID(int=7), UUID(int=8), UUID(int=9)
    said = ((answered, here.id), (orphaned, left.id), (nobodys, None))
    known = replace(WHOLE, hands=(*WHOLE.hands, here), referents=said)

    found = {each.subject for each in reliance_of(known, NOW).findings if each.code is Code.NO_REFERENT}

    assert found == {orphaned, nobodys}


def test_the_next_change_is_the_first_instant_at_which_the_answer_becomes_another() -> None:
    leaves = NOW + timedelta(days=10)
    alone = replace(WHOLE, bundle=None)
    known = replace(alone, hands=(hand(1), hand(2, until=leaves)))

    assert reliance_of(WHOLE, NOW).next_change_at == NOW + LOOKED_AT_WITHIN
    assert reliance_of(alone, NOW).next_change_at == CARED.review_due_at
    assert reliance_of(known, NOW).next_change_at == leaves
    assert reliance_of(known, leaves).next_change_at == CARED.review_due_at
