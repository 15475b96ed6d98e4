"""Forms about persons: accounts, roles, sign-in and its second factor."""

from veilleur.domains.organisations.forms.mandates import CustomerForm, MandateForm, OfferForm
from veilleur.domains.organisations.forms.organisation import OrganisationForm, TeamForm
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
    PasskeyAloneForm,
    SecondStepForm,
    StartCodesForm,
)

__all__ = [
    "AddPasskeyForm",
    "ConfirmByCodeForm",
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
]
