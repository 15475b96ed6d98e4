"""Killed in the middle, twice at once, disk full: nothing half done is ever taken for a copy."""

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backups.house import House, make_database
from tests.light_repository import LightRestic
from tests.small_disk import small_disk
from veilleur.domains.backups import jobs, ports, queries
from veilleur.domains.backups.actions import begin_run, begin_test
from veilleur.domains.backups.jobs import upkeep
from veilleur.domains.backups.jobs.work import owner_of
from veilleur.domains.backups.models import Copy, Repository, RestoreTest, Run
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.plans import labels_of
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState
from veilleur.domains.journal.models import Entry, Job
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.restic


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_database(tmp_path / "shop.db")


def begun(house: House, plan: object) -> object:
    """Leave what a killed process leaves: a run that never ends, its snapshot, its staging folder."""
    run = begin_run(
        now=house.now,
        actor=SYSTEM,
        organisation_id=house.organisation.pk,
        item=plan.items[0].id,
        ticket=None,
    )
    staged = house.data_dir / "work" / "places" / f"run-{plan.items[0].id}"
    staged.mkdir(parents=True)
    (staged / "half a copy").write_text("private")
    access = ports.RepositoryAccess(plan.place.id, house.place, house.keeper.passwords[plan.place.id])
    labels = labels_of(plan.id, plan.items[0].data_set, run)
    ports.ENGINE.get().back_up_folders(access, (staged,), labels, lambda _phase, _fraction: None)
    return access


def test_after_a_kill_the_dead_run_is_interrupted_and_nothing_of_it_is_left(house: House, shop: Path) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    access = begun(house, plan)

    run = house.run(plan)

    states = Run.objects.of(house.organisation.pk).order_by("pk").values_list("state", "reason")
    assert list(states) == [(RunState.INTERRUPTED, "interrupted"), (RunState.COMPLETE, "")]
    (kept,) = ports.ENGINE.get().snapshots(access)
    assert f"run:{run.public_id}" in kept.labels
    assert Copy.objects.of(house.organisation.pk).count() == 1
    assert house.leftovers() == []


