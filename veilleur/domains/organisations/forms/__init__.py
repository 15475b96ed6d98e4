"""Forms about persons: accounts, roles, sign-in and its second factor."""

from veilleur.domains.organisations.forms.persons import (
    InviteForm,
    JoinForm,
    NewPasswordForm,
    RoleForm,
    SetupForm,
    SignInForm,
)
from veilleur.domains.organisations.forms.second_factor import (
    AddPasskeyForm,
    ConfirmByCodeForm,
    ConfirmByPasswordForm,
    SecondStepForm,
    StartCodesForm,
)

__all__ = [
    "AddPasskeyForm",
    "ConfirmByCodeForm",
    "ConfirmByPasswordForm",
    "InviteForm",
    "JoinForm",
    "NewPasswordForm",
    "RoleForm",
    "SecondStepForm",
    "SetupForm",
    "SignInForm",
    "StartCodesForm",
]
