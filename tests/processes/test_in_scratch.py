"""The data folder of a make target: its own, and gone afterwards, however the command ended."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes.installation import wait_for
from veilleur.config.env import CHECKOUT

SCRIPT = CHECKOUT / "scripts" / "in_scratch.py"
FILL = 'mkdir "$VEILLEUR_DATA_DIR/sub" && echo "$VEILLEUR_DATA_DIR" | tee "$VEILLEUR_DATA_DIR/sub/file"; '


def start(script: str, folder: Path) -> subprocess.Popen[str]:
    command = (sys.executable, SCRIPT, "sh", "-c", FILL + script)
    environment = {**os.environ, "TMPDIR": str(folder)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 69", 69), ("kill -KILL $$", 137)])
def test_the_folder_goes_and_the_exit_code_stays(tmp_path: Path, script: str, code: int) -> None:
    process = start(script, tmp_path)
    printed, _ = process.communicate(timeout=30)

    assert process.returncode == code
    assert Path(printed.strip()).parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_is_told_to_stop_leaves_nothing_either(tmp_path: Path) -> None:
    process = start("exec sleep 60", tmp_path)
    wait_for("the command", lambda: list(tmp_path.glob("*/sub/file")))

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=30) == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_every_target_that_runs_tools_or_tests_runs_them_in_scratch() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()

    assert "mktemp" not in makefile
    assert "SCRATCH = $(BIN)/python scripts/in_scratch.py" in makefile
