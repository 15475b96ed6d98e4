"""The process that holds the keys, through its real socket and its real folder."""

import json
import os
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.journal.rules.errors import SignerAway
from veilleur.engines.keyring import crypto
from veilleur.engines.keyring import server as server_module
from veilleur.engines.keyring.client import KeyringClient
from veilleur.engines.keyring.crypto import SealingKey, open_with_words, sealing_key
from veilleur.engines.keyring.server import MOST_BYTES
from veilleur.engines.keyring.service import HANDLE_LIFE
from veilleur.engines.keyring.tests.process import ORGANISATION, REPOSITORY, SECOND, STRANGER, Keys, issue
from veilleur.engines.keyring.words import to_words
from veilleur.shared.refusal import Refused

NOBODY = 65534


def test_a_password_is_made_once_and_stays_after_a_restart(keys: Keys) -> None:
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    first = keys.client.repository_password(REPOSITORY)

    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    keys.stop()
    keys.start()

    assert len(first) >= 40
    assert keys.client.repository_password(REPOSITORY) == first


def test_a_repository_of_one_organisation_is_not_taken_over_by_another(keys: Keys) -> None:
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)

    with pytest.raises(EngineError, match="other_organisation"):
        keys.client.create_repository_password(REPOSITORY, STRANGER)


def test_an_unknown_repository_has_no_password(keys: Keys) -> None:
    with pytest.raises(EngineError, match="no_password") as caught:
        keys.client.repository_password(REPOSITORY)
    assert caught.value.reason == "password_lost"


def test_typed_words_open_the_envelope_and_nothing_else_is_needed(keys: Keys) -> None:
    words = issue(keys, ORGANISATION, "fr")
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    keys.client.create_repository_password(SECOND, STRANGER)
    (envelope,) = keys.client.envelopes(ORGANISATION)

    handle = keys.client.stage_words(ORGANISATION, " ".join(words).upper())
    password = keys.client.password_from_words(handle, envelope, REPOSITORY)

    assert password == keys.client.repository_password(REPOSITORY)
    assert open_with_words(envelope, " ".join(words)) == {REPOSITORY: password}


def test_words_are_written_nowhere_on_the_disk(keys: Keys, caplog: pytest.LogCaptureFixture) -> None:
    words = issue(keys, ORGANISATION, "fr")
    keys.client.stage_words(ORGANISATION, " ".join(words))
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    password = keys.client.repository_password(REPOSITORY)

    written = b"".join(path.read_bytes() for path in keys.place.rglob("*") if path.is_file())

    # One may stand there by chance, such as "public" in the name of a key's public half.
    assert len([word for word in words if word.encode() in written]) < 3
    assert password.encode() not in written
    assert caplog.text == ""


def test_the_words_of_another_organisation_are_refused(keys: Keys) -> None:
    issue(keys, ORGANISATION, "fr")
    others = issue(keys, STRANGER, "fr")

    assert keys.client.stage_words(ORGANISATION, " ".join(others)) == Refused("other_key")


def test_words_issued_again_make_the_old_ones_useless(keys: Keys) -> None:
    old = issue(keys, ORGANISATION, "fr")
    issue(keys, ORGANISATION, "fr")

    assert keys.client.stage_words(ORGANISATION, " ".join(old)) == Refused("replaced_key")


def test_words_of_a_replaced_key_are_known_again_and_those_of_another_house_are_not(keys: Keys) -> None:
    old = issue(keys, ORGANISATION, "fr")
    new = issue(keys, ORGANISATION, "fr")
    handle = keys.client.stage_words(ORGANISATION, " ".join(new))
    assert isinstance(handle, str)
    keys.client.forget_older_keys(handle)
    theirs = issue(keys, STRANGER, "fr")

    assert keys.client.stage_words(ORGANISATION, " ".join(old)) == Refused("replaced_key")
    assert keys.client.stage_words(ORGANISATION, " ".join(theirs)) == Refused("other_key")
    assert isinstance(keys.client.stage_words(ORGANISATION, " ".join(new)), str)


def test_an_old_paper_opens_until_the_new_one_was_typed_back_and_tried(keys: Keys) -> None:
    old = issue(keys, ORGANISATION, "fr")
    new = issue(keys, ORGANISATION, "en")
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    before = keys.client.envelopes(ORGANISATION)
    handle = keys.client.stage_words(ORGANISATION, " ".join(new))
    assert isinstance(handle, str)

    keys.client.forget_older_keys(handle)

    password = keys.client.repository_password(REPOSITORY)
    opened = [open_with_words(one, " ".join(words)) for one, words in zip(before, (new, old), strict=True)]
    assert opened == [{REPOSITORY: password}] * 2
    (after,) = keys.client.envelopes(ORGANISATION)
    assert open_with_words(after, " ".join(old)) == Refused("other_key")
    assert open_with_words(after, " ".join(new)) == {REPOSITORY: password}


