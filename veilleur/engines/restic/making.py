"""How a repository comes to be in one step: restic makes it under another name, and it is renamed when whole.

`restic init` writes the key first and `config` last. One that is killed between the two leaves a key that
opens nothing, and the next `init` would lay a second one beside it, under the same password: from then on the
repository is damaged for whoever tries the first key first.

The place is a folder of somebody's: what lies in it is only removed where a mark says that it was made here,
and only what `restic init` makes.
"""

import os
import re
import shutil
from pathlib import Path

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.plans import engine_error_of
from veilleur.engines.restic import commands

# Stands in a repository from before `restic init` until it bears its name.
MARK = "made-by-veilleur"
_WORDS_IN_MARK = b"Veilleur is making this repository.\n"
# What init makes in a folder; a file is written beside, under a name that ends in -tmp-NUMBER.
_FOLDERS = re.compile(r"data(/[0-9a-f]{2})?|index|keys|locks|snapshots")
_FILES = re.compile(r"(config|keys/[0-9a-f]{64})(-tmp-[0-9]+)?")
_CONTENT = re.compile(r"(data/[0-9a-f]{2}|index|locks|snapshots)/[^/]+")


def begin(place: Path) -> None:
    """Make room for a repository and mark it as made here; raise where something else has its name.

    Nobody works in the place meanwhile. What an `init` that was killed has left is removed.
    """
    try:
        _require_free(commands.repository_folder(place))
        unfinished = commands.unfinished_folder(place)
        if os.path.lexists(unfinished):
            _remove_unfinished(unfinished)
        unfinished.mkdir(mode=0o700)
        mark = os.open(unfinished / MARK, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(mark, "wb") as file:
            file.write(_WORDS_IN_MARK)
    except OSError as error:
        raise engine_error_of(error) from error


def put_in_place(place: Path) -> None:
    """Give a repository that is whole its name."""
    try:
        commands.unfinished_folder(place).rename(commands.repository_folder(place))
    except OSError as error:
        raise engine_error_of(error) from error
    forget_mark(place)


def forget_mark(place: Path) -> None:
    """Take the mark away from a repository that bears its name: it is never again one to be removed."""
    try:
        (commands.repository_folder(place) / MARK).unlink(missing_ok=True)
    except OSError as error:
        raise engine_error_of(error) from error


def _require_free(repository: Path) -> None:
    """Raise where anything but an empty folder has the repository's name.

    There is no `config` in it: a repository that lost it is damaged, and whatever else lies there is not
    Veilleur's. Nothing of either is touched.
    """
    if not os.path.lexists(repository):
        return
    folders, files = _inside(repository)
    if files and all(_FILES.fullmatch(name) or _CONTENT.fullmatch(name) for name in files):
        raise EngineError("repository_damaged", retry=False, detail=str(repository / "config"))
    if folders or files:
        raise EngineError("place_has_others", retry=False, detail=str(repository))


def _remove_unfinished(unfinished: Path) -> None:
    """Remove what an `init` that was killed has left; raise where anything else is among it."""
    folders, files = _inside(unfinished)
    is_of_init = all(map(_FOLDERS.fullmatch, folders)) and all(map(_FILES.fullmatch, files - {MARK}))
    if (folders or files) and not (MARK in files and is_of_init):
        raise EngineError("place_has_others", retry=False, detail=str(unfinished))
    shutil.rmtree(unfinished)


def _inside(folder: Path) -> tuple[set[str], set[str]]:
    """Return the paths of the folders below a folder, and those of all else; raise where it is none."""
    if folder.is_symlink() or not folder.is_dir():
        raise EngineError("place_has_others", retry=False, detail=str(folder))
    folders, others = set[str](), set[str]()
    waiting = [folder]
    while waiting:
        for path in waiting.pop().iterdir():
            is_folder = path.is_dir() and not path.is_symlink()
            (folders if is_folder else others).add(str(path.relative_to(folder)))
            waiting += [path] if is_folder else []
    return folders, others
