"""Pages are told less than work: by their own socket, and by what the kernel says of who is calling."""

import json
import subprocess
import sys
from uuid import UUID

import pytest

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.journal.rules.errors import SignerAway
from veilleur.domains.organisations.rules.errors import SecretsAway
from veilleur.engines.keyring.callers import PAGES_MAY_ASK, PAGES_MAY_OPEN, Caller, may_ask
from veilleur.engines.keyring.tests.process import ORGANISATION, REPOSITORY, Keys, issue

# Run in a process of its own: marked as the one that draws pages, it asks for a secret.
ASKS = """
import json, os, socket, sys
from veilleur.shared.pages_mark import mark_as_pages
if "marked" in sys.argv: mark_as_pages()
if "again" in sys.argv:
    # Away from its parent, in a session of its own, by another program: the mark stays.
    if os.fork(): os.wait(); sys.exit()
    os.setsid()
    os.execv(sys.executable, [sys.executable, "-c", os.environ["ASKS"], *sys.argv[1:3]])
connection = socket.socket(socket.AF_UNIX)
connection.settimeout(5)
connection.connect(sys.argv[1])
asked = json.loads(sys.argv[2])
try:
    connection.sendall(json.dumps(asked).encode() + b"\\n")
    print(connection.makefile().readline().strip(), flush=True)
except ConnectionError:
    print("", flush=True)
"""

PASSWORD = {"do": "repository_password", "repository": str(REPOSITORY)}


def asked_by_another(socket_path: object, *how: str, asked: object = PASSWORD) -> str:
    run = (sys.executable, "-c", ASKS, str(socket_path), json.dumps(asked), *how)
    done = subprocess.run(
        run, capture_output=True, text=True, check=True, env={"ASKS": ASKS, "PYTHONPATH": ":".join(sys.path)}
    )
    return done.stdout.strip()


@pytest.fixture
def used(keys: Keys) -> str:
    keys.client.create_repository_password(REPOSITORY, ORGANISATION)
    return keys.client.repository_password(REPOSITORY)


def test_a_process_that_draws_pages_is_refused_a_repository_password(keys: Keys, used: str) -> None:
    assert used in asked_by_another(keys.socket)

    assert asked_by_another(keys.socket, "marked") == ""
    assert asked_by_another(keys.pages_socket, "marked") == '{"error": "not_for_pages"}'


def test_a_process_that_draws_pages_opens_no_password_of_a_directory_under_any_purpose(keys: Keys) -> None:
    sealed = keys.client.seal("directory", "the bind password", ORGANISATION)
    asked = {"do": "open_secret", "purpose": "directory", "sealed": sealed, "owner": str(ORGANISATION)}

    assert "the bind password" in asked_by_another(keys.socket, asked=asked)
    assert asked_by_another(keys.socket, "marked", asked=asked) == ""
    assert asked_by_another(keys.pages_socket, "marked", asked=asked) == '{"error": "not_for_pages"}'
    for purpose in PAGES_MAY_OPEN:
        answer = keys.raw(json.dumps({**asked, "purpose": purpose}).encode() + b"\n", keys.pages_socket)
        assert json.loads(answer) == {"error": "secret_damaged"}


def test_what_it_starts_is_refused_too_however_it_leaves_its_parent(keys: Keys, used: str) -> None:
    assert asked_by_another(keys.socket, "marked", "again") == ""
    assert used in asked_by_another(keys.socket, "again")


def test_where_pages_cannot_be_told_apart_the_process_says_so(
    keys: Keys, used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keys.client.tells_pages_apart()
    monkeypatch.setattr(keys.server, "can_tell", False)

    assert not keys.client.tells_pages_apart()
    assert used in asked_by_another(keys.socket, "marked")


def test_pages_seal_and_compare_and_open_only_what_they_show(keys: Keys) -> None:
    sealed = keys.pages.seal("directory", "the bind password", ORGANISATION)
    seed = keys.pages.seal("recovery_codes", "the seed")

    assert keys.client.open("directory", sealed, ORGANISATION) == "the bind password"
    assert keys.pages.open("recovery_codes", seed) == "the seed"
    with pytest.raises(SecretsAway, match="not_for_pages"):
        keys.pages.open("directory", sealed, ORGANISATION)


def test_pages_neither_sign_heads_nor_end_generations(keys: Keys) -> None:
    present = keys.pages.generations()[-1].id

    with pytest.raises(SignerAway, match="not_for_pages"):
        keys.pages.sign(b"a head")
    for act in (lambda: keys.pages.begin_rotation(present), lambda: keys.pages.retire(present)):
        with pytest.raises(SecretsAway, match="not_for_pages"):
            act()
    assert len(keys.client.generations()) == 1


def test_a_page_reads_the_password_of_a_new_place_until_work_has_used_it(keys: Keys) -> None:
    keys.pages.create_repository_password(REPOSITORY, ORGANISATION)
    first = keys.pages.repository_password(REPOSITORY)
    keys.stop()
    keys.start()

    assert keys.pages.repository_password(REPOSITORY) == first
    assert keys.client.repository_password(REPOSITORY) == first
    # Asked to make it again, it makes none, and gives none.
    keys.pages.create_repository_password(REPOSITORY, ORGANISATION)
    with pytest.raises(EngineError) as caught:
        keys.pages.repository_password(REPOSITORY)
    assert caught.value.reason == "password_withheld"


def test_a_page_issues_and_tries_words_and_opens_nothing_with_them(keys: Keys, used: str) -> None:
    words = issue(keys, ORGANISATION, "fr")
    (envelope,) = keys.client.envelopes(ORGANISATION)

    handle = keys.pages.stage_words(ORGANISATION, " ".join(words))

    assert isinstance(handle, str)
    with pytest.raises(EngineError, match="not_for_pages"):
        keys.pages.password_from_words(handle, envelope, REPOSITORY)
    assert keys.client.password_from_words(handle, envelope, REPOSITORY) == used


def test_a_page_that_issues_words_of_its_own_is_given_no_envelope_that_they_open(
    keys: Keys, used: str
) -> None:
    mark = keys.pages.recovery_key_mark(ORGANISATION)
    keys.pages.issue_recovery_key(ORGANISATION, "fr", mark)

    with pytest.raises(EngineError) as caught:
        keys.pages.envelopes(ORGANISATION)

    assert caught.value.reason == "password_withheld"
    assert keys.client.envelopes(ORGANISATION)


@pytest.mark.parametrize("asked", [b'{"do": "repository_password"}', b'{"do": "open_secret"}', b"{}"])
def test_a_malformed_request_of_pages_is_refused_and_ends_nothing(keys: Keys, asked: bytes) -> None:
    assert b'"error"' in keys.raw(asked + b"\n", keys.pages_socket)
    assert keys.pages.recovery_key_mark(UUID(int=1)) == ""


def test_every_request_is_told_to_work_and_those_of_pages_exist(keys: Keys) -> None:
    known = {*keys.service._quick, *keys.service._slow}

    assert set(PAGES_MAY_ASK) <= known
    assert all(may_ask(Caller.WORK, name) for name in known)
    assert all(reason for reason in PAGES_MAY_ASK.values())
