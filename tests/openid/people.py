"""The provider's people, read anew from its file whenever somebody asks."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from oauth2_provider.oauth2_validators import OAuth2Validator


def house() -> dict[str, Any]:
    """Return what the file says now."""
    folder = Path(settings.DATABASES["default"]["NAME"]).parent
    found: dict[str, Any] = json.loads((folder / "house.json").read_text())
    return found


class FromFile(ModelBackend):
    """Lets in whom the file lets in."""

    def authenticate(self, request: Any, username: str = "", password: str = "", **_more: Any) -> Any:
        person = house()["people"].get(username)
        if person is None or not person["is_enabled"] or person["password"] != password:
            return None
        return User.objects.get_or_create(username=username)[0]

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(house()["people"][user.username]["is_enabled"])


class Validator(OAuth2Validator):  # type: ignore[misc]
    """Gives the claims of the file, and leads back only where the file says."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        claims: dict[str, Any] = house()["people"][request.user.username]["claims"]
        return claims

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Any, *_: Any, **__: Any
    ) -> bool:
        return redirect_uri in house()["return_addresses"]
