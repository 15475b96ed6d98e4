"""The real machine is read: files below a root, real sockets, real folders, no privilege asked for."""

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest

from veilleur.domains.estate.rules.machine import FoundDatabase, Unread
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.engines.local_machine import LocalMachine
from veilleur.engines.local_machine.search import DEFAULT_BOUNDS, Bounds, SqliteSearch

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "etc").mkdir()
    (tmp_path / "proc/sys/net/ipv4").mkdir(parents=True)
    (tmp_path / "etc/os-release").write_text((SAMPLES / "os-release-debian-12").read_text())
    (tmp_path / "etc/machine-id").write_text("3d1219c7c4c5404aaa1f6d2a48adfda4\n")
    (tmp_path / "proc/cpuinfo").write_text((SAMPLES / "cpuinfo-virtual").read_text())
    return tmp_path


def database(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("create table invoice (id integer)")
    connection.close()
    return path


def found_below(*folders: Path, bounds: Bounds = DEFAULT_BOUNDS, leave_out: tuple[Path, ...] = ()) -> object:
    return SqliteSearch(folders, leave_out=leave_out, bounds=bounds).run(count().__next__)


def test_this_very_machine_tells_who_it_is_without_any_privilege() -> None:
    facts = LocalMachine(search=()).read()

    assert facts.host_name == socket.gethostname()
    assert facts.identities[-1].scheme == "host_name"
    assert facts.hardware.cpu_count >= 1
    assert facts.hardware.memory_bytes > 2**20
    assert not isinstance(facts.volumes, Unread)
    assert any(volume.mount_point == "/" for volume in facts.volumes)


def test_reading_twice_gives_the_same_machine() -> None:
    machine = LocalMachine(search=())
    first, second = machine.read(), machine.read()

    assert first.identities == second.identities
    assert (first.system, first.hardware) == (second.system, second.hardware)
    assert (first.packages, first.volumes) == (second.packages, second.volumes)


def test_without_the_distributions_table_the_shipped_one_says_the_end_of_life(root: Path) -> None:
    system = LocalMachine(root=root, search=()).read().system

    assert (system.full_support_until, system.lts_support_until) == (date(2026, 7, 11), date(2028, 6, 30))
    assert system.support_source.startswith("shipped:2026-")


def test_the_distributions_own_table_wins_and_is_dated_by_its_file(root: Path) -> None:
    table = root / "usr/share/distro-info/debian.csv"
    table.parent.mkdir(parents=True)
    table.write_text((SAMPLES / "distro-info-debian.csv").read_text().replace("2028-06-30", "2028-07-31"))
    stamp = datetime(2026, 10, 2, tzinfo=UTC).timestamp()
    os.utime(table, (stamp, stamp))

    system = LocalMachine(root=root, search=()).read().system

    assert system.lts_support_until == date(2028, 7, 31)
    assert system.support_source == "distro_info:2026-10-02"


def test_a_system_in_no_table_has_an_unknown_end_of_life(root: Path) -> None:
    (root / "etc/os-release").write_text((SAMPLES / "os-release-alpine").read_text())

    system = LocalMachine(root=root, search=()).read().system

    assert (system.os_id, system.full_support_until, system.support_source) == ("alpine", None, "")


def test_an_empty_tree_is_read_without_a_stumble(tmp_path: Path) -> None:
    facts = LocalMachine(root=tmp_path, search=()).read()

    assert [sign.scheme for sign in facts.identities] == ["host_name"]
    assert facts.system.os_id == ""
    assert facts.hardware.kind is AssetKind.SERVER


def test_a_port_that_answers_is_found_and_a_handed_out_one_is_not_lasting(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (root / "proc/sys/net/ipv4/ip_local_port_range").write_text(f"{port}\t{port}\n")
        listeners = LocalMachine(root=root, search=()).read().listeners

    assert not isinstance(listeners, Unread)
    (mine,) = [listener for listener in listeners if listener.port == port]
    assert (mine.protocol, mine.address, mine.is_lasting) == ("tcp", "127.0.0.1", False)
    assert mine.process


def test_sockets_of_databases_are_found_where_nothing_lists_clusters(root: Path) -> None:
    (root / "run/postgresql").mkdir(parents=True)
    (root / "run/mysqld").mkdir()
    sockets = [socket.socket(socket.AF_UNIX) for _ in range(2)]
    sockets[0].bind(str(root / "run/postgresql/.s.PGSQL.5499"))
    sockets[1].bind(str(root / "run/mysqld/mysqld.sock"))

    found = LocalMachine(root=root, search=()).read().databases

    for each in sockets:
        each.close()
    assert not isinstance(found, Unread)
    assert FoundDatabase("postgresql", "/run/postgresql:5499") in found
    assert FoundDatabase("mariadb", "/run/mysqld/mysqld.sock") in found


def test_a_file_is_a_database_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    real = database(tmp_path / "app/data.sqlite3")
    (tmp_path / "app/thumbs.db").write_bytes(b"not a database")
    (tmp_path / "app/link.db").symlink_to(real)

    assert found_below(tmp_path, tmp_path / "missing") == (
        FoundDatabase("sqlite", str(real), readable="yes"),
    )


def test_veilleurs_own_folder_and_layers_of_images_are_passed_over(tmp_path: Path) -> None:
    database(tmp_path / "own/veilleur.sqlite3")
    database(tmp_path / "overlay2/layer/app.db")
    kept = database(tmp_path / "kept/app.db")

    found = found_below(tmp_path, leave_out=(tmp_path / "own",))

    assert found == (FoundDatabase("sqlite", str(kept), readable="yes"),)


def test_a_bounded_search_gives_the_same_part_each_time(tmp_path: Path) -> None:
    for number in range(5):
        database(tmp_path / f"{number}.db")

    first = found_below(tmp_path, bounds=Bounds(found=2))

    assert first == found_below(tmp_path, bounds=Bounds(found=2))
    assert isinstance(first, tuple)
    assert [Path(each.locator).name for each in first] == ["0.db", "1.db"]


def test_half_a_search_tells_nothing_rather_than_that_the_rest_is_gone(tmp_path: Path) -> None:
    database(tmp_path / "deep/down/app.db")

    assert found_below(tmp_path, bounds=Bounds(seconds=1)) == Unread("timed_out")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_reads_the_machine_and_knows_what_it_may_not_know() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        database(Path(folder) / "hidden.db").chmod(0o600)
        # All is imported and read once before the change of user: Veilleur may lie where only root can read.
        program = (
            "import os; from pathlib import Path; from veilleur.engines.local_machine import LocalMachine;"
            "LocalMachine(search=()).read();"
            "os.setgid(65534); os.setuid(65534);"
            f"facts = LocalMachine(search=(Path({folder!r}),)).read();"
            "print(os.getuid(), [each.readable for each in facts.databases if each.engine == 'sqlite'])"
        )

        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "65534 ['no']"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can change its root")
def test_the_root_of_a_chroot_is_a_volume_although_no_list_of_mounts_shows_it(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    program = (
        "import os; from veilleur.engines.local_machine import LocalMachine, adapter;"
        # What Veilleur reads of its own files lies outside.
        "LocalMachine(search=()).read(); adapter._shipped_support();"
        f"os.chroot({str(tmp_path)!r}); os.chdir('/');"
        "volumes = LocalMachine(search=()).read().volumes;"
        "print([(each.mount_point, each.total_bytes > 0) for each in volumes])"
    )
    # Mounts of a name space of its own: nothing of them is left afterwards.
    in_own_mounts = ("unshare", "--mount", "sh", "-c", 'mount --bind /proc "$0" && exec "$@"')

    done = subprocess.run(
        [*in_own_mounts, tmp_path / "proc", sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )

    if done.returncode == 32 or "unshare failed" in done.stderr:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    assert done.stderr == ""
    assert done.stdout.strip() == "[('/', True)]"
