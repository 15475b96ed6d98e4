"""An expected refusal is a value with a reason code, not an exception."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refused:
    """What was asked is not done. `reason` is a code that the domain's `labels.py` turns into a sentence."""

    reason: str
    detail: str = ""
