"""A rotation of the master key: whatever happens on the way, everything that was sealed opens."""

import errno
import json
import os
import resource
import shutil
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from tests.small_disk import small_disk, unwritable
from veilleur.domains.organisations.ports import SealedValue
from veilleur.domains.organisations.rules.errors import SecretsAway
from veilleur.domains.organisations.rules.key_generations import RETIRE_AFTER, Renewal
from veilleur.engines.keyring import client as client_module
from veilleur.engines.keyring.crypto import encode, open_with_words, seal_at_rest
from veilleur.engines.keyring.store import KeyFolder, UnreadableKeys
from veilleur.engines.keyring.tests.process import ORGANISATION, REPOSITORY, SECOND, STRANGER, Keys, issue
from veilleur.shared.refusal import Refused

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


def rotated(keys: Keys) -> None:
    """Begin, renew, wait, and end: as background work does."""
    assert keys.client.begin_rotation(keys.client.generations()[-1].id) is None
    keys.client.renew_own()
    keys.clock.now += RETIRE_AFTER
    assert not isinstance(keys.client.retire(keys.client.generations()[-1].id), Refused)


def master(keys: Keys) -> bytes:
    return (keys.place / "keys" / "master.key").read_bytes()


def test_after_a_rotation_everything_opens_and_the_former_key_is_nowhere(keys: Keys) -> None:
    words = " ".join(issue(keys, ORGANISATION, "fr"))
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    password, public = keys.client.repository_password(REPOSITORY), keys.client.public_key()
    (before,) = keys.client.envelopes(ORGANISATION)
    former = encode(keys.folder.ring.present.key)

    rotated(keys)
    keys.stop()
    keys.start()

    assert [each.number for each in keys.client.generations()] == [2]
    assert keys.client.repository_password(REPOSITORY) == password
    assert keys.client.public_key() == public
    # Envelopes are sealed to the words: those written before a rotation open as those after it.
    (after,) = keys.client.envelopes(ORGANISATION)
    assert open_with_words(before, words) == open_with_words(after, words) == {REPOSITORY: password}
    assert former.encode() not in b"".join(path.read_bytes() for path in (keys.place / "keys").iterdir())


def test_an_envelope_from_before_a_rotation_brings_a_bare_machine_back(keys: Keys, tmp_path: Path) -> None:
    words = " ".join(issue(keys, ORGANISATION, "fr"))
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    (before,) = keys.client.envelopes(ORGANISATION)
    password = keys.client.repository_password(REPOSITORY)
    rotated(keys)
    elsewhere = Keys(tmp_path / "elsewhere")

    adopted = elsewhere.client.adopt_envelope(before, words)

    assert adopted == 1
    assert elsewhere.client.repository_password(REPOSITORY) == password
    elsewhere.stop()


def test_what_others_keep_is_renewed_and_the_replayed_old_value_opens_nothing_later(keys: Keys) -> None:
    sealed = keys.client.seal("directory", "bind", ORGANISATION)
    values = [SealedValue(1, "directory", owner, sealed) for owner in (ORGANISATION, STRANGER)]
    keys.client.begin_rotation(keys.client.generations()[-1].id)

    renewed, swapped = keys.client.renew(values)
    assert swapped == Renewal(fault="secret_damaged")
    assert keys.client.open("directory", sealed, ORGANISATION) == "bind"
    keys.clock.now += RETIRE_AFTER
    keys.client.retire(keys.client.generations()[-1].id)

    assert keys.client.open("directory", renewed.sealed, ORGANISATION) == "bind"
    with pytest.raises(SecretsAway, match="generation_gone"):
        keys.client.open("directory", sealed, ORGANISATION)
    assert keys.client.renew(values[:1]) == (Renewal(fault="generation_gone"),)


def test_many_large_values_are_renewed_in_several_requests(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "ASKED_AT_ONCE", 1000)
    sealed = [keys.client.seal("directory", "x" * 300, UUID(int=number)) for number in range(1, 9)]
    values = [SealedValue(at, "directory", UUID(int=at), text) for at, text in enumerate(sealed, start=1)]
    keys.client.begin_rotation(keys.client.generations()[-1].id)

    renewals = keys.client.renew(values)

    for number, renewal in enumerate(renewals, start=1):
        assert keys.client.open("directory", renewal.sealed, UUID(int=number)) == "x" * 300


def test_of_two_rotations_at_once_one_is_begun(keys: Keys) -> None:
    present = keys.client.generations()[-1].id

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _each: keys.client.begin_rotation(present), range(2)))

    assert sorted(map(repr, answers)) == sorted(map(repr, [None, Refused("rotation_unfinished")]))
    assert len(keys.client.generations()) == 2


