"""The folder of contents, on a real disk: kept whole or not at all, found damaged, removed with care."""

import os
import signal
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import pytest

from tests.small_disk import small_disk
from veilleur.domains.knowledge.rules.files import FileFault
from veilleur.engines.file_store import FolderStore
from veilleur.engines.file_store.adapter import INCOMING
from veilleur.shared.clock import utc_now

ANNA, BEN = UUID(int=1), UUID(int=2)
LATER = utc_now() + timedelta(days=2)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "attachments")


def keep(store: FolderStore, content: bytes, organisation: UUID = ANNA) -> str:
    file = store.incoming()
    file.write(content)
    with store.keeping(organisation, file):
        return file.digest()


def path_of(tmp_path: Path, digest: str, organisation: UUID = ANNA) -> Path:
    return tmp_path / "attachments" / str(organisation) / digest[:2] / digest


def read(store: FolderStore, digest: str, organisation: UUID = ANNA) -> bytes | FileFault:
    found = store.open(organisation, digest)
    if isinstance(found, FileFault):
        return found
    with found:
        return found.read()


def test_what_is_kept_comes_back_for_its_organisation_alone_and_nobody_else_reads_it(
    store: FolderStore, tmp_path: Path
) -> None:
    digest = keep(store, b"content")

    assert read(store, digest) == b"content"
    assert read(store, digest, BEN) is FileFault.MISSING
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "attachments" / str(ANNA)).rglob("*"))
    assert list((tmp_path / "attachments" / INCOMING).iterdir()) == []


@pytest.mark.parametrize("digest", ["../../secrets/key", "a" * 63, "A" * 64, "a" * 64 + "\n", ""])
def test_nothing_but_a_digest_names_a_content(store: FolderStore, digest: str) -> None:
    with pytest.raises(ValueError, match="not a digest"):
        store.open(ANNA, digest)


def test_a_changed_a_shortened_and_a_replaced_content_are_damaged_and_mended_by_keeping_it_again(
    store: FolderStore, tmp_path: Path
) -> None:
    digest = keep(store, b"content")
    path = path_of(tmp_path, digest)

    for spoil in (
        lambda: path.write_bytes(b"Content"),
        lambda: path.write_bytes(b""),
        lambda: (path.unlink(), path.symlink_to("/etc/hostname")),
    ):
        spoil()
        assert read(store, digest) is FileFault.DAMAGED
        keep(store, b"content")
        assert read(store, digest) == b"content"
    path.unlink()
    assert read(store, digest) is FileFault.MISSING


def test_only_what_is_old_and_needed_by_nobody_goes(store: FolderStore) -> None:
    needed, orphan = keep(store, b"needed"), keep(store, b"orphan")

    assert list(store.last_put_before(LATER - timedelta(days=3))) == []
    assert {digest for _organisation, digest in store.last_put_before(LATER)} == {needed, orphan}
    assert not store.remove_unless(ANNA, needed, lambda: True)
    assert store.remove_unless(ANNA, orphan, lambda: False)
    assert not store.remove_unless(ANNA, orphan, lambda: False)
    assert (read(store, needed), read(store, orphan)) == (b"needed", FileFault.MISSING)


def test_nothing_is_removed_while_somebody_keeps_a_file_whose_row_is_not_there_yet(
    store: FolderStore,
) -> None:
    digest = keep(store, b"content")
    rows: list[str] = []
    removed: list[bool] = []
    asked = Event()

    def remove() -> None:
        asked.set()
        removed.append(store.remove_unless(ANNA, digest, lambda: digest in rows))

    file = store.incoming()
    file.write(b"content")
    with store.keeping(ANNA, file):
        remover = Thread(target=remove)
        remover.start()
        asked.wait(5)
        remover.join(0.2)
        assert remover.is_alive()
        rows.append(digest)
    remover.join(5)

    assert removed == [False]
    assert read(store, digest) == b"content"


def test_a_process_that_is_killed_on_the_way_leaves_no_half_under_a_name(
    store: FolderStore, tmp_path: Path
) -> None:
    child = os.fork()
    if child == 0:
        file = store.incoming()
        file.write(b"half of it")
        file.finish()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)

    left = list((tmp_path / "attachments" / INCOMING).iterdir())
    assert len(left) == 1
    assert list(store.last_put_before(LATER)) == []
    assert store.sweep(LATER - timedelta(days=3)) == 0
    assert store.sweep(LATER) == 1
    assert not left[0].exists()


def test_what_nobody_kept_is_forgotten_with_its_request(store: FolderStore, tmp_path: Path) -> None:
    for _ in range(2):
        file = store.incoming()
        file.write(b"x")
    file.discard()
    file.discard()
    del file

    assert list((tmp_path / "attachments" / INCOMING).iterdir()) == []


def test_a_full_disk_keeps_what_it_had_and_takes_no_half(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "256k") as disk:
        store = FolderStore(disk)
        digest = keep(store, b"small")

        with pytest.raises(OSError, match="No space left"):
            keep(store, bytes(400_000))

        assert read(store, digest) == b"small"
        assert list((disk / INCOMING).iterdir()) == []
        assert keep(store, b"after")
        assert len(list(store.last_put_before(LATER))) == 2
