"""The one typed place for settings: everything that may be configured, read from the environment once.

`settings.py` derives Django's settings from it; `docs/reference/settings.md` is generated from it.
"""

import ipaddress
import os
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from veilleur.config.words import LANGUAGES, terminal_language

PREFIX = "VEILLEUR_"
CHECKOUT = Path(__file__).resolve().parents[2]
MAIL_PORTS = {"smtp": 587, "smtps": 465}
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")


class BrokenSetting(Exception):
    """Raised when settings cannot be used: `faults` are (setting, reason code, value)."""

    def __init__(self, faults: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__("; ".join(f"{name}: {reason} ({value})" for name, reason, value in faults))
        self.faults = faults


def default_data_dir() -> Path:
    """Return `var` in a checkout; for an installed package, the user's own data folder."""
    if (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT / "var"
    return Path.home() / ".local" / "share" / "veilleur"


def is_loopback(host: str) -> bool:
    """Return whether an address can only be reached from this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


class Environment(BaseSettings):
    """Settings, each from `VEILLEUR_<NAME>` in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=None, frozen=True, validate_default=True)

    data_dir: Path = Field(
        default_factory=default_data_dir, description="Folder of everything that Veilleur writes."
    )
    database_url: str = Field("", description="Database URL; empty means SQLite in the data folder.")
    host: str = Field("127.0.0.1", description="Address the pages listen on. Other than loopback needs TLS.")
    port: int = Field(8800, ge=1, le=65535, description="Port the pages listen on.")
    allowed_hosts: str = Field("localhost,127.0.0.1,[::1]", description="Host names served, comma-separated.")
    tls_certificate: Path | None = Field(
        None, description="PEM file of the certificate and its chain; together with tls_key."
    )
    tls_key: Path | None = Field(None, description="PEM file of the certificate's private key.")
    debug: bool = Field(False, description="Django's debug pages. Never on a reachable address.")
    language: str = Field(
        default_factory=lambda: terminal_language(os.environ),
        description="Language of the terminal and of the first organisation, fr or en; "
        "by default the one of the locale (LC_ALL, LANG), else fr.",
    )
    time_zone: str = Field("Europe/Paris", description="Zone in which times are shown, an IANA name.")
    work_threads: int = Field(
        3, ge=1, le=32, description="How many pieces of background work run at the same time."
    )
    heads_file: Path | None = Field(
        None,
        description="File to which the journal's signed heads are appended daily; on another machine's disk.",
    )
    heads_mail_to: str = Field("", description="Address to which the journal's signed heads go daily.")
    mail_url: str = Field(
        "", description="Mail server: smtp://user:password@host:587, or smtps://…:465 for TLS at once."
    )
    mail_from: str = Field("", description="Sender of all mail.")
    keys_dir: Path | None = Field(
        None, description="Folder of the keys, read by `veilleur sign` alone; empty means keys in data_dir."
    )
    sign_socket: Path | None = Field(
        None, description="Socket of the process that holds the keys; empty means run/sign.sock in data_dir."
    )
    sign_apart: bool = Field(
        False,
        description="`veilleur sign` runs as a service with its own account; `up` leaves it alone.",
    )
    sign_clients: str = Field(
        "", description="Accounts that may ask `veilleur sign`, beside its own; comma-separated names."
    )

    @field_validator("data_dir", "tls_certificate", "tls_key", "keys_dir", "sign_socket", "heads_file")
    @classmethod
    def _is_absolute(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_absolute():
            raise PydanticCustomError("relative_path", "an absolute path is needed")
        return path

    @field_validator("database_url")
    @classmethod
    def _is_a_known_database(cls, url: str) -> str:
        if url and urlsplit(url).scheme not in DATABASE_SCHEMES:
            raise PydanticCustomError("unknown_database", "sqlite or postgresql is needed")
        return url

    @field_validator("mail_url")
    @classmethod
    def _is_a_mail_server(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and not (parts.scheme in MAIL_PORTS and parts.hostname):
            raise PydanticCustomError("no_mail_server", "smtp://host or smtps://host is needed")
        return url

    @field_validator("allowed_hosts")
    @classmethod
    def _names_a_host(cls, names: str) -> str:
        if not any(name.strip() for name in names.split(",")):
            raise PydanticCustomError("no_host_name", "at least one name is needed")
        return names

    @field_validator("language")
    @classmethod
    def _is_spoken(cls, language: str) -> str:
        if language not in LANGUAGES:
            raise PydanticCustomError("unknown_language", "fr or en is needed")
        return language

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise PydanticCustomError("unknown_zone", "an IANA name is needed")
        return zone

    @field_validator("tls_certificate", "tls_key")
    @classmethod
    def _is_readable(cls, path: Path | None) -> Path | None:
        if path is not None and not os.access(path, os.R_OK):
            raise PydanticCustomError("unreadable_file", "the file cannot be read")
        return path

    @model_validator(mode="after")
    def _is_safe_to_reach(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise PydanticCustomError("half_of_tls", "certificate and key belong together")
        if not is_loopback(self.host) and self.tls_certificate is None:
            raise PydanticCustomError("needs_tls", "another address than loopback needs TLS")
        if self.heads_mail_to and not (self.mail_url and self.mail_from):
            raise PydanticCustomError("mail_without_server", "mail needs a server and a sender")
        if self.debug and not is_loopback(self.host):
            raise PydanticCustomError("debug_in_reach", "debug pages are for loopback only")
        return self

    @cached_property
    def database(self) -> str:
        """Return the URL of the database in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'veilleur.sqlite3'}"

    @cached_property
    def run_dir(self) -> Path:
        """Return the folder of sockets, locks and the processes' status."""
        return self.data_dir / "run"

    @cached_property
    def log_dir(self) -> Path:
        """Return the folder in which each process started by `up` keeps its log."""
        return self.data_dir / "log"

    @cached_property
    def static_dir(self) -> Path:
        """Return the folder into which `up` collects the pages' static files."""
        return self.data_dir / "static"

    @cached_property
    def keys_folder(self) -> Path:
        """Return the folder of the keys."""
        return self.keys_dir or self.data_dir / "keys"

    @cached_property
    def keys_socket(self) -> Path:
        """Return where the process that holds the keys listens."""
        return self.sign_socket or self.run_dir / "sign.sock"

    @cached_property
    def address(self) -> str:
        """Return the address of the pages, as a browser on this machine writes it."""
        scheme = "https" if self.tls_certificate else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"


# A fault of several settings together is told under the one that mends it.
TOLD_UNDER = {
    "mail_without_server": "heads_mail_to",
    "half_of_tls": "tls_key",
    "needs_tls": "host",
    "debug_in_reach": "debug",
}


def read_environment() -> Environment:
    """Return the settings of this process; raise BrokenSetting naming every setting that cannot be used."""
    try:
        return Environment()
    except ValidationError as error:
        raise BrokenSetting(
            tuple(_fault(entry["type"], entry["loc"], entry["input"]) for entry in error.errors())
        ) from None


def _fault(reason: str, place: tuple[int | str, ...], value: object) -> tuple[str, str, str]:
    name = str(place[0]) if place else TOLD_UNDER[reason]
    return f"{PREFIX}{name.upper()}", reason, str(value) if place else ""


def unknown_names() -> tuple[str, ...]:
    """Return the variables that look like settings of Veilleur and are none: most often a slip of the pen."""
    known = {f"{PREFIX}{name.upper()}" for name in Environment.model_fields}
    return tuple(sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known))


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the settings of this process, read once."""
    return read_environment()
