"""Turns rows of a database into facts: exact row counts, and digests that do not depend on the order of
rows.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind

Value = int | float | str | bytes | None
_MODULUS = 1 << 128


# Values are turned into text in pieces of this length: in whole they would be in memory several times.
_PIECE = 1 << 16


def _blob(value: object) -> dict[str, str]:
    assert isinstance(value, bytes)
    return {"blob": value.hex()}


# ASCII only, no spaces, shortest float that reads back the same, blobs as {"blob": "hex"}: two rows give the
# same text only if they hold the same values of the same types.
_row_text = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=_blob).encode


def _pieces(row: Sequence[Value]) -> Iterator[str]:
    """Yield the text of `_row_text`, in pieces that stay small whatever the row holds."""
    if all(not isinstance(value, str | bytes) or len(value) <= _PIECE for value in row):
        yield _row_text(row)
        return
    for index, value in enumerate(row):
        yield "," if index else "["
        if isinstance(value, bytes):
            yield '{"blob":"'
            yield from (value[at : at + _PIECE].hex() for at in range(0, len(value), _PIECE))
            yield '"}'
        elif isinstance(value, str):
            yield '"'
            yield from (_row_text(value[at : at + _PIECE])[1:-1] for at in range(0, len(value), _PIECE))
            yield '"'
        else:
            yield _row_text(value)
    yield "]"


def table_fact(name: str, rows: Iterable[Sequence[Value]]) -> DataFact:
    """Return count and digest of a table's rows.

    Digest: the sum modulo 2^128 of the BLAKE2b-128 of each row's JSON text, 32 hexadecimal digits. A sum does
    not depend on the order, and unlike XOR it sees a row that is there twice.
    """
    count = total = 0
    for row in rows:
        count += 1
        digest = hashlib.blake2b(digest_size=16)
        for piece in _pieces(row):
            digest.update(piece.encode())
        total += int.from_bytes(digest.digest())
    return DataFact(FactKind.TABLE, name, count, f"{total % _MODULUS:032x}")


def schema_fact(name: str, rows: Iterable[Sequence[Value]]) -> DataFact:
    """Return how many objects the schema has and the SHA-256 of their definitions, one JSON line each."""
    count, digest = 0, hashlib.sha256()
    for row in rows:
        digest.update(b"\n" if count else b"")
        for piece in _pieces(row):
            digest.update(piece.encode())
        count += 1
    return DataFact(FactKind.SCHEMA, name, count, digest.hexdigest())


def integrity_fact(name: str, answers: Iterable[Sequence[Value]]) -> DataFact:
    """Return what the database's own check says: digest "ok", or its first complaint."""
    first = next(iter(answers), ("no answer",))
    return DataFact(FactKind.OBJECTS, f"{name}:integrity", 1, str(first[0])[:200])
