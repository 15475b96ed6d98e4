"""A provider that answers wrongly: every lie is refused, by its own name, and nobody is let in by it."""

import base64
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from tests.openid.hostile import (
    EC,
    OTHER_RSA,
    RSA,
    SHORT_RSA,
    HostileProvider,
    pem_of,
    public,
    seconds,
    unsigned,
)
from veilleur.domains.organisations.ports import ProviderAddress, SignInAsked
from veilleur.domains.organisations.rules.errors import ProviderFault
from veilleur.domains.organisations.rules.providers import Identity
from veilleur.engines.oidc_provider import OpenIdProviders, Patience
from veilleur.shared.clock import utc_now

HERE = frozenset({"127.0.0.1"})
QUICK = Patience(connect_s=0.5, answer_s=0.6, most_bytes=100_000)
DESCRIPTION = "/.well-known/openid-configuration"


class Clock:
    """Counts seconds when told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Door:
    """An engine before a hostile provider."""

    def __init__(self, hostile: HostileProvider) -> None:
        self.hostile, self.clock = hostile, Clock()
        self.engine = OpenIdProviders(local_hosts=HERE, patience=QUICK, tick=self.clock)

    def asked(self, *, is_fresh: bool = False) -> SignInAsked:
        return SignInAsked(
            return_address="http://testserver/back/",
            state="state",
            nonce="the nonce of this sign-in",
            verifier="verifier",
            scopes=("openid",),
            roles_claim="groups",
            began_at=utc_now(),
            is_fresh=is_fresh,
        )

    def come(self, *, is_fresh: bool = False, **answer: str) -> Identity:
        """Come back with a code that the provider gave."""
        asked = self.asked(is_fresh=is_fresh)
        self.hostile.codes["code"] = asked.nonce
        address = ProviderAddress(self.hostile.issuer, "veilleur")
        answers = {"code": "code", **answer}
        return self.engine.identity(address, "the secret", asked, answers, utc_now())

    def refused(self, **how: Any) -> tuple[str, str]:
        """Return for which reason, and which detail, somebody is refused."""
        with pytest.raises(ProviderFault) as caught:
            self.come(**how)
        return caught.value.reason, caught.value.detail


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with HostileProvider() as provider:
        yield provider


@pytest.fixture
def hostile(running: HostileProvider) -> HostileProvider:
    fresh = HostileProvider()
    for name in ("claims", "metadata", "keys", "told", "person", "raw", "asked", "codes"):
        setattr(running, name, getattr(fresh, name))
    running.token = running.signed
    return running


@pytest.fixture
def door(hostile: HostileProvider) -> Door:
    return Door(hostile)


def test_an_honest_answer_is_taken_with_either_algorithm(door: Door, hostile: HostileProvider) -> None:
    taken = door.come()
    hostile.keys.append(public(EC, kid="two"))
    hostile.token = lambda claims: hostile.signed(claims, EC, "two", "ES256")
    door.clock.now_s += 31

    assert (taken.subject, taken.email, taken.values) == ("subject-1", "eve@vexin.example", {"it"})
    assert door.come() == taken
    _, form, headers = next(one for one in hostile.asked if one[0] == "/token")
    assert (form["code_verifier"], form["redirect_uri"]) == ("verifier", "http://testserver/back/")
    assert base64.b64decode(headers["Authorization"].split()[1]) == b"veilleur:the+secret"
    assert "client_secret" not in form


def test_the_secret_goes_into_the_form_where_the_provider_takes_it_there_alone(
    door: Door, hostile: HostileProvider
) -> None:
    hostile.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    door.come()

    _, form, headers = next(one for one in hostile.asked if one[0] == "/token")
    assert form["client_secret"] == "the secret"
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("claims", "detail"),
    [
        ({"nonce": "of another sign-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": ["the nonce of this sign-in"]}, "nonce"),
        ({"iss": "https://accounts.google.com"}, "iss"),
        ({"aud": "another client"}, "aud"),
        ({"aud": []}, "aud"),
        ({"aud": ["veilleur", "another"]}, "azp"),
        ({"aud": ["veilleur", "another"], "azp": "another"}, "azp"),
        ({"azp": "another"}, "azp"),
        ({"exp": seconds(-61)}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": 10**400}, "exp"),
        ({"iat": seconds(-3600)}, "iat"),
        ({"iat": seconds(3600)}, "iat"),
        ({"iat": None}, "iat"),
        ({"nbf": seconds(3600)}, "nbf"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": "two\nlines"}, "sub"),
        ({"at_hash": "of another token"}, "at_hash"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_claims_of_another_sign_in_are_refused(
    door: Door, hostile: HostileProvider, claims: dict[str, Any], detail: str
) -> None:
    hostile.claims = claims

    assert door.refused() == ("token_broken", detail)


def test_a_token_for_several_that_names_this_client_is_taken(door: Door, hostile: HostileProvider) -> None:
    hostile.claims = {"aud": ["veilleur", "another"], "azp": "veilleur"}

    assert door.come().subject == "subject-1"


def test_a_token_without_a_good_signature_is_refused(door: Door, hostile: HostileProvider) -> None:
    def by_public_key(claims: dict[str, Any]) -> str:
        """Sign by the public key as if it were a shared secret."""
        header = {"alg": "HS256", "kid": "one", "typ": "JWT"}
        text = unsigned(claims, header).rpartition(".")[0]
        mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
        signature = base64.urlsafe_b64encode(mac.sign(text.encode(), pem_of(RSA))).rstrip(b"=").decode()
        return f"{text}.{signature}"

    attacks = {
        "none": (lambda claims: unsigned(claims, {"alg": "none"}), "alg"),
        "None": (lambda claims: unsigned(claims, {"alg": "None", "kid": "one"}), "alg"),
        "a list": (lambda claims: unsigned(claims, {"alg": ["RS256"], "kid": "one"}), "alg"),
        "nothing": (lambda claims: unsigned(claims, {"alg": "RS256", "kid": "one"}), "signature"),
        "a shared secret": (by_public_key, "alg"),
        "another key": (lambda claims: hostile.signed(claims, OTHER_RSA), "signature"),
        "a key of its own": (
            lambda claims: jwt.encode(
                claims, OTHER_RSA, "RS256", headers={"kid": "own", "jwk": public(OTHER_RSA)}
            ),
            "kid",
        ),
        "another kind of key": (lambda claims: hostile.signed(claims, EC, "one", "ES256"), "kid"),
        "a long hash": (lambda claims: hostile.signed(claims, RSA, "one", "RS512"), "alg"),
        "what is critical": (
            lambda claims: jwt.encode(claims, RSA, "RS256", headers={"kid": "one", "crit": ["x"], "x": 1}),
            "header",
        ),
        "an access token": (
            lambda claims: jwt.encode(claims, RSA, "RS256", headers={"kid": "one", "typ": "at+jwt"}),
            "header",
        ),
        "no token": (lambda claims: "no token at all", "header"),
    }
    for name, (token, detail) in attacks.items():
        hostile.token = token

        assert door.refused() == ("token_broken", detail), name


def test_a_key_that_is_too_short_or_for_something_else_signs_nothing(hostile: HostileProvider) -> None:
    published = {
        "short": ([public(SHORT_RSA, kid="one")], RSA, "key"),
        "for encryption": ([public(RSA, kid="one", use="enc")], RSA, "kid"),
        "twice": ([public(RSA, kid="one"), public(OTHER_RSA, kid="one")], RSA, "kid"),
        "broken": ([{"kty": "RSA", "kid": "one", "n": "?", "e": "AQAB"}], RSA, "key"),
        "none": ([], RSA, "kid"),
    }
    for name, (keys, key, detail) in published.items():
        hostile.keys = keys
        hostile.token = lambda claims, key=key: hostile.signed(claims, key)

        assert Door(hostile).refused() == ("token_broken", detail), name


def test_keys_are_asked_for_again_at_a_new_name_but_not_at_everybody_s_wish(
    door: Door, hostile: HostileProvider
) -> None:
    door.come()
    hostile.token = lambda claims: hostile.signed(claims, OTHER_RSA, "new")
    assert [door.refused() for _ in range(5)] == [("token_broken", "kid")] * 5
    asked_before = sum(path == "/keys" for path, *_ in hostile.asked)
    hostile.keys = [public(OTHER_RSA, kid="new")]
    door.clock.now_s += 31

    assert door.come().subject == "subject-1"
    assert asked_before == 1


def test_a_code_works_once(door: Door, hostile: HostileProvider) -> None:
    door.come()
    hostile.codes.clear()

    with pytest.raises(ProviderFault, match="invalid_grant"):
        door.engine.identity(
            ProviderAddress(hostile.issuer, "veilleur"), "", door.asked(), {"code": "code"}, utc_now()
        )


def test_the_code_of_another_provider_is_sent_nowhere(door: Door, hostile: HostileProvider) -> None:
    assert door.refused(iss="https://attacker.example")[0] == "other_issuer"
    hostile.metadata = {"authorization_response_iss_parameter_supported": True}
    strict = Door(hostile)

    assert strict.refused()[0] == "other_issuer"
    assert strict.come(iss=hostile.issuer).subject == "subject-1"
    assert sum(path == "/token" for path, *_ in hostile.asked) == 1


def test_an_error_is_told_by_its_code_and_in_none_of_its_words(door: Door) -> None:
    assert door.refused(error="access_denied") == ("denied", "access_denied")
    assert door.refused(error="<b>call 0800</b>") == ("denied", "")


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"issuer": "https://accounts.google.com"}, "other_issuer"),
        ({"issuer": None}, "other_issuer"),
        ({"token_endpoint": None}, "no_way_in"),
        ({"jwks_uri": 7}, "no_way_in"),
        ({"response_types_supported": ["id_token"]}, "no_way_in"),
        ({"id_token_signing_alg_values_supported": ["none", "HS256"]}, "no_way_in"),
        ({"code_challenge_methods_supported": ["plain"]}, "no_way_in"),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, "no_way_in"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "address_refused"),
        ({"authorization_endpoint": "http://login.example/"}, "address_refused"),
        ({"token_endpoint": "https://127.0.0.2/token"}, "address_refused"),
        ({"token_endpoint": "https://169.254.169.254/latest/meta-data"}, "address_refused"),
        ({"token_endpoint": "https://10.0.0.1/"}, "address_refused"),
        ({"token_endpoint": "http://192.168.1.1/"}, "address_refused"),
        ({"jwks_uri": "file:///etc/passwd"}, "address_refused"),
        ({"jwks_uri": "https://[::1]/keys"}, "address_refused"),
        ({"jwks_uri": "https://[::ffff:127.0.0.1]/keys"}, "address_refused"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_description_that_leads_astray_is_refused(
    door: Door, hostile: HostileProvider, metadata: dict[str, Any], reason: str
) -> None:
    hostile.metadata = metadata

    assert door.refused()[0] == reason


def test_nothing_on_this_machine_is_asked_unless_whoever_runs_it_says_so(hostile: HostileProvider) -> None:
    strict = Door(hostile)
    strict.engine = OpenIdProviders(patience=QUICK)

    assert strict.refused()[0] == "address_refused"
    assert hostile.asked == []


def test_a_redirection_is_not_followed(door: Door, hostile: HostileProvider) -> None:
    there = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    hostile.raw = {DESCRIPTION: ([there], 0)}

    assert door.refused()[0] == "answer_broken"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        ([HEAD + b"\r\n", b'{"keys": [' + b" " * 200_000], "answer_broken"),
        ([HEAD + b"Content-Length: 9000000000\r\n\r\n"], "answer_broken"),
        ([HEAD + b"\r\n", b"[" * 90_000], "answer_broken"),
        ([HEAD + b"\r\n", b"<html>"], "answer_broken"),
        ([b"SSH-2.0-OpenSSH\r\n"], "answer_broken"),
        ([b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"], "answer_broken"),
        ([b""], "answer_broken"),
    ],
    ids=["huge", "promised huge", "deep", "no JSON", "no HTTP", "broken", "nothing"],
)
def test_an_answer_that_is_none_is_refused(
    door: Door, hostile: HostileProvider, pieces: list[bytes], reason: str
) -> None:
    hostile.raw = {"/keys": (pieces, 0)}

    assert door.refused()[0] == reason


def test_a_provider_that_answers_byte_by_byte_is_hung_up_on(door: Door, hostile: HostileProvider) -> None:
    hostile.raw = {"/keys": ([HEAD + b"\r\n", *[b" "] * 100], 0.1)}
    began_s = time.monotonic()

    assert door.refused()[0] == "unreachable"
    assert time.monotonic() - began_s < 5


def test_a_slow_provider_holds_few_pages(hostile: HostileProvider) -> None:
    engine = OpenIdProviders(local_hosts=HERE, patience=QUICK, at_once=0)

    with pytest.raises(ProviderFault, match="busy"):
        engine.way_there(ProviderAddress(hostile.issuer, "veilleur"), Door(hostile).asked())


def test_who_is_to_prove_to_be_there_proved_it_just_now(door: Door, hostile: HostileProvider) -> None:
    for proved_at, is_taken in (
        (None, False),
        (seconds(-3600), False),
        (seconds(3600), False),
        (seconds(5), True),
    ):
        hostile.claims = {"auth_time": proved_at}
        if is_taken:
            assert door.come(is_fresh=True).subject == "subject-1"
        else:
            assert door.refused(is_fresh=True)[0] == "not_fresh"
    way = door.engine.way_there(ProviderAddress(hostile.issuer, "veilleur"), door.asked(is_fresh=True))
    assert "prompt=login" in way
    assert "max_age=0" in way


def test_what_the_token_leaves_out_is_asked_for_of_the_same_person(
    door: Door, hostile: HostileProvider
) -> None:
    hostile.claims = {"groups": None, "email": None}
    hostile.person = {"sub": "subject-1", "groups": ["direction"], "email": "eve@vexin.example", "name": "X"}
    assert door.come().values == {"direction"}
    assert door.come().name == "Eve"
    hostile.person["sub"] = "subject-2"

    assert door.refused() == ("token_broken", "userinfo sub")


def test_the_clock_of_a_token_may_differ_by_a_minute(door: Door, hostile: HostileProvider) -> None:
    hostile.claims = {"iat": seconds(50), "nbf": seconds(50)}

    assert door.come().subject == "subject-1"
