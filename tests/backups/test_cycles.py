"""Whole cycles on real restic: back up, restore in isolation, compare, and tell what was proven."""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.backups.house import House, flip_byte, make_database
from veilleur.domains.backups import jobs, ports, queries
from veilleur.domains.backups.actions import ask_test
from veilleur.domains.backups.models import Copy, Repository, RestoreTest
from veilleur.domains.backups.rules.states import Medium, RunState, SourceKind, TestState
from veilleur.domains.estate.factories import make_service
from veilleur.domains.estate.queries import whole_services
from veilleur.domains.journal.models import Entry, Job
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.engines.files.places import LocalPlaces
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.restic


def facts(house: House) -> list[str]:
    return list(Entry.objects.order_by("sequence").values_list("kind", flat=True))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "documents"
    (source / "deep").mkdir(parents=True)
    (source / "letter.txt").write_text("Dear customer")
    (source / "deep" / "odd\nname").write_bytes(os.urandom(200_000))
    (source / "link").symlink_to("letter.txt")
    return source


def test_a_folder_is_restored_whole_and_proven_at_level_5(house: House, folder: Path) -> None:
    plan = house.plan(SourceKind.FILES, str(folder))

    run, test = house.run(plan), house.test(plan)

    assert (run.state, run.reason, run.file_count) == (RunState.COMPLETE, "", 2)
    assert (test.state, test.level, test.reason) == (TestState.PASSED, 5, "")
    assert (test.compared_count, test.difference_count) == (run.fact_count, 0)
    assert test.fetch_s > 0
    assert test.verify_s > 0
    assert (test.start_s, test.restore_s) == (0, 0)
    assert house.leftovers() == []


def test_a_sqlite_database_is_restored_opened_and_proven_at_level_6(house: House, tmp_path: Path) -> None:
    plan = house.plan(SourceKind.SQLITE, str(make_database(tmp_path / "shop.db")))

    run, test = house.run(plan), house.test(plan)

    assert run.state == RunState.COMPLETE
    assert (test.state, test.level, test.difference_count) == (TestState.PASSED, 6, 0)


def test_veilleurs_own_data_is_protected_from_snapshots_without_its_repository(house: House) -> None:
    house.place = house.data_dir / "backups"
    made = protect(house)
    plan = house.reread(made.public_id)
    first = house.run(plan)
    second = house.run(plan)

    test = house.test(plan)

    assert (first.state, second.state, test.state, test.level) == ("complete", "complete", "passed", 6)
    # Had the repository been in its own source, the second run would hold the first.
    assert second.total_bytes < first.total_bytes * 1.5
    assert plan.place.medium in {Medium.SAME_DISK, Medium.MEMORY}
    assert plan.place.asset == house.asset.public_id


def protect(house: House) -> object:
    made = jobs.protect_own_data(house.clock, house.organisation.public_id)
    assert not hasattr(made, "reason"), made
    return made


def test_protecting_own_data_twice_is_done_once(house: House) -> None:
    first, second = protect(house), protect(house)

    assert first == second
    assert Repository.objects.of(house.organisation.pk).count() == 1
    assert facts(house).count("backups.plan_made") == 1
    assert Job.objects.filter(kind="backups.back_up_plan").count() == 1


def test_own_data_is_tied_to_the_service_that_veilleur_proposed_and_to_no_other(house: House) -> None:
    organisation = house.organisation
    make_service(organisation, "Accounts", runs_on=house.asset)
    proposed = make_service(organisation, "Veilleur", runs_on=house.asset, is_proposed=True)
    protect(house)
    # A person confirms it, and has another place made: what needs the data is settled.
    proposed.is_proposed = False
    proposed.save()
    make_service(organisation, "A later proposal", runs_on=house.asset, is_proposed=True)
    jobs.protect_own_data(house.clock, organisation.public_id, house.data_dir.parent / "second")

    tied = [row.name for row in whole_services(organisation.pk) if row.data_set_ids]
    assert tied == ["Veilleur"]


