"""The data folder: whether a Veilleur lives in it. Only what starts an installation may make one."""

from pathlib import Path

from veilleur.config.env import Environment
from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure
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
    """Raise CONFIGURATION in words when the data folder holds no Veilleur: most often a slip of the pen."""
    if not has_veilleur(settings):
        raise Failure(no_veilleur(settings.data_dir), ExitCode.CONFIGURATION)


def no_veilleur(folder: Path) -> str:
    """Return what to say of a folder without a Veilleur."""
    text = _(
        "There is no Veilleur in {folder}. If it lives elsewhere, correct VEILLEUR_DATA_DIR; "
        "“veilleur up” starts a new one."
    )
    return text.format(folder=folder)


def prepare_folder(settings: Environment) -> None:
    """Make the data folder, for this account only, and prove that it can be written (OSError if not)."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.run_dir.mkdir(mode=0o700, exist_ok=True)
    proof = settings.run_dir / "write-test"
    # As much as a small commit writes: an empty file would succeed on a full disk.
    proof.write_bytes(b"\0" * 65536)
    proof.unlink()
    settings.static_dir.mkdir(exist_ok=True)
    make_secret_key(settings.data_dir)
