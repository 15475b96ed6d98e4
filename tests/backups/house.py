"""An organisation with a machine, real engines below a temporary data folder, and a key keeper in memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.backups.keeper import MemoryKeeper, open_envelope
from tests.light_repository import LightRestic
from veilleur.domains.backups import jobs, ports, queries
from veilleur.domains.backups.actions import make_plan
from veilleur.domains.backups.jobs.work import owner_of
from veilleur.domains.backups.models import RestoreTest, Run
from veilleur.domains.backups.queries.work import PlanRow
from veilleur.domains.backups.rules.plans import NewItem, NewPlan
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate.factories import make_asset, make_data_set, make_service
from veilleur.domains.estate.models import Asset
from veilleur.domains.organisations.factories import make_organisation
from veilleur.domains.organisations.models import Organisation
from veilleur.engines.files.manifests import ManifestFolder
from veilleur.engines.files.own_data import OwnDataFolder
from veilleur.engines.files.places import LocalPlaces
from veilleur.engines.files.workshop import WorkshopFolder
from veilleur.engines.postgresql.adapter import PostgresDumper
from veilleur.engines.sqlite_file.adapter import SqliteSnapshotter
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

_SLOTS = (
    ports.ENGINE,
    ports.DUMPER,
    ports.SNAPSHOTTER,
    ports.OWN_DATA,
    ports.MANIFESTS,
    ports.WORKSHOP,
    ports.PLACES,
    ports.KEY_KEEPER,
    ports.OPEN_ENVELOPE,
    ports.ADOPT_KEYS,
    ports.DATA_DIR,
)


@dataclass
class House:
    """What a test works with; its clock only moves when it is told to."""

    data_dir: Path
    place: Path
    organisation: Organisation
    asset: Asset
    keeper: MemoryKeeper
    now: datetime = field(default=datetime(2026, 10, 1, 12, tzinfo=UTC))

    def clock(self) -> datetime:
        return self.now

    def later(self, **amount: int) -> None:
        self.now += timedelta(**amount)

    def plan(self, kind: SourceKind, source: str, name: str = "Data") -> PlanRow:
        """Make place, data set and plan for a source."""
        owner = owner_of(self.organisation.public_id)
        assert owner is not None
        place = jobs.make_place(
            self.clock, SYSTEM, owner, self.place, asset=self.asset.public_id, name="Place"
        )
        assert not isinstance(place, Refused), place
        data_set = make_data_set(self.organisation, name, stored_on=self.asset, locator=source)
        plan = make_plan(
            now=self.now,
            actor=SYSTEM,
            organisation_id=self.organisation.pk,
            plan=NewPlan(name, place.public_id, (NewItem(data_set.public_id, kind, source),)),
        )
        return self.reread(plan.public_id)

    def reread(self, plan: UUID) -> PlanRow:
        row = queries.whole_plan(self.organisation.pk, plan)
        assert row is not None
        return row

    def run(self, plan: PlanRow) -> Run:
        """Back the plan's one data set up, and return the run's row."""
        self.later(hours=1)
        (run,) = jobs.back_up_now(self.clock, self.reread(plan.id))
        return self.row(Run, run)

    def test(self, plan: PlanRow, words_handle: str = "") -> RestoreTest:
        """Restore the newest copy, and return the test's row."""
        self.later(minutes=5)
        (test,) = jobs.restore_test_now(self.clock, self.reread(plan.id), words_handle=words_handle)
        return self.row(RestoreTest, test)

    def row(self, model: Any, public_id: UUID) -> Any:
        return model.objects.of(self.organisation.pk).get(public_id=public_id)

    def packs(self) -> list[Path]:
        """Return the repository's packs, largest first."""
        found = [path for path in (self.place / "repository" / "data").rglob("*") if path.is_file()]
        return sorted(found, key=lambda path: path.stat().st_size, reverse=True)

    def leftovers(self) -> list[str]:
        """Return the workplaces that were not wiped."""
        places = self.data_dir / "work" / "places"
        return [path.name for path in places.iterdir()] if places.exists() else []


@contextmanager
def furnished(folder: Path) -> Iterator[House]:
    """Bind real engines below a folder, and give back what was bound before."""
    before = [slot._engine for slot in _SLOTS]
    data_dir, place = folder / "var", folder / "place"
    make_database(data_dir / "veilleur.sqlite3")
    (data_dir / "secrets").mkdir()
    (data_dir / "secrets" / "django_key").write_text("secret")
    organisation = make_organisation()
    house = House(data_dir, place, organisation, make_asset(organisation, is_here=True), MemoryKeeper())
    make_service(organisation, runs_on=house.asset)
    snapshotter = SqliteSnapshotter()
    engines = (
        LightRestic(data_dir / "cache"),
        PostgresDumper(passfiles=(folder,)),
        snapshotter,
        OwnDataFolder(data_dir, snapshotter),
        ManifestFolder(data_dir / "manifests"),
        WorkshopFolder(data_dir / "work"),
        LocalPlaces(data_dir),
        house.keeper,
        open_envelope,
        lambda _into, envelope, words: len(open_envelope(envelope, words)),
        data_dir,
    )
    for slot, engine in zip(_SLOTS, engines, strict=True):
        slot.bind(engine)
    try:
        yield house
    finally:
        for slot, engine in zip(_SLOTS, before, strict=True):
            slot._engine = engine


def make_database(path: Path, rows: int = 200) -> Path:
    """Make a SQLite database with two tables."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("CREATE TABLE invoice (id INTEGER PRIMARY KEY, amount REAL)")
        connection.executemany(
            "INSERT INTO customer VALUES (?, ?)", [(n, f"client {n}") for n in range(rows)]
        )
        connection.executemany("INSERT INTO invoice VALUES (?, ?)", [(n, n / 3) for n in range(rows)])
        connection.commit()
    return path


def flip_byte(path: Path) -> None:
    """Change one byte in the middle of a file."""
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
