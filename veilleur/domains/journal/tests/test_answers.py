"""Kept answers: as new as their facts, disposable, equal after a rebuild from nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from veilleur.domains.journal.actions import forget_answers, keep_answer
from veilleur.domains.journal.jobs import rebuild, refresh_answers
from veilleur.domains.journal.models import Answer
from veilleur.domains.journal.ports import FORMULAS
from veilleur.domains.journal.queries import (
    answer_of,
    sequence_of,
    visible_answers,
    whole_answers,
    whole_entries,
)
from veilleur.domains.journal.rules.answers import Computed, Formula, NewAnswer
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.journal.tests.support import ANNA, NOW, Timepiece, make_organisation, note
from veilleur.shared.viewer import Viewer

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
TICKET = JobTicket("journal.refresh_answers", "", {}, 1, UUID(int=1))


def subjects_of(organisation_id: int) -> set[UUID]:
    return {entry.subject for entry in whole_entries(organisation_id) if entry.subject}


def count_of(organisation_id: int, subject: UUID, now: datetime) -> Computed:
    """Return how many facts a subject has; the answer changes by itself at the next full hour."""
    count = sum(entry.subject == subject for entry in whole_entries(organisation_id))
    return Computed({"count": count}, now.replace(minute=0, second=0, microsecond=0) + HOUR)


COUNT = Formula("sample.count", 1, subjects_of, count_of)


@pytest.fixture(autouse=True)
def _formulas() -> Iterator[None]:
    FORMULAS.bind((COUNT,))
    yield
    FORMULAS.bind(())


def keep(organisation_id: int, answer: NewAnswer, now: datetime = NOW) -> None:
    keep_answer(now=now, actor=ANNA, organisation_id=organisation_id, answer=answer)


def make_answer(subject: UUID, **changes: Any) -> NewAnswer:
    return replace(NewAnswer(subject, "sample.count", 1, {"count": 1}, up_to_sequence=5), **changes)


def value_of(organisation_id: int, subject: UUID) -> object:
    answer = answer_of(organisation_id, subject, "sample.count")
    return None if answer is None else answer.value


def rows() -> list[dict[str, Any]]:
    """Return all answers but for their keys and the instant of computing."""
    left_out = {"id", "computed_at_us"}
    found = Answer.objects.across_organisations("test").order_by("organisation_id", "formula", "subject")
    return [{name: row[name] for name in row.keys() - left_out} for row in found.values()]


def test_an_answer_is_kept_and_read_back() -> None:
    organisation_id, subject = make_organisation(), uuid4()

    keep(organisation_id, make_answer(subject, value=[1, {"a": None}]))

    assert value_of(organisation_id, subject) == [1, {"a": None}]
    assert value_of(make_organisation(), subject) is None


def test_a_newer_answer_takes_the_place_of_the_former_one() -> None:
    organisation_id, subject = make_organisation(), uuid4()
    keep(organisation_id, make_answer(subject))

    keep(organisation_id, make_answer(subject, value={"count": 2}, up_to_sequence=6))

    assert value_of(organisation_id, subject) == {"count": 2}
    assert len(whole_answers(organisation_id, "sample.count")) == 1


@pytest.mark.parametrize(
    ("changes", "now"),
    [
        ({"up_to_sequence": 4}, NOW),  # saw fewer facts
        ({}, NOW - HOUR),  # saw the same facts, at an earlier instant
        ({"formula_version": 0, "up_to_sequence": 9}, NOW),  # made by an older formula
    ],
)
def test_an_answer_that_saw_less_is_not_kept(changes: dict[str, Any], now: datetime) -> None:
    organisation_id, subject = make_organisation(), uuid4()
    keep(organisation_id, make_answer(subject))

    keep(organisation_id, make_answer(subject, value={"count": 0}, **changes), now)

    assert value_of(organisation_id, subject) == {"count": 1}


def test_an_answer_made_inside_its_transaction_has_seen_all_facts_so_far() -> None:
    organisation_id, subject = make_organisation(), uuid4()
    note(now=NOW, actor=ANNA, organisation_id=organisation_id)

    keep(organisation_id, make_answer(subject, up_to_sequence=None))

    answer = answer_of(organisation_id, subject, "sample.count")
    assert answer is not None
    assert answer.up_to_sequence == sequence_of(organisation_id) == 1


def test_a_page_gets_the_answers_of_its_own_organisation() -> None:
    one, other, subject = make_organisation(), make_organisation(), uuid4()
    keep(one, make_answer(subject))

    assert set(visible_answers(Viewer(1, one, frozenset({one})), "sample.count", [subject])) == {subject}
    assert visible_answers(Viewer(1, other, frozenset({other})), "sample.count", [subject]) == {}
    assert visible_answers(Viewer(1, one, frozenset({other})), "sample.count", [subject]) == {}


def make_history() -> tuple[int, int]:
    """Return two organisations with facts about several subjects."""
    organisations = make_organisation(), make_organisation()
    for organisation_id in organisations:
        for subject in (uuid4(), uuid4(), uuid4()):
            for _ in range(2):
                note(now=NOW, actor=ANNA, organisation_id=organisation_id, subject=subject)
    return organisations


def test_a_rebuild_from_nothing_gives_equal_rows() -> None:
    organisations = make_history()
    rebuild(now=NOW, organisation_ids=organisations)
    before = rows()

    for organisation_id in organisations:
        forget_answers(now=NOW, actor=ANNA, organisation_id=organisation_id)
    assert rows() == []
    count = rebuild(now=NOW, organisation_ids=organisations)

    assert rows() == before
    assert count == len(before) == 6
    assert before[0]["value"] == {"count": 2}
    assert before[0]["up_to_sequence"] == 6


def test_a_second_rebuild_changes_nothing_and_removes_what_no_formula_makes() -> None:
    organisations = make_history()
    rebuild(now=NOW, organisation_ids=organisations)
    before = rows()
    keep(organisations[0], make_answer(uuid4(), formula="sample.gone"))

    rebuild(now=NOW, organisation_ids=organisations)

    assert rows() == before


def test_the_rebuild_command_rebuilds_every_organisation(capsys: pytest.CaptureFixture[str]) -> None:
    make_history()

    call_command("rebuild")

    assert "6" in capsys.readouterr().out
    assert len(rows()) == 6


def test_an_answer_is_computed_anew_when_its_instant_of_change_has_come() -> None:
    organisation_id, subject = make_organisation(), uuid4()
    note(now=NOW, actor=ANNA, organisation_id=organisation_id, subject=subject)
    rebuild(now=NOW, organisation_ids=[organisation_id])
    note(now=NOW, actor=ANNA, organisation_id=organisation_id, subject=subject)
    clock = Timepiece(NOW + HOUR / 2)

    refresh_answers(TICKET, clock)
    assert value_of(organisation_id, subject) == {"count": 1}, "its instant has not come"
    clock.pass_by(HOUR / 2)
    refresh_answers(TICKET, clock)
    refresh_answers(TICKET, clock)

    assert value_of(organisation_id, subject) == {"count": 2}


def test_answers_of_some_formulas_can_be_forgotten() -> None:
    organisation_id, subject = make_organisation(), uuid4()
    keep(organisation_id, make_answer(subject))
    keep(organisation_id, make_answer(subject, formula="sample.other"))

    forget_answers(now=NOW, actor=ANNA, organisation_id=organisation_id, formulas=["sample.other"])

    assert [row["formula"] for row in rows()] == ["sample.count"]
