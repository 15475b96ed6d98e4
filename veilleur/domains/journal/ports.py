"""What the journal asks of the outside: a signer of heads, places elsewhere to send them, the formulas."""

from collections.abc import Sequence
from typing import Protocol

from veilleur.domains.journal.rules.answers import Formula
from veilleur.domains.journal.rules.heads import HeadsPlace, SignedHeads
from veilleur.shared.binding import Slot


class HeadSigner(Protocol):
    """Whoever holds the installation's signing key: the `sign` process. SignerAway when it is silent."""

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of a message, 64 bytes."""

    def public_key(self) -> bytes:
        """Return the raw Ed25519 public key, 32 bytes."""


class HeadsDestination(Protocol):
    """A place elsewhere that signed heads are sent to, where the journal's database cannot take them back."""

    def send(self, signed: SignedHeads) -> None:
        """Send signed heads; may get the same ones twice; raise OSError when they did not go out."""

    def sent(self) -> Sequence[SignedHeads]:
        """Return what was sent, oldest first, as far as the place can be read back.

        Raise OSError when it should be readable and is not, ValueError for damaged content.
        """

    def place(self) -> HeadsPlace:
        """Return where it is and how far from this machine, as it is now. Makes nothing."""


HEAD_SIGNER: Slot[HeadSigner] = Slot("journal head signer")
HEADS_DESTINATIONS: Slot[Sequence[HeadsDestination]] = Slot("journal heads destinations")
FORMULAS: Slot[Sequence[Formula]] = Slot("formulas of kept answers")
