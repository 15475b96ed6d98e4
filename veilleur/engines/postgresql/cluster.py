"""A throw-away PostgreSQL cluster: private folder, private socket, no address, a sandbox around it all."""

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
from veilleur.engines.sandbox import sandbox

_READY_S = 60.0
_LONG_S = 12 * 3600.0
_QUICK_S = 300.0
# Without any right on this machine; the first is for who wants one that nothing else runs under.
ACCOUNTS = ("veilleur-restore", "nobody")
# A Unix socket's path has at most 107 bytes; PostgreSQL adds "/.s.PGSQL.5432".
_LONGEST_HOME = 80


@dataclass(frozen=True)
class Cluster:
    """A running cluster. Its clients run in sandboxes like its own: they read what its owner wrote."""

    programs: Path
    home: Path
    account: Account | None
    wrapper: tuple[str, ...]

    def conninfo(self, database: str) -> str:
        """Return how a database of the cluster is reached."""
        return f"host={self.home} port=5432 user={commands.SUPERUSER} dbname={database}"

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

    Raises isolation_missing or isolation_refused, see `sandbox`.
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
            _wait_until_ready(cluster, child)
            yield cluster
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
