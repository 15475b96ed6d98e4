"""A path that a person types, looked at with the real engines before a plan is made of it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.backups.house import House, make_database
from veilleur.domains.backups import jobs
from veilleur.domains.backups.jobs.work import owner_of
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.restic
NOBODY = 65534


def look(house: House, path: Path) -> SourceKind | Refused:
    return jobs.look_at_source(house.organisation.pk, path, house.place)


def test_a_database_in_use_is_known_for_one(house: House, tmp_path: Path) -> None:
    path = make_database(tmp_path / "shop.data")  # whatever its name says
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("INSERT INTO customer VALUES (1000, 'not yet committed')")

        assert look(house, path) is SourceKind.SQLITE


def test_a_link_to_a_database_is_one(house: House, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(make_database(tmp_path / "shop.db"))

    assert look(house, tmp_path / "link") is SourceKind.SQLITE


@pytest.mark.parametrize("content", [b"", b"SQLite", b"dear customer, SQLite format 3"])
def test_any_other_file_is_a_file(house: House, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "letter.db").write_bytes(content)

    assert look(house, tmp_path / "letter.db") is SourceKind.FILES


def test_a_folder_is_files(house: House, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "letter.txt").write_text("Dear")

    assert look(house, tmp_path / "documents") is SourceKind.FILES


def test_a_damaged_database_is_refused_before_it_is_copied_as_a_file(house: House, tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 200)

    refused = look(house, path)

    assert isinstance(refused, Refused)
    assert refused.reason in ("source_not_a_database", "database_damaged")


def make_circle(tmp_path: Path) -> Path:
    (tmp_path / "round").symlink_to(tmp_path / "round")
    return tmp_path / "round"


def make_empty(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda folder: folder / "no such folder", "path_missing"),
        (make_circle, "path_missing"),
        (lambda folder: folder / ("x" * 300), "path_too_long"),
        (make_empty, "folder_empty"),
        (lambda folder: folder / "a\0b", "path_missing"),
        (lambda _folder: Path("/dev/null"), "source_empty"),
        (lambda _folder: Path("/proc"), "source_empty"),
        (lambda folder: folder / "var", "own_data_inside_source"),
        (lambda folder: folder / "place", "repository_inside_source"),
    ],
)
def test_what_cannot_be_protected_is_refused_by_its_path(
    house: House, tmp_path: Path, make: object, reason: str
) -> None:
    house.place.mkdir()
    path = make(tmp_path)

    assert look(house, path) == Refused(reason, str(path))


@contextmanager
def without_rights() -> Iterator[None]:
    """Be an account that may read what everybody may, and no more."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.mark.parametrize("name", ["closed.csv", "closed", "closed/inside"])
def test_what_may_not_be_read_is_refused(house: House, name: str) -> None:
    with TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "closed.csv").write_text("salaries")
        (folder / "closed").mkdir()
        for path in folder.iterdir():
            path.chmod(0o000)

        with without_rights():
            refused = look(house, folder / name)

        (folder / "closed").chmod(0o700)
    assert refused == Refused("path_unreadable", str(folder / name))


def test_another_organisation_of_the_installation_reads_nothing_of_the_machine(
    house: House, tmp_path: Path
) -> None:
    other = make_organisation()

    refused = jobs.look_at_source(other.pk, tmp_path, house.place)

    assert refused == Refused("not_this_machine", str(tmp_path))


def test_another_organisation_of_the_installation_makes_no_folder_on_this_machine(
    house: House, tmp_path: Path
) -> None:
    owner = owner_of(make_organisation("Other").public_id)
    assert owner is not None

    for folder in (tmp_path / "fresh", tmp_path / "missing" / "fresh"):
        made = jobs.make_place(house.clock, SYSTEM, owner, folder, asset=None, name="Place")
        assert made == Refused("not_this_machine")

    assert not (tmp_path / "fresh").exists()
