"""What somebody tries at the API's door: other people's tokens, old ones, forged ones, none, and too many."""

import io
import logging
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.api.conftest import Call
from veilleur.config.api_rates import WINDOW_S, Rates
from veilleur.config.unread import UNREAD
from veilleur.domains.estate.factories import make_asset, make_service
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.factories import make_api_token, make_organisation, make_person, signed_in
from veilleur.domains.organisations.models import ApiToken, Membership, Organisation, Person
from veilleur.domains.organisations.rules.api_tokens import RANDOM_BYTES, digest_of_token, written
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts
from veilleur.processes.logs import keep_log
from veilleur.processes.whole_requests import _environ
from veilleur.shared.viewer import SYSTEM

DAY = timedelta(days=1)
UNKNOWN = "019b8d2b-0000-7000-8000-000000000000"


def code(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/json"
    return answer.status_code, answer.json()["code"]


def test_without_a_token_there_is_nothing(call: Call, company: Organisation) -> None:
    answer = call("organisation")

    assert code(answer) == (401, "token_needed")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_expired_token_is_refused_and_the_first_time_is_told(
    call: Call, company: Organisation, technician: Person
) -> None:
    token = make_api_token(company, technician, expires_at=datetime.now(UTC))

    assert [code(call("organisation", token)) for _ in range(2)] == [(401, "token_expired")] * 2
    assert len(facts("api_token_refused")) == 1


def test_a_revoked_token_is_refused_at_the_next_request(
    call: Call, company: Organisation, token: str
) -> None:
    assert call("organisation", token).status_code == 200

    ApiToken.objects.of(company.pk).update(revoked_at=datetime.now(UTC))

    assert code(call("organisation", token)) == (401, "token_invalid")


def test_a_leavers_token_opens_nothing_at_once(
    call: Call, company: Organisation, technician: Person, token: str
) -> None:
    actions.end_membership(
        now=datetime.now(UTC), actor=SYSTEM, organisation_id=company.pk, person=technician.public_id
    )

    assert code(call("organisation", token)) == (401, "token_invalid")


def test_a_closed_account_opens_nothing(call: Call, technician: Person, token: str) -> None:
    Person.objects.filter(pk=technician.pk).update(is_active=False)

    assert code(call("organisation", token)) == (401, "token_asleep")


def test_a_token_without_the_scope_is_told_which_one_it_lacks(
    call: Call, company: Organisation, technician: Person
) -> None:
    token = make_api_token(company, technician, scopes=["estate:read"])

    answer = call("people", token)

    assert code(answer) == (403, "missing_scope")
    assert answer.json()["scope"] == "people:read"
    assert call("services", token).status_code == 200


def test_a_scope_that_the_role_lost_opens_nothing(
    call: Call, company: Organisation, technician: Person, token: str
) -> None:
    Membership.objects.of(company.pk).filter(person=technician).update(role=Role.AUDITOR)

    answer = call(f"backup-plans/{UNKNOWN}/run", token, method="post")

    assert code(answer) == (403, "not_allowed")
    assert call("services", token).status_code == 200


def test_things_of_another_organisation_do_not_exist(call: Call, token: str) -> None:
    elsewhere = make_organisation("Elsewhere")
    theirs = make_service(elsewhere, runs_on=make_asset(elsewhere))

    answer, unknown = call(f"services/{theirs.public_id}", token), call(f"services/{UNKNOWN}", token)

    assert code(answer) == (404, "not_found")
    assert answer.content == unknown.content
    assert call("services", token).json()["items"] == []


def test_a_token_opens_its_own_organisation_only_though_its_maker_belongs_to_two(
    call: Call, technician: Person, token: str
) -> None:
    second = make_organisation("Second")
    make_person(second)
    Membership.objects.of(second.pk).update(person=technician)

    assert call("organisation", token).json()["name"] == "Ateliers du Vexin"


@pytest.mark.parametrize("address", ["organisation?token={}", "services?x={}", "services?x=%76lr%5F{}"])
def test_a_token_in_the_address_is_refused_even_beside_a_good_header(
    call: Call, token: str, address: str
) -> None:
    assert code(call(address.format(token), token)) == (400, "token_in_address")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer {token},Bearer {token}",
        "Bearer {token}, Bearer {other}",
        "Bearer {token} {token}",
        "Basic {token}",
        "{token}",
        "Bearer",
        "Bearer {token}\u00e9",
        "Bearer {token}0",
        "Bearer " + "vlr_" + "a" * 100_000,
    ],
)
def test_no_choice_is_made_among_several_and_nothing_else_is_a_token(
    call: Call, company: Organisation, technician: Person, token: str, header: str
) -> None:
    other = make_api_token(company, technician)

    answer = call("organisation", header=header.format(token=token, other=other))

    assert code(answer) == (401, "token_unreadable")


