"""Public identities: UUID version 7 (RFC 9562), sortable by time, safe to show and to export."""

import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_id(now: datetime) -> UUID:
    """Return a fresh UUIDv7 whose first 48 bits are `now` (aware) in milliseconds since 1970 UTC."""
    milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
    random_bits = secrets.randbits(74)
    value = (milliseconds & (2**48 - 1)) << 80
    value |= 0x7 << 76
    value |= (random_bits >> 62) << 64
    value |= 0b10 << 62
    value |= random_bits & (2**62 - 1)
    return UUID(int=value)
