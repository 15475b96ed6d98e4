"""A plan switched off, ended, its place retired, with real copies: what runs, and what stays on the disk."""

from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from tests.backups.house import House
from tests.light_repository import LightRestic
from veilleur.domains.backups import jobs, ports, queries
from veilleur.domains.backups.actions import begin_run, end_plan, retire_repository, switch_plan
from veilleur.domains.backups.jobs import own_data
from veilleur.domains.backups.jobs.work import access_to, owner_of
from veilleur.domains.backups.models import Plan, Repository, Run
from veilleur.domains.backups.queries.work import PlanRow
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState
from veilleur.domains.journal.jobs import run_one_job
from veilleur.domains.journal.models import Job
from veilleur.domains.journal.rules.work import JobTicket, NotYet
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.restic


@pytest.fixture
def plan(house: House, tmp_path: Path) -> PlanRow:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "letter.txt").write_text("dear customer")
    return house.plan(SourceKind.FILES, str(tmp_path / "documents"))


def by(house: House) -> dict[str, object]:
    return {"now": house.now, "actor": SYSTEM, "organisation_id": house.organisation.pk}


def work_off(house: House) -> None:
    """Run the backups that wait in the job table."""
    handlers = {"backups.back_up_plan": jobs.HANDLERS["backups.back_up_plan"]}
    while run_one_job(handlers, house.clock):
        pass


def test_a_run_that_waits_when_its_plan_is_switched_off_copies_nothing(house: House, plan: PlanRow) -> None:
    assert Job.objects.filter(kind="backups.back_up_plan", key=str(plan.id)).exists()
    switch_plan(**by(house), plan=plan.id, on=False)

    work_off(house)

    assert not Run.objects.of(house.organisation.pk).exists()


def test_copies_of_a_plan_that_is_off_can_still_be_restored(house: House, plan: PlanRow) -> None:
    house.run(plan)
    switch_plan(**by(house), plan=plan.id, on=False)

    test = house.test(plan)

    assert test.state == TestState.PASSED
    (protection,) = queries.whole_protection(house.organisation.pk, house.now)
    assert protection.not_protected_reason == "plan_off"


def test_ending_and_retiring_leave_every_copy_where_it_is(house: House, plan: PlanRow) -> None:
    house.run(plan)
    access = access_to(plan)
    before = ports.ENGINE.get().snapshots(access)

    assert end_plan(**by(house), plan=plan.id) is None
    assert retire_repository(**by(house), repository=plan.place.id) is None
    house.later(days=400)
    jobs.HANDLERS["backups.keep_schedule"](JobTicket("", "", {}, 1, uuid4()), house.clock)
    work_off(house)

    assert ports.ENGINE.get().snapshots(access) == before
    assert len(before) == 1
    assert Run.objects.of(house.organisation.pk).count() == 1


class EndingEngine(LightRestic):
    """Makes a copy, while a person ends the plan."""

    def back_up_folders(self, *rest: object) -> object:
        end_plan(**self.ending)
        return super().back_up_folders(*rest)


def test_a_plan_that_is_ended_while_it_runs_keeps_what_it_makes_and_removes_nothing(
    house: House, plan: PlanRow
) -> None:
    for _ in range(3):
        house.run(plan)
    house.later(days=400)
    engine = EndingEngine(house.data_dir / "cache")
    engine.ending = {**by(house), "plan": plan.id}
    ports.ENGINE.bind(engine)

    run = house.run(plan)

    assert run.state == RunState.COMPLETE
    assert len(engine.snapshots(access_to(plan))) == 4


def leave_half_a_run(house: House, plan: PlanRow) -> Run:
    """Leave what a killed process leaves: a run that never ends, and data in clear."""
    run = begin_run(**by(house), item=plan.items[0].id, ticket=None)
    staged = house.data_dir / "work" / "places" / f"run-{plan.items[0].id}"
    staged.mkdir(parents=True)
    (staged / "half a copy").write_text("private")
    return house.row(Run, run)


def look_at_places(house: House) -> None:
    jobs.HANDLERS["backups.look_at_places"](JobTicket("", "", {}, 1, uuid4()), house.clock)


@pytest.mark.parametrize("its_plan", ["is ended", "is off", "is on and not due yet"])
def test_data_in_clear_of_a_killed_run_is_wiped_and_it_is_not_said_to_run(
    house: House, plan: PlanRow, its_plan: str
) -> None:
    run = leave_half_a_run(house, plan)
    if its_plan == "is ended":
        end_plan(**by(house), plan=plan.id)
    elif its_plan == "is off":
        switch_plan(**by(house), plan=plan.id, on=False)

    look_at_places(house)

    run.refresh_from_db()
    assert house.leftovers() == []
    assert (run.state, run.reason) == (RunState.INTERRUPTED, "interrupted")


