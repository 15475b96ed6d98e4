"""Makes a release: builds the catalogues and the wheel, then joins the change notes into CHANGELOG.md.

Run by `make release`, after `make check` and `make test`. It commits and publishes nothing. The notes go
last: a build that fails leaves everything as it was.
"""

import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
CHANGELOG = CHECKOUT / "CHANGELOG.md"
NOTES = CHECKOUT / "changes"
KINDS = ("Added", "Changed", "Fixed", "Security", "Upgrade")


def sections(notes: list[str]) -> str:
    """Return the notes by kind, in the order of KINDS; ValueError for a line of no kind."""
    lines = [line for note in notes for line in note.splitlines() if line.strip()]
    stray = [line for line in lines if line.partition(":")[0] not in KINDS]
    if stray:
        raise ValueError(f"a note must start with one of {', '.join(KINDS)}: {stray[0]}")
    parts = []
    for kind in KINDS:
        mine = [line.partition(":")[2].strip() for line in lines if line.partition(":")[0] == kind]
        if mine:
            parts.append(f"### {kind}\n\n" + "\n".join(f"- {text[:1].upper()}{text[1:]}" for text in mine))
    return "\n\n".join(parts)


def with_release(changelog: str, version: str, day: str, notes: str) -> str:
    """Return the changelog with the new release before the former ones."""
    head, mark, former = changelog.partition("\n## ")
    return f"{head.rstrip()}\n\n## {version} ({day})\n\n{notes}\n{mark}{former}"


def main() -> int:
    """Compile, build, join."""
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    paths = sorted(NOTES.glob("*.md"))
    if not paths:
        print("there is no change note: nothing to release")
        return 1
    notes = sections([path.read_text() for path in paths])
    subprocess.run((sys.executable, CHECKOUT / "scripts" / "messages.py", "compile"), check=True)
    subprocess.run((f"{sys.prefix}/bin/hatchling", "build", "-t", "wheel"), cwd=CHECKOUT, check=True)
    CHANGELOG.write_text(with_release(CHANGELOG.read_text(), version, f"{datetime.now(UTC):%Y-%m-%d}", notes))
    for path in paths:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
