"""People sign in at a real identity provider: who comes in, as what, and who does not come in again."""

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.openid.throwaway import ThrowawayProvider
from tests.signin.directory_house import bodies, sign_in
from tests.signin.provider_house import (
    COMPANY,
    PAGES,
    Company,
    asked,
    browser,
    come_back,
    form,
    is_in,
    make_company,
    way_there,
)
from veilleur.domains.journal.models import Job
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations.factories import PASSWORD, make_organisation, make_person
from veilleur.domains.organisations.jobs import HANDLERS
from veilleur.domains.organisations.models import IdentityProvider, Person, ProviderAccount
from veilleur.domains.organisations.ports import IDENTITY_PROVIDERS
from veilleur.engines.keyring.tests.process import Keys
from veilleur.engines.oidc_provider import OpenIdProviders
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def provider() -> Iterator[ThrowawayProvider]:
    with ThrowawayProvider() as running:
        yield running


@pytest.fixture
def company(provider: ThrowawayProvider, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Company:
    engine = OpenIdProviders(local_hosts=frozenset({"127.0.0.1"}))
    monkeypatch.setattr(IDENTITY_PROVIDERS, "_engine", engine)
    return make_company(provider.issuer)


def enter(company: Company, provider: ThrowawayProvider, name: str, **data: str) -> tuple[Client, str]:
    """Sign in by the company's own page; return the browser and what it says when it is back."""
    client = browser()
    provider.lead_back_to(company.return_address)
    back = provider.go(way_there(client, company.door, **data), name)
    if not back:
        return client, "refused there"
    _, said = come_back(client, back)
    return client, said


def test_somebody_whose_group_has_a_role_joins_at_the_first_sign_in(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add()
    provider.person("ines", groups=["it", "everybody"])

    client, said = enter(company, provider, "ines")

    assert (said, is_in(client)) == ("", True)
    assert company.members() == {"Ines": "technician"}
    assert bodies("signed_in")[-1] == {"means": "company"}
    page = company.client.get(company.page).content.decode()
    assert "It answered at the last try." in page


def test_the_provider_is_asked_by_the_code_flow_with_proof_of_who_asks(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add(scopes="groups_of_mine")

    there = asked(way_there(browser()))
    again = asked(way_there(browser()))

    assert there["response_type"] == "code"
    assert there["code_challenge_method"] == "S256"
    assert there["redirect_uri"] == company.return_address
    assert there["scope"] == "openid profile email groups_of_mine"
    for secret in ("state", "nonce", "code_challenge"):
        assert len(there[secret]) >= 43
        assert there[secret] != again[secret]


def test_the_role_is_the_one_of_this_very_sign_in(company: Company, provider: ThrowawayProvider) -> None:
    company.add()
    provider.person("karim", groups=["it"])
    enter(company, provider, "karim")
    provider.person("karim", groups=["it", "direction"], name="Karim Benali")

    enter(company, provider, "karim")

    assert company.members() == {"Karim Benali": "manager"}
    assert bodies("role_changed")[-1]["role_before"] == "technician"


def test_whoever_lost_the_group_leaves_and_is_thrown_out_everywhere(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add()
    provider.person("lea", groups=["it"])
    elsewhere, _ = enter(company, provider, "lea")
    Authenticator.objects.create(
        user=Person.objects.get(name="Lea"), type="totp", data={"secret": "of no consequence"}
    )
    provider.person("lea", groups=["everybody"])

    client, said = enter(company, provider, "lea")

    assert "gives no role here" in said
    assert not is_in(client)
    assert not is_in(elsewhere)
    assert company.members() == {}
    assert not Authenticator.objects.exists()
    provider.person("lea", groups=["it"])
    client, _ = enter(company, provider, "lea")
    assert is_in(client)
    assert Person.objects.filter(name="Lea").count() == 1


def test_groups_that_the_provider_leaves_out_are_unknown_and_open_nothing(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add()
    provider.person("hugo", groups=["it"])
    elsewhere, _ = enter(company, provider, "hugo")
    provider.person("hugo", groups=None)

    client, said = enter(company, provider, "hugo")

    assert "your role is unknown" in said
    assert (is_in(client), is_in(elsewhere)) == (False, False)
    assert company.members() == {"Hugo": "technician"}


def test_whom_the_provider_locks_out_does_not_come_in(company: Company, provider: ThrowawayProvider) -> None:
    company.add()
    provider.person("jade", groups=["it"])
    enter(company, provider, "jade")
    provider.lock_out("jade")

    client, said = enter(company, provider, "jade")

    assert (said, is_in(client)) == ("refused there", False)
    assert sign_in("jade@vexin.example", "jade at home")[1] != ""


def test_nobody_is_taken_over_by_an_address(company: Company, provider: ThrowawayProvider) -> None:
    company.add()
    own = make_person(company.organisation, email="paul@vexin.example", name="Paul")
    make_person(make_organisation("Elsewhere"), email="rosa@vexin.example")
    for name in ("paul", "rosa"):
        provider.person(name, groups=["direction"])

        client, said = enter(company, provider, name)

        assert "Nobody’s account is ever taken over" in said
        assert not is_in(client)
    assert ProviderAccount.objects.of(company.organisation.pk).count() == 0
    assert company.members()["Paul"] == "manager"
    client, said = sign_in(own.email, PASSWORD)
    assert (said, is_in(client)) == ("", True)


def test_somebody_is_known_by_the_subject_whatever_the_address(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add()
    provider.person("nora", groups=["it"])
    enter(company, provider, "nora")
    provider.person("nora", groups=["it"], email="nora.new@vexin.example")
    enter(company, provider, "nora")
    provider.person("odile", groups=["it"], email="nora@vexin.example")

    enter(company, provider, "odile")

    people = {person.name: person.email for person in Person.objects.filter(name__in=["Nora", "Odile"])}
    assert people == {"Nora": "nora.new@vexin.example", "Odile": "nora@vexin.example"}


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email_verified": False}, "nobody verified"),
        ({"email": None}, "no e-mail address"),
        ({"email": "no address at all"}, "no e-mail address"),
    ],
)
def test_an_address_that_is_none_lets_nobody_join(
    company: Company, provider: ThrowawayProvider, claims: dict[str, object], why: str
) -> None:
    company.add()
    provider.person("sami", groups=["it"], **claims)

    _, said = enter(company, provider, "sami")

    assert why in said
    assert company.members() == {}


def test_somebody_new_waits_where_the_organisation_says_so(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add(lets_in="0")
    provider.person("tom", groups=["it"])
    client, said = enter(company, provider, "tom")
    assert "A manager here must let you in once" in said
    assert not is_in(client)
    account = ProviderAccount.objects.of(company.organisation.pk).get()
    assert "Tom" in company.client.get(company.page).content.decode()

    company.client.post(f"{PAGES}accounts/{account.public_id}/let-in/")
    client, said = enter(company, provider, "tom")

    assert (said, is_in(client)) == ("", True)
    account.refresh_from_db()
    assert (account.name, account.email) == ("", "")
    assert b"Who waits" not in company.client.get(company.page).content


def test_somebody_who_waits_can_be_turned_away_and_forgotten(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add(lets_in="0")
    provider.person("ulla", groups=["it"])
    enter(company, provider, "ulla")
    account = ProviderAccount.objects.of(company.organisation.pk).get()

    company.client.post(f"{PAGES}accounts/{account.public_id}/turn-away/")

    assert not ProviderAccount.objects.of(company.organisation.pk).exists()


def test_whom_a_manager_sent_away_stays_away_until_let_back_in(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add()
    provider.person("vera", groups=["it"])
    elsewhere, _ = enter(company, provider, "vera")
    person = Person.objects.get(name="Vera")
    company.client.post(f"/people/{person.public_id}/leaves/")

    client, said = enter(company, provider, "vera")

    assert "You no longer belong here" in said
    assert (is_in(client), is_in(elsewhere)) == (False, False)
    account = ProviderAccount.objects.of(company.organisation.pk).get()
    company.client.post(f"{PAGES}accounts/{account.public_id}/let-in/")
    assert is_in(enter(company, provider, "vera")[0])
    assert ProviderAccount.objects.of(company.organisation.pk).get().person == person


def test_a_person_of_the_provider_has_neither_password_nor_role_nor_invitation_here(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add()
    provider.person("walid", groups=["it"])
    client, _ = enter(company, provider, "walid")
    person = Person.objects.get(name="Walid")

    page = client.get("/account/security/").content.decode()
    role = company.client.post(f"/people/{person.public_id}/", {"role": "auditor", "side": "internal"})

    assert "its password is changed there" in page
    assert "The identity provider decides this role" in role.content.decode()
    changed = client.post(
        "/account/password/change/",
        {"oldpassword": "x", "password1": "a row of new words", "password2": "a row of new words"},
    )
    assert "You sign in with your company’s account" in changed.content.decode()
    assert client.get("/account/confirm/?next=/")["Location"] == "/account/confirm/company/?next=%2F"


def test_removing_the_provider_ends_what_it_opened(company: Company, provider: ThrowawayProvider) -> None:
    company.add()
    provider.person("yann", groups=["it"])
    client, _ = enter(company, provider, "yann")

    company.client.post(f"{company.page}remove/")

    assert not is_in(client)
    assert b"by-company" not in browser().get("/account/login/").content
    job = Job.objects.get(kind="organisations.clear_provider")
    HANDLERS[job.kind](JobTicket(job.kind, job.key, job.payload, 1, company.organisation.public_id), utc_now)
    assert company.members() == {}
    assert not IdentityProvider.objects.of(company.organisation.pk).exists()


def test_the_page_asked_for_comes_after_the_sign_in_and_no_foreign_one(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add()
    provider.person("zoe", groups=["it"])
    provider.lead_back_to(company.return_address)
    for wanted, comes in (("/protection/", "/protection/"), ("https://evil.example/", "/")):
        client = browser()
        answer, _ = come_back(client, provider.go(way_there(client, next=wanted), "zoe"))
        assert answer["Location"] == comes


def test_a_wrong_client_secret_is_told_on_the_provider_s_page(
    company: Company, provider: ThrowawayProvider
) -> None:
    company.add(secret="another one")
    provider.person("abel", groups=["it"])

    _, said = enter(company, provider, "abel")

    assert "cannot be used now" in said
    assert "does not take the client ID" in company.client.get(company.page).content.decode()


def test_the_secret_is_never_shown_and_lies_sealed(company: Company) -> None:
    company.add()
    kept = company.provider.secret_sealed

    page = company.client.get(f"{company.page}change/").content.decode()

    assert "own secret" not in kept
    assert "own secret" not in page
    assert kept not in page


def test_the_issuer_stays_and_another_client_asks_for_the_secret_again(company: Company) -> None:
    company.add()
    for change, said in (
        ({"issuer": "https://other.example"}, "Another issuer is another identity provider"),
        ({"client_id": "another"}, "Type the client secret again"),
    ):
        data = {**form(company.issuer), "secret": "", **change}
        answer = company.client.post(f"{company.page}change/", data)
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_nobody_adds_a_provider_without_a_second_factor(company: Company) -> None:
    thief = browser()
    thief.force_login(company.manager)

    answer = thief.post(f"{PAGES}new/", form(company.issuer))

    assert answer.status_code == 302
    assert not IdentityProvider.objects.of(company.organisation.pk).exists()


def test_among_several_the_domain_of_the_address_leads(company: Company, provider: ThrowawayProvider) -> None:
    company.add(domains="rive.example")
    other = make_company(provider.issuer)
    other.add(domains="rive.example\nelsewhere.example")
    make_person(company.organisation, email="anybody@rive.example")
    make_person(company.organisation, email="somebody@elsewhere.example")
    client = browser()

    there = asked(way_there(client, email="whoever@RIVE.example"))
    unknown = [
        client.post(COMPANY, {"email": address}) for address in ("x@nobody.example", "y@elsewhere.example")
    ]

    # Whose people have the domain, leads there: another organisation does not take it by naming it.
    assert there["redirect_uri"] == company.return_address
    assert [answer.status_code for answer in unknown] == [422, 422]
    assert "No company’s account is known" in unknown[0].content.decode()
    assert asked(way_there(client, other.door))["redirect_uri"] == other.return_address


def test_the_provider_of_one_company_is_not_everybodys_where_others_use_this_veilleur(
    company: Company,
) -> None:
    company.add(domains="rive.example")
    make_organisation("A demonstration", is_demo=True)
    alone = browser().post(COMPANY)
    make_organisation("Another company")

    unasked, theirs = (browser().post(COMPANY, data) for data in ({}, {"email": "eve@another.example"}))
    there = asked(way_there(browser(), email="whoever@rive.example"))

    assert company.issuer.encode() in alone.content
    assert company.issuer.encode() not in unasked.content + theirs.content
    assert theirs.status_code == 422
    assert there["redirect_uri"] == company.return_address


def test_strangers_are_held_back_who_ask_too_often(company: Company) -> None:
    company.add()
    client = browser()

    answers = [client.post(COMPANY).status_code for _ in range(31)]

    assert answers == [200] * 30 + [429]