def test_what_still_runs_when_its_plan_is_ended_is_left_alone(
    house: House, plan: PlanRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veilleur.domains.backups.jobs.work.CLAIM_WAIT_S", 0.1)
    run = leave_half_a_run(house, plan)
    end_plan(**by(house), plan=plan.id)

    with ports.WORKSHOP.get().claim(plan.place.id, 0.1):
        look_at_places(house)

    run.refresh_from_db()
    assert run.state == RunState.RUNNING
    assert house.leftovers() == [f"run-{plan.items[0].id}"]


def test_the_next_plan_of_the_same_place_wipes_what_an_ended_one_left(house: House, plan: PlanRow) -> None:
    other = house.plan(SourceKind.FILES, plan.items[0].source, "Other")
    leave_half_a_run(house, plan)
    end_plan(**by(house), plan=plan.id)

    house.run(other)

    assert house.leftovers() == []


def test_the_folder_of_a_retired_place_is_taken_up_again_with_its_copies(house: House, plan: PlanRow) -> None:
    house.run(plan)
    end_plan(**by(house), plan=plan.id)
    retire_repository(**by(house), repository=plan.place.id)

    owner = owner_of(house.organisation.public_id)
    place = jobs.make_place(
        house.clock, SYSTEM, owner, house.place, asset=house.asset.public_id, name="Again"
    )

    assert not isinstance(place, Refused)
    assert place.public_id == plan.place.id
    (protection,) = queries.whole_protection(house.organisation.pk, house.now)
    assert [len(copy.points) for copy in protection.copies] == [1]
    # A second plan into it goes on where the first one stopped.
    again = house.plan(SourceKind.FILES, plan.items[0].source, name="Again")
    assert house.run(again).state == RunState.COMPLETE


def own_data_job(house: House) -> None:
    payload = {"organisation": str(house.organisation.public_id)}
    ticket = JobTicket("backups.protect_own_data", "", payload, attempts=1, token=uuid4())
    jobs.HANDLERS[ticket.kind](ticket, house.clock)


def test_a_start_before_the_machine_is_registered_waits_and_fails_at_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_data, "machine_here", lambda _organisation: None)

    with pytest.raises(NotYet):
        own_data_job(house)

    monkeypatch.undo()
    own_data_job(house)
    assert Plan.objects.of(house.organisation.pk).get().is_own_data


def test_a_start_does_not_make_again_what_a_person_has_ended(house: House) -> None:
    own_data_job(house)
    own = Plan.objects.of(house.organisation.pk).get(is_own_data=True)
    end_plan(**by(house), plan=own.public_id)
    retire_repository(**by(house), repository=own.repository.public_id)

    own_data_job(house)

    assert queries.whole_plans(house.organisation.pk) == ()
    assert Repository.objects.of(house.organisation.pk).get().retired_at is not None


def test_a_person_who_asks_for_it_has_veilleurs_own_data_protected_again(house: House) -> None:
    own_data_job(house)
    own = Plan.objects.of(house.organisation.pk).get(is_own_data=True)
    end_plan(**by(house), plan=own.public_id)

    made = jobs.protect_own_data(house.clock, house.organisation.public_id)

    assert not isinstance(made, Refused)
    assert made.pk != own.pk
    assert [plan.id for plan in queries.whole_plans(house.organisation.pk)] == [made.public_id]


def test_a_place_that_is_not_there_is_not_made_by_a_slip_of_the_pen(house: House, tmp_path: Path) -> None:
    absent = tmp_path / "not-mounted"

    with translation.override("en"), pytest.raises(CommandError, match="This folder does not exist") as told:
        call_command("self_backup", place=absent)

    assert str(absent) in str(told.value)
    assert not absent.exists()


def test_the_command_line_says_that_there_is_no_copy_to_test_yet(house: House, plan: PlanRow) -> None:
    tested = StringIO()

    with translation.override("en"), pytest.raises(SystemExit) as ended:
        call_command("backup", "test", plan.name, stdout=tested)

    assert tested.getvalue() == f"{plan.name}: there is no copy to test yet.\n"
    assert ended.value.code == 2


def test_the_command_line_says_that_a_plan_is_off_and_copies_nothing(house: House, plan: PlanRow) -> None:
    switch_plan(**by(house), plan=plan.id, on=False)
    listed, ran = StringIO(), StringIO()

    with translation.override("en"):
        with pytest.raises(SystemExit):
            call_command("backup", "list", stdout=listed)
        with pytest.raises(SystemExit) as ended:
            call_command("backup", "run", stdout=ran)

    assert "The plan is switched off" in listed.getvalue()
    assert "The plan is switched off" in ran.getvalue()
    assert ended.value.code == 1
    assert not Run.objects.of(house.organisation.pk).exists()
