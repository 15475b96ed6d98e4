"""A throw-away PostgreSQL cluster: private folder, private socket, no address, a sandbox around it all."""

import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.files.workshop import ELSEWHERE, ELSEWHERE_PREFIX, wipe
from veilleur.engines.postgresql import commands, parse
from veilleur.engines.postgresql.reading import Connection
from veilleur.engines.running import Account, Child, Command, Finished, account_named, run, started
from veilleur.engines.sandbox import sandbox

_READY_S = 60.0
_LONG_S = 12 * 3600.0
_QUICK_S = 300.0
# Without any right on this machine; the first is for who wants one that nothing else runs under.
ACCOUNTS = ("veilleur-restore", "nobody")
# A Unix socket's path has at most 107 bytes; PostgreSQL adds "/.s.PGSQL.5432".
_LONGEST_HOME_BYTES = 80
# A restore is stopped before the disk of this machine's real work is full.
_SPARE_BYTES = (64_000_000, 1_000_000_000)
_SPARE_SHARE = 0.02
_LOOK_S = 0.2

# Where there is never anything, by Debian's policy. Of a file that is none, libpq would complain each time.
_NO_FILE = "/nonexistent"


@dataclass(frozen=True)
class Cluster:
    """A running cluster. Its clients run in sandboxes like its own: they read what its owner wrote."""

    programs: Path
    home: Path
    account: Account | None
    wrapper: tuple[str, ...]

    def conninfo(self, database: str) -> str:
        """Return how a database of the cluster is reached from inside."""
        return make_conninfo(host=str(self.home), port="5432", user=commands.SUPERUSER, dbname=database)

    def connect(self, database: str, *, autocommit: bool = False) -> Connection:
        """Connect from outside. What answers may be anything that the dump has put there: it is shown no
        password, and its words are all that is taken from it.
        """
        stranger = {"require_auth": "none", "passfile": _NO_FILE, "connect_timeout": "5"}
        return psycopg.connect(make_conninfo(self.conninfo(database), **stranger), autocommit=autocommit)

    def run(self, arguments: tuple[str, ...], input_file: Path | None = None) -> Finished:
        """Run one of PostgreSQL's programs under the cluster's account."""
        return run(self.command(arguments, _LONG_S, input_file))

    def command(
        self, arguments: tuple[str, ...], timeout_s: float, input_file: Path | None = None
    ) -> Command:
        """Return the command that runs in the cluster's folder and sees nothing but that."""
        return Command(
            arguments,
            timeout_s,
            folder=self.home,
            account=self.account,
            wrapper=self.wrapper,
            input_file=input_file,
        )


@contextmanager
def throwaway_cluster(programs: Path, workplace: Path) -> Iterator[Cluster]:
    """Make and serve an empty cluster; stopped and wiped at the end, whatever happened.

    Raises isolation_missing or isolation_refused, see `sandbox`, and disk_full instead of any other failure
    once the disk had almost no room left.
    """
    account = _account()
    home = _make_home(workplace, account)
    try:
        cluster = Cluster(programs, home, account, sandbox(home, account, (programs.parent,)))
        made = run(cluster.command(commands.make_init(programs, home / "data"), _QUICK_S))
        if made.code:
            raise EngineError("start_failed", retry=True, detail=parse.last_words(made.errors))
        # At the end it is killed with all that it started: nothing of it is wanted any more.
        with started(cluster.command(commands.make_server(programs, home / "data", home), _LONG_S)) as child:
            child.take_output(lambda _line: None)
            with _ended_before_disk_is_full(home, child):
                _wait_until_ready(cluster, child)
                yield cluster
    finally:
        wipe(home)


def try_apart() -> None:
    """Raise isolation_missing or isolation_refused where no cluster could be served on this machine."""
    account = _account()
    with tempfile.TemporaryDirectory(prefix=ELSEWHERE_PREFIX) as folder:
        if account is not None:
            shutil.chown(folder, account.uid, account.gid)
        sandbox(Path(folder), account)


@contextmanager
def _ended_before_disk_is_full(home: Path, child: Child) -> Iterator[None]:
    over, is_full = threading.Event(), threading.Event()

    def look() -> None:
        spare = min(max(shutil.disk_usage(home).total * _SPARE_SHARE, _SPARE_BYTES[0]), _SPARE_BYTES[1])
        while not over.wait(_LOOK_S):
            if shutil.disk_usage(home).free < spare:
                is_full.set()
                child.kill()
                return

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield
    except EngineError as error:
        if is_full.is_set():
            raise EngineError("disk_full", retry=True, detail=str(home)) from error
        raise
    finally:
        over.set()
        looking.join()


def _account() -> Account | None:
    """Return the account a server runs under: PostgreSQL refuses to run as root.

    Never `postgres`: loading a dump runs what its owner wrote into it (a check constraint may call any
    function) with the rights of the throw-away superuser, and so of this account; `postgres` would let it
    into the real servers of this machine.
    """
    if os.geteuid() != 0:
        return None
    account = account_named(*ACCOUNTS)
    if account is None:
        raise EngineError("start_failed", retry=False, detail="no account but root on this machine")
    return account


def _make_home(workplace: Path, account: Account | None) -> Path:
    """Make the cluster's private folder; noted in the workplace when it has to lie elsewhere.

    It lies elsewhere when the account may not pass through the folders above, or when the path is too long
    for a socket.
    """
    if account is None and _may_hold_a_socket(workplace):
        home = workplace / "cluster"
        home.mkdir(mode=0o700)
        return home
    home = Path("/var/tmp") / f"{ELSEWHERE_PREFIX}{secrets.token_hex(8)}"  # noqa: S108 - private, made below
    # Noted first: killed in between, nothing is left that nobody knows of.
    (workplace / ELSEWHERE).write_text(f"{home}\n")
    home.mkdir(mode=0o700)
    if account is not None:
        shutil.chown(home, account.uid, account.gid)
    return home


def _may_hold_a_socket(folder: Path) -> bool:
    """A comma would end the path for PostgreSQL, which takes a list."""
    return len(os.fsencode(folder)) < _LONGEST_HOME_BYTES and "," not in str(folder)


def _wait_until_ready(cluster: Cluster, child: Child) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline and child.is_running():
        try:
            cluster.connect("postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise EngineError("start_failed", retry=True, detail=parse.last_words(child.errors()))
