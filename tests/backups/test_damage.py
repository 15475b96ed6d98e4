"""Negative controls: a restore test that cannot fail proves nothing, so each damage must make it fail."""

import gzip
import os
import re
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.backups.house import House, flip_byte, make_database
from tests.light_repository import LightRestic
from veilleur.domains.backups import ports, queries
from veilleur.domains.backups.models import Copy, RestoreTest
from veilleur.domains.backups.rules.errors import REASONS
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState
from veilleur.engines.files.places import ENVELOPE

pytestmark = pytest.mark.restic
Damage = Callable[[House], None]


def flip_a_byte(house: House) -> None:
    flip_byte(house.packs()[0])


def delete_a_pack(house: House) -> None:
    house.packs()[0].unlink()


def delete_the_snapshots(house: House) -> None:
    shutil.rmtree(house.place / "repository" / "snapshots")


def delete_the_repository(house: House) -> None:
    shutil.rmtree(house.place / "repository")


def unplug_the_place(house: House) -> None:
    house.place.rename(house.place.with_name("unplugged"))


def forget_the_password(house: House) -> None:
    house.keeper.passwords = dict.fromkeys(house.keeper.passwords, "another password")


def stop_the_key_process(house: House) -> None:
    house.keeper.is_away = True


def lose_the_manifest(house: House) -> None:
    shutil.rmtree(house.data_dir / "manifests")


def alter_the_manifest(house: House) -> None:
    (path,) = (house.data_dir / "manifests").iterdir()
    text = gzip.decompress(path.read_bytes()).replace(b'"customer', b'"consumer')
    path.write_bytes(gzip.compress(text.replace(b",200,", b",199,")))


@pytest.fixture(autouse=True)
def no_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("veilleur.domains.backups.jobs.work.KEY_WAIT_S", 0.1)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_database(tmp_path / "shop.db")


@pytest.mark.parametrize(
    ("damage", "state", "reason"),
    [
        # the copy is to blame: the test failed
        (flip_a_byte, TestState.FAILED, "repository_damaged"),
        (delete_a_pack, TestState.FAILED, "repository_damaged"),
        (delete_the_snapshots, TestState.FAILED, "snapshot_missing"),
        (delete_the_repository, TestState.FAILED, "no_repository"),
        (forget_the_password, TestState.FAILED, "wrong_password"),
        (lose_the_manifest, TestState.FAILED, "manifest_missing"),
        (alter_the_manifest, TestState.FAILED, "manifest_altered"),
        # the tester is to blame: the test could not run, and counts as such
        (unplug_the_place, TestState.SKIPPED, "place_missing"),
        (stop_the_key_process, TestState.SKIPPED, "key_unavailable"),
    ],
)
def test_no_damaged_copy_passes(
    house: House, shop: Path, damage: Damage, state: TestState, reason: str
) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    house.run(plan)
    damage(house)

    test = house.test(plan)

    assert (test.state, test.reason, test.level) == (state, reason, 0)
    assert reason in REASONS
    assert house.leftovers() == []
    (protection,) = queries.whole_protection(house.organisation.pk, house.now)
    assert protection.copies[0].points[0].is_complete is (state == TestState.SKIPPED)
    assert not protection.copies[0].tests[0].passed
    # A fault found before a second was measured still speaks against the copy.
    assert protection.copies[0].tests[0].has_run is (state == TestState.FAILED)


class MeddlingEngine(LightRestic):
    """Restores, and then changes what came back, as a silent fault between repository and disk would."""

    def __init__(self, cache: Path, meddle: Callable[[Path], None]) -> None:
        super().__init__(cache)
        self.meddle = meddle

    def restore(self, access: object, snapshot_id: str, into: Path, progress: object) -> None:
        super().restore(access, snapshot_id, into, progress)
        self.meddle(into)


def in_database(statement: str) -> Callable[[Path], None]:
    def meddle(into: Path) -> None:
        (path,) = into.rglob("shop.db")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute(statement)
            connection.commit()

    return meddle


def cut_in_half(into: Path) -> None:
    (path,) = into.rglob("shop.db")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def lead_elsewhere(into: Path) -> None:
    """Put a link to a whole database of this machine where the copy should be."""
    (path,) = into.rglob("shop.db")
    whole = into.parent / "whole"
    path.rename(whole)
    path.symlink_to(whole)


def forge_facts(into: Path) -> None:
    (facts,) = into.rglob("facts.jsonl")
    facts.write_text('{"x": 1}\n')


def remove(into: Path) -> None:
    (path,) = into.rglob("shop.db")
    path.unlink()


@pytest.mark.parametrize(
    ("meddle", "reason", "named"),
    [
        (in_database("DROP TABLE invoice"), "facts_differ", "shop.db:invoice"),
        (in_database("DELETE FROM customer WHERE id = 7"), "facts_differ", "shop.db:customer"),
        (
            in_database("UPDATE invoice SET amount = amount + 1 WHERE id = 7"),
            "facts_differ",
            "shop.db:invoice",
        ),
        (cut_in_half, "database_damaged", ""),
        (remove, "restore_failed", ""),
        (lead_elsewhere, "restore_failed", ""),
    ],
)
def test_no_copy_that_came_back_changed_passes(
    house: House, shop: Path, tmp_path: Path, meddle: Callable[[Path], None], reason: str, named: str
) -> None:
    ports.ENGINE.bind(MeddlingEngine(tmp_path / "cache", meddle))
    plan = house.plan(SourceKind.SQLITE, str(shop))
    house.run(plan)

    test = house.test(plan)

    assert (test.state, test.reason, test.level) == (TestState.FAILED, reason, 0)
    assert not named or named in {one["name"] for one in test.differences}


