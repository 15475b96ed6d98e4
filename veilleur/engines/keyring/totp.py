"""One-time codes as every authenticator app makes them (RFC 6238): six digits, SHA-1, 30 seconds."""

import base64
import hmac

STEP_S = 30
DIGITS = 6
# A clock may be a step off, and a code is typed at the end of its step.
TOLERANCE = 1


def matching_step(secret: str, code: str, at_s: float) -> int | None:
    """Return the step whose code this is, counted since 1970, of those around `at_s`; None for another.

    `secret` is base32. Raise ValueError where it is not.
    """
    key = base64.b32decode(secret, casefold=True)
    present = int(at_s) // STEP_S
    steps = [present + late for late in range(-TOLERANCE, TOLERANCE + 1)]
    # All are computed and compared, whichever fits: how long it takes says nothing.
    fitting = [step for step in steps if hmac.compare_digest(code_of(key, step).encode(), code.encode())]
    return max(fitting, default=None)


def code_of(key: bytes, step: int) -> str:
    """Return the code of one step (RFC 4226, section 5.3)."""
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"
