"""`migrate` leaves a guarded database behind, from nothing, again, and after a table was remade."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def manage(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "VEILLEUR_DATA_DIR": str(data_dir), "VEILLEUR_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_migrate_guards_a_new_database_and_one_whose_tables_it_remakes(tmp_path: Path) -> None:
    first = manage(tmp_path, "migrate")
    assert first.returncode == 0, first.stderr
    assert "All references are guarded; 0 guards are new." in manage(tmp_path, "guard_references").stdout

    # Back and forth over the estate's tables: on SQLite every one of them is dropped and made again,
    # while triggers elsewhere mention them.
    back = manage(tmp_path, "migrate", "backups", "zero")
    assert back.returncode == 0, back.stderr
    forth = manage(tmp_path, "migrate")
    assert forth.returncode == 0, forth.stderr
    assert manage(tmp_path, "guard_references", "--check").returncode == 0
    assert manage(tmp_path, "migrate", "--check").returncode == 0
