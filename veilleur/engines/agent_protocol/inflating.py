"""Inflates what an agent sends, within bounds: the size of what comes out decides, not what was announced."""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from veilleur.domains.estate.ports import Body
from veilleur.domains.estate.rules.agents import MOST_BYTES, MOST_KEPT_BYTES, READ_AT_ONCE_BYTES, Fault

_CHUNK = 1 << 16
_ZLIB_OR_GZIP = 47  # window bits: the header says which
_BARE = -15
# Deflated once more to be kept: higher levels take much longer and give little.
_LEVEL = 6


@dataclass(frozen=True)
class Inflated:
    """What a body holds. `start` is all of it where `is_whole`, else as much as shows what it asks."""

    start: bytes
    is_whole: bool
    packed: bytes
    digest: str
    size_bytes: int


def inflate(body: Body, content_type: str) -> Inflated | Fault:
    """Read a body to its end, or to the bound; memory does not grow with it beyond what is kept."""
    packer, digest = zlib.compressobj(_LEVEL), hashlib.sha256()
    start, packed, size = bytearray(), bytearray(), 0
    try:
        for part in _parts(body, content_type):
            size += len(part)
            digest.update(part)
            packed += packer.compress(part)
            if size > MOST_BYTES or len(packed) > MOST_KEPT_BYTES:
                return Fault.TOO_LARGE
            if len(start) < READ_AT_ONCE_BYTES:
                start += part
    except zlib.error:
        return Fault.BAD_COMPRESSION
    packed += packer.flush()
    if size == 0:
        return Fault.EMPTY
    return Inflated(bytes(start), len(start) == size, bytes(packed), digest.hexdigest(), size)


def unpack(packed: bytes) -> bytes:
    """Return a document that was kept by `inflate`."""
    return zlib.decompress(packed)


def pack(document: bytes) -> bytes:
    """Return a document as it is kept."""
    return zlib.compress(document, _LEVEL)


def _parts(body: Body, content_type: str) -> Iterator[bytes]:
    first = body.read(_CHUNK)
    bits = _window_bits(first, content_type)
    if bits is None:
        while first:
            yield first
            first = body.read(_CHUNK)
        return
    inflater = zlib.decompressobj(bits)
    while first and not inflater.eof:
        left = first
        while left:
            # At most so much at once, whatever a bomb would give.
            yield inflater.decompress(left, _CHUNK)
            left = inflater.unconsumed_tail
        first = body.read(_CHUNK)
    yield inflater.flush()
    if not inflater.eof:
        raise zlib.error("it ends before its end")


def _window_bits(first: bytes, content_type: str) -> int | None:
    """Return how a body is deflated, None where it is not: by its first bytes, as the header names it ill."""
    if first.startswith(b"\x1f\x8b\x08"):
        return _ZLIB_OR_GZIP
    if len(first) > 1 and first[0] & 0x0F == zlib.DEFLATED and int.from_bytes(first[:2]) % 31 == 0:
        return _ZLIB_OR_GZIP
    return _BARE if "deflate" in content_type and first[:1] not in b"{<" else None
