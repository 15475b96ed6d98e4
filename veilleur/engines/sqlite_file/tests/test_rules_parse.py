"""Facts of SQLite rows: exact, and blind to nothing but the order."""

import hashlib
import json

import pytest

from veilleur.domains.backups.rules.facts_of_data import FactKind
from veilleur.engines.sqlite_file import commands, parse

ROWS = [(1, "a", None), (2, "b", b"\x00\xff"), (3, "c", 1.5)]


def digest(*rows: tuple[object, ...]) -> str:
    return parse.table_fact("db:t", rows).digest


def test_the_order_of_rows_does_not_matter() -> None:
    assert digest(*ROWS) == digest(*ROWS[::-1])


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[:-1],  # a row less
        [*ROWS, ROWS[0]],  # a row twice
        [*ROWS[:-1], (3, "c", 1.5000000000000002)],  # the last bit of a float
        [*ROWS[:-1], (3, "c", "1.5")],  # another type
        [(1, "a", "null"), *ROWS[1:]],  # the word instead of NULL
        [(1, "a", None), (2, "b", "\x00ÿ"), ROWS[2]],  # text instead of a blob
    ],
)
def test_any_other_difference_shows(rows: list[tuple[object, ...]]) -> None:
    assert digest(*rows) != digest(*ROWS)


def test_the_digest_is_the_documented_one() -> None:
    fact = parse.table_fact("db:t", [(1, "é", b"\x01")])

    # BLAKE2b-128 of [1,"\u00e9",{"blob":"01"}]
    assert (fact.kind, fact.size, fact.digest) == (FactKind.TABLE, 1, "543d0f4c4ce66e5a691166769193a0f8")


def test_an_empty_table_has_a_fact_too() -> None:
    assert parse.table_fact("db:t", []).digest == "0" * 32


def test_text_that_is_no_utf_8_is_counted_byte_for_byte() -> None:
    assert digest((b"caf\xe9".decode("utf-8", "surrogateescape"),)) != digest(("café",))


def test_the_integrity_fact_carries_the_first_complaint() -> None:
    assert parse.integrity_fact("db", [("ok",)]).digest == "ok"
    assert parse.integrity_fact("db", [("row 3 missing from index i",)]).digest.startswith("row 3")


def test_table_names_cannot_break_out_of_their_quotes() -> None:
    assert commands.all_rows('a"; DROP TABLE b') == 'SELECT * FROM "a""; DROP TABLE b"'


def test_special_characters_of_a_path_are_escaped_in_the_uri() -> None:
    assert commands.read_only_uri("/a?b#c%d") == "file:/a%3fb%23c%25d?mode=ro"


def test_a_long_value_is_digested_in_pieces_as_it_would_be_in_whole() -> None:
    text, blob = '\u00e9"\\\n\U0001f600' * 40_000, bytes(range(256)) * 600
    row = [text, blob, None, 1.5, 7, ""]
    whole = json.dumps([text, {"blob": blob.hex()}, *row[2:]], separators=(",", ":")).encode()

    total = int(hashlib.blake2b(whole, digest_size=16).hexdigest(), 16)

    assert digest(tuple(row)) == f"{total:032x}"
    fact = parse.schema_fact("db", [("table", text), ("view", "x")])
    lines = [json.dumps(line, separators=(",", ":")) for line in (["table", text], ["view", "x"])]
    assert fact.digest == hashlib.sha256("\n".join(lines).encode()).hexdigest()
