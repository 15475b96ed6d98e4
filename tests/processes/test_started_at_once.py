"""Commands that start in the same instant, in the same data folder."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from veilleur.config.data_folder import prepare_folder
from veilleur.config.env import environment


def test_commands_that_start_at_once_do_not_trip_over_each_others_files(tmp_path: Path) -> None:
    settings = replace(environment(), data_dir=tmp_path / "var")

    with ThreadPoolExecutor(4) as starts:
        for start in [starts.submit(prepare_folder, settings) for _ in range(400)]:
            start.result()

    assert list(settings.run_dir.iterdir()) == []
    assert [path.name for path in (settings.data_dir / "secrets").iterdir()] == ["django_key"]
