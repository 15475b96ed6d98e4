"""A new generation of the master key, and the end of those before, request by request.

Each step is on the disk before it is answered, leaves everything openable, and may be done again.
"""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from veilleur.domains.organisations.rules.key_generations import RETIRE_AFTER
from veilleur.engines.keyring.errors import Unanswerable
from veilleur.engines.keyring.generations import KEY_BYTES, DamagedSecret, Generation, UnknownGeneration
from veilleur.engines.keyring.secret_names import owner_of, purpose_of
from veilleur.engines.keyring.store import KeyFolder
from veilleur.shared.refusal import Refused

MOST_AT_ONCE = 500


class Rotation:
    """Answers what concerns generations; whoever calls holds the turn at the folder."""

    def __init__(self, folder: KeyFolder, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock

    def requests(self) -> dict[str, Callable[[Mapping[str, Any]], Any]]:
        """Return what may be asked, by name."""
        return {
            "generations": self._generations,
            "begin_rotation": self._begin,
            "renew_own": self._renew_own,
            "renew_secrets": self._renew_secrets,
            "retire_generations": self._retire,
        }

    def _generations(self, _request: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [_said(each) for each in self._folder.ring.generations]

    def _begin(self, request: Mapping[str, Any]) -> Refused | None:
        """Make a generation, unless one is on its way: of several that replace the same one, one does."""
        ring = self._folder.ring
        if ring.older():
            return Refused("rotation_unfinished")
        if request["replaces"] != str(ring.present.id):
            return Refused("rotated_since")
        self._folder.keep_ring(ring.followed(os.urandom(KEY_BYTES), self._clock()))
        return None

    def _renew_own(self, _request: Mapping[str, Any]) -> int:
        return self._folder.renew_own()

    def _renew_secrets(self, request: Mapping[str, Any]) -> list[dict[str, str]]:
        values = request["values"]
        if len(values) > MOST_AT_ONCE:
            raise Unanswerable("malformed_request")
        return [self._renewed(each) for each in values]

    def _renewed(self, value: Mapping[str, Any]) -> dict[str, str]:
        """Return the new text, empty where the value needs none, or why it opens with no generation."""
        try:
            text = self._folder.renewed_secret(purpose_of(value), owner_of(value), str(value["sealed"]))
        except UnknownGeneration:
            return {"fault": "generation_gone"}
        except DamagedSecret:
            return {"fault": "secret_damaged"}
        return {"sealed": text or ""}

    def _retire(self, request: Mapping[str, Any]) -> Refused | list[dict[str, Any]]:
        """Remove the generations before the present one, for good.

        Whoever asks has found nothing in the database that is sealed under one of them, which can only be
        believed; what lies in the folder is looked at here. A page that asked for sealing before the present
        generation was made has long written down what it got.
        """
        if request["present"] != str(self._folder.ring.present.id):
            return Refused("rotated_since")
        older = self._folder.ring.older()
        ends = [each.superseded_at for each in older if each.superseded_at is not None]
        if any(self._clock() < end + RETIRE_AFTER for end in ends):
            return Refused("too_young")
        self._folder.renew_own()
        if older:
            self._folder.keep_ring(self._folder.ring.alone())
        return [_said(each) for each in older]


def _said(generation: Generation) -> dict[str, Any]:
    until = generation.superseded_at
    return {
        "id": str(generation.id),
        "number": generation.number,
        "made_at": generation.made_at.isoformat(),
        "superseded_at": until.isoformat() if until else None,
    }
