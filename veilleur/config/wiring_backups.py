"""The part of the wiring that binds the backups' ports: restic, PostgreSQL, SQLite, folders, envelopes."""

import importlib
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit
from uuid import UUID

from veilleur.config.env import Environment
from veilleur.domains.backups import ports
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.files.manifests import ManifestFolder
from veilleur.engines.files.own_data import OwnDataFolder
from veilleur.engines.files.places import LocalPlaces
from veilleur.engines.files.workshop import WorkshopFolder
from veilleur.engines.keyring.crypto import DamagedEnvelope, ForgedEnvelope, encode, open_with_words
from veilleur.engines.keyring.service import KeyService
from veilleur.engines.keyring.store import KeyFolder
from veilleur.engines.restic.adapter import ResticEngine
from veilleur.engines.sqlite_file.adapter import SqliteSnapshotter
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused


def wire_backups(settings: Environment) -> None:
    """Bind every port of the backups but the key keeper, which the key process answers."""
    data_dir = settings.data_dir
    snapshotter = SqliteSnapshotter()
    ports.DATA_DIR.bind(data_dir)
    ports.ENGINE.bind(ResticEngine(data_dir / "cache" / "restic"))
    ports.SNAPSHOTTER.bind(snapshotter)
    ports.DUMPER.bind_at_first_use(lambda: _dumper(settings))
    main = main_database(settings.database)
    ports.OWN_DATA.bind(
        OwnDataFolder(data_dir, snapshotter, dumper=_dumper(settings) if main else None, main=main)
    )
    ports.MANIFESTS.bind(ManifestFolder(data_dir / "manifests"))
    ports.WORKSHOP.bind(WorkshopFolder(data_dir / "work"))
    tls_key = [settings.tls_key] if settings.tls_key else []
    secrets = (settings.keys_folder, *tls_key, *settings.passfile_dirs)
    ports.PLACES.bind(LocalPlaces(data_dir, secrets=secrets))
    ports.OPEN_ENVELOPE.bind(open_envelope)
    ports.ADOPT_KEYS.bind(adopt_keys)


def _dumper(settings: Environment) -> ports.DatabaseDumper:
    # By name: a tenth of the start of each command would go into its library, and few commands need it.
    adapter = importlib.import_module("veilleur.engines.postgresql.adapter")
    dumper: ports.DatabaseDumper = adapter.PostgresDumper(passfiles=settings.passfiles)
    return dumper


def main_database(url: str) -> ports.DatabaseSource | None:
    """Return how the main database is reached when it is a server's; None for SQLite, a file like others."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgres"):
        return None
    login, _, host = parts.netloc.rpartition("@")
    name, _, password = login.partition(":")
    netloc = f"{name}@{host}" if name else host
    conninfo = urlunsplit(("postgresql", netloc, parts.path, parts.query, ""))
    return ports.DatabaseSource(conninfo, password=unquote(password), is_operators=True)


def open_envelope(envelope: bytes, words: str) -> dict[UUID, str] | Refused:
    """Return what typed words open; raise envelope_damaged for what is no envelope, or was changed, and
    envelope_foreign for what somebody else sealed to the same recovery key.
    """
    try:
        return open_with_words(envelope, words)
    except ForgedEnvelope as error:
        raise EngineError("envelope_foreign", retry=False) from error
    except DamagedEnvelope as error:
        raise EngineError("envelope_damaged", retry=False, detail=str(error)) from error


def adopt_keys(data_dir: Path, envelope: bytes, words: str) -> int | Refused:
    """Keep an envelope's passwords and its recovery key in a new data folder whose key process is not
    running.
    """
    folder = KeyFolder(data_dir / "keys", utc_now())
    try:
        service = KeyService(folder, time.monotonic, utc_now)
        answer = service.answer({"do": "adopt_envelope", "envelope": encode(envelope), "words": words})
    finally:
        folder.close()
    return answer if isinstance(answer, Refused) else int(answer)
