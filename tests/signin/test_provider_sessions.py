"""A sign-in at a provider belongs to one browser, one provider and one moment; and what it proves there."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.openid.hostile import HostileProvider, seconds
from tests.signin.app import App
from tests.signin.directory_house import bodies
from tests.signin.provider_house import Company, asked, browser, come_back, is_in, make_company, way_there
from veilleur.domains.organisations.factories import make_person
from veilleur.domains.organisations.models import IdentityProvider, Membership, Person
from veilleur.domains.organisations.ports import IDENTITY_PROVIDERS
from veilleur.domains.organisations.signin import provider as signin_provider
from veilleur.engines.keyring.tests.process import Keys
from veilleur.engines.oidc_provider import OpenIdProviders, Patience
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.django_db
OVER = "leads nowhere"
KEY = "/recovery-key/replace/"


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with HostileProvider() as provider:
        yield provider


@pytest.fixture
def hostile(running: HostileProvider) -> HostileProvider:
    running.claims, running.codes = {}, {}
    return running


@pytest.fixture
def company(hostile: HostileProvider, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> Company:
    quick = Patience(connect_s=0.3, answer_s=0.5)
    engine = OpenIdProviders(local_hosts=frozenset({"127.0.0.1"}), patience=quick)
    monkeypatch.setattr(IDENTITY_PROVIDERS, "_engine", engine)
    made = make_company(hostile.issuer)
    made.add(second_factor_values="mfa")
    return made


def back(company: Company, hostile: HostileProvider, there: str, code: str = "code") -> str:
    """Return the address at which somebody comes back who went there."""
    said = asked(there)
    hostile.codes[code] = said["nonce"]
    return f"{company.door}back/?state={said['state']}&code={code}"


def enter(company: Company, hostile: HostileProvider, client: Client | None = None) -> Client:
    client = client or browser()
    answer, said = come_back(client, back(company, hostile, way_there(client)))
    assert said == ""
    assert answer.status_code == 302
    return client


def test_the_link_of_an_attacker_signs_nobody_in_as_the_attacker(
    company: Company, hostile: HostileProvider
) -> None:
    attacker, victim = browser(), browser()
    link = back(company, hostile, way_there(attacker))

    answer, _ = come_back(victim, link)

    assert answer.status_code == 404
    assert OVER in answer.content.decode()
    assert not is_in(victim)
    assert hostile.codes, "the code was spent"


def test_the_way_back_works_once(company: Company, hostile: HostileProvider) -> None:
    client = browser()
    address = back(company, hostile, way_there(client))
    come_back(client, address)
    thief = browser()
    thief.cookies = client.cookies
    hostile.codes["code"] = "again"

    answer, _ = come_back(thief, address)

    assert answer.status_code == 404
    assert "code" in hostile.codes


def test_the_way_back_ends_after_ten_minutes(
    company: Company, hostile: HostileProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    address = back(company, hostile, way_there(client))
    monkeypatch.setattr(signin_provider, "utc_now", lambda: utc_now() + timedelta(minutes=10))

    answer, _ = come_back(client, address)

    assert answer.status_code == 404
    assert not is_in(client)


def test_the_answer_of_one_provider_counts_at_no_other(company: Company, hostile: HostileProvider) -> None:
    other = make_company(hostile.issuer)
    other.add()
    client = browser()
    said = asked(way_there(client, company.door))
    hostile.codes["code"] = said["nonce"]

    answer, _ = come_back(client, f"{other.door}back/?state={said['state']}&code=code")

    assert answer.status_code == 404
    assert "code" in hostile.codes
    assert not is_in(client)


def test_a_session_that_was_there_before_is_another_one_afterwards(
    company: Company, hostile: HostileProvider
) -> None:
    client = browser()
    way_there(client)
    planted = client.session.session_key

    enter(company, hostile, client)

    thief = browser()
    thief.cookies[next(iter(client.cookies))] = planted or ""
    assert client.session.session_key != planted
    assert not is_in(thief)


def test_a_change_meanwhile_makes_the_sign_in_come_to_nothing(
    company: Company, hostile: HostileProvider
) -> None:
    client = browser()
    address = back(company, hostile, way_there(client))
    company.change(name="Other", second_factor_values="mfa")

    _, said = come_back(client, address)

    assert "have just changed" in said
    assert not is_in(client)


def test_a_lie_lets_nobody_in_and_is_a_fact(company: Company, hostile: HostileProvider) -> None:
    hostile.claims = {"nonce": "another"}
    client = browser()

    _, said = come_back(client, back(company, hostile, way_there(client)))

    assert "cannot be trusted" in said
    assert not is_in(client)
    assert bodies("sign_in_failed")[-1]["means"] == "company"
    assert not Membership.objects.of(company.organisation.pk).exclude(person=company.manager).exists()


def test_an_identity_token_of_another_time_is_refused(company: Company, hostile: HostileProvider) -> None:
    hostile.claims = {"exp": seconds(-3600)}
    client = browser()

    _, said = come_back(client, back(company, hostile, way_there(client)))

    assert "cannot be trusted" in said


def test_a_dead_provider_is_told_and_passwords_still_work(company: Company) -> None:
    rows = IdentityProvider.objects.of(company.organisation.pk)
    rows.update(issuer="http://127.0.0.1:1")
    own = make_person(company.organisation, email="own@vexin.example")
    client = browser()

    answer = client.post("/account/company/", follow=True)

    assert "Who has a password here still signs in with it" in answer.content.decode()
    assert "It does not answer." in company.client.get(company.page).content.decode()
    client.post("/account/login/", {"login": own.email, "password": "correct horse battery staple"})
    assert is_in(client)


def test_a_second_factor_that_somebody_added_here_is_asked_for_here(
    company: Company, hostile: HostileProvider, keys: Keys
) -> None:
    enter(company, hostile)
    person = Person.objects.get(name="Eve")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    sealed = keys.client.seal("totp", secret, person.public_id)
    Authenticator.objects.create(user=person, type="totp", data={"secret": sealed})
    client = browser()

    answer, _ = come_back(client, back(company, hostile, way_there(client)))

    assert answer["Location"] == "/account/login/code/"
    assert not is_in(client)
    App.settle()
    client.post("/account/login/code/", {"code": App(secret).code()})
    assert is_in(client)
    assert bodies("signed_in")[-1] == {"means": "company_code"}


def test_whoever_is_sent_away_between_the_two_steps_does_not_come_in(
    company: Company, hostile: HostileProvider, keys: Keys
) -> None:
    enter(company, hostile)
    person = Person.objects.get(name="Eve")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    data = {"secret": keys.client.seal("totp", secret, person.public_id)}
    Authenticator.objects.create(user=person, type="totp", data=data)
    client = browser()
    come_back(client, back(company, hostile, way_there(client)))

    company.client.post(f"/people/{person.public_id}/leaves/")
    App.settle()
    client.post("/account/login/code/", {"code": App(secret).code()})

    assert not is_in(client)


@pytest.mark.parametrize(
    ("values", "claims", "comes_in"),
    [
        ("mfa", {"amr": ["pwd", "mfa"]}, True),
        ("gold mfa", {"acr": "gold"}, True),
        ("mfa", {"amr": ["pwd"]}, False),
        ("mfa", {}, False),
        ("", {"amr": ["pwd", "mfa"]}, False),
    ],
)
def test_the_provider_s_second_factor_counts_only_where_the_organisation_says_so(
    company: Company, hostile: HostileProvider, values: str, claims: dict[str, object], comes_in: bool
) -> None:
    company.change(second_factor_values=values)
    company.organisation.second_factor_roles = ["technician"]
    company.organisation.save()
    hostile.claims = claims

    client = enter(company, hostile)

    answer = client.get("/protection/")
    assert answer.status_code == (200 if comes_in else 302)
    assert comes_in or answer["Location"] == "/account/security/"


def test_keys_ask_for_a_fresh_proof_even_after_a_sign_in_with_a_second_factor(
    company: Company, hostile: HostileProvider
) -> None:
    hostile.claims = {"groups": ["direction"], "amr": ["mfa"]}
    client = enter(company, hostile)
    confirm = client.get(KEY)["Location"]
    there = way_there(client, confirm)
    assert asked(there)["max_age"] == "0"
    assert asked(there)["prompt"] == "login"

    hostile.claims = {**hostile.claims, "auth_time": seconds(-3600)}
    _, stale = come_back(client, back(company, hostile, there))
    hostile.claims = {**hostile.claims, "auth_time": seconds(0)}
    answer, fresh = come_back(client, back(company, hostile, way_there(client, confirm)))

    assert "did not ask you anew" in stale
    assert (fresh, answer["Location"]) == ("", KEY)
    assert "/account/" not in client.get(KEY).headers.get("Location", "")


def test_a_proof_without_a_second_factor_opens_no_keys(company: Company, hostile: HostileProvider) -> None:
    hostile.claims = {"groups": ["direction"], "auth_time": seconds(0)}
    client = enter(company, hostile)
    confirm = client.get(KEY)["Location"]

    answer, said = come_back(client, back(company, hostile, way_there(client, confirm)))

    assert "add one here" in said
    assert answer["Location"] == "/account/security/"
    assert client.get(KEY)["Location"] == confirm
    # But it is what adding one asks for.
    assert client.get("/account/security/app/").status_code == 200


def test_a_proof_by_somebody_else_counts_for_nobody(company: Company, hostile: HostileProvider) -> None:
    hostile.claims = {"groups": ["direction"], "amr": ["mfa"], "auth_time": seconds(0)}
    client = enter(company, hostile)
    confirm = client.get(KEY)["Location"]
    hostile.claims = {**hostile.claims, "sub": "subject-2", "email": "mallory@vexin.example"}

    _, said = come_back(client, back(company, hostile, way_there(client, confirm)))

    assert "A different person signed in there" in said
    assert client.get(KEY)["Location"] == confirm
