"""Where the database keeps sealed secrets, and how a rotation of the keys writes them anew."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from veilleur.domains.journal.actions import recorded
from veilleur.domains.organisations.actions.directories import purpose_of
from veilleur.domains.organisations.actions.providers import SEALED_FOR
from veilleur.domains.organisations.models import Directory, IdentityProvider
from veilleur.domains.organisations.ports import SealedColumn, SealedValue
from veilleur.shared.viewer import Actor

TOTP, RECOVERY_CODES = "totp", "recovery_codes"
# Where the library keeps a sealed text in the data of an authenticator of each type.
_IN_DATA = {TOTP: "secret", RECOVERY_CODES: "seed"}


@recorded
def replace_sealed(
    *, now: datetime, actor: Actor, column: SealedColumn, pairs: Sequence[tuple[int, str, str]]
) -> int:
    """Put renewed values, as (key, old, new), in the place of old ones; return how many were.

    What somebody changed meanwhile stays as they left it. Bookkeeping: the secrets are the same, and nothing
    is journalled for one.
    """
    return sum(column.replace(key, old, new) for key, old, new in pairs)


def _directories() -> QuerySet[Directory]:
    rows: QuerySet[Directory] = Directory.objects.across_organisations("the keys are the installation's")
    return rows


def _directory_page(after: int, most: int) -> tuple[SealedValue, ...]:
    rows = (
        _directories()
        .select_related("organisation")
        .filter(pk__gt=after)
        .exclude(password_sealed="")
        .order_by("pk")[:most]
    )
    return tuple(
        SealedValue(row.pk, purpose_of(row.public_id), row.organisation.public_id, row.password_sealed)
        for row in rows
    )


def _replace_directory(key: int, old: str, new: str) -> bool:
    changed = _directories().filter(pk=key, password_sealed=old).update(password_sealed=new)
    return bool(changed)


def _providers() -> QuerySet[IdentityProvider]:
    rows: QuerySet[IdentityProvider] = IdentityProvider.objects.across_organisations(
        "the keys are the installation's"
    )
    return rows


def _provider_page(after: int, most: int) -> tuple[SealedValue, ...]:
    rows = _providers().filter(pk__gt=after).exclude(secret_sealed="").order_by("pk")[:most]
    return tuple(SealedValue(row.pk, SEALED_FOR, row.public_id, row.secret_sealed) for row in rows)


def _replace_provider(key: int, old: str, new: str) -> bool:
    changed = _providers().filter(pk=key, secret_sealed=old).update(secret_sealed=new)
    return bool(changed)


def _authenticators() -> Any:
    return Authenticator.objects.filter(type__in=_IN_DATA)


def _authenticator_page(after: int, most: int) -> tuple[SealedValue, ...]:
    rows = _authenticators().select_related("user").filter(pk__gt=after).order_by("pk")[:most]
    return tuple(
        SealedValue(row.pk, row.type, row.user.public_id if row.type == TOTP else None, text)
        for row in rows
        if (text := row.data.get(_IN_DATA[row.type]))
    )


def _replace_authenticator(key: int, old: str, new: str) -> bool:
    # Read again under the lock: the same data also says which recovery codes were used.
    row = _authenticators().select_for_update().filter(pk=key).first()
    if row is None or row.data.get(_IN_DATA[row.type]) != old:
        return False
    row.data[_IN_DATA[row.type]] = new
    row.save(update_fields=["data"])
    return True


SEALED_COLUMNS = (
    SealedColumn("organisations_directory", "password_sealed", _directory_page, _replace_directory),
    SealedColumn("organisations_identityprovider", "secret_sealed", _provider_page, _replace_provider),
    SealedColumn("mfa_authenticator", "data", _authenticator_page, _replace_authenticator),
)
