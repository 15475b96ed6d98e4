"""Turns rows of a database into facts: exact row counts, and digests that do not depend on the order of
rows.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind

Value = int | float | str | bytes | None
_MODULUS = 1 << 128


def _blob(value: object) -> dict[str, str]:
    assert isinstance(value, bytes)
    return {"blob": value.hex()}


# ASCII only, no spaces, shortest float that reads back the same, blobs as {"blob": "hex"}: two rows give the
# same text only if they hold the same values of the same types.
_row_text = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=_blob).encode


def table_fact(name: str, rows: Iterable[Sequence[Value]]) -> DataFact:
    """Return count and digest of a table's rows.

    Digest: the sum modulo 2^128 of the BLAKE2b-128 of each row's JSON text, 32 hexadecimal digits. A sum does
    not depend on the order, and unlike XOR it sees a row that is there twice.
    """
    count = total = 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.blake2b(_row_text(row).encode(), digest_size=16).digest())
    return DataFact(FactKind.TABLE, name, count, f"{total % _MODULUS:032x}")


def schema_fact(name: str, rows: Iterable[Sequence[Value]]) -> DataFact:
    """Return how many objects the schema has and the SHA-256 of their definitions, one JSON line each."""
    lines = [_row_text(row) for row in rows]
    return DataFact(FactKind.SCHEMA, name, len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())


def integrity_fact(name: str, answers: Iterable[Sequence[Value]]) -> DataFact:
    """Return what the database's own check says: digest "ok", or its first complaint."""
    first = next(iter(answers), ("no answer",))
    return DataFact(FactKind.OBJECTS, f"{name}:integrity", 1, str(first[0])[:200])
