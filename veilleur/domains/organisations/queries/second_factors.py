"""By what a person signs in besides the password: the library's authenticators, without a secret."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.utils.crypto import salted_hmac

_SALT = "veilleur.organisations.passkey"
_STRONG = ("totp", "webauthn")


@dataclass(frozen=True)
class FactorRow:
    """One second factor. `key` names it towards its owner, and nobody else."""

    key: str
    kind: str
    name: str
    added_at: datetime
    used_at: datetime | None
    is_alone_enough: bool


def own_factors(person_id: int) -> list[FactorRow]:
    """Return a person's apps and passkeys, the oldest first."""
    rows = Authenticator.objects.filter(user_id=person_id, type__in=_STRONG).order_by("created_at", "pk")
    return [_row(authenticator) for authenticator in rows]


def own_factor(person_id: int, key: str) -> tuple[FactorRow, Authenticator] | None:
    """Return the passkey of a person that this key names."""
    for authenticator in Authenticator.objects.filter(user_id=person_id, type="webauthn"):
        row = _row(authenticator)
        if row.key == key:
            return row, authenticator
    return None


def unused_codes(person_id: int) -> int | None:
    """Return how many recovery codes still work, None where there never were any."""
    kept = Authenticator.objects.filter(user_id=person_id, type="recovery_codes").first()
    if kept is None:
        return None
    used: int = kept.data["used_mask"].bit_count()
    return int(app_settings.RECOVERY_CODE_COUNT) - used


def people_with_second_factor(person_ids: Collection[int]) -> frozenset[int]:
    """Return which of these people have an app or a passkey. One query."""
    rows = Authenticator.objects.filter(user_id__in=person_ids, type__in=_STRONG)
    return frozenset(rows.values_list("user_id", flat=True))


def _row(authenticator: Authenticator) -> FactorRow:
    credential = authenticator.data.get("credential", {})
    is_resident = credential.get("clientExtensionResults", {}).get("credProps", {}).get("rk")
    return FactorRow(
        key=salted_hmac(_SALT, str(authenticator.pk), algorithm="sha256").hexdigest()[:24],
        kind=authenticator.type,
        name=authenticator.data.get("name", ""),
        added_at=authenticator.created_at,
        used_at=authenticator.last_used_at,
        is_alone_enough=bool(is_resident),
    )