def test_every_step_leaves_its_fact_with_the_digest_of_the_manifest(house: House, folder: Path) -> None:
    plan = house.plan(SourceKind.FILES, str(folder))
    run = house.run(plan)
    house.test(plan)

    kinds = facts(house)
    assert kinds == [
        "backups.repository_added",
        "backups.plan_made",
        "backups.run_ended",
        "backups.restore_test_ended",
    ]
    bodies = Entry.objects.order_by("-sequence").values_list("body", flat=True)[:2]
    assert all(run.manifest_digest in body for body in bodies)


def test_protection_tells_points_tests_and_where_the_copy_lies(house: House, folder: Path) -> None:
    plan = house.plan(SourceKind.FILES, str(folder))
    (before,) = queries.whole_protection(house.organisation.pk, house.now)
    house.run(plan)
    house.test(plan)

    (protection,) = queries.whole_protection(house.organisation.pk, house.now)
    (copy,) = protection.copies
    (point,) = copy.points
    (test,) = copy.tests
    assert (before.not_protected_reason, before.copies) == ("never_run", ())
    assert protection.not_protected_reason is None
    assert copy.asset == house.asset.public_id
    assert (point.is_complete, point.is_verified, point.proof_level) == (True, True, 5)
    assert (test.passed, test.level, test.with_recovery_key_alone) == (True, 5, False)
    assert set(test.phases) == {"fetch_s", "restore_s", "start_s", "verify_s"}


def test_the_first_copy_is_tested_at_once(house: House, folder: Path) -> None:
    plan = house.plan(SourceKind.FILES, str(folder))

    house.run(plan)

    assert Job.objects.filter(kind="backups.test_restore", key=str(plan.id)).exists()


def test_a_test_asked_for_again_before_it_began_is_done_once(house: House, folder: Path) -> None:
    plan = house.plan(SourceKind.FILES, str(folder))
    house.run(plan)
    asked = leased("backups.test_restore")
    house.later(minutes=1)

    jobs.HANDLERS["backups.test_restore"](asked, house.clock)
    jobs.HANDLERS["backups.test_restore"](asked, house.clock)  # as the schedule had it meanwhile
    assert RestoreTest.objects.of(house.organisation.pk).count() == 1

    house.later(minutes=1)
    ask_test(now=house.now, actor=SYSTEM, organisation_id=house.organisation.pk, plan=plan.id)
    jobs.HANDLERS["backups.test_restore"](leased("backups.test_restore"), house.clock)
    assert (
        RestoreTest.objects.of(house.organisation.pk).count() == 2
    )  # asked for once more, by somebody who has seen the first


def leased(kind: str) -> JobTicket:
    job = Job.objects.get(kind=kind)
    job.lease_token = uuid4()
    job.save()
    return JobTicket(kind, job.key, job.payload, 1, job.lease_token)


def test_envelope_card_and_read_me_lie_beside_the_repository_after_a_run(house: House, folder: Path) -> None:
    plan = house.plan(SourceKind.FILES, str(folder))
    house.run(plan)

    names = {path.name for path in house.place.iterdir()}
    assert names == {"repository", "veilleur-place.json", "READ-ME.txt"}  # no recovery key yet: no envelope
    assert stat.S_IMODE((house.place / "READ-ME.txt").stat().st_mode) == 0o600


def test_a_demonstration_never_acts_on_the_world(house: House, folder: Path) -> None:
    plan = house.plan(SourceKind.FILES, str(folder))
    house.organisation.is_demo = True
    house.organisation.save()

    house.later(days=3)
    Job.objects.all().delete()
    jobs.HANDLERS["backups.keep_schedule"](ticket("backups.keep_schedule", {}), house.clock)
    jobs.HANDLERS["backups.back_up_plan"](ticket("backups.back_up_plan", payload(house, plan)), house.clock)

    assert Copy.objects.of(house.organisation.pk).count() == 0
    assert not Job.objects.exists()


