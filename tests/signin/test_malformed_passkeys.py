"""What no browser would send of a passkey is refused like one that does not fit, and fails nowhere."""

import json
import logging
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import translation

from veilleur.domains.organisations.factories import make_organisation, make_person, signed_in
from veilleur.domains.organisations.models import Person

pytestmark = pytest.mark.django_db
SIGN_IN, ADD = "/account/login/passkey/", "/account/security/passkeys/new/"
CONFIRM = "/account/confirm/passkey/"
REFUSED = "This passkey was refused"
COLLECTED = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFBQSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3QifQ"
AUTHENTICATOR = "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAQ"


def key(**parts: Any) -> str:
    return json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": parts})


NONSENSE = [
    "", "{", "{}", "[]", "null", "5", '"x"', "\x00", "1" * 5000, "[" * 3000, '{"a":' * 3000, "[" * 200_000,
    '{"id":"' + "[" * 9 + '"}',
    json.dumps({"id": None, "rawId": None, "type": None, "response": {"userHandle": None}}),
    json.dumps({"id": [], "rawId": {}, "type": "x", "response": []}),
    json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": "text"}),
    json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": 5}),
    key(userHandle="////"),
    key(userHandle="LTE", clientDataJSON="e30", authenticatorData="AAAA", signature="AAAA"),
    key(userHandle="MQ", clientDataJSON="e30", authenticatorData="A" * 60, signature="AAAA"),
    key(userHandle="MQ", clientDataJSON="bnVsbA", authenticatorData=AUTHENTICATOR, signature="AAAA"),
    key(userHandle="MQ", clientDataJSON="W10", authenticatorData=AUTHENTICATOR, signature="AAAA"),
    key(userHandle="OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", clientDataJSON=COLLECTED,
        authenticatorData=AUTHENTICATOR, signature="AAAA"),
    key(userHandle=5, clientDataJSON=5, authenticatorData=5, signature=5),
    key(clientDataJSON="e30", attestationObject="AAAA"),
    key(clientDataJSON="e30", attestationObject="gICAgICAgICAgICAgICAgIA"),
    key(clientDataJSON="x", attestationObject="o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVgA"),
    key(clientDataJSON="e30", attestationObject="gQ" * 5000),
]  # fmt: skip


@pytest.fixture
def person() -> Person:
    return make_person(make_organisation(), email="anna@vexin.example")


@pytest.fixture
def client(person: Person) -> Client:
    client = signed_in(person, client=Client(headers={"accept-language": "en"}))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.mark.parametrize("sent", NONSENSE)
def test_signing_in_with_nonsense_is_refused(sent: str, caplog: pytest.LogCaptureFixture) -> None:
    stranger = Client(headers={"accept-language": "en", "x-requested-with": "XMLHttpRequest"})
    stranger.get(SIGN_IN)
    del stranger.defaults["HTTP_X_REQUESTED_WITH"]

    with caplog.at_level(logging.ERROR):
        answer = stranger.post(SIGN_IN, {"credential": sent})

    assert (answer.status_code, answer["Location"]) == (302, "/account/login/")
    (said,) = get_messages(answer.wsgi_request)
    assert REFUSED in str(said)
    assert caplog.records == []


@pytest.mark.parametrize("sent", NONSENSE)
def test_adding_nonsense_is_refused_with_a_sentence(client: Client, sent: str) -> None:
    client.get(ADD)

    answer = client.post(ADD, {"name": "Key", "credential": sent, "passwordless": "on"})

    assert answer.status_code == 422
    assert REFUSED in answer.content.decode()


@pytest.mark.parametrize("sent", NONSENSE)
def test_confirming_with_nonsense_is_refused(
    client: Client, person: Person, sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Authenticator.objects.create(user=person, type="webauthn", data={"name": "Phone", "credential": {}})
    monkeypatch.setattr(auth, "get_credentials", lambda _user: [])
    assert client.get(CONFIRM).status_code == 200

    answer = client.post(CONFIRM, {"credential": sent})

    (said,) = get_messages(answer.wsgi_request)
    assert answer.status_code == 302
    assert REFUSED in str(said)


def test_the_refusal_is_said_in_french_too() -> None:
    stranger = Client(headers={"accept-language": "fr"})

    answer = stranger.post(SIGN_IN, {"credential": "{}"})

    with translation.override("fr"):
        (said,) = get_messages(answer.wsgi_request)
    assert "Cette clé d’accès a été refusée" in str(said)
