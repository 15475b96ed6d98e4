"""Manifest lines, mount tables and source lists: pure."""

from pathlib import Path

import pytest

from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind
from veilleur.engines.files import parse

MOUNTS = r"""
21 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
30 21 0:31 / /mnt/nas rw,relatime - nfs4 nas:/volume1 rw
31 21 0:32 / /mnt/with\040space rw - cifs //nas/x rw
32 30 8:17 / /mnt/nas/usb rw - ext4 /dev/sdb1 rw
33 21 0:40 / /mnt/over rw - ext4 /dev/sdc1 rw
34 21 0:41 / /mnt/over rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    "name",
    ["/srv/a", "/srv/with\nnewline", b"/srv/caf\xe9".decode("utf-8", "surrogateescape"), '/srv/"quote"'],
)
def test_any_name_survives_a_line(name: str) -> None:
    fact = DataFact(FactKind.FILE, name, 12, "ab", 1_700_000_000_000_001, is_unstable=True)

    line = parse.fact_line(fact)

    assert parse.parse_fact(line) == fact
    assert line.isascii()
    assert "\n" not in line


def test_a_manifest_of_another_version_is_refused() -> None:
    assert parse.parse_header(parse.header_line(("/srv/a",))) == ("/srv/a",)
    with pytest.raises(ValueError, match="not a manifest"):
        parse.parse_header('{"veilleur_manifest": 99, "sources": []}')


@pytest.mark.parametrize(
    ("path", "file_system", "network"),
    [
        ("/srv/data", "ext4", False),
        ("/mnt/nas/backups", "nfs4", True),
        ("/mnt/with space/x", "cifs", True),
        # a disk mounted inside a share
        ("/mnt/nas/usb/x", "ext4", False),
        # mounted twice: the last one hides the first
        ("/mnt/over/x", "tmpfs", False),
        # a name that only begins like a mount point
        ("/mnt/nas2", "ext4", False),
    ],
)
def test_the_file_system_of_a_path_is_the_deepest_mount(path: str, file_system: str, network: bool) -> None:
    found = parse.file_system_of(MOUNTS, Path(path))

    assert found == file_system
    assert parse.is_network(found) is network


def test_ssh_and_object_mounts_count_as_network() -> None:
    assert parse.is_network("fuse.sshfs")
    assert not parse.is_network("fuse.ntfs-3g")


def test_sources_inside_others_are_counted_once_and_ordered_like_a_walk() -> None:
    sources = (Path("/srv/b"), Path("/srv/a/x"), Path("/srv/a"), Path("/srv/a-b"))

    assert parse.disjoint(sources) == (Path("/srv/a"), Path("/srv/a-b"), Path("/srv/b"))


@pytest.mark.parametrize(
    ("path", "is_made_up"),
    [
        ("/run/copies", True),
        ("/run", True),
        ("/run/media/anna/disk/copies", False),
        ("/run/user/1000/copies", True),
        ("/sys/kernel", True),
        ("/dev/shm/copies", True),
        ("/mnt/memory/copies", False),  # a memory that somebody mounted there is told of, and taken
        ("/srv/jail/proc/copies", True),
        ("/srv/copies", False),
        ("/running/copies", False),
    ],
)
def test_what_the_system_makes_up_or_forgets_is_told_from_a_disk_mounted_there(
    path: str, is_made_up: bool
) -> None:
    table = "\n".join(
        f"2{number} 1 0:{number} / {point} rw - {kind} none rw"
        for number, (point, kind) in enumerate(
            [
                ("/", "ext4"),
                ("/run", "tmpfs"),
                ("/run/user/1000", "tmpfs"),
                ("/run/media/anna/disk", "ext4"),
                ("/dev", "devtmpfs"),
                ("/dev/shm", "tmpfs"),
                ("/sys", "sysfs"),
                ("/mnt/memory", "tmpfs"),
                ("/srv/jail/proc", "proc"),
            ]
        )
    )

    assert parse.is_made_up(table, Path(path)) is is_made_up
