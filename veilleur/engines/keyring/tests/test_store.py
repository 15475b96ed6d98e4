"""The folder of keys: for its owner only, never shared, and never made anew where it was lost."""

import json
import os
from datetime import UTC, datetime

import pytest

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.keyring.crypto import encode, open_with_words
from veilleur.engines.keyring.store import KeyFolder, LostKeys, UnreadableKeys, give_up_lost
from veilleur.engines.keyring.tests.process import ORGANISATION, REPOSITORY, Keys, issue
from veilleur.shared.refusal import Refused

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


def test_keys_that_others_may_read_are_not_used(keys: Keys) -> None:
    keys.stop()
    (keys.place / "keys" / "master.key").chmod(0o644)

    with pytest.raises(UnreadableKeys, match="chmod 600"):
        KeyFolder(keys.place / "keys", NOW)

    (keys.place / "keys" / "master.key").chmod(0o600)
    keys.start()


def test_another_master_key_is_noticed_at_the_start(keys: Keys) -> None:
    keys.stop()
    master = keys.place / "keys" / "master.key"
    right = master.read_bytes()
    master.write_bytes(os.urandom(32))

    with pytest.raises(UnreadableKeys, match="another master key"):
        KeyFolder(keys.place / "keys", NOW)

    master.write_bytes(right)
    keys.start()


@pytest.mark.parametrize(
    "lost",
    [
        ("master.key",),
        ("master.key", "head-signing.key", "repositories.json", "recovery.json", "lock"),
        ("master.key", "head-signing.key"),
    ],
    ids=["the master key", "all of them", "two of them"],
)
def test_keys_that_are_gone_are_not_made_anew_without_a_word(keys: Keys, lost: tuple[str, ...]) -> None:
    issue(keys, ORGANISATION, "fr")
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    keys.stop()
    folder = keys.place / "keys"
    kept = {name: (folder / name).read_bytes() for name in lost}
    for name in lost:
        (folder / name).unlink()
    left = sorted(path.name for path in folder.iterdir())

    with pytest.raises(LostKeys):
        KeyFolder(folder, NOW)

    assert sorted(path.name for path in folder.iterdir()) == left
    for name, content in kept.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    keys.start()
    assert len(keys.client.repository_password(REPOSITORY)) >= 40


def test_a_folder_of_keys_that_is_gone_is_not_made_anew_without_a_word(keys: Keys) -> None:
    keys.stop()
    aside = (keys.place / "keys").rename(keys.place / "elsewhere")

    with pytest.raises(LostKeys):
        KeyFolder(keys.place / "keys", NOW)

    assert not (keys.place / "keys").exists()
    aside.rename(keys.place / "keys")
    keys.start()


def test_lost_keys_are_given_up_when_somebody_says_so_and_their_rest_is_set_aside(keys: Keys) -> None:
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    keys.stop()
    (keys.place / "keys" / "master.key").unlink()

    give_up_lost(keys.place / "keys")
    keys.start()

    assert (keys.place / "keys.lost-1" / "repositories.json").exists()
    with pytest.raises(EngineError, match="no_password"):
        keys.client.repository_password(REPOSITORY)


def test_keys_that_are_there_are_never_given_up(keys: Keys) -> None:
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)

    give_up_lost(keys.place / "keys")

    assert len(keys.client.repository_password(REPOSITORY)) >= 40


def test_two_processes_never_share_the_folder(keys: Keys) -> None:
    with pytest.raises(BlockingIOError):
        KeyFolder(keys.place / "keys", NOW)


def test_envelopes_are_vouched_for_after_a_restart_by_what_lies_sealed_on_the_disk(keys: Keys) -> None:
    words = " ".join(issue(keys, ORGANISATION, "fr"))
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    kept = keys.folder.recovery(ORGANISATION)
    assert kept is not None
    keys.stop()
    keys.start()

    (envelope,) = keys.client.envelopes(ORGANISATION)

    assert isinstance(open_with_words(envelope, words), dict)
    written = (keys.place / "keys" / "recovery.json").read_text()
    assert len(kept.voucher) == 32
    assert encode(kept.voucher) not in written


def test_a_key_of_an_earlier_veilleur_seals_nothing_and_says_what_to_do(keys: Keys) -> None:
    words = issue(keys, ORGANISATION, "fr")
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    file = keys.place / "keys" / "recovery.json"
    content = json.loads(file.read_text())
    del content[str(ORGANISATION)]["voucher"]
    file.write_text(json.dumps(content))

    with pytest.raises(EngineError) as caught:
        keys.client.envelopes(ORGANISATION)
    assert caught.value.reason == "key_too_old"
    assert keys.client.stage_words(ORGANISATION, " ".join(words)) == Refused("key_too_old")

    new = " ".join(issue(keys, ORGANISATION, "fr"))
    (envelope,) = keys.client.envelopes(ORGANISATION)
    assert isinstance(open_with_words(envelope, new), dict)
