"""One measuring process of `bench.backup`: argument = an empty folder; prints one JSON object."""

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from veilleur.config.data_folder import prepare_folder
from veilleur.config.env import environment
from veilleur.config.start import start_django

FOLDER = Path(sys.argv[1])
os.environ["VEILLEUR_DATA_DIR"] = str(FOLDER / "settings")
prepare_folder(environment())
start_django()

from django.core.management import call_command  # noqa: E402 - needs the settings

from tests.backups.house import furnished  # noqa: E402
from veilleur.domains.backups import ports  # noqa: E402
from veilleur.domains.backups.rules.states import SourceKind  # noqa: E402

FILES, FILE_BYTES, ROUNDS = 100, 2_000_000, 2


def cpu_s() -> float:
    """Return the CPU seconds of this process and of its ended children."""
    uses = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


class Meter:
    """Adds up CPU and wall seconds of named pieces of work."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self.wall: dict[str, float] = {}

    @contextmanager
    def piece(self, name: str) -> Iterator[None]:
        cpu, wall = cpu_s(), time.monotonic()
        try:
            yield
        finally:
            self.cpu[name] = self.cpu.get(name, 0.0) + cpu_s() - cpu
            self.wall[name] = self.wall.get(name, 0.0) + time.monotonic() - wall


def make_source(folder: Path) -> Path:
    """Make files whose bytes neither compress nor repeat, the same at each run."""
    source = folder / "source"
    source.mkdir()
    bytes_of = random.Random(7)
    for number in range(FILES):
        (source / f"{number:04}").write_bytes(bytes_of.randbytes(FILE_BYTES))
    return source


def measure_bare(meter: Meter, repository: Path, password: str, source: Path) -> None:
    """Back up and restore with nothing but restic, in a repository of the same key."""
    environment = {"PATH": os.environ["PATH"], "RESTIC_PASSWORD": password, "HOME": str(repository.parent)}

    def restic(*words: str) -> None:
        command = ["restic", "--quiet", "--repo", str(repository), *words]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)

    with meter.piece("bare_backup"):
        restic("backup", str(source))
    with meter.piece("bare_restore"):
        restic("restore", "latest", "--no-cache", "--target", str(repository.parent / "restored"))


def measured_manifests(meter: Meter, manifests: Any) -> Any:
    """Return the manifests, their work measured apart; comparing hashes lazily, so each step is counted."""

    class Measured:
        def __getattr__(self, name: str) -> Any:
            return getattr(manifests, name)

        def record(self, *arguments: Any) -> Any:
            with meter.piece("manifest"):
                return manifests.record(*arguments)

        def mark_unstable(self, *arguments: Any) -> Any:
            with meter.piece("manifest"):
                return manifests.mark_unstable(*arguments)

        def found_under(self, *arguments: Any) -> Any:
            facts = manifests.found_under(*arguments)
            while True:
                with meter.piece("compare"):
                    fact = next(facts, None)
                if fact is None:
                    return
                yield fact

    return Measured()


def measured_engine(meter: Meter, engine: Any) -> Any:
    """Return the engine, its copying measured apart from what Veilleur asks of it besides."""

    class Measured:
        def __getattr__(self, name: str) -> Any:
            return getattr(engine, name)

        def back_up_folders(self, *arguments: Any) -> Any:
            with meter.piece("engine_backup"):
                return engine.back_up_folders(*arguments)

        def restore(self, *arguments: Any) -> None:
            with meter.piece("engine_restore"):
                engine.restore(*arguments)

    return Measured()


def measure(folder: Path, source: Path) -> dict[str, float]:
    """Measure one round: the bare engine, then plans, facts and journal around it."""
    meter = Meter()
    with furnished(folder) as house:
        plan = house.plan(SourceKind.FILES, str(source))
        bare = folder / "bare" / "repository"
        shutil.copytree(house.place / "repository", bare)
        measure_bare(meter, bare, house.keeper.passwords[plan.place.id], source)
        ports.ENGINE.bind(measured_engine(meter, ports.ENGINE.get()))
        ports.MANIFESTS.bind(measured_manifests(meter, ports.MANIFESTS.get()))
        with meter.piece("backup"):
            run = house.run(plan)
        with meter.piece("restore"):
            test = house.test(plan)
        assert (run.state, test.state) == ("complete", "passed"), (run.reason, test.reason, test.detail)
    return meter.cpu


def main() -> None:
    """Measure the rounds and print the least of each piece: what disturbs a round only adds."""
    call_command("migrate", verbosity=0)
    source = make_source(FOLDER)
    rounds = []
    for number in range(ROUNDS):
        (FOLDER / str(number)).mkdir()
        rounds.append(measure(FOLDER / str(number), source))
        shutil.rmtree(FOLDER / str(number))
    least = {piece: min(one[piece] for one in rounds) for piece in rounds[0]}
    print(json.dumps({"cpu": least, "bytes": FILES * FILE_BYTES}))


if __name__ == "__main__":
    main()