def test_a_place_whose_adding_was_killed_once_its_repository_was_made_is_added_at_the_next_try(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = owner_of(house.organisation.public_id)
    assert owner is not None

    def add() -> object:
        return jobs.make_place(
            house.clock, SYSTEM, owner, house.place, asset=house.asset.public_id, name="Place"
        )

    def killed(**_named: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(upkeep, "add_repository", killed)
        with pytest.raises(SystemExit):
            add()
    house.later(minutes=1)

    assert ports.ENGINE.get().is_there(house.place)
    assert isinstance(add(), Repository)


def test_while_a_place_is_being_made_nobody_makes_another(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = owner_of(house.organisation.public_id)
    assert owner is not None
    monkeypatch.setattr(upkeep, "CLAIM_WAIT_S", 0.1)
    seconds: list[object] = []

    def add(folder: Path) -> object:
        return jobs.make_place(house.clock, SYSTEM, owner, folder, asset=house.asset.public_id, name="Place")

    class Meanwhile(LightRestic):
        def create_repository(self, access: ports.RepositoryAccess) -> None:
            seconds.extend((add(house.place), add(house.place / "inside")))
            super().create_repository(access)

    monkeypatch.setattr(ports.ENGINE, "_engine", Meanwhile(house.data_dir / "cache"))

    assert isinstance(add(house.place), Repository)
    assert seconds == [Refused("place_being_made")] * 2
    assert len(list((house.place / "repository" / "keys").iterdir())) == 1


def test_a_dead_test_is_interrupted_and_stays_in_the_count(house: House, shop: Path) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    house.run(plan)
    copy = Copy.objects.of(house.organisation.pk).get()
    begin_test(
        now=house.now,
        actor=SYSTEM,
        organisation_id=house.organisation.pk,
        copy=copy.public_id,
        with_recovery_key_alone=False,
        ticket=None,
    )

    house.test(plan)

    states = RestoreTest.objects.of(house.organisation.pk).order_by("pk").values_list("state", flat=True)
    assert list(states) == [TestState.INTERRUPTED, TestState.PASSED]
    ended = Entry.objects.filter(kind="backups.restore_test_ended")
    assert ended.count() == 2


class WaitingEngine(LightRestic):
    """Waits in the middle of a backup, in a restic that hangs on its standard input."""

    def back_up_folders(self, access: object, *rest: object) -> object:
        command = ("restic", "--repo", str(access.folder / "repository"), "backup", "--stdin", "-q")
        self.restic = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "RESTIC_PASSWORD": access.password, "HOME": "/tmp"},
        )
        while not any((access.folder / "repository" / "locks").iterdir()):
            time.sleep(0.05)
        self.restic.send_signal(signal.SIGKILL)
        self.restic.wait()
        self.restic.stdin.close()
        return super().back_up_folders(access, *rest)


def test_the_lock_of_a_killed_restic_does_not_stop_the_next_run_nor_the_thinning_out(
    house: House, shop: Path, tmp_path: Path
) -> None:
    ports.ENGINE.bind(WaitingEngine(tmp_path / "cache"))
    plan = house.plan(SourceKind.SQLITE, str(shop))

    first, second = house.run(plan), house.run(plan)
    test = house.test(plan)

    assert (first.state, second.state) == (RunState.COMPLETE, RunState.COMPLETE)
    assert (test.state, test.reason) == (TestState.PASSED, "")


def test_two_at_once_are_one_after_the_other_and_too_long_a_wait_is_busy(
    house: House, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    monkeypatch.setattr("veilleur.domains.backups.jobs.work.CLAIM_WAIT_S", 0.3)
    holding, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with ports.WORKSHOP.get().claim(plan.place.id, 0):
            holding.set()
            go_on.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait(10)
    with pytest.raises(EngineError) as caught:
        jobs.back_up_now(house.clock, plan)
    go_on.set()
    holder.join()

    assert (caught.value.reason, caught.value.retry) == ("busy", True)
    assert not Run.objects.of(house.organisation.pk).exists()
    assert house.run(plan).state == RunState.COMPLETE


@pytest.fixture
def small_place(house: House) -> Iterator[None]:
    with small_disk(house.place, "3m"):
        yield


@pytest.mark.usefixtures("small_place")
def test_a_full_place_fails_the_run_with_its_reason_and_the_older_copy_still_passes(
    house: House, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "first").write_bytes(os.urandom(200_000))
    plan = house.plan(SourceKind.FILES, str(source))
    house.run(plan)
    (source / "second").write_bytes(os.urandom(6_000_000))

    run = house.run(plan)

    assert (run.state, run.reason) == (RunState.FAILED, "disk_full")
    assert house.test(plan).state == TestState.PASSED


def test_a_test_that_would_fill_the_disk_is_not_begun(
    house: House, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    house.run(plan)
    monkeypatch.setattr(ports.WORKSHOP.get(), "free_bytes", lambda: 1000)

    test = house.test(plan)

    assert (test.state, test.reason) == (TestState.SKIPPED, "disk_full")


def test_what_is_due_is_scheduled_once_and_again_after_its_interval(house: House, shop: Path) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    keep = jobs.HANDLERS["backups.keep_schedule"]
    house.run(plan)
    Job.objects.all().delete()

    keep(None, house.clock)
    kinds = list(Job.objects.values_list("kind", flat=True))
    keep(None, house.clock)
    house.later(days=1)
    keep(None, house.clock)

    assert kinds == ["backups.test_restore"]  # the first test; the next run is not due yet
    assert set(Job.objects.values_list("kind", flat=True)) == {"backups.test_restore", "backups.back_up_plan"}
    assert Job.objects.count() == 2


def test_old_points_go_with_their_manifests_and_the_promised_ones_stay(house: House, shop: Path) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    first = house.run(plan)
    same_day = house.run(plan)
    house.later(days=5)

    house.run(plan)

    kept = Copy.objects.of(house.organisation.pk).filter(removed_us=None).values_list("run", flat=True)
    assert first.pk not in kept  # the day keeps its newest point
    assert same_day.pk in kept
    names = {path.name for path in (house.data_dir / "manifests").iterdir()}
    assert f"{first.public_id}.jsonl.gz" not in names
    assert f"{same_day.public_id}.jsonl.gz" in names
    assert Entry.objects.filter(kind="backups.points_removed").count() == 1
    access = ports.RepositoryAccess(plan.place.id, house.place, house.keeper.passwords[plan.place.id])
    assert len(ports.ENGINE.get().snapshots(access)) == 2


class NeverForgets(LightRestic):
    """Fails to remove anything."""

    def forget(self, access: object, snapshot_ids: object, *, free_space: bool) -> None:
        raise EngineError("repository_locked", retry=True)


def test_a_failing_retention_is_told_and_then_its_end(house: House, shop: Path, tmp_path: Path) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    house.run(plan)
    house.run(plan)
    house.later(days=5)
    real = ports.ENGINE.get()
    ports.ENGINE.bind(NeverForgets(tmp_path / "cache"))
    run = house.run(plan)
    failing = house.reread(plan.id).retention_failure
    ports.ENGINE.bind(real)
    house.run(plan)

    assert run.state == RunState.COMPLETE
    assert failing == "repository_locked"
    assert house.reread(plan.id).retention_failure == ""
    kinds = Entry.objects.filter(kind__startswith="backups.retention").order_by("sequence")
    assert list(kinds.values_list("kind", flat=True)) == [
        "backups.retention_failed",
        "backups.retention_works_again",
    ]


def test_the_interval_follows_what_a_run_takes(house: House, shop: Path) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    assert plan.interval.total_seconds() == 12 * 3600
    shutil.rmtree(house.data_dir / "work", ignore_errors=True)
    run = house.run(plan)
    run.ended_us = run.started_us + 13 * 3600 * 1_000_000
    run.save()
    house.later(days=2)
    jobs.HANDLERS["backups.keep_schedule"](None, house.clock)

    assert queries.measured_duration(house.organisation.pk, plan.key).total_seconds() == 13 * 3600
    assert Job.objects.filter(kind="backups.back_up_plan").exists()
