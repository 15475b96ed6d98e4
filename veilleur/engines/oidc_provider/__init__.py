"""Identity providers by OpenID Connect: the way there, the way back, and every check of what came with it."""

from veilleur.engines.oidc_provider.adapter import OpenIdProviders
from veilleur.engines.oidc_provider.fetching import Patience

__all__ = ["OpenIdProviders", "Patience"]
