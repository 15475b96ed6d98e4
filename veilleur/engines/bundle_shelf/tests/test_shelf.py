"""Bundles in real folders: whole or not there, through a kill, a full disk, a damaged or absent place."""

import errno
import os
import signal
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from veilleur.domains.knowledge.rules.bundle import MANIFEST, PlaceCode, manifest_of
from veilleur.engines.bundle_shelf import adapter
from veilleur.engines.bundle_shelf.adapter import FolderShelf

OWNER = "vexin-12345678"
FIRST, SECOND, THIRD = "20261120T080000Z", "20261121T080000Z", "20261122T080000Z"


def bundle(words: str = "whom to call") -> dict[str, bytes]:
    files = {"index.html": words.encode(), "documents/01-start.md": b"# Start"}
    return {**files, MANIFEST: manifest_of(files).encode()}


def shelf(tmp_path: Path, *places: Path) -> FolderShelf:
    data_dir = tmp_path / "data"
    data_dir.mkdir(exist_ok=True)
    return FolderShelf(data_dir / "offline", places, data_dir)


def codes(kept: FolderShelf, stamp: str = FIRST) -> list[PlaceCode]:
    return [state.code for state in kept.spread(OWNER, stamp)]


def test_a_bundle_lies_there_as_folder_and_as_zip_for_its_owner_alone(tmp_path: Path) -> None:
    kept = shelf(tmp_path)

    kept.put(OWNER, FIRST, bundle())

    folder = tmp_path / "data" / "offline" / OWNER / FIRST
    assert (folder / "index.html").read_bytes() == b"whom to call"
    assert (folder / "index.html").stat().st_mode & 0o077 == 0
    packed = kept.packed(OWNER, FIRST)
    assert packed is not None
    with packed, zipfile.ZipFile(packed) as whole:
        assert sorted(whole.namelist()) == sorted(f"{FIRST}/{name}" for name in bundle())
    assert codes(kept) == [PlaceCode.KEPT]
    checked = subprocess.run(["sha256sum", "--check", "--quiet", MANIFEST], cwd=folder, check=False)
    assert checked.returncode == 0