def test_a_rotation_that_replaces_another_generation_than_the_present_is_refused(keys: Keys) -> None:
    assert keys.client.begin_rotation(UUID(int=5)) == Refused("rotated_since")
    assert keys.client.retire(UUID(int=5)) == Refused("rotated_since")


def test_a_generation_is_kept_while_somebody_may_still_hold_what_it_sealed(keys: Keys) -> None:
    keys.client.begin_rotation(keys.client.generations()[-1].id)
    present = keys.client.generations()[-1].id
    keys.clock.now += RETIRE_AFTER - timedelta(seconds=1)

    assert keys.client.retire(present) == Refused("too_young")
    assert len(keys.client.generations()) == 2
    keys.clock.now += timedelta(seconds=1)
    assert [each.number for each in keys.client.retire(present)] == [1]  # type: ignore[union-attr]


def test_retiring_renews_what_was_left_in_the_folder(keys: Keys) -> None:
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    password = keys.client.repository_password(REPOSITORY)
    keys.client.begin_rotation(keys.client.generations()[-1].id)
    keys.clock.now += RETIRE_AFTER

    keys.client.retire(keys.client.generations()[-1].id)

    assert keys.client.repository_password(REPOSITORY) == password


def test_a_damaged_password_in_the_folder_keeps_the_generation(keys: Keys) -> None:
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    keys.client.create_repository_password(SECOND, STRANGER)
    file = keys.place / "keys" / "repositories.json"
    content = json.loads(file.read_text())
    mine, theirs = content[str(REPOSITORY)], content[str(SECOND)]
    mine["sealed"], theirs["sealed"] = theirs["sealed"], mine["sealed"]
    file.write_text(json.dumps(content))
    keys.client.begin_rotation(keys.client.generations()[-1].id)
    keys.clock.now += RETIRE_AFTER

    with pytest.raises(SecretsAway, match="keys_unreadable"):
        keys.client.renew_own()
    with pytest.raises(SecretsAway, match="keys_unreadable"):
        keys.client.retire(keys.client.generations()[-1].id)

    assert len(keys.client.generations()) == 2
    assert json.loads(file.read_text()) == content


def test_the_keys_of_a_veilleur_before_generations_are_taken_over(keys: Keys) -> None:
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    password, public = keys.client.repository_password(REPOSITORY), keys.client.public_key()
    keys.stop()
    as_before(keys.place / "keys")
    made_at = datetime(2025, 3, 1, tzinfo=UTC)
    os.utime(keys.place / "keys" / "master.key", (made_at.timestamp(),) * 2)
    keys.start()

    assert [each.made_at for each in keys.client.generations()] == [made_at]
    assert keys.client.repository_password(REPOSITORY) == password
    rotated(keys)
    keys.stop()
    keys.start()
    assert keys.client.repository_password(REPOSITORY) == password
    assert keys.client.public_key() == public


def as_before(folder: Path) -> None:
    """Write a folder of keys as it was before generations: one key of 32 bytes, base64 alone."""
    keeper = KeyFolder(folder, NOW)
    key, ring = keeper.ring.present.key, keeper.ring
    signer = ring.open("head-signing", "", (folder / "head-signing.key").read_text())
    content = json.loads((folder / "repositories.json").read_text())
    for name, entry in content.items():
        opened = ring.open(f"{entry['organisation']}/{name}", "", entry["sealed"])
        entry["sealed"] = encode(seal_at_rest(key, opened, f"{entry['organisation']}/{name}"))
        del entry["is_unused"]
    keeper.close()
    (folder / "master.key").write_bytes(key)
    (folder / "head-signing.key").write_bytes(seal_at_rest(key, signer, "head-signing"))
    (folder / "repositories.json").write_text(json.dumps(content))


# The steps of a rotation, as the process takes them one after the other.
def _whole_rotation(folder: Path) -> None:
    keeper = KeyFolder(folder, NOW)
    if not keeper.ring.older():
        keeper.keep_ring(keeper.ring.followed(os.urandom(32), NOW))
    keeper.renew_own()
    keeper.keep_ring(keeper.ring.alone())
    keeper.close()


def _killed_at(step: int, act: Callable[[], None], folder: Path) -> bool:
    """Do it in a process that is killed before its nth call to the system about this folder; return whether
    it was.
    """
    left = step

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in {"open", "os.rename", "os.link", "os.remove"} and str(folder) in str(arguments):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def counted() -> None:
        sys.addaudithook(count)
        act()

    status = _forked(counted)
    assert status in {0, signal.SIGKILL}
    return status != 0


