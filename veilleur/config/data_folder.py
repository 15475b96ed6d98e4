"""The data folder: whether a Veilleur lives in it. Only what starts an installation may make one."""

import os
from collections.abc import Iterator
from pathlib import Path

from veilleur.config.env import Environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure, self_restore_words
from veilleur.config.secrets_store import key_path, make_secret_key
from veilleur.config.words import gettext as _

_SQLITE = "sqlite:///"


def has_veilleur(settings: Environment) -> bool:
    """Return whether an installation was started in the data folder, or restored into it."""
    database = sqlite_file(settings)
    return key_path(settings.data_dir).exists() or (database is not None and database.exists())


def sqlite_file(settings: Environment) -> Path | None:
    """Return the file of the main database, None when a server has it."""
    url = settings.database
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else None


def require_veilleur(settings: Environment) -> None:
    """Raise CONFIGURATION in words when the data folder holds no Veilleur, most often a slip of the pen, or
    one that lost its database.
    """
    require_database(settings)
    if not has_veilleur(settings):
        raise Failure(no_veilleur(settings.data_dir), ExitCode.CONFIGURATION)


def require_database(settings: Environment) -> None:
    """Raise `lost_database` where a SQLite database is gone: whatever opens it next would make an empty one,
    and greet a first start.
    """
    failure = lost_database(settings)
    if failure is not None:
        raise failure


def lost_database(settings: Environment) -> Failure | None:
    """Return what to say of a folder that was lived in and whose SQLite database is missing or empty."""
    database = sqlite_file(settings)
    is_there = database is None or (database.exists() and database.stat().st_size > 0)
    return None if is_there else without_database(settings)


def without_database(settings: Environment) -> Failure | None:
    """Return what to say of a data folder without its database; None if nothing says that it had one."""
    folder = settings.data_dir
    found = sorted(str(path.relative_to(folder)) for path in _made_with_a_database(folder))
    if not found:
        return None
    text = _(
        "The database is missing or empty, but {folder} holds what belongs to one: {found}. Put the database "
        "back, or bring the newest copy back into another folder: {command}. To start anew, move this folder "
        "away first."
    )
    command = self_restore_words()
    sentence = text.format(folder=folder, found=", ".join(found), command=command)
    return Failure(sentence, ExitCode.CONFIGURATION, command)


def _made_with_a_database(folder: Path) -> Iterator[Path]:
    """Yield what is only ever made once the database is there, unlike secrets and the first keys: a first
    start that was killed half-way goes on.
    """
    made = [folder / "manifests", folder / "keys" / "repositories.json", folder / "main.dump"]
    made += [folder / "backups" / "repository", *folder.glob("backups/*/repository")]
    for path in made:
        # Not Path.exists: the keys' folder may belong to another account.
        if os.path.isfile(path) or (os.path.isdir(path) and os.listdir(path)):  # noqa: PTH113, PTH112, PTH208
            yield path


def no_veilleur(folder: Path) -> str:
    """Return what to say of a folder without a Veilleur."""
    text = _(
        "There is no Veilleur in {folder}. If it lives elsewhere, correct VEILLEUR_DATA_DIR; "
        "“veilleur up” starts a new one."
    )
    return text.format(folder=folder)


def prepare_folder(settings: Environment) -> None:
    """Make the data folder, for this account only, and prove that it can be written (OSError if not); refuse
    one that lost its database, or that cannot be.
    """
    require_database(settings)
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileNotFoundError:
        # With its parents to be made, only a place such as /proc takes none.
        text = _("The data folder {folder} cannot be made where it is named. Correct VEILLEUR_DATA_DIR.")
        raise Failure(text.format(folder=settings.data_dir), ExitCode.CONFIGURATION) from None
    settings.run_dir.mkdir(mode=0o700, exist_ok=True)
    proof = settings.run_dir / "write-test"
    # As much as a small commit writes: an empty file would succeed on a full disk.
    proof.write_bytes(b"\0" * 65536)
    # Another command that starts at this instant may have removed it.
    proof.unlink(missing_ok=True)
    settings.static_dir.mkdir(exist_ok=True)
    make_secret_key(settings.data_dir)
