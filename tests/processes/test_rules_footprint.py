"""What a process loads it keeps for its whole life: those that live without a library never load it."""

import os
import subprocess
import sys

import pytest

LOADED = """
import sys
import veilleur.processes.cli, veilleur.processes.{name}
print(*{{module.partition(".")[0] for module in sys.modules}})
"""


@pytest.mark.parametrize(
    ("name", "spared"),
    [
        ("up", {"django", "numpy", "psycopg", "cryptography", "granian", "asyncio"}),
        ("sign", {"django", "numpy", "psycopg", "granian", "asyncio"}),
        ("web", {"django", "numpy", "psycopg", "cryptography"}),
    ],
)
def test_a_process_spares_the_libraries_that_it_lives_without(name: str, spared: set[str]) -> None:
    done = subprocess.run(
        (sys.executable, "-c", LOADED.format(name=name)), capture_output=True, text=True, check=True
    )

    assert spared & set(done.stdout.split()) == set()


def test_a_command_on_sqlite_starts_without_the_library_of_postgresql() -> None:
    program = (
        "import sys; from veilleur.config.start import start_django; start_django(); print(*sys.modules)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "VEILLEUR_DATABASE_URL"}
    done = subprocess.run(
        (sys.executable, "-c", program), capture_output=True, text=True, check=True, env=environment
    )

    assert "psycopg" not in done.stdout.split()
    assert "veilleur.config.wiring_backups" in done.stdout.split()