def test_own_data_that_came_back_as_veilleur_writes_none_fails_its_test(house: House, tmp_path: Path) -> None:
    ports.ENGINE.bind(MeddlingEngine(tmp_path / "cache", forge_facts))
    plan = house.plan(SourceKind.OWN_DATA, "veilleur")
    house.run(plan)

    test = house.test(plan)

    assert (test.state, test.reason, test.level) == (TestState.FAILED, "restore_failed", 0)


def test_a_later_good_copy_passes_again_and_the_failure_stays_in_the_count(house: House, shop: Path) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    house.run(plan)
    broken = house.packs()[0]
    kept = broken.read_bytes()
    flip_byte(broken)
    house.test(plan)
    broken.write_bytes(kept)
    house.run(plan)

    test = house.test(plan)

    assert test.state == TestState.PASSED
    states = RestoreTest.objects.of(house.organisation.pk).order_by("pk").values_list("state", flat=True)
    assert list(states) == [TestState.FAILED, TestState.PASSED]
    (protection,) = queries.whole_protection(house.organisation.pk, house.now)
    assert [point.is_complete for point in protection.copies[0].points] == [True, False]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (unplug_the_place, "place_missing"),
        (delete_the_repository, "no_repository"),
        (forget_the_password, "wrong_password"),
        (stop_the_key_process, "key_unavailable"),
        (lambda house: (house.place.parent / "shop.db").unlink(), "source_missing"),
        (lambda house: (house.place.parent / "shop.db").write_bytes(b"text" * 999), "source_not_a_database"),
    ],
)
def test_a_run_that_cannot_succeed_fails_with_its_reason_and_leaves_no_copy(
    house: House, shop: Path, damage: Damage, reason: str
) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    damage(house)

    run = house.run(plan)

    assert (run.state, run.reason) == (RunState.FAILED, reason)
    assert reason in REASONS
    assert not Copy.objects.of(house.organisation.pk).exists()
    assert house.leftovers() == []
    assert list((house.data_dir / "manifests").glob("*")) == []


def test_a_run_waits_for_a_key_process_that_is_being_started_again(
    house: House, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veilleur.domains.backups.jobs.work.KEY_WAIT_S", 10.0)
    plan = house.plan(SourceKind.SQLITE, str(shop))
    house.keeper.is_away = True
    back = threading.Timer(1.0, lambda: setattr(house.keeper, "is_away", False))
    back.start()

    run = house.run(plan)

    back.join()
    assert (run.state, run.reason) == (RunState.COMPLETE, "")


def test_a_place_inside_its_own_source_is_refused(house: House) -> None:
    plan = house.plan(SourceKind.FILES, str(house.place.parent))

    assert house.run(plan).reason == "repository_inside_source"


def test_what_cannot_be_written_beside_the_repository_is_kept_and_said(house: House, shop: Path) -> None:
    plan = house.plan(SourceKind.SQLITE, str(shop))
    (house.place / f".{ENVELOPE}.new").mkdir()
    (house.place / ".READ-ME.txt.new").mkdir()

    run = house.run(plan)

    assert run.state == RunState.COMPLETE
    assert house.reread(plan.id).place.envelope_failure == "place_not_writable"


def test_a_repository_mended_with_an_old_restic_as_the_how_to_says_counts_again(
    house: House, tmp_path: Path
) -> None:
    if restic_version() >= (0, 16):
        pytest.skip("this restic has a repair of its own: the how-to's other way")
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "gone.bin").write_bytes(os.urandom(30_000))
    (letters / "kept.bin").write_bytes(os.urandom(300_000))
    plan = house.plan(SourceKind.FILES, str(letters))
    house.run(plan)
    (letters / "gone.bin").unlink()
    house.later(hours=1)
    house.run(plan)
    # Both files lie in one pack or in two, as it happens: the middle of the larger is in the file that stays.
    for pack in house.packs():
        if pack.stat().st_size > 20_000:
            flip_byte(pack)
    assert house.test(plan).reason == "repository_damaged"

    for pack in re.findall(r"Pack ID does not match, want (\w+),", restic(house, "check", "--read-data")):
        (house.place / "repository" / "data" / pack[:2] / pack).unlink()
    restic(house, "rebuild-index")
    for _attempt in range(2):
        house.later(hours=1)
        run = house.run(plan)
    for tree in re.findall(r"error for tree (\w+):", restic(house, "check")):
        (lost,) = re.findall(r"in snapshot (\w+)", restic(house, "find", "--tree", tree))
        restic(house, "forget", "--prune", lost)

    assert "no errors were found" in restic(house, "check", "--read-data")
    assert run.state == RunState.COMPLETE
    assert house.test(plan).state == TestState.PASSED


def restic_version() -> tuple[int, int]:
    told = subprocess.run(("restic", "version"), capture_output=True, text=True, check=True).stdout
    major, minor = told.split()[1].split(".")[:2]
    return int(major), int(minor)


def restic(house: House, *arguments: str) -> str:
    """Run restic by hand on the house's repository and return all that it says."""
    (password,) = set(house.keeper.passwords.values())
    done = subprocess.run(
        ("restic", "--no-cache", "-r", str(house.place / "repository"), *arguments),
        env=os.environ | {"RESTIC_PASSWORD": password},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,  # a check that finds errors is what this is about
    )
    return done.stdout
