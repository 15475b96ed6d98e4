"""Codes, labels, sources and outcomes: pure."""

import errno
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from veilleur.domains.backups.labels import DIFFERENCES, PROTECTION_OF_MEDIUM, REASONS, reason_sentence
from veilleur.domains.backups.rules import errors
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.plans import (
    NO_PHASES,
    engine_error_of,
    failed_run,
    failed_test,
    is_whole_path,
    labels_of,
)
from veilleur.domains.backups.rules.sources import (
    NamedServer,
    address_of,
    database_of,
    database_source,
    is_on_this_machine,
    named_server,
    quoted,
    server_prefix,
    server_source,
)
from veilleur.domains.backups.rules.states import (
    REASONS_OF_THE_TESTER,
    Medium,
    RunState,
    TestState,
    state_of_failed_test,
)


def test_every_reason_has_a_sentence() -> None:
    assert errors.REASONS - set(REASONS) == set()
    assert REASONS_OF_THE_TESTER <= errors.REASONS


def test_an_unknown_code_is_shown_and_never_swallowed() -> None:
    assert reason_sentence("nobody_knows") == "nobody_knows"


def test_every_medium_says_what_it_protects_against() -> None:
    assert set(PROTECTION_OF_MEDIUM) == set(Medium)
    assert set(DIFFERENCES) == {"missing", "changed", "unexpected"}


@pytest.mark.parametrize("reason", sorted(errors.REASONS))
def test_a_test_that_could_not_run_is_no_failed_copy(reason: str) -> None:
    expected = TestState.SKIPPED if reason in REASONS_OF_THE_TESTER else TestState.FAILED

    assert state_of_failed_test(reason) is expected
    assert failed_test(EngineError(reason, retry=False), NO_PHASES).level == 0


def test_a_failed_run_leaves_no_copy_and_keeps_the_engines_words_short() -> None:
    outcome = failed_run(EngineError("disk_full", retry=True, detail="x" * 9999))

    assert (outcome.state, outcome.copy, outcome.reason) == (RunState.FAILED, None, "disk_full")
    assert len(outcome.detail) == 2000


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EIO, "engine_failed")],
)
def test_a_full_disk_is_told_apart_from_other_faults_of_the_system(number: int, reason: str) -> None:
    assert engine_error_of(OSError(number, "words")).reason == reason


def test_an_error_shows_its_reason_and_the_engines_words() -> None:
    assert str(EngineError("disk_full", retry=True, detail="write: no space")) == "disk_full: write: no space"
    assert str(EngineError("busy", retry=True)) == "busy"


@pytest.mark.parametrize(
    ("path", "whole"),
    [("/srv/data", True), ("srv/data", False), ("/srv/../etc", False), ("", False), ("/", True)],
)
def test_only_whole_paths_without_steps_back_are_taken(path: str, whole: bool) -> None:
    assert is_whole_path(path) is whole


def test_snapshots_are_marked_by_plan_data_and_run() -> None:
    labels = labels_of(UUID(int=1), UUID(int=2), UUID(int=3))

    assert [label.split(":")[0] for label in labels] == ["plan", "data", "run"]


def test_databases_of_a_server_are_written_as_libpq_reads_them() -> None:
    server = server_source("/run/postgresql:5433")

    assert server == "host=/run/postgresql port=5433 dbname=postgres"
    assert database_source(server, "shop") == "host=/run/postgresql port=5433 dbname=shop"
    assert database_source(server, "shop").startswith(server_prefix(server))
    assert quoted("l'été \\ 1") == "'l\\'été \\\\ 1'"
    assert quoted("") == "''"


@given(
    host=st.sampled_from(["/var/run/postgresql", "/srv/odd folder's", "db.example", "::1", "10.0.0.9"]),
    port=st.integers(1, 65535),
    database=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
    login=st.text(st.characters(codec="utf-8", exclude_characters="\0")),
)
def test_a_named_server_is_read_back_from_its_connection_string(
    host: str, port: int, database: str, login: str
) -> None:
    named = NamedServer(host, port, database, login)

    assert named_server(named.source) == named
    # libpq understands the same.
    understood = conninfo_to_dict(named.source)
    assert (understood["host"], understood["dbname"], understood.get("user", "")) == (host, database, login)


def test_a_found_and_a_named_server_are_known_for_the_same() -> None:
    found = server_source("/run/postgresql:5432")
    named = NamedServer("/var/run/postgresql", 5432, "shop", "reader").source

    assert address_of(found) == address_of(named)
    assert (database_of(found), database_of(named)) == ("postgres", "shop")
    assert (
        database_source(named, "stock") == NamedServer("/var/run/postgresql", 5432, "stock", "reader").source
    )


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("/var/run/postgresql", True),
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("db.example", False),
        ("10.0.0.9", False),
    ],
)
def test_only_a_socket_or_a_loopback_address_is_this_machine(host: str, is_here: bool) -> None:
    assert is_on_this_machine(NamedServer(host, 5432, "shop").source) is is_here
