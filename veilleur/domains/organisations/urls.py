"""Routes about persons: links that let somebody in, and who belongs to the organisation. Signing in and out
are routes of `config/urls.py`.
"""

from django.urls import path

from veilleur.domains.organisations.views import (
    api_tokens,
    company_account,
    directories,
    doors,
    mandates,
    organisation,
    people,
    personal_data,
    providers,
    rota_hours,
    rotas,
    security,
    shifts,
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
    path("people/on-call/", rotas.rotas, name="rotas"),
    path("people/on-call/new/", rotas.add_rota, name="add_rota"),
    path("people/on-call/mine/", shifts.my_shifts, name="my_shifts"),
    path("people/on-call/swaps/<uuid:public_id>/", shifts.answer_swap, name="answer_swap"),
    path("people/on-call/<uuid:public_id>/", rotas.rota, name="rota"),
    path("people/on-call/<uuid:public_id>/change/", rotas.change_rota, name="change_rota"),
    path("people/on-call/<uuid:public_id>/end/", rotas.end_rota, name="end_rota"),
    path("people/on-call/<uuid:public_id>/turns/", rotas.plan_turns, name="plan_turns"),
    path("people/on-call/<uuid:public_id>/turns/stop/", rotas.stop_turns, name="stop_turns"),
    path("people/on-call/<uuid:public_id>/shift/", shifts.plan_shift, name="plan_shift"),
    path("people/on-call/<uuid:public_id>/take-over/", shifts.take_over, name="take_over"),
    path("people/on-call/<uuid:public_id>/swap/", shifts.ask_swap, name="ask_swap"),
    path("people/on-call/<uuid:public_id>/intervention/", shifts.note_intervention, name="note_intervention"),
    path("people/on-call/<uuid:public_id>/hours.csv", rota_hours.pay_hours, name="pay_hours"),
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
    path("people/data/", personal_data.personal_data, name="personal_data"),
    path("people/<uuid:public_id>/data/", personal_data.person_data, name="person_data"),
    path("people/<uuid:public_id>/data/download/", personal_data.export_person, name="export_person"),
    path("people/<uuid:public_id>/erase/", personal_data.erase_person, name="erase_person"),
    path("people/<uuid:public_id>/keep/", personal_data.keep_person, name="keep_person"),
    path("people/erasures/<uuid:public_id>/", personal_data.erasure, name="erasure"),
    path("account/data/", personal_data.own_data, name="own_data"),
    path("account/data/download/", personal_data.download_own_data, name="download_own_data"),
    path("account/data/erase/", personal_data.ask_erasure, name="ask_erasure"),
    path("account/data/keep/", personal_data.withdraw_request, name="withdraw_request"),
    path("account/security/tokens/", api_tokens.tokens, name="tokens"),
    path("account/security/tokens/new/", api_tokens.make_token, name="make_token"),
    path("account/security/tokens/<uuid:public_id>/revoke/", api_tokens.revoke_token, name="revoke_token"),
    path("organisation/tokens/", api_tokens.organisation_tokens, name="organisation_tokens"),
    path("organisation/tokens/new/", api_tokens.make_organisation_token, name="make_organisation_token"),
    path(
        "organisation/tokens/<uuid:public_id>/revoke/",
        api_tokens.revoke_organisation_token,
        name="revoke_organisation_token",
    ),
    path("organisation/settings/", organisation.settings, name="settings"),
    path("organisation/", people.choose_organisation, name="choose_organisation"),
]