def test_a_place_gets_its_copy_and_gets_it_back_when_it_was_damaged_or_taken_away(tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()
    kept = shelf(tmp_path, usb)
    kept.put(OWNER, FIRST, bundle())
    kept.spread(OWNER, FIRST)
    copy = usb / OWNER / FIRST / "index.html"

    copy.write_bytes(b"forged")
    codes(kept)
    assert copy.read_bytes() == b"whom to call"
    copy.unlink()
    codes(kept)

    assert copy.read_bytes() == b"whom to call"


def test_a_place_on_the_very_disk_is_said_to_be_one(tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    kept = shelf(tmp_path, beside)
    kept.put(OWNER, FIRST, bundle())

    assert codes(kept) == [PlaceCode.KEPT, PlaceCode.SAME_DISK]


def test_a_place_that_is_not_there_is_away_and_is_not_made(tmp_path: Path) -> None:
    kept = shelf(tmp_path, tmp_path / "unplugged")
    kept.put(OWNER, FIRST, bundle())

    assert codes(kept) == [PlaceCode.KEPT, PlaceCode.AWAY]
    assert not (tmp_path / "unplugged").exists()


def test_a_place_that_refuses_is_told_with_the_reason(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / OWNER).write_text("a file is in the way")
    kept = shelf(tmp_path, full)
    kept.put(OWNER, FIRST, bundle())

    state = kept.spread(OWNER, FIRST)[1]

    assert state.code is PlaceCode.FAILED
    assert state.detail == os.strerror(errno.EEXIST)


def test_what_is_spoilt_at_home_is_told_and_the_copies_are_left_as_they_are(tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    usb.mkdir()
    kept = shelf(tmp_path, usb)
    kept.put(OWNER, FIRST, bundle())
    kept.spread(OWNER, FIRST)

    (tmp_path / "data" / "offline" / OWNER / FIRST / "index.html").write_bytes(b"spoilt")

    assert codes(kept)[0] is PlaceCode.DAMAGED
    assert (usb / OWNER / FIRST / "index.html").read_bytes() == b"whom to call"


def test_the_newest_two_are_kept(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    for stamp in (FIRST, SECOND, THIRD):
        kept.put(OWNER, stamp, bundle())

    left = sorted(path.name for path in (tmp_path / "data" / "offline" / OWNER).iterdir())

    assert left == [SECOND, f"{SECOND}.zip", THIRD, f"{THIRD}.zip"]


def test_what_is_opened_where_it_lies_is_copied_whole_and_spoilt_is_brought_again(tmp_path: Path) -> None:
    usb, source = tmp_path / "usb", tmp_path / "plan.pdf"
    usb.mkdir()
    source.write_bytes(b"%PDF" * 100_000)
    digest = sha256(source.read_bytes()).hexdigest()
    held = {"index.html": b"whom to call"}
    path = "documents/01-start/plan.pdf"
    manifest = manifest_of(held, {path: digest}).encode()
    kept = shelf(tmp_path, usb)

    kept.put(OWNER, FIRST, {**held, path: lambda: source.open("rb"), MANIFEST: manifest})
    source.unlink()
    kept.spread(OWNER, FIRST)
    copy = usb / OWNER / FIRST / path
    copy.write_bytes(b"%PDF spoilt")

    assert codes(kept) == [PlaceCode.KEPT, PlaceCode.SAME_DISK]
    assert sha256(copy.read_bytes()).hexdigest() == digest


def test_a_full_disk_leaves_the_former_one_whole_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = shelf(tmp_path)
    kept.put(OWNER, FIRST, bundle())

    def full(path: Path, *_: object) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(adapter, "_pack", full)
    with pytest.raises(OSError, match="No space left"):
        kept.put(OWNER, SECOND, bundle("newer"))

    assert codes(kept) == [PlaceCode.KEPT]
    left = sorted(path.name for path in (tmp_path / "data" / "offline" / OWNER).iterdir())
    assert left == [FIRST, f"{FIRST}.zip"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from veilleur.engines.bundle_shelf import adapter
from veilleur.domains.knowledge.rules.bundle import MANIFEST, manifest_of

home, at = Path(sys.argv[1]), int(sys.argv[2])
calls = 0
sync = os.fsync

def counted(descriptor):
    global calls
    calls += 1
    if calls == at:
        os.kill(os.getpid(), signal.SIGKILL)
    sync(descriptor)

os.fsync = counted
files = {f"documents/{number}.md": b"x" * 100_000 for number in range(3)}
files[MANIFEST] = manifest_of(files).encode()
adapter.FolderShelf(home, (), home).put(sys.argv[3], sys.argv[4], files)
"""


# One of four files, a folder, the ZIP, and after both have their names.
@pytest.mark.parametrize("at", [2, 6, 7, 8])
def test_a_kill_at_any_moment_leaves_a_whole_bundle(tmp_path: Path, at: int) -> None:
    kept = FolderShelf(tmp_path, (), tmp_path)
    kept.put(OWNER, FIRST, bundle())

    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path), str(at), OWNER, SECOND], check=False
    )

    assert killed.returncode == -signal.SIGKILL
    newest = max(path.name for path in (tmp_path / OWNER).iterdir() if path.is_dir() and path.name[0] != ".")
    assert codes(kept, newest) == [PlaceCode.KEPT]
    assert codes(kept, FIRST) == [PlaceCode.KEPT]
    kept.put(OWNER, THIRD, bundle())
    assert not [path for path in (tmp_path / OWNER).iterdir() if path.name.startswith(".new")]


def test_no_name_leads_out_of_the_shelf(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.zip").write_bytes(b"secret")

    kept = shelf(tmp_path)

    assert kept.packed("..", "secret") is None
    assert kept.packed(OWNER, "../../secret") is None
    assert kept.packed(OWNER, FIRST) is None


def test_an_organisation_that_is_called_otherwise_takes_its_bundles_along_everywhere(tmp_path: Path) -> None:
    usb, renamed = tmp_path / "usb", "menuiserie-12345678"
    stranger, own = usb / "vexin-87654321" / FIRST, usb / OWNER / "notes.txt"
    stranger.mkdir(parents=True)
    kept = shelf(tmp_path, usb)
    kept.put(OWNER, FIRST, bundle("with Ben"))
    kept.spread(OWNER, FIRST)

    early = kept.packed(renamed, FIRST)
    states = kept.spread(renamed, FIRST)
    for stamp in (SECOND, THIRD):
        kept.put(renamed, stamp, bundle())
        kept.spread(renamed, stamp)

    assert early is not None
    early.close()
    assert PlaceCode.DAMAGED not in {state.code for state in states}
    for place in (tmp_path / "data" / "offline", usb):
        assert [path.read_text() for path in place.rglob("index.html")] == ["whom to call"] * 2
        assert not (place / OWNER).exists()
    assert stranger.exists()
    # Another process made one under the former name meanwhile: what is a bundle goes, and nothing else.
    own.parent.mkdir()
    own.write_text("mine")
    kept.put(OWNER, FIRST, bundle("with Ben"))
    (usb / OWNER / FIRST).mkdir()
    kept.spread(renamed, THIRD)
    assert [path.name for path in (usb / OWNER).iterdir()] == ["notes.txt"]
