"""A throw-away PostgreSQL cluster: private folder, private socket, no address, no network where possible."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.files.workshop import ELSEWHERE, ELSEWHERE_PREFIX, wipe
from veilleur.engines.postgresql import commands, parse
from veilleur.engines.running import Account, Child, Command, Finished, account_named, run, started

_READY_S = 60.0
_LONG_S = 12 * 3600.0
_QUICK_S = 300.0
# Without any right on this machine; the first is for who wants one that nothing else runs under.
ACCOUNTS = ("veilleur-restore", "nobody")
# A Unix socket's path has at most 107 bytes; PostgreSQL adds "/.s.PGSQL.5432".
_LONGEST_HOME = 80
_NO_NETWORK = (("unshare", "--net", "--"), ("unshare", "--map-current-user", "--net", "--"))


@dataclass(frozen=True)
class Cluster:
    """A running cluster. `isolation`: "no_network", or "no_listener" where a namespace is not allowed."""

    programs: Path
    home: Path
    account: Account | None
    isolation: str

    def conninfo(self, database: str) -> str:
        """Return how a database of the cluster is reached."""
        return f"host={self.home} port=5432 user={commands.SUPERUSER} dbname={database}"

    def run(self, arguments: tuple[str, ...], input_file: Path | None = None) -> Finished:
        """Run one of PostgreSQL's programs under the cluster's account."""
        return run(Command(arguments, _LONG_S, folder=self.home, account=self.account, input_file=input_file))


@contextmanager
def throwaway_cluster(programs: Path, workplace: Path) -> Iterator[Cluster]:
    """Make and serve an empty cluster; stopped and wiped at the end, whatever happened."""
    account = _account()
    home = _make_home(workplace, account)
    try:
        made = run(
            Command(commands.make_init(programs, home / "data"), _QUICK_S, folder=home, account=account)
        )
        if made.code:
            raise EngineError("start_failed", retry=True, detail=parse.last_words(made.errors))
        wrapper = _no_network()
        isolation = "no_network" if wrapper else "no_listener"
        server = Command(
            commands.make_server(programs, home / "data", home),
            _LONG_S,
            folder=home,
            account=account,
            wrapper=wrapper,
        )
        with started(server) as child:
            child.take_output(lambda _line: None)
            cluster = Cluster(programs, home, account, isolation)
            _wait_until_ready(cluster, child)
            try:
                yield cluster
            finally:
                child.interrupt()  # SIGINT: its clients are cut off and it stops at once
    finally:
        wipe(home)


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
    if account is None and len(str(workplace)) < _LONGEST_HOME:
        home = workplace / "cluster"
        home.mkdir(mode=0o700)
        return home
    home = Path(tempfile.mkdtemp(prefix=ELSEWHERE_PREFIX, dir="/var/tmp"))
    (workplace / ELSEWHERE).write_text(f"{home}\n")
    if account is not None:
        shutil.chown(home, account.uid, account.gid)
    return home


def _no_network() -> tuple[str, ...]:
    """Return the words that cut a program off from every network, empty where the system forbids it."""
    for wrapper in _NO_NETWORK:
        if run(Command((*wrapper, "true"), _QUICK_S)).code == 0:
            return wrapper
    return ()


def _wait_until_ready(cluster: Cluster, child: Child) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline and child.is_running():
        try:
            psycopg.connect(cluster.conninfo("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise EngineError("start_failed", retry=True, detail=parse.last_words(child.errors()))
