"""How a repository comes to be in one step: restic makes it under another name, and it is renamed when whole.

`restic init` writes the key first and `config` last. One that is killed between the two leaves a key that
opens nothing, and the next `init` would lay a second one beside it, under the same password: from then on the
repository is damaged for whoever tries the first key first.
"""

import shutil
from pathlib import Path

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.plans import engine_error_of
from veilleur.engines.restic import commands


def clear_unfinished(place: Path) -> None:
    """Remove what an `init` that was killed has left, under either name; raise where data is among it.

    Nobody works in the place meanwhile. A repository without `config` that holds more than keys has lost it:
    that is damage, and nothing of it is touched.
    """
    try:
        unfinished = commands.unfinished_folder(place)
        if unfinished.exists():
            shutil.rmtree(unfinished)
        there = commands.repository_folder(place)
        if not there.exists():
            return
        if any(_is_content(path.relative_to(there)) for path in there.rglob("*") if not path.is_dir()):
            raise EngineError("repository_damaged", retry=False, detail=str(there / "config"))
        shutil.rmtree(there)
    except OSError as error:
        raise engine_error_of(error) from error


def _is_content(path: Path) -> bool:
    return path.parts[0] != "keys"


def put_in_place(place: Path) -> None:
    """Give a repository that is whole its name."""
    try:
        commands.unfinished_folder(place).rename(commands.repository_folder(place))
    except OSError as error:
        raise engine_error_of(error) from error
