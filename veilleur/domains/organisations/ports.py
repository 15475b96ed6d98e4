"""What organisations ask of the process that alone holds the keys."""

from typing import Protocol

from veilleur.shared.binding import Slot


class SecretKeeper(Protocol):
    """Seals what the database keeps and may not show. Every method may raise SecretsAway."""

    def seal(self, purpose: str, text: str) -> str:
        """Return a secret in the form in which it is stored, bound to its purpose."""
        ...

    def open(self, purpose: str, sealed: str) -> str:
        """Return a secret that was sealed for that purpose. Those of one-time codes are never opened."""
        ...

    def totp_step(self, sealed: str, code: str, at_s: float) -> int | None:
        """Return the step, of 30 seconds since 1970, whose one-time code this is; None for any other code.

        `sealed` was sealed for the purpose "totp"; the steps around `at_s`, in seconds since 1970, count.
        """
        ...


SECRET_KEEPER: Slot[SecretKeeper] = Slot("organisations.SecretKeeper")