def test_a_rotation_killed_at_any_step_leaves_everything_openable_and_goes_on(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    keeper = KeyFolder(whole, NOW)
    keeper.keep_password(REPOSITORY, ORGANISATION, "kept for good")
    public = keeper.signer.public_key().public_bytes_raw()
    keeper.close()

    def opens_everything(folder: Path) -> int:
        again = KeyFolder(folder, NOW)
        kept = again.password(REPOSITORY)
        assert kept is not None
        assert kept.password == "kept for good"
        assert again.signer.public_key().public_bytes_raw() == public
        again.close()
        assert not list(folder.glob(".master.key.*")), "what was left half done is gone at the next start"
        return len(again.ring.generations)

    for step in range(100):
        folder = tmp_path / f"killed at {step}"
        shutil.copytree(whole, folder)
        was_killed = _killed_at(step, partial(_whole_rotation, folder), folder)
        opens_everything(folder)
        _whole_rotation(folder)
        assert opens_everything(folder) == 1
        if not was_killed:
            break

    assert not was_killed
    assert step > 25


def _forked(act: Callable[[], None]) -> int:
    """Do something in a process of its own, and return its status as `waitpid` has it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        code = 99
        try:
            act()
            code = 0
        finally:
            # Whatever happened: this copy of the tests goes no further.
            os._exit(code)
    return os.waitpid(child, 0)[1]


def test_where_nothing_more_can_be_written_a_rotation_says_so_and_changes_nothing(tmp_path: Path) -> None:
    keeper = KeyFolder(tmp_path / "keys", NOW)
    before = keeper.ring

    def rotate_at_the_limit() -> None:
        # No file may become longer than a few bytes, as where a quota ends.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        try:
            keeper.keep_ring(before.followed(os.urandom(32), NOW))
        except OSError as error:
            os._exit(error.errno if keeper.ring == before else 1)

    assert os.waitstatus_to_exitcode(_forked(rotate_at_the_limit)) == errno.EFBIG
    names = sorted(path.name for path in (tmp_path / "keys").iterdir())
    assert names == ["head-signing.key", "lock", "master.key"]
    keeper.close()
    assert KeyFolder(tmp_path / "keys", NOW).ring == before


def test_on_a_full_disk_or_one_that_cannot_be_written_a_rotation_waits(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as place, _keys(place) as keys:
        sealed = keys.client.seal("directory", "bind", ORGANISATION)
        before = master(keys)
        with (place / "everything").open("wb", buffering=0) as file, suppress(OSError):
            while file.write(b"x" * 4096):
                pass
        with pytest.raises(SecretsAway, match="disk_full"):
            keys.client.begin_rotation(keys.client.generations()[-1].id)
        assert master(keys) == before
        (place / "everything").unlink()
        (place / "keys").chmod(0o700)

        assert keys.client.begin_rotation(keys.client.generations()[-1].id) is None
        assert keys.client.open("directory", sealed, ORGANISATION) == "bind"
        assert sorted(path.name for path in (place / "keys").glob(".*")) == []


@contextmanager
def _keys(folder: Path) -> Iterator[Keys]:
    running = Keys(folder)
    try:
        yield running
    finally:
        running.stop()


def test_in_a_folder_that_cannot_be_written_a_rotation_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keeper = KeyFolder(folder, NOW)
    before = keeper.ring
    with unwritable(folder), pytest.raises(OSError):
        keeper.keep_ring(before.followed(os.urandom(32), NOW))

    assert keeper.ring == before
    keeper.close()
    assert KeyFolder(folder, NOW).ring == before


def test_a_second_name_of_the_key_file_in_use_is_removed_and_not_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keeper = KeyFolder(folder, NOW)
    keeper.keep_password(REPOSITORY, ORGANISATION, "kept for good")
    keeper.close()
    os.link(folder / "master.key", folder / ".master.key.dropped-00000000")

    again = KeyFolder(folder, NOW)

    kept = again.password(REPOSITORY)
    assert kept is not None
    assert kept.password == "kept for good"
    assert not list(folder.glob(".master.key.*"))
    again.close()


def test_a_former_key_is_overwritten_and_not_only_unlinked(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keeper = KeyFolder(folder, NOW)
    with (folder / "master.key").open("rb") as held_open:
        keeper.keep_ring(keeper.ring.followed(os.urandom(32), NOW))
        left = held_open.read()

    assert left == bytes(len(left))
    keeper.close()


def test_generations_that_do_not_follow_each_other_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    KeyFolder(folder, NOW).close()
    content = json.loads((folder / "master.key").read_text())
    content["generations"][0]["superseded_at"] = NOW.isoformat()
    (folder / "master.key").write_text(json.dumps(content))

    with pytest.raises(UnreadableKeys, match="changed by something else"):
        KeyFolder(folder, NOW)
