"""Forms about persons: accounts, roles, sign-in and its second factor."""

from veilleur.domains.organisations.forms.api_tokens import TokenForm
from veilleur.domains.organisations.forms.mandates import CustomerForm, MandateForm, OfferForm
from veilleur.domains.organisations.forms.organisation import OrganisationForm, TeamForm
from veilleur.domains.organisations.forms.passkeys import (
    AddPasskeyForm,
    ConfirmByPasskeyForm,
    PasskeyAloneForm,
)
from veilleur.domains.organisations.forms.persons import (
    InviteForm,
    JoinForm,
    NewPasswordForm,
    RoleForm,
    SetupForm,
    SignInForm,
)
from veilleur.domains.organisations.forms.second_factor import (
    ConfirmByCodeForm,
    ConfirmByPasswordForm,
    SecondStepForm,
    StartCodesForm,
)

__all__ = [
    "AddPasskeyForm",
    "ConfirmByCodeForm",
    "ConfirmByPasskeyForm",
    "ConfirmByPasswordForm",
    "CustomerForm",
    "InviteForm",
    "JoinForm",
    "MandateForm",
    "NewPasswordForm",
    "OfferForm",
    "OrganisationForm",
    "PasskeyAloneForm",
    "RoleForm",
    "SecondStepForm",
    "SetupForm",
    "SignInForm",
    "StartCodesForm",
    "TeamForm",
    "TokenForm",
]