def ticket(kind: str, payload: dict[str, str]) -> JobTicket:
    return JobTicket(kind, "", payload, 1, UUID(int=0))


def payload(house: House, plan: object) -> dict[str, str]:
    return {"organisation": str(house.organisation.public_id), "plan": str(plan.id)}


def test_a_share_is_kept_as_held_elsewhere(house: House, folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"30 21 0:31 / {house.place.parent.resolve()} rw - nfs4 nas:/v rw\n")
    ports.PLACES.bind(LocalPlaces(house.data_dir, table))

    plan = house.plan(SourceKind.FILES, str(folder))

    assert (plan.place.medium, plan.place.asset) == (Medium.NETWORK, None)


def test_a_damaged_source_is_backed_up_but_partial(house: House, tmp_path: Path) -> None:
    source = make_database(tmp_path / "shop.db", rows=5000)
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("INSERT INTO customer VALUES (9999, NULL)")
        connection.execute("PRAGMA writable_schema=ON")
        # The schema now promises what a row breaks: SQLite's own check says so.
        promise = "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'customer'", (promise,))
        connection.commit()
    plan = house.plan(SourceKind.SQLITE, str(source))

    run = house.run(plan)

    assert (run.state, run.reason, run.detail) == (RunState.PARTIAL, "source_damaged", "shop.db:integrity")
    assert not Copy.objects.of(house.organisation.pk).get().is_complete


def test_a_changed_pack_in_the_place_makes_the_test_fail(house: House, folder: Path) -> None:
    plan = house.plan(SourceKind.FILES, str(folder))
    house.run(plan)
    flip_byte(house.packs()[0])

    test = house.test(plan)

    assert (test.state, test.reason, test.level) == (TestState.FAILED, "repository_damaged", 0)
    (protection,) = queries.whole_protection(house.organisation.pk, house.now)
    assert not protection.copies[0].points[0].is_complete


def test_a_place_that_goes_away_is_noticed_within_minutes_and_so_is_its_return(
    house: House, tmp_path: Path
) -> None:
    plan = house.plan(SourceKind.SQLITE, str(make_database(tmp_path / "shop.db")))
    house.run(plan)
    house.test(plan)
    look = jobs.HANDLERS["backups.look_at_places"]

    def look_and_work() -> list[str]:
        """Return the reasons of the runs that looking asked for."""
        Job.objects.filter(kind="backups.back_up_plan").delete()
        look(None, house.clock)
        asked = Job.objects.filter(kind="backups.back_up_plan", due_at_us__isnull=False).count()
        return [house.run(plan).reason for _one in range(asked)]

    def is_reached() -> bool:
        (protection,) = queries.whole_protection(house.organisation.pk, house.now)
        return protection.copies[0].is_reached

    assert (look_and_work(), is_reached()) == ([], True)

    house.place.rename(tmp_path / "unplugged")
    assert (look_and_work(), is_reached()) == (["place_missing"], False)
    assert (look_and_work(), is_reached()) == ([], False)

    (tmp_path / "unplugged").rename(house.place)
    assert (look_and_work(), is_reached()) == ([""], True)


def test_a_bare_mount_point_is_a_missing_place_and_nothing_is_written_on_it(
    house: House, folder: Path, tmp_path: Path
) -> None:
    """After `umount` the folder is there, empty, and belongs to this machine's own disk."""
    plan = house.plan(SourceKind.FILES, str(folder))
    house.run(plan)
    house.place.rename(tmp_path / "share")
    house.place.mkdir()

    run, test = house.run(plan), house.test(plan)
    jobs.HANDLERS["backups.seal_envelopes"](
        ticket("backups.seal_envelopes", payload(house, plan)), house.clock
    )

    assert (run.state, run.reason) == (RunState.FAILED, "place_missing")
    assert (test.state, test.reason) == (TestState.SKIPPED, "place_missing")
    assert list(house.place.iterdir()) == []
