"""What runs in a sandbox reaches its own folder and nothing else, and ends with whoever started it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.running import Account, Command, account_named, run, started
from veilleur.engines.sandbox import sandbox

pytestmark = pytest.mark.sandbox


@pytest.fixture
def account() -> Account | None:
    return account_named("nobody") if os.geteuid() == 0 else None


@pytest.fixture
def own(account: Account | None) -> Iterator[Path]:
    """The folder of the sandbox, in one that every account may pass: pytest's are closed to all but one."""
    with TemporaryDirectory(prefix="veilleur-sandbox-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "secret").write_text("in the open")
        own = Path(folder) / "own"
        own.mkdir()
        if account is not None:
            os.chown(own, account.uid, account.gid)
        yield own


def said(own: Path, account: Account | None, script: str) -> str:
    finished = run(
        Command(("sh", "-c", script), 30.0, folder=own, account=account, wrapper=sandbox(own, account))
    )
    return finished.output.decode() + finished.errors


def test_its_own_folder_is_the_only_one_it_can_write(own: Path, account: Account | None) -> None:
    folders = [Path(name) for name in ("/", "/usr", "/etc", "/var/tmp", "/tmp", "/dev", "/dev/shm")]
    words = " ".join(f"{folder}/veilleur-4713" for folder in folders)

    text = said(own, account, f"echo kept > mine; touch {words}")

    assert (own / "mine").read_text() == "kept\n"
    assert "cannot touch '/usr/veilleur-4713'" in text
    assert not [folder for folder in folders if (folder / "veilleur-4713").exists()]


def test_what_any_account_may_read_on_the_machine_is_not_there(own: Path, account: Account | None) -> None:
    assert (own.parent / "secret").read_text() == "in the open"

    text = said(own, account, f"cat {own.parent}/secret; ls -A /var/tmp {own.parent}")

    assert "in the open" not in text
    assert "No such file or directory" in text
    assert text.split("/var/tmp:\n")[1].split("\n")[0] == own.parent.name


def test_it_reaches_no_server_of_this_machine(own: Path, account: Account | None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        text = said(own, account, f"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached'")

    assert "reached" not in text
    assert "Connection refused" in text


def test_what_it_keeps_in_memory_as_files_is_bounded(own: Path, account: Account | None) -> None:
    text = said(own, account, "for one in /tmp /dev/shm; do head -c 300M /dev/zero > $one/much; done")

    assert text.count("No space left on device") == 2


def test_its_processes_are_counted(own: Path, account: Account | None) -> None:
    text = said(own, account, "for one in $(seq 600); do sleep 20 & done; echo all")

    assert "Cannot fork" in text
    assert "all" not in text


def test_it_is_the_first_to_end_when_memory_runs_out(own: Path, account: Account | None) -> None:
    command = Command(("sleep", "20.4715"), 30.0, folder=own, account=account, wrapper=sandbox(own, account))
    with started(command):
        time.sleep(0.5)
        inside = [one for one in psutil.Process().children(recursive=True) if "20.4715" in one.cmdline()]
        worth = {Path(f"/proc/{one.pid}/oom_score_adj").read_text().strip() for one in inside}

    assert worth == {"1000"}


def test_what_the_company_keeps_beside_the_system_is_not_there(own: Path, account: Account | None) -> None:
    assert list(Path("/usr/local").iterdir())

    assert said(own, account, "ls -A /usr/local") == ""


def test_a_folder_of_programs_that_holds_more_is_refused(own: Path, account: Account | None) -> None:
    for folder in (Path("/"), own.parent, own):
        with pytest.raises(EngineError) as caught:
            sandbox(own, account, (folder,))
        assert caught.value.reason == "isolation_refused"


def test_programs_below_the_folder_for_temporary_files_are_found(own: Path, account: Account | None) -> None:
    with TemporaryDirectory(prefix="veilleur-programs-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "version").write_text("15")
        words = sandbox(own, account, (Path(folder),))
        shown = run(Command(("cat", f"{folder}/version"), 30.0, folder=own, account=account, wrapper=words))

    assert shown.output == b"15"


def test_it_sees_no_process_but_its_own(own: Path, account: Account | None) -> None:
    text = said(own, account, f"kill -0 {os.getpid()} && echo seen; kill -0 $$ && echo itself")

    assert "seen" not in text
    assert "itself" in text


def test_it_starts_for_a_service_that_was_given_a_right(own: Path, account: Account | None) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives a right away")
    assert account is not None
    words = sandbox(own, None)
    rights = ("setpriv", f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups")
    given = (*rights, "--inh-caps=+net_raw", "--ambient-caps=+net_raw", "--")

    finished = run(Command(("id", "-u"), 30.0, folder=own, wrapper=(*given, *words)))

    assert finished.output.decode().split() == [str(account.uid)], finished.errors


def test_it_ends_when_whoever_started_it_is_killed(own: Path, account: Account | None) -> None:
    script = (
        "from pathlib import Path; from veilleur.engines.running import Account, Command, run;"
        "from veilleur.engines.sandbox import sandbox;"
        f"own, account = Path({str(own)!r}), {account!r};"
        "run(Command(('sh', '-c', 'echo > started; sleep 4712'), 60.0, folder=own, account=account, "
        "wrapper=sandbox(own, account)))"
    )
    starter = subprocess.Popen((sys.executable, "-c", script))
    deadline = time.monotonic() + 30
    try:
        while not (own / "started").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert (own / "started").exists()
    finally:
        starter.kill()
        starter.wait()

    while (left := sleeping()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert left == []


def sleeping() -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cmdline"]) if "4712" in (one.info["cmdline"] or ())]
