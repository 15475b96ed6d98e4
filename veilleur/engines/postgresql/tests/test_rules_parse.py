"""PostgreSQL's answers and command lines: pure."""

from pathlib import Path

import pytest

from veilleur.engines.postgresql import commands, parse

LISTING = """;
; Archive created at 2026-11-21 22:10:00 UTC
;     dbname: shop
;     TOC Entries: 12
;     Format: CUSTOM
;     Dumped from database version: 15.14 (Debian 15.14-0+deb12u1)
;     Dumped by pg_dump version: 17.2
"""
PROGRAMS = Path("/usr/lib/postgresql/15/bin")


def test_the_major_version_of_the_server_counts_and_not_the_one_of_the_program() -> None:
    assert parse.major_of_dump(LISTING) == 15
    assert parse.major_of_dump("; nothing") is None
    assert parse.major_of_server(150_014) == 15


@pytest.mark.parametrize(
    ("statement", "options"),
    [
        (
            "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C.UTF-8';",
            "TEMPLATE = template0 ENCODING = 'UTF8' LOCALE = 'C.UTF-8'",
        ),
        (
            'CREATE DATABASE "o WITH d" WITH TEMPLATE = template0 ENCODING = \'LATIN1\' TABLESPACE = "a b";',
            "TEMPLATE = template0 ENCODING = 'LATIN1'",
        ),
        ("-- no such statement", "TEMPLATE template0"),
    ],
)
def test_a_database_is_made_again_with_its_encoding_but_on_no_other_disk(
    statement: str, options: str
) -> None:
    assert parse.database_options(f"SET x = 1;\n\n{statement}\n\nALTER DATABASE x;") == options


def test_objects_are_compared_as_a_set() -> None:
    assert parse.objects_fact("x", [("a", 1), ("b", 2)]) == parse.objects_fact("x", [("b", 2), ("a", 1)])
    assert parse.objects_fact("x", [("a", 1)]).digest != parse.objects_fact("x", [("a", 2)]).digest
    # columns cannot run into one another
    assert parse.objects_fact("x", [("ab", "c")]).digest != parse.objects_fact("x", [("a", "bc")]).digest


def test_programs_are_found_by_major_version() -> None:
    folders = [Path("/usr/lib/postgresql/9/bin"), PROGRAMS, Path("/usr/lib/postgresql/old/bin")]

    assert parse.programs_by_major(folders) == {9: folders[0], 15: PROGRAMS}


def test_a_missing_extension_is_no_damage() -> None:
    assert parse.is_extension_missing('pg_amcheck: error: extension "amcheck" is not available')
    assert not parse.is_extension_missing('heap table "t": item order invariant violated for index "i"')


def test_the_throw_away_server_listens_nowhere() -> None:
    words = commands.make_server(PROGRAMS, Path("/d"), Path("/s"))

    assert "listen_addresses=" in words
    assert "unix_socket_directories=/s" in words


def test_a_restore_stops_at_the_first_error_and_never_asks_for_a_password() -> None:
    words = commands.make_restore(PROGRAMS, "dbname=x", with_owners=False)

    assert {"--exit-on-error", "--no-password", "--no-owner", "--no-privileges"} <= set(words)
    assert "--no-owner" not in commands.make_restore(PROGRAMS, "dbname=x", with_owners=True)


def test_a_dump_is_taken_at_the_exported_snapshot_and_left_to_the_repository_to_compress() -> None:
    words = commands.make_dump(PROGRAMS, "dbname=x", "00000003-0000001B-1")

    assert "--snapshot=00000003-0000001B-1" in words
    assert "--compress=0" in words


def test_last_words_are_short_and_the_last_ones() -> None:
    assert parse.last_words("a\n\nb\nc\nd\n") == "b | c | d"
    assert len(parse.last_words("x" * 5000)) == 500
