"""API tokens in Chromium: made, copied, shown once; their pages in three looks."""

from datetime import timedelta

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, assert_open_page_is_sound_in_every_look, assert_pages_are_sound
from veilleur.domains.organisations.factories import make_api_token, make_person
from veilleur.domains.organisations.models import ApiToken, Organisation
from veilleur.domains.organisations.rules.api_tokens import digest_of_token
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.clock import utc_now


@pytest.fixture
def addresses(organisation: Organisation, visitor: Visitor) -> dict[str, str]:
    """Fill the company with tokens in each state, and return the address of each page."""
    assert visitor.person is not None
    now, technician = utc_now(), make_person(organisation, name="Benoît Marchand", role=Role.TECHNICIAN)
    reading = ["estate:read", "recovery:read", "watch:read"]
    make_api_token(organisation, visitor.person, name="Écran de l’atelier", scopes=reading, last_used_at=now)
    make_api_token(organisation, visitor.person, name="Rapport du lundi", expires_at=now + timedelta(days=6))
    make_api_token(organisation, visitor.person, name="Ancien tableau", expires_at=now, last_used_at=None)
    make_api_token(organisation, technician, name="Sauvegarde de nuit", is_organisations=True)
    row = ApiToken.objects.of(organisation.pk).order_by("pk")[0].public_id
    return {
        "security": "/account/security/",
        "tokens": "/account/security/tokens/",
        "token-new": "/account/security/tokens/new/",
        "token-revoke": f"/account/security/tokens/{row}/revoke/",
        "organisation-tokens": "/organisation/tokens/",
        "organisation-token-new": "/organisation/tokens/new/",
    }


def test_each_page_of_tokens_is_sound(visitor: Visitor, addresses: dict[str, str]) -> None:
    assert_pages_are_sound(visitor, addresses)

    page = visitor.open(addresses["token-new"], language="fr")
    page.locator("#id_name").fill("Rapport")
    page.locator("input[name=scopes]").first.check()
    page.locator("form .btn-primary").last.click()
    assert page.locator("#token").inner_text().startswith("vlr_")
    assert_open_page_is_sound_in_every_look(page, "token-made")
    assert visitor.complaints == []


def test_a_token_is_copied_and_not_found_again_by_the_way_back(
    visitor: Visitor, organisation: Organisation
) -> None:
    page = visitor.open("/account/security/tokens/new/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Name", exact=True).fill("Report")
    page.get_by_label("Read services").check()
    page.get_by_role("button", name="Make the token").click()
    token = page.locator("#token").inner_text()

    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("link", name="The program has it").click()
    page.wait_for_url("**/security/tokens/")
    after = page.content()
    # Chromium kept nothing of that page, and would have to send the form again: it shows its own instead.
    with pytest.raises(PlaywrightError, match="ERR_CACHE_MISS"):
        page.go_back()

    assert copied == token
    assert ApiToken.objects.of(organisation.pk).get().token_digest == digest_of_token(token)
    assert token[8:] not in after
    # Its own page may still be on its way: this waits for it.
    expect(page.locator("html")).not_to_contain_text(token[8:])
