"""Documents of exported heads, written and read back."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from veilleur.domains.journal.rules.heads import (
    ExportedHead,
    SignedHeads,
    from_line,
    heads_document,
    to_line,
)

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HEADS = (ExportedHead(UUID(int=2), 1, 9, "ff"), ExportedHead(UUID(int=1), 2, 4, "00"))


def test_a_document_of_heads_has_exactly_this_text() -> None:
    assert heads_document(HEADS[1:], AT) == (
        '{"exported_at":"2026-03-01T12:00:00+00:00","format":"veilleur-journal-heads/1","heads":'
        '[{"epoch":2,"hash":"00","organisation":"00000000-0000-0000-0000-000000000001","sequence":4}]}'
    )


def test_signed_heads_survive_the_way_out_and_back() -> None:
    signed = SignedHeads(heads_document(HEADS, AT), b"signature", b"key")

    read = from_line(to_line(signed))

    assert read == signed
    assert set(read.heads) == set(HEADS)
    assert read.exported_at == AT


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"document":"x"', '{"document":1,"signature":"x"}'])
def test_a_line_that_is_no_signed_heads_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        from_line(line)


def test_a_document_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format"):
        _ = SignedHeads('{"format":"other/1","heads":[]}', b"", b"").heads
