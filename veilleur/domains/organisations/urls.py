"""Routes about persons: links that let somebody in, and who belongs to the organisation. Signing in and out
are routes of `config/urls.py`.
"""

from django.urls import path

from veilleur.domains.organisations.views import (
    company_account,
    directories,
    doors,
    mandates,
    organisation,
    people,
    providers,
    security,
)

app_name = "organisations"
urlpatterns = [
    path("setup/<str:token>", doors.setup, name="setup"),
    path("join/<str:token>", doors.join, name="join"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<uuid:public_id>/", people.person, name="person"),
    path("people/<uuid:public_id>/leaves/", people.end_membership, name="end_membership"),
    path(
        "people/invitations/<uuid:public_id>/withdraw/",
        people.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("people/directories/", directories.directories, name="directories"),
    path("people/directories/new/", directories.add_directory, name="add_directory"),
    path("people/directories/<uuid:public_id>/", directories.directory, name="directory"),
    path(
        "people/directories/<uuid:public_id>/change/", directories.change_directory, name="change_directory"
    ),
    path(
        "people/directories/<uuid:public_id>/remove/", directories.remove_directory, name="remove_directory"
    ),
    path("people/directories/<uuid:public_id>/read/", directories.read_directory, name="read_directory"),
    path("people/directories/<uuid:public_id>/agree/", directories.agree_to_reading, name="agree_to_reading"),
    path(
        "people/directories/accounts/<uuid:public_id>/let-in/",
        directories.let_account_in,
        name="let_account_in",
    ),
    path("people/identity-providers/", providers.identity_providers, name="identity_providers"),
    path("people/identity-providers/new/", providers.add_identity_provider, name="add_identity_provider"),
    path(
        "people/identity-providers/<uuid:public_id>/", providers.identity_provider, name="identity_provider"
    ),
    path(
        "people/identity-providers/<uuid:public_id>/change/",
        providers.change_identity_provider,
        name="change_identity_provider",
    ),
    path(
        "people/identity-providers/<uuid:public_id>/remove/",
        providers.remove_identity_provider,
        name="remove_identity_provider",
    ),
    path(
        "people/identity-providers/<uuid:public_id>/try/",
        providers.try_identity_provider,
        name="try_identity_provider",
    ),
    path(
        "people/identity-providers/accounts/<uuid:public_id>/let-in/",
        providers.let_in_by_identity_provider,
        name="let_in_by_identity_provider",
    ),
    path(
        "people/identity-providers/accounts/<uuid:public_id>/turn-away/",
        providers.turn_away_from_identity_provider,
        name="turn_away_from_identity_provider",
    ),
    path("people/teams/new/", organisation.add_team, name="add_team"),
    path("people/teams/<uuid:public_id>/", organisation.team, name="team"),
    path("people/teams/<uuid:public_id>/dissolve/", organisation.dissolve_team, name="dissolve_team"),
    path("people/mandates/new/", mandates.offer_mandate, name="offer_mandate"),
    path("people/mandates/<uuid:public_id>/", mandates.mandate, name="mandate"),
    path("people/mandates/<uuid:public_id>/end/", mandates.end_mandate, name="end_mandate"),
    path("mandates/<str:token>/", mandates.take_up_mandate, name="take_up_mandate"),
    path("customers/new/", mandates.add_customer, name="add_customer"),
    path("customers/<uuid:public_id>/back/", mandates.give_mandate_back, name="give_mandate_back"),
    path("account/company/", company_account.company_account, name="company_account"),
    path("account/company/<str:door>/", company_account.company_door, name="company_door"),
    path("account/company/<str:door>/back/", company_account.company_answer, name="company_answer"),
    path("account/confirm/company/", company_account.confirm_at_provider, name="confirm_at_provider"),
    path("account/security/", security.security, name="security"),
    path("account/security/sessions/end/", security.end_other_sessions, name="end_other_sessions"),
    path("account/security/passkeys/<str:key>/remove/", security.remove_passkey, name="remove_passkey"),
    path("organisation/settings/", organisation.settings, name="settings"),
    path("organisation/", people.choose_organisation, name="choose_organisation"),
]
