"""How the journal names the address that somebody typed to sign in."""

from django.utils.crypto import salted_hmac

_SALT = "veilleur.organisations.sign-in"


def address_digest(address: str) -> str:
    """Return a digest of a typed address under the installation's key: equal for equal addresses, no more."""
    return salted_hmac(_SALT, address.strip().lower(), algorithm="sha256").hexdigest()[:32]
