"""All routes. Each domain lists its own in `urls.py`; the desk owns the pages across domains."""

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as passkey_views
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from veilleur.config.agent_door import by_key, by_password
from veilleur.config.agents_address import BY_KEY, BY_PASSWORD
from veilleur.config.api_pages import api_document
from veilleur.config.passkey_views import AddPasskeyView, SignInByPasskeyView
from veilleur.config.password_view import ChangePasswordView
from veilleur.config.sign_in_view import SignInView

urlpatterns: list[URLPattern | URLResolver] = [
    # Sign-up is closed, addresses are ours: these of the library's routes and no other.
    path("account/login/", SignInView.as_view(), name="account_login"),
    path("account/login/passkey/", SignInByPasskeyView.as_view(), name="mfa_login_webauthn"),
    path("account/login/code/", mfa_views.authenticate, name="mfa_authenticate"),
    path("account/logout/", account_views.logout, name="account_logout"),
    path("account/password/change/", ChangePasswordView.as_view(), name="account_change_password"),
    path("account/confirm/", account_views.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", mfa_views.reauthenticate, name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/", passkey_views.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"
    ),
    # Where the library leads back to.
    path(
        "account/security/all/",
        RedirectView.as_view(pattern_name="organisations:security"),
        name="mfa_index",
    ),
    path("account/security/app/", totp_views.activate_totp, name="mfa_activate_totp"),
    path("account/security/app/remove/", totp_views.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/security/passkeys/new/", AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path("account/security/codes/", code_views.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/security/codes/new/", code_views.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path("account/api/openapi.json", api_document, name="api_document"),
    # Agents use their address as it was written: with a stroke at its end, or without.
    path(BY_KEY, by_key, name="agent_report"),
    path(f"{BY_KEY}/", by_key, name="agent_report_slash"),
    *(
        path(f"{address}{end}", by_password, name=f"agent_report_{number}{'_slash' if end else ''}")
        for number, address in enumerate(BY_PASSWORD)
        for end in ("", "/")
    ),
    path("", include("veilleur.domains.organisations.urls")),
    path("", include("veilleur.domains.knowledge.urls")),
    path("", include("veilleur.desk.urls")),
]

handler500 = "veilleur.config.faults_on_pages.server_error"
handler400 = "veilleur.config.faults_on_pages.bad_request"
