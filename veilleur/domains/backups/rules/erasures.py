"""The list of erasures that lies beside a repository: whoever brings a copy back has them done again.

It names nobody: organisations and persons by their public ids. It is vouched for by the repository's
password, so that whoever may only write into the place has nobody erased by it.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

FORMAT = 1
_PURPOSE = b"veilleur erasures 1\n"


@dataclass(frozen=True, order=True)
class DoneErasure:
    """That an organisation erased a person, and when."""

    organisation: UUID
    person: UUID
    at: datetime


def written_list(erasures: Iterable[DoneErasure], password: str) -> bytes:
    """Return the file of these erasures, each once, in a steady order: equal for equal ones."""
    rows = [
        {"organisation": str(one.organisation), "person": str(one.person), "at": one.at.isoformat()}
        for one in sorted(set(erasures))
    ]
    content = json.dumps({"format": FORMAT, "erasures": rows}, indent=1)
    return f"{content}\n{_voucher(content, password)}\n".encode()


def read_list(written: bytes, password: str) -> tuple[DoneErasure, ...] | None:
    """Return the erasures of a file; None for one that this password does not vouch for."""
    try:
        content, voucher = written.decode().rstrip("\n").rsplit("\n", 1)
        if not hmac.compare_digest(voucher.encode(), _voucher(content, password).encode()):
            return None
        return tuple(
            DoneErasure(UUID(row["organisation"]), UUID(row["person"]), datetime.fromisoformat(row["at"]))
            for row in json.loads(content)["erasures"]
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _voucher(content: str, password: str) -> str:
    return hmac.new(password.encode(), _PURPOSE + content.encode(), hashlib.sha256).hexdigest()
