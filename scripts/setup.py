"""Sets Veilleur up in its checkout: system packages, Python environment from the lock, catalogues.

Run by every `make` target that starts something, on the bare system Python; when nothing changed
since the last time it costs a tenth of a second.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from system_packages import ENVIRONMENT, FOR_RUNNING, FOR_TESTS, Need, ensure, say

CHECKOUT = Path(__file__).resolve().parents[1]
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
CATALOGUES = CHECKOUT / "veilleur" / "locale"
UNAVAILABLE = 69


def digest(*paths: Path) -> str:
    """Return one digest over the place of the checkout, the Python in use and the files' contents."""
    total = hashlib.sha256(f"{CHECKOUT} {sys.version}".encode())
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def is_current(stamp: Path, expected: str) -> bool:
    """Return whether a step was completed for exactly these inputs."""
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == expected


def run(*command: str | Path) -> None:
    """Run one step and stop the set-up where it fails; its own output says why."""
    finished = subprocess.run([str(part) for part in command], cwd=CHECKOUT, check=False)
    if finished.returncode != 0:
        say(
            f"La mise en place s'est arrêtée à : {' '.join(str(part) for part in command)}",
            f"Setting up stopped at: {' '.join(str(part) for part in command)}",
        )
        sys.exit(UNAVAILABLE)


def is_usable(python: Path) -> bool:
    """Return whether the environment's Python runs, has pip, and is of the version of this one."""
    check = f"import pip, sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    return python.exists() and subprocess.run((python, "-c", check), check=False).returncode == 0


def make_environment() -> None:
    """Make the virtual environment unless a usable one is there."""
    if is_usable(PYTHON):
        return
    if ensure((ENVIRONMENT,)):
        sys.exit(UNAVAILABLE)
    say("Création de l'environnement Python dans .venv", "Making the Python environment in .venv")
    run(sys.executable, "-m", "venv", "--clear", VENV)


def install(lock: Path, stamp: Path) -> None:
    """Install exactly what the lock names, each file checked against its hash, then Veilleur itself."""
    expected = digest(lock, CHECKOUT / "pyproject.toml")
    if is_current(stamp, expected):
        return
    make_environment()
    say(f"Installation de {lock.name}", f"Installing {lock.name}")
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    # The lock names everything: nothing is left to work out.
    run(*pip, "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", lock)
    run(*pip, "--no-deps", "--no-build-isolation", "-e", CHECKOUT)
    stamp.write_text(expected)


def compile_catalogues(stamp: Path) -> None:
    """Build the binary catalogues that the terminal and the pages read."""
    sources = sorted(CATALOGUES.glob("*/LC_MESSAGES/*.po"))
    expected = digest(*sources, CHECKOUT / "veilleur" / "shared" / "typography.py")
    built = all(source.with_suffix(".mo").exists() for source in sources)
    if not sources or (built and is_current(stamp, expected)):
        return
    run(PYTHON, CHECKOUT / "scripts" / "messages.py", "compile")
    stamp.write_text(expected)


def needs_of(purpose: str, *, has_environment: bool) -> tuple[Need, ...]:
    """Return all that the purpose needs beside Python, so that one command can name it."""
    needs = FOR_RUNNING + FOR_TESTS if purpose == "dev" else FOR_RUNNING
    return needs if has_environment else (ENVIRONMENT, *needs)


def main(purpose: str) -> int:
    """Set up for running, or for tests and development too (`dev`)."""
    os.chdir(CHECKOUT)
    with (CHECKOUT / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if ENVIRONMENT in ensure(needs_of(purpose, has_environment=PYTHON.exists())):
            return UNAVAILABLE
        name = "requirements-dev" if purpose == "dev" else "requirements"
        install(CHECKOUT / f"{name}.lock", VENV / f".{name}.done")
        compile_catalogues(VENV / ".catalogues.done")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
