"""For what, and for whom, a request seals or opens."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from veilleur.engines.keyring.errors import Unanswerable


def purpose_of(request: Mapping[str, Any]) -> str:
    """Return for what a secret is sealed."""
    purpose = str(request["purpose"])
    if not purpose.isidentifier():
        raise Unanswerable("malformed_request")
    return purpose


def owner_of(request: Mapping[str, Any]) -> str:
    """Return whose secret it is; empty for one that nobody was named for."""
    owner = request.get("owner") or ""
    return str(UUID(owner)) if owner else ""
