"""The bytes of one minute of one machine: metric numbers, then their values, little-endian. Pure."""

import struct
from collections.abc import Mapping

_PAIR_BYTES = 12  # four for the metric, eight for the value


def pack(values: Mapping[int, float]) -> bytes:
    """Return the bytes of a minute; every bit of every float survives, NaN included."""
    numbers = sorted(values)
    return struct.pack(f"<{len(numbers)}I{len(numbers)}d", *numbers, *(values[number] for number in numbers))


def unpack(payload: bytes) -> dict[int, float]:
    """Return the values of a minute by metric number. ValueError for bytes that are no payload."""
    count, rest = divmod(len(payload), _PAIR_BYTES)
    if rest:
        raise ValueError(f"{len(payload)} bytes are no minute of measurements")
    cells = struct.unpack(f"<{count}I{count}d", payload)
    return dict(zip(cells[:count], cells[count:], strict=True))


def pack_value(value: float) -> bytes:
    """Return the bytes of one value: a REAL column would turn NaN into NULL."""
    return struct.pack("<d", value)


def unpack_value(payload: bytes) -> float:
    """Return the value of eight bytes."""
    return float(struct.unpack("<d", payload)[0])
