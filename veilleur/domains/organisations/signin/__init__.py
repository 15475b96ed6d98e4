"""How the authentication library signs people in, where it differs from its own ways."""

from veilleur.domains.organisations.queries.address_digests import address_digest
from veilleur.domains.organisations.signin.account import (
    AccountAdapter,
    GuessablePasswordValidator,
    sign_in,
)
from veilleur.domains.organisations.signin.proof import SecondFactorMiddleware
from veilleur.domains.organisations.signin.second_factor import SecondFactorAdapter

__all__ = [
    "AccountAdapter",
    "GuessablePasswordValidator",
    "SecondFactorAdapter",
    "SecondFactorMiddleware",
    "address_digest",
    "sign_in",
]
