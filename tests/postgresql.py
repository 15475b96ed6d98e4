"""A real PostgreSQL server for one test run: its own cluster, its own private socket, gone afterwards."""

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

_HOMES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
_ROLE = "veilleur"
# Fast and careless, for tests: a server that dies with its machine loses its last second.
_CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "deadlock_timeout=100ms")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgresql_programs() -> Path | None:
    """Return the folder of the newest installed server's programs, None where no server is installed."""
    return next((folder for folder in reversed(_HOMES) if (folder / "initdb").exists()), None)


class ThrowawayPostgres:
    """A cluster in a private folder, reached by a Unix socket only; `durable` keeps fsync, for benchmarks.

    `listens`: also on 127.0.0.1, and on 127.0.0.2 as if from afar, at a port of its own (`port` tells which).
    `also_at` is a folder where it is to be found as well, as a machine's own server is.
    PostgreSQL refuses to run as root: root starts it as `postgres`, or `nobody` where that is missing.
    Use it as a context manager, or call `start` and `stop`.
    """

    def __init__(
        self,
        *,
        durable: bool = False,
        port: int = 5432,
        also_at: Path | None = None,
        listens: bool = False,
    ) -> None:
        self._port = _free_port() if listens else port
        address = "127.0.0.1,127.0.0.2" if listens else ""
        self._settings = (
            f"port={self._port}",
            f"listen_addresses={address}",
            *(() if durable else _CARELESS),
        )
        self._also_at = also_at
        self._user = _unprivileged_user() if os.geteuid() == 0 else None
        self._folder: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "ThrowawayPostgres":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Return the process id of the running server."""
        assert self._server is not None, "start() first"
        return self._server.pid

    @property
    def port(self) -> int:
        """Return the port it answers at."""
        return self._port

    @property
    def folder(self) -> Path:
        """Return the folder of its socket."""
        assert self._folder is not None, "start() first"
        return self._folder

    def let_in(self, *rules: str) -> None:
        """Replace who is let in, line by line (pg_hba.conf), and have the server read it."""
        path = self.folder / "data" / "pg_hba.conf"
        path.write_text("\n".join(rules) + "\n")
        programs = postgresql_programs()
        assert programs is not None
        self._run(programs / "pg_ctl", "reload", "-D", self.folder / "data")

    def start(self) -> None:
        """Make the cluster and wait until it answers; about three seconds."""
        programs = postgresql_programs()
        assert programs is not None, "no PostgreSQL server is installed: apt install postgresql"
        self._folder = Path(tempfile.mkdtemp(prefix="veilleur-pg-"))
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        data = self._folder / "data"
        self._run(
            programs / "initdb",
            "-D",
            data,
            "-U",
            _ROLE,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        sockets = ",".join(str(folder) for folder in (self._folder, self._also_at) if folder)
        options = (f"unix_socket_directories={sockets}", "max_connections=100")
        arguments = [flag for option in (*options, *self._settings) for flag in ("-c", option)]
        with (self._folder / "server.log").open("wb") as log:
            self._server = subprocess.Popen(
                [programs / "postgres", "-D", data, *arguments],
                stdout=log,
                stderr=log,
                user=self._user,
                cwd=self._folder,
            )

        self._wait_until_ready(programs)
        self._run(programs / "createdb", "-h", self._folder, "-p", str(self._port), "-U", _ROLE, "veilleur")

    def url(self, database: str = "veilleur") -> str:
        """Return the URL of a database of this server, as VEILLEUR_DATABASE_URL takes it."""
        port = "" if self._port == 5432 else f":{self._port}"
        return f"postgresql://{_ROLE}@{quote(str(self._folder), safe='')}{port}/{database}"

    def stop(self) -> None:
        """Stop the server at once and remove its folder; may be called twice."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)  # "fast": ends its clients and stops
            try:
                self._server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._server.send_signal(signal.SIGQUIT)
                self._server.wait(timeout=10)
            self._server = None
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def _wait_until_ready(self, programs: Path) -> None:
        assert self._server is not None
        for _ in range(300):
            where = ("-h", str(self._folder), "-p", str(self._port))
            answer = subprocess.run([programs / "pg_isready", "-q", *where], check=False)
            if answer.returncode == 0:
                return
            assert self._server.poll() is None, (self._folder / "server.log").read_text()
            time.sleep(0.1)
        raise AssertionError((self._folder / "server.log").read_text())

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            user=self._user,
            cwd=self._folder,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"


def _unprivileged_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody", getpass.getuser()) if name in names)
