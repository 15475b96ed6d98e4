"""Pages that a link leads to before anybody has an account: the set-up, and an invitation."""

from tests.browser.conftest import Visitor, assert_pages_are_sound
from veilleur.domains.organisations.actions import issue_setup_link
from veilleur.domains.organisations.factories import make_invitation
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import SYSTEM


def test_each_link_leads_to_a_sound_page(stranger: Visitor, organisation: Organisation) -> None:
    make_invitation(organisation, token="an invitation that works")
    said = {"now": utc_now(), "actor": SYSTEM, "organisation_id": organisation.pk}
    token = issue_setup_link(**said)
    pages = {"join": "/join/an invitation that works", "setup": f"/setup/{token}"}

    assert_pages_are_sound(stranger, pages)
