"""The one typed place for settings: everything that may be configured, read from the environment once.

`settings.py` derives Django's settings from it; `docs/reference/settings.md` is generated from it.
"""

import ipaddress
import os
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from veilleur.config import readers
from veilleur.config.words import LANGUAGES, terminal_language
from veilleur.shared.readable import is_one_line, readable

PREFIX = "VEILLEUR_"
_WITH_PASSWORDS = (readers.database_url, readers.mail_server)
CHECKOUT = Path(__file__).resolve().parents[2]


class BrokenSetting(Exception):
    """Raised when settings cannot be used: `faults` are (setting, reason code, value)."""

    def __init__(self, faults: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__("; ".join(f"{name}: {reason} ({value!r})" for name, reason, value in faults))
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


def _setting(read: readers.Reader[Any], description: str) -> dict[str, Any]:
    """Return what is known of a setting beside its type and default: how it is read, what it is for."""
    return {"read": read, "description": description}


@dataclass(frozen=True)
class Environment:
    """Settings, each from `VEILLEUR_<NAME>` in capitals."""

    data_dir: Path = field(
        default_factory=default_data_dir,
        metadata=_setting(readers.absolute_path, "Folder of everything that Veilleur writes."),
    )
    database_url: str = field(
        default="",
        metadata=_setting(readers.database_url, "Database URL; empty means SQLite in the data folder."),
    )
    host: str = field(
        default="127.0.0.1",
        metadata=_setting(str, "Address the pages listen on. Other than loopback needs TLS."),
    )
    port: int = field(
        default=8800,
        metadata=_setting(readers.whole_number(1, 65535), "Port the pages listen on."),
    )
    allowed_hosts: str = field(
        default="localhost,127.0.0.1,[::1]",
        metadata=_setting(readers.host_names, "Host names served, comma-separated."),
    )
    tls_certificate: Path | None = field(
        default=None,
        metadata=_setting(
            readers.readable_file, "PEM file of the certificate and its chain; together with tls_key."
        ),
    )
    tls_key: Path | None = field(
        default=None,
        metadata=_setting(readers.readable_file, "PEM file of the certificate's private key."),
    )
    debug: bool = field(
        default=False,
        metadata=_setting(readers.yes_or_no, "Django's debug pages. Never on a reachable address."),
    )
    language: str = field(
        default_factory=lambda: terminal_language(os.environ),
        metadata=_setting(
            readers.one_of(LANGUAGES, "unknown_language"),
            "Language of the terminal and of the first organisation, fr or en; "
            "by default the one of the locale (LC_ALL, LANG), else fr.",
        ),
    )
    time_zone: str = field(
        default="Europe/Paris",
        metadata=_setting(readers.zone, "Zone in which times are shown, an IANA name."),
    )
    work_threads: int = field(
        default=3,
        metadata=_setting(
            readers.whole_number(1, 32), "How many pieces of background work run at the same time."
        ),
    )
    attachment_mib: int = field(
        default=10,
        metadata=_setting(
            readers.whole_number(1, 100), "How large one file attached to a document may be, in MiB."
        ),
    )
    attachments_mib: int = field(
        default=1024,
        metadata=_setting(
            readers.whole_number(1, 1_048_576),
            "How large all attached files of one organisation may be together, in MiB.",
        ),
    )
    heads_file: Path | None = field(
        default=None,
        metadata=_setting(
            readers.absolute_path,
            "File to which the journal's signed heads are appended daily; on another machine's disk.",
        ),
    )
    heads_mail_to: str = field(
        default="",
        metadata=_setting(str, "Address to which the journal's signed heads go daily."),
    )
    mail_url: str = field(
        default="",
        metadata=_setting(
            readers.mail_server,
            "Mail server: smtp://user:password@host:587, or smtps://…:465 for TLS at once.",
        ),
    )
    mail_from: str = field(
        default="",
        metadata=_setting(str, "Sender of all mail."),
    )
    keys_dir: Path | None = field(
        default=None,
        metadata=_setting(
            readers.absolute_path,
            "Folder of the keys, read by `veilleur sign` alone; empty means keys in data_dir.",
        ),
    )
    sign_socket: Path | None = field(
        default=None,
        metadata=_setting(
            readers.absolute_path,
            "Socket of the process that holds the keys; empty means run/sign.sock in data_dir.",
        ),
    )
    sign_apart: bool = field(
        default=False,
        metadata=_setting(
            readers.yes_or_no, "`veilleur sign` runs as a service with its own account; `up` leaves it alone."
        ),
    )
    sign_clients: str = field(
        default="",
        metadata=_setting(
            str, "Accounts that may ask `veilleur sign`, beside its own; comma-separated names."
        ),
    )
    passfile_dirs: tuple[Path, ...] = field(
        default=(),
        metadata=_setting(
            readers.absolute_paths,
            "Folders of password files for databases, beside secrets in data_dir and ~/.pgpass; "
            "comma-separated.",
        ),
    )

    bundle_dir: Path | None = field(
        default=None,
        metadata=_setting(
            readers.absolute_path, "Folder of the offline bundles; by default offline in data_dir."
        ),
    )
    bundle_copies: tuple[Path, ...] = field(
        default=(),
        metadata=_setting(
            readers.absolute_paths,
            "Folders elsewhere to which offline bundles are copied, on a share or a USB disk; "
            "comma-separated. Never made: one that is not there counts as away.",
        ),
    )
    identity_hosts: str = field(
        default="",
        metadata=_setting(
            readers.optional_host_names,
            "Identity providers that are on this machine, or named by another host on a private network; "
            "comma-separated host names. Without them Veilleur asks no such address.",
        ),
    )

    def disagreement(self) -> tuple[str, str] | None:
        """Return the setting and the reason when settings that are right each alone do not go together."""
        if (self.tls_certificate is None) != (self.tls_key is None):
            return "tls_key", "half_of_tls"
        if not is_loopback(self.host) and self.tls_certificate is None:
            return "host", "needs_tls"
        if self.heads_mail_to and not (self.mail_url and self.mail_from):
            return "heads_mail_to", "mail_without_server"
        if self.debug and not is_loopback(self.host):
            return "debug", "debug_in_reach"
        return None

    @cached_property
    def database(self) -> str:
        """Return the URL of the database in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'veilleur.sqlite3'}"

    @cached_property
    def passfiles(self) -> tuple[Path, ...]:
        """Return the only places whose password files are sent to a database server that a member names."""
        return (self.data_dir / "secrets", Path.home() / ".pgpass", *self.passfile_dirs)

    @cached_property
    def run_dir(self) -> Path:
        """Return the folder of sockets, locks and the processes' status."""
        return self.data_dir / "run"

    @cached_property
    def log_dir(self) -> Path:
        """Return the folder in which each process started by `up` keeps its log."""
        return self.data_dir / "log"

    @cached_property
    def attachments_dir(self) -> Path:
        """Return the folder of the files that are attached to documents."""
        return self.data_dir / "attachments"

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
    def keys_pages_socket(self) -> Path:
        """Return where the process that holds the keys listens to pages, which it tells less."""
        return self.keys_socket.with_name(f"{self.keys_socket.stem}.pages{self.keys_socket.suffix}")

    @cached_property
    def address(self) -> str:
        """Return the address of the pages, as a browser on this machine writes it."""
        scheme = "https" if self.tls_certificate else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"


def variable(name: str) -> str:
    """Return the name of the environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def read_environment() -> Environment:
    """Return the settings of this process; raise BrokenSetting naming every setting that cannot be used."""
    values: dict[str, Any] = {}
    faults: list[tuple[str, str, str]] = []
    for each in fields(Environment):
        text = os.environ.get(variable(each.name))
        if text is None:
            continue
        read = each.metadata["read"]
        try:
            if not is_one_line(text):
                # It would reach terminals and logs as it is, and a terminal obeys it.
                raise readers.Unreadable("control_characters")
            values[each.name] = read(text)
        except readers.Unreadable as error:
            shown = readers.without_login(text) if read in _WITH_PASSWORDS else text
            faults.append((variable(each.name), error.reason, shown))
    if faults:
        raise BrokenSetting(tuple(faults))
    settings = Environment(**values)
    if disagreement := settings.disagreement():
        name, reason = disagreement
        raise BrokenSetting(((variable(name), reason, ""),))
    return settings


def unknown_names() -> tuple[str, ...]:
    """Return the variables that look like settings of Veilleur and are none: most often a slip of the pen."""
    known = {variable(each.name) for each in fields(Environment)}
    return tuple(
        sorted(readable(name) for name in os.environ if name.startswith(PREFIX) and name not in known)
    )


def without_passwords(text: str) -> str:
    """Return a text, such as a traceback, without the passwords that stand in settings' URLs."""
    for each in fields(Environment):
        url = os.environ.get(variable(each.name), "") if each.metadata["read"] in _WITH_PASSWORDS else ""
        login = url.rpartition("@")[0]
        password = login.partition("://")[2].partition(":")[2]
        for secret in (login, password, unquote(password)):
            # The product's own name stands in every path, and is no secret.
            text = text.replace(secret, "…") if secret not in {"", "veilleur"} else text
    return text


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the settings of this process, read once."""
    return read_environment()
