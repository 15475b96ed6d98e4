"""Routes about persons: links that let somebody in, and who belongs to the organisation. Signing in and out
are routes of `config/urls.py`.
"""

from django.urls import path

from veilleur.domains.organisations.views import doors, people, security

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
    path("account/security/", security.security, name="security"),
    path("account/security/passkeys/<str:key>/remove/", security.remove_passkey, name="remove_passkey"),
    path("organisation/", people.choose_organisation, name="choose_organisation"),
]
