"""Somebody signs in with their company's account in a real browser; and the pages about it, looked at."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    Visitor,
    assert_open_page_is_sound_in_every_look,
    assert_pages_are_sound,
    assert_sound,
)
from tests.openid.throwaway import SECRET, ThrowawayProvider
from veilleur.domains.organisations.factories import (
    make_identity_provider,
    make_membership,
    make_person,
    make_provider_account,
)
from veilleur.domains.organisations.models import IdentityProvider, Organisation, ProviderRole
from veilleur.domains.organisations.ports import IDENTITY_PROVIDERS, SECRET_KEEPER
from veilleur.domains.organisations.rules.roles import Role
from veilleur.engines.keyring.tests.process import Keys
from veilleur.engines.oidc_provider import OpenIdProviders
from veilleur.shared.clock import utc_now
from veilleur.shared.ids import new_id

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def provider() -> Iterator[ThrowawayProvider]:
    with ThrowawayProvider() as running:
        yield running


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keys]:
    with tempfile.TemporaryDirectory(prefix="veilleur-") as folder:
        running = Keys(Path(folder))
        monkeypatch.setattr(SECRET_KEEPER, "_engine", running.client)
        yield running
        running.stop()


def test_somebody_comes_by_their_group_gets_another_role_and_is_thrown_out(
    visitor: Visitor,
    provider: ThrowawayProvider,
    keys: Keys,
    organisation: Organisation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine = OpenIdProviders(local_hosts=frozenset({"127.0.0.1"}))
    monkeypatch.setattr(IDENTITY_PROVIDERS, "_engine", engine)
    _add_provider(visitor, provider)
    row = IdentityProvider.objects.of(organisation.pk).get()
    provider.lead_back_to(f"{visitor.base_url.rstrip('/')}/account/company/{row.door}/back/")
    visitor.person = None

    provider.person("ines", groups=["it"], name="Inès Delaunay")
    first = visitor.open("/account/login/?next=/protection/")
    _sign_in(first, "ines")
    expect(first).to_have_url(f"{visitor.base_url}/protection/")
    assert first.goto(f"{visitor.base_url}/organisation/identity-providers/").status == 403  # type: ignore[union-attr]

    provider.person("ines", groups=["direction"], name="Inès Delaunay")
    second = visitor.open("/account/login/")
    _sign_in(second, "ines")
    assert second.goto(f"{visitor.base_url}/organisation/identity-providers/").status == 200  # type: ignore[union-attr]

    provider.person("ines", groups=["everybody"], name="Inès Delaunay")
    third = visitor.open("/account/login/")
    _sign_in(third, "ines")
    expect(third.get_by_text("gives no role here")).to_be_visible()
    for page in (first, second):
        page.goto(f"{visitor.base_url}/protection/")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    # The provider has no picture for its tab, and one page was refused on purpose.
    assert not [said for said in visitor.complaints if "Failed to load resource" not in said]


def _add_provider(visitor: Visitor, provider: ThrowawayProvider) -> None:
    page = visitor.open("/organisation/identity-providers/new/")
    page.get_by_label("Name", exact=True).fill("Vexin ID")
    page.get_by_label("Issuer").fill(provider.issuer)
    page.get_by_label("Client ID").fill("veilleur")
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_label("People who were never here").select_option("1")
    for place, (value, role) in enumerate((("it", "technician"), ("direction", "manager"))):
        page.locator(f"#id_values-{place}-value").fill(value)
        page.locator(f"#id_values-{place}-role").select_option(role)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Vexin ID")).to_be_visible()
    page.get_by_role("button", name="Try it now").click()
    expect(page.locator(".lede")).to_have_text("It answered at the last try.")


def _sign_in(page: Page, name: str) -> None:
    page.get_by_role("button", name="With your company’s account").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(f"{name} at home")
    page.get_by_role("button", name="Enter").click()
    page.wait_for_load_state()


@pytest.fixture
def shown(organisation: Organisation) -> IdentityProvider:
    """A provider of which all there is to tell is told at once."""
    row = make_identity_provider(
        organisation,
        name="Entra ID du siège",
        issuer="https://login.microsoftonline.com/2f6b1c1e-7c55-4a63-9f3e-6d2b8d7f0a11/v2.0",
        client_id="9c1a2f34-0b6d-4d43-8f0e-5a7c9be3d210",
        domains="ateliers-du-vexin.example\nvexin.example",
        scopes="https://graph.example/.default",
        second_factor_values="mfa",
        tried_at=utc_now(),
        door="hVtqRYkJ3r1kq2yB0gq0l8mQ3q0fZ8m3n1cT5w7xY9A",
    )
    given = ProviderRole(organisation=organisation, public_id=new_id(utc_now()), provider=row)
    given.value, given.role, given.side = "8d0d3b5e-1c2f-4f0a-9a55-2b9a7a0f4c77", Role.MANAGER, "internal"
    given.save()
    for name in ("Anna Martin", "Jean-Baptiste Fournier-de-la-Villardière"):
        make_provider_account(row, name=name, email=f"{name.split()[0].lower()}@vexin.example")
    away = make_person(email="paul.girard@vexin.example", name="Paul Girard", is_active=False)
    make_provider_account(row, away, gone_at=utc_now(), is_kept_out=True)
    brought = make_person(email="lea.roux@vexin.example", name="Léa Roux")
    make_membership(organisation, brought, role=Role.TECHNICIAN)
    make_provider_account(row, brought)
    return row


def test_the_pages_of_identity_providers_are_sound(visitor: Visitor, shown: IdentityProvider) -> None:
    own = f"/organisation/identity-providers/{shown.public_id}/"
    pages = {
        "provider": own,
        "provider-form": f"{own}change/",
        "provider-remove": f"{own}remove/",
        "providers": "/organisation/identity-providers/",
        "people-by-provider": "/people/",
    }
    assert_pages_are_sound(visitor, pages)

    rows = IdentityProvider.objects.of(shown.organisation_id)
    rows.update(fault="certificate_refused", fault_detail="login.example: certificate has expired")
    assert_pages_are_sound(visitor, {"provider-fault": own})


def test_the_pages_of_signing_in_are_sound(stranger: Visitor, shown: IdentityProvider) -> None:
    door = f"/account/company/{shown.door}/"
    assert_pages_are_sound(stranger, {"login": "/account/login/", "company-door": door})
    page = stranger.open(f"{door}back/?state=unknown", language="fr")
    assert_open_page_is_sound_in_every_look(page, "company-over")
    # The browser's console names the status of the page itself.
    assert all("404" in complaint for complaint in stranger.complaints)
    stranger.complaints.clear()

    make_identity_provider(shown.organisation, name="Another")
    assert_pages_are_sound(stranger, {"company-address": "/account/company/"})
    page = stranger.open("/account/company/", language="fr")
    page.locator("#id_email").fill("somebody@nowhere.example")
    page.locator("form .btn-primary").last.click()
    expect(page.locator(".field.is-wrong")).to_be_visible()
    assert_open_page_is_sound_in_every_look(page, "company-unknown")


def test_a_person_of_a_provider_sees_by_what_they_sign_in(
    visitor: Visitor, shown: IdentityProvider, organisation: Organisation
) -> None:
    manager = visitor.person
    assert manager is not None
    make_provider_account(shown, manager)

    for path, name in (
        ("/account/security/", "security-by-provider"),
        ("/account/confirm/company/", "confirm"),
    ):
        assert_sound(visitor, visitor.open(path), f"{name}-desk-light-en")
    page = visitor.open(f"/people/{manager.public_id}/", language="fr")
    assert_sound(visitor, page, "person-by-provider-desk-light-fr")