def test_of_forms_sent_at_once_one_gives_a_key_and_the_others_are_told(keys: Keys) -> None:
    issue(keys, ORGANISATION, "fr")
    present = keys.client.recovery_key_mark(ORGANISATION)

    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _: keys.client.issue_recovery_key(ORGANISATION, "fr", present), range(6))
        )

    assert answers.count(Refused("key_made_since")) == 5
    assert len(keys.client.envelopes(ORGANISATION)) == 2
    assert keys.client.recovery_key_mark(ORGANISATION) != present


def test_of_many_keys_that_were_never_tried_the_last_ones_and_the_first_still_open(keys: Keys) -> None:
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    papers = [issue(keys, ORGANISATION, "fr") for _ in range(8)]

    envelopes = keys.client.envelopes(ORGANISATION)

    opening = [
        rank
        for rank, words in enumerate(papers)
        if any(not isinstance(open_with_words(one, " ".join(words)), Refused) for one in envelopes)
    ]
    assert opening == [0, 4, 5, 6, 7]
    assert len(envelopes) == 5
    assert keys.client.stage_words(ORGANISATION, " ".join(papers[2])) == Refused("replaced_key")


def test_words_typed_before_a_new_key_was_issued_forget_no_paper_and_prove_nothing(keys: Keys) -> None:
    old = issue(keys, ORGANISATION, "fr")
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    (envelope,) = keys.client.envelopes(ORGANISATION)
    handle = keys.client.stage_words(ORGANISATION, " ".join(old))
    assert isinstance(handle, str)
    issue(keys, ORGANISATION, "fr")

    for use in (
        lambda: keys.client.forget_older_keys(handle),
        lambda: keys.client.password_from_words(handle, envelope, REPOSITORY),
    ):
        with pytest.raises(EngineError, match="words_refused"):
            use()
    assert len(keys.client.envelopes(ORGANISATION)) == 2


def test_words_are_refused_before_any_key_was_issued(keys: Keys) -> None:
    words = " ".join(to_words(bytes(16), "en"))

    assert keys.client.stage_words(ORGANISATION, words) == Refused("no_recovery_key")


def test_a_handle_ends_after_an_hour(keys: Keys) -> None:
    words = issue(keys, ORGANISATION, "fr")
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    handle = keys.client.stage_words(ORGANISATION, " ".join(words))

    keys.watch.now += HANDLE_LIFE + 1

    with pytest.raises(EngineError) as caught:
        keys.client.password_from_words(handle, keys.client.envelopes(ORGANISATION)[0], REPOSITORY)
    assert caught.value.reason == "words_forgotten"


def test_words_typed_before_a_restart_of_the_process_are_to_be_typed_again(keys: Keys) -> None:
    words = issue(keys, ORGANISATION, "fr")
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    handle = keys.client.stage_words(ORGANISATION, " ".join(words))
    assert isinstance(handle, str)
    keys.stop()
    keys.start()

    with pytest.raises(EngineError) as caught:
        keys.client.password_from_words(handle, keys.client.envelopes(ORGANISATION)[0], REPOSITORY)

    assert caught.value.reason == "words_forgotten"


def test_a_fresh_installation_adopts_passwords_from_words_and_envelope(keys: Keys, tmp_path: Path) -> None:
    words = " ".join(issue(keys, ORGANISATION, "fr"))
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    password, (envelope,) = keys.client.repository_password(REPOSITORY), keys.client.envelopes(ORGANISATION)
    (tmp_path / "other").mkdir()
    other = Keys(tmp_path / "other")

    adopted = other.client.adopt_envelope(envelope, words)

    assert adopted == 1
    assert other.client.repository_password(REPOSITORY) == password
    assert isinstance(other.client.stage_words(ORGANISATION, words), str)
    assert open_with_words(other.client.envelopes(ORGANISATION)[0], words) == {REPOSITORY: password}
    other.stop()


def test_an_envelope_that_somebody_else_put_into_the_place_gives_no_password(keys: Keys) -> None:
    words = " ".join(issue(keys, ORGANISATION, "fr"))
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    handle = keys.client.stage_words(ORGANISATION, words)
    assert isinstance(handle, str)
    organisation, recipient = crypto.envelope_recipient(keys.client.envelopes(ORGANISATION)[0])
    stranger = replace(recipient, voucher=bytes(32))
    forged = crypto.seal_envelope(organisation, {REPOSITORY: "the stranger's"}, stranger)

    for use in (
        lambda: keys.client.password_from_words(handle, forged, REPOSITORY),
        lambda: keys.client.adopt_envelope(forged, words),
    ):
        with pytest.raises(EngineError) as caught:
            use()
        assert caught.value.reason == "envelope_foreign"