def test_two_headers_arrive_as_one_that_is_refused(token: str) -> None:
    headers = [("authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    headers += [("authorization_", "Bearer x"), ("host", "testserver")]
    scope = SimpleNamespace(
        server="127.0.0.1:8000",
        client="127.0.0.1:1",
        method="GET",
        path="/api/v1/organisation",
        query_string="",
        http_version="1.1",
        scheme="http",
        headers=SimpleNamespace(items=lambda: headers),
    )

    environ = _environ(scope, BytesIO(), 0)

    assert environ["HTTP_AUTHORIZATION"] == f"Bearer {token},Bearer {token}"


def test_a_forged_token_never_reaches_the_database(
    call: Call, company: Organisation, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert code(call("organisation", "vlr_" + "0" * 46)) == (401, "token_unreadable")


def test_a_session_opens_no_api_and_a_token_no_page(
    call: Call, company: Organisation, technician: Person, token: str
) -> None:
    client = signed_in(technician)

    by_session = client.get("/api/v1/organisation")
    with_both = client.get("/api/v1/organisation", headers={"Authorization": f"Bearer {token}"})
    page = Client().get("/", headers={"Authorization": f"Bearer {token}"})

    assert code(by_session) == (401, "token_needed")
    assert with_both.status_code == 200
    assert not with_both.cookies
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/account/login/")


def test_a_token_that_asks_too_often_waits_and_others_do_not(
    call: Call, company: Organisation, technician: Person, token: str, settings: Any
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2

    answers = [call("organisation", token) for _ in range(5)]

    # The minute may turn in the middle: of five, one at least is too much.
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert code(refused[0]) == (429, "too_many_requests")
    assert 0 < int(refused[0].headers["Retry-After"]) <= WINDOW_S
    assert call("organisation", make_api_token(company, technician)).status_code == 200


def test_an_address_with_many_bad_tokens_waits_and_good_ones_from_there_do_not(
    call: Call, token: str, settings: Any
) -> None:
    settings.API_BAD_TOKENS_PER_MINUTE = 2
    bad = written(bytes(RANDOM_BYTES))

    answers = [code(call("organisation", bad)) for _ in range(5)]

    assert answers[0] == (401, "token_invalid")
    assert (429, "too_many_requests") in answers
    assert call("organisation", token).status_code == 200


def test_counts_end_with_their_minute_and_are_bounded() -> None:
    rates = Rates()

    assert [rates.wait_s("token", 1, 2, 30.0) for _ in range(3)] == [0, 0, 30]
    assert rates.wait_s("token", 1, 2, 60.0) == 0
    for key in range(30_000):
        rates.wait_s("bad", key, 2, 60.0)
    assert len(rates._counts) == 10_000


def test_no_token_gets_into_a_log_or_the_journal(
    call: Call, company: Organisation, technician: Person, token: str
) -> None:
    root, written_to = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    try:
        keep_log()
        root.handlers[0].setStream(written_to)  # type: ignore[attr-defined]
        call(f"organisation?token={token}", token)
        call(f"services/{token}", token)
        call("organisation", header=f"Basic {token}")
        logging.getLogger("library").error("Unexpected auth - 'Bearer %s'", token)
    finally:
        root.handlers[:], root.level = before[0], before[1]

    assert "vlr_…" in written_to.getvalue()
    assert token[8:] not in written_to.getvalue()
    assert token[8:] not in everything_written()
    assert digest_of_token(token) not in everything_written()


def test_a_use_is_noted_once_a_minute(call: Call, company: Organisation, technician: Person) -> None:
    token = make_api_token(company, technician, last_used_at=None)
    used = ApiToken.objects.of(company.pk).filter(token_digest=digest_of_token(token))

    call("organisation", token)
    first = used.get().last_used_at
    call("organisation", token)

    assert first is not None
    assert used.get().last_used_at == first


def test_what_is_refused_before_anything_is_read_speaks_the_callers_language(
    call: Call, company: Organisation
) -> None:
    call("organisation", **{"Accept-Language": "fr"})

    answers = {
        language: Client().post(
            "/api/v1/services", headers={"Accept-Language": language}, **{UNREAD: HTTPStatus.REQUEST_TIMEOUT}
        )
        for language in ("en", "fr")
    }

    assert code(answers["en"]) == code(answers["fr"]) == (408, "too_slow")
    assert "did not arrive" in answers["en"].content.decode()
    assert "did not arrive" not in answers["fr"].content.decode()
