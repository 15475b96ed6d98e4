"""The second factor: what differs from the library, which keeps authenticators and knows passkeys.

Secrets lie sealed in the database. The process that holds the keys compares one-time codes itself: the secret
of an app is in clear once, when the page shows it to its owner.
"""

from datetime import datetime
from typing import cast
from uuid import UUID

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.actions.sealed import RECOVERY_CODES, TOTP
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.ports import SECRET_KEEPER
from veilleur.shared.viewer import Actor

# An app's secret until its first code: the page shows it, and keeps it sealed in the session meanwhile.
SETUP = "totp_setup"
# Anything longer is no code of any kind.
_LONGEST_CODE = 16


class CodeSecret(str):
    """The secret of a person's authenticator app: sealed to be compared with, and never opened again."""

    __slots__ = ("owner",)
    owner: UUID

    def __new__(cls, text: str, owner: UUID) -> "CodeSecret":
        """Make one of this person's public id."""
        made = super().__new__(cls, text)
        made.owner = owner
        return made


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """What differs from the library's ways."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This code is not correct, or was used already."),
        "cannot_generate_recovery_codes": gettext_lazy("Recovery codes come with an app or a passkey."),
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as the database keeps it. May raise SecretsAway."""
        if isinstance(text, CodeSecret):
            return SECRET_KEEPER.get().seal(TOTP, text, text.owner)
        # The library says nothing of whose they are.
        return SECRET_KEEPER.get().seal(RECOVERY_CODES, text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the seed of recovery codes; SecretsAway for the secret of an app."""
        return SECRET_KEEPER.get().open(RECOVERY_CODES, encrypted_text)

    def get_totp_issuer(self) -> str:
        """Return the name that an authenticator app shows beside the address."""
        return "Veilleur"

    def generate_authenticator_name(self, user: Person, type: str) -> str:
        """Return what a passkey without a name is called."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey {number}").format(number=number)


def accepted_by(person: Person, typed: str, now: datetime) -> Authenticator | None:
    """Return the authenticator whose code this is, spent by this very call; None for any other text.

    A code of an app works once, and none that is older than one that worked. May raise SecretsAway.
    """
    code = "".join(typed.split())
    if not (code.isascii() and code.isdigit() and len(code) <= _LONGEST_CODE):
        return None
    for authenticator in Authenticator.objects.filter(user_id=person.pk, type__in=(TOTP, RECOVERY_CODES)):
        if authenticator.type == TOTP:
            is_right = _is_right_and_new(person, authenticator.data["secret"], code, now)
        else:
            is_right = authenticator.wrap().validate_code(code)
        if is_right:
            return cast("Authenticator", authenticator)
    return None


def is_first_code(person: Person, secret: str, typed: str, now: datetime) -> bool:
    """Return whether an app that was just given this secret shows this code; it is spent then."""
    sealed = SECRET_KEEPER.get().seal(TOTP, secret, person.public_id)
    return _is_right_and_new(person, sealed, "".join(typed.split()), now)


def begin_setup(person: Person) -> tuple[CodeSecret, str]:
    """Return a fresh secret for an app, and how a session keeps it until its first code; SecretsAway."""
    secret = CodeSecret(generate_totp_secret(), person.public_id)
    return secret, SECRET_KEEPER.get().seal(SETUP, secret, person.public_id)


def setup_secret(person: Person, sealed: str) -> CodeSecret:
    """Return the secret that the page has shown; SecretsAway, also for one that was another person's."""
    return CodeSecret(SECRET_KEEPER.get().open(SETUP, sealed, person.public_id), person.public_id)


def _is_right_and_new(person: Person, sealed: str, code: str, now: datetime) -> bool:
    step = SECRET_KEEPER.get().totp_step(sealed, code, now.timestamp(), person.public_id)
    if step is None:
        return False
    return actions.spend_code(now=now, actor=Actor(person.pseudonym), person_id=person.pk, step=step)