def test_a_signature_verifies_with_the_published_key_also_after_a_restart(keys: Keys) -> None:
    public = keys.client.public_key()
    keys.stop()
    keys.start()

    Ed25519PublicKey.from_public_bytes(public).verify(keys.client.sign(b"head"), b"head")

    assert keys.client.public_key() == public


def test_the_folder_and_the_socket_are_for_their_owner_only(keys: Keys) -> None:
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)

    modes = {path.name: path.stat().st_mode & 0o777 for path in (keys.place / "keys").iterdir()}

    assert keys.socket.stat().st_mode & 0o777 == 0o600
    assert (keys.place / "keys").stat().st_mode & 0o777 == 0o700
    assert modes["master.key"] == modes["repositories.json"] == modes["head-signing.key"] == 0o600


@pytest.mark.parametrize(
    "sent",
    [b"{\n", b"[]\n", b'{"do": "format"}\n', b'{"do": "envelope"}\n', b'"x"\n', b"[" * 100_000 + b"\n"],
)
def test_nonsense_gets_an_error_and_the_process_lives_on(keys: Keys, sent: bytes) -> None:
    answer = json.loads(keys.raw(sent))

    assert answer.keys() == {"error"}
    assert len(keys.client.public_key()) == 32


def test_a_request_without_end_is_cut_off(keys: Keys) -> None:
    try:
        answer = keys.raw(b"x" * (MOST_BYTES + 10))
    except (BrokenPipeError, ConnectionResetError):
        answer = b""

    assert answer == b""
    assert len(keys.client.public_key()) == 32


def test_who_signs_does_not_wait_for_words_that_are_being_tried(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = " ".join(issue(keys, ORGANISATION, "fr"))
    began, may_go_on = threading.Event(), threading.Event()

    def derive(entropy: bytes, salt: bytes) -> SealingKey:
        began.set()
        assert may_go_on.wait(10)
        return sealing_key(entropy, salt)

    monkeypatch.setattr(crypto, "sealing_key", derive)
    with ThreadPoolExecutor(1) as pool:
        staged = pool.submit(keys.client.stage_words, ORGANISATION, words)
        assert began.wait(10)
        keys.client.create_repository_password(REPOSITORY, ORGANISATION)
        signature = keys.client.sign(b"head")
        may_go_on.set()

    assert isinstance(staged.result(), str)
    assert len(signature) == 64


def test_nothing_is_derived_for_an_envelope_of_another_key(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = " ".join(issue(keys, ORGANISATION, "fr"))
    issue(keys, STRANGER, "fr")
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    (foreign,) = keys.client.envelopes(STRANGER)
    handle = keys.client.stage_words(ORGANISATION, words)
    assert isinstance(handle, str)
    monkeypatch.setattr(crypto, "Scrypt", lambda **_: pytest.fail("something was derived"))

    with pytest.raises(EngineError, match="words_refused"):
        keys.client.password_from_words(handle, foreign, REPOSITORY)


def test_many_callers_at_one_instant_all_get_their_answer(keys: Keys) -> None:
    callers = 60
    together = threading.Barrier(callers)

    def ask(_number: int) -> bytes:
        together.wait()
        return keys.client.public_key()

    with ThreadPoolExecutor(callers) as pool:
        answers = list(pool.map(ask, range(callers)))

    assert set(answers) == {keys.client.public_key()}


def test_a_caller_that_says_nothing_is_hung_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "PATIENCE", 0.2)
    keys = Keys(tmp_path)

    assert keys.raw(b"") == b""

    keys.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="another account can only be taken on by root")
@pytest.mark.parametrize(
    ("clients", "answer"), [(frozenset(), b"nothing"), (frozenset({NOBODY}), b'{"value": ')]
)
def test_another_account_gets_an_answer_only_where_it_is_named(
    tmp_path: Path, clients: frozenset[int], answer: bytes
) -> None:
    keys = Keys(tmp_path, clients)
    for place in (tmp_path, *tmp_path.parents):
        if place.stat().st_mode & 0o001 == 0:
            place.chmod(place.stat().st_mode | 0o011)
    keys.socket.chmod(0o666)
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads: the child only asks
        child = os.fork()
    if child == 0:
        os.setuid(NOBODY)
        try:
            os.write(writer, keys.raw(b'{"do": "public_key"}\n') or b"nothing")
        except OSError:
            os.write(writer, b"nothing")
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(reader, 1000).startswith(answer)
    keys.stop()


def test_without_the_process_the_client_says_so_and_that_trying_again_may_help(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        KeyringClient(tmp_path / "nobody.sock").repository_password(UUID(int=1))

    assert caught.value.reason == "key_unavailable"
    assert caught.value.retry


def test_without_the_process_the_journal_is_told_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(SignerAway):
        KeyringClient(tmp_path / "nobody.sock").public_key()
