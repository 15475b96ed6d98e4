"""API tokens: made, shown once, revoked, ended with their maker's rights; the pages about them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.factories import (
    make_api_token,
    make_mandate,
    make_membership,
    make_organisation,
    make_person,
    signed_in,
)
from veilleur.domains.organisations.models import ApiToken, Membership, Organisation, Person
from veilleur.domains.organisations.queries.api_tokens import Caller, caller_behind
from veilleur.domains.organisations.rules.api_tokens import (
    MOST_TOKENS,
    TokenScope,
    TokenState,
    digest_of_token,
    is_well_formed,
)
from veilleur.domains.organisations.rules.roles import Permission, Role
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FORM = {"name": "Report of Mondays", "scopes": ["estate:read", "watch:read"], "days": "90"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Organisation:
    return make_organisation()


@pytest.fixture
def manager(company: Organisation) -> Person:
    return make_person(company, name="Anna")


@pytest.fixture
def technician(company: Organisation) -> Person:
    return make_person(company, name="Ben", role=Role.TECHNICIAN)


def made(company: Organisation, maker: Person, *scopes: TokenScope, **wanted: Any) -> str | Refused:
    token = actions.WantedToken("Report", scopes or (TokenScope.ESTATE_READ,), **wanted)
    return actions.make_token(now=NOW, actor=Actor(maker.pseudonym), organisation_id=company.pk, wanted=token)


def token_of(company: Organisation, maker: Person, *scopes: TokenScope, **wanted: Any) -> str:
    token = made(company, maker, *scopes, **wanted)
    assert isinstance(token, str)
    return token


def caller(token: str, now: datetime = NOW) -> Caller:
    found = caller_behind(token, now)
    assert found is not None
    return found


def stored(token: str) -> Any:
    return ApiToken.objects.across_organisations("a test").get(token_digest=digest_of_token(token))


def leave(company: Organisation, person: Person, now: datetime = NOW) -> None:
    left = actions.end_membership(now=now, actor=SYSTEM, organisation_id=company.pk, person=person.public_id)
    assert left is None


def test_only_the_digest_of_a_token_is_kept(company: Organisation, technician: Person) -> None:
    token = token_of(company, technician)

    row = stored(token)
    assert is_well_formed(token)
    kept = [str(getattr(row, field.name)) for field in row._meta.fields if field.name != "shown"]
    assert not any(token[4:] in value for value in kept)
    assert token.startswith(row.shown)
    assert token[8:] not in everything_written()


def test_that_one_is_made_and_revoked_is_told_by_the_journal(
    company: Organisation, technician: Person
) -> None:
    row = stored(token_of(company, technician))

    refused = actions.revoke_own_token(
        now=NOW, actor=Actor(technician.pseudonym), organisation_id=company.pk, token=row.public_id
    )

    assert refused is None
    (fact,) = facts("api_token_made")
    assert (fact.subject, fact.actor) == (row.public_id, technician.pseudonym)
    assert json.loads(fact.body)["scopes"] == ["estate:read"]
    assert [json.loads(fact.body)["reason"] for fact in facts("api_token_revoked")] == ["asked"]


def test_a_token_opens_what_its_maker_may_within_its_scopes(
    company: Organisation, technician: Person
) -> None:
    viewer = caller(token_of(company, technician, TokenScope.BACKUPS_WRITE)).viewer

    assert viewer is not None
    assert viewer.permissions == {Permission.RUN_BACKUPS}
    assert viewer.organisation_ids == {company.pk}


def test_a_role_that_became_weaker_counts_at_once(company: Organisation, technician: Person) -> None:
    token = token_of(company, technician, TokenScope.BACKUPS_WRITE, TokenScope.WATCH_READ)

    Membership.objects.of(company.pk).filter(person=technician).update(role=Role.AUDITOR)

    viewer = caller(token).viewer
    assert viewer is not None
    assert viewer.permissions == {Permission.SEE_ESTATE}


def test_nobody_gives_a_token_what_their_own_role_lacks(company: Organisation) -> None:
    auditor = make_person(company, role=Role.AUDITOR)

    assert made(company, auditor, TokenScope.BACKUPS_WRITE) == Refused("scope_beyond_role")
    assert made(company, auditor, TokenScope.BACKUPS_READ, days=366) == Refused("token_days")
    assert ApiToken.objects.of(company.pk).count() == 0


def test_whoever_belongs_elsewhere_makes_no_token_here(company: Organisation) -> None:
    stranger = make_person(make_organisation("Elsewhere"))

    assert made(company, stranger) == Refused("no_longer_allowed")


def test_only_who_decides_about_the_organisation_makes_a_token_of_it(
    company: Organisation, manager: Person, technician: Person
) -> None:
    token = token_of(company, manager, is_organisations=True)

    assert made(company, technician, is_organisations=True) == Refused("no_longer_allowed")
    assert caller(token).state == TokenState.GOOD
    Membership.objects.of(company.pk).filter(person=manager).update(role=Role.TECHNICIAN)
    assert (caller(token).state, caller(token).viewer) == (TokenState.ASLEEP, None)


def test_nobody_has_more_tokens_than_can_be_kept_count_of(company: Organisation, technician: Person) -> None:
    for _ in range(MOST_TOKENS):
        make_api_token(company, technician)

    assert made(company, technician) == Refused("too_many_tokens")


def test_the_end_of_a_token_is_excluded_and_told_of_once(company: Organisation, technician: Person) -> None:
    token = token_of(company, technician, days=1)

    assert caller(token, NOW + DAY - timedelta(microseconds=1)).state == TokenState.DUE
    late = caller(token, NOW + DAY)
    assert (late.state, late.viewer) == (TokenState.EXPIRED, None)
    for hours in (1, 2):
        actions.note_token_refused(now=NOW + DAY + timedelta(hours=hours), actor=SYSTEM, key=late.key)
    (fact,) = facts("api_token_refused")
    assert fact.subject == stored(token).public_id


def test_a_use_is_kept_to_the_minute_and_is_no_fact(company: Organisation, technician: Person) -> None:
    token = token_of(company, technician)
    before = everything_written()

    for seconds in (0, 59):
        actions.note_token_used(now=NOW + timedelta(seconds=seconds), actor=SYSTEM, key=stored(token).pk)

    assert stored(token).last_used_at == NOW
    assert everything_written() == before


def test_a_leaver_takes_the_tokens_along_and_does_not_bring_them_back(
    company: Organisation, manager: Person, technician: Person
) -> None:
    token = token_of(company, technician)

    leave(company, technician)

    assert caller(token).state == TokenState.REVOKED
    actions.add_member(
        now=NOW + DAY,
        actor=SYSTEM,
        organisation_id=company.pk,
        person_id=technician.pk,
        role=Role.TECHNICIAN,
    )
    assert caller(token, NOW + DAY).viewer is None
    assert [json.loads(fact.body)["reason"] for fact in facts("api_token_revoked")] == ["left"]


def test_whoever_leaves_a_provider_opens_its_customers_no_more(company: Organisation) -> None:
    provider = make_organisation("Infogérance")
    make_person(provider)
    technician = make_person(provider, role=Role.TECHNICIAN)
    make_mandate(company, provider)
    token = token_of(company, technician)
    assert caller(token).viewer is not None

    leave(provider, technician)

    assert caller(token).state == TokenState.REVOKED


def test_a_token_ends_with_the_mandate_by_which_it_was_made(company: Organisation) -> None:
    provider = make_organisation("Infogérance")
    mandate = make_mandate(company, provider)
    token = token_of(company, make_person(provider, role=Role.TECHNICIAN))

    mandate.until = NOW
    mandate.save()

    assert (caller(token).state, caller(token).viewer) == (TokenState.ASLEEP, None)


def test_whoever_is_let_in_with_a_second_factor_only_has_one_for_tokens_too(
    company: Organisation, technician: Person
) -> None:
    token = token_of(company, technician)

    company.second_factor_roles = ["technician"]
    company.save()

    assert caller(token).state == TokenState.ASLEEP


def test_no_token_of_a_copy_opens_after_it_was_restored(company: Organisation, technician: Person) -> None:
    token = token_of(company, technician)

    actions.end_what_was_open(now=NOW, actor=SYSTEM, organisation_id=company.pk)

    assert caller(token).state == TokenState.REVOKED


def test_a_token_is_looked_up_by_its_digest_and_nothing_else(
    company: Organisation, technician: Person, django_assert_max_num_queries: Any
) -> None:
    token = token_of(company, technician)

    with django_assert_max_num_queries(6) as asked:
        caller(token)

    statements = " ".join(query["sql"] for query in asked.captured_queries)
    assert digest_of_token(token) in statements
    assert token not in statements
    assert token[4:20] not in statements


def test_the_page_shows_a_new_token_once_and_nothing_keeps_the_page(
    company: Organisation, technician: Person
) -> None:
    client = signed_in(technician)

    answer = client.post("/account/security/tokens/new/", FORM)
    token = str(answer.context["token"])
    after = client.get("/account/security/tokens/").content.decode()

    assert stored(token).scopes == ["estate:read", "watch:read"]
    assert token in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Report of Mondays" in after
    assert token[8:] not in after


def test_making_a_token_asks_for_a_second_factor_used_lately(
    company: Organisation, manager: Person, technician: Person
) -> None:
    for person, page in (
        (technician, "/account/security/tokens/new/"),
        (manager, "/organisation/tokens/new/"),
    ):
        answer = signed_in(person, has_proved=False).post(page, FORM)
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/account/security/"
    assert ApiToken.objects.of(company.pk).count() == 0


def test_only_what_the_role_allows_is_offered_and_taken(company: Organisation) -> None:
    client = signed_in(make_person(company, role=Role.REQUESTER))

    page = client.get("/account/security/tokens/new/").content.decode()
    answer = client.post("/account/security/tokens/new/", FORM)

    assert "organisation:read" in page
    assert "estate:read" not in page
    assert answer.status_code == 422


def test_a_manager_sees_and_revokes_every_token_and_others_only_their_own(
    company: Organisation, manager: Person, technician: Person
) -> None:
    token = token_of(company, technician)
    other = make_person(company, role=Role.TECHNICIAN)
    row: UUID = stored(token).public_id

    by_other = signed_in(other).post(f"/account/security/tokens/{row}/revoke/")
    seen = signed_in(manager).get("/organisation/tokens/").content.decode()
    by_manager = signed_in(manager).post(f"/organisation/tokens/{row}/revoke/")

    assert by_other.status_code == 404
    assert "de Ben" in seen
    assert by_manager.status_code == 302
    assert caller(token).state == TokenState.REVOKED


def test_the_page_says_which_token_expires_soon_has_expired_or_sleeps(
    company: Organisation, manager: Person, technician: Person
) -> None:
    now = utc_now()
    make_api_token(company, manager, name="Soon", expires_at=now + DAY)
    make_api_token(company, manager, name="Over", expires_at=now - DAY)
    make_api_token(company, technician, name="Asleep", is_organisations=True)

    page = signed_in(manager).get("/organisation/tokens/").content.decode()

    assert all(word in page for word in ("Expire bientôt", "Expiré", "N’ouvre rien pour l’instant"))


def test_somebody_of_two_organisations_makes_a_token_for_the_one_that_is_shown(
    company: Organisation, technician: Person
) -> None:
    second = make_organisation("Second")
    make_membership(second, technician)
    client = signed_in(technician)

    sent = FORM | {"shown_organisation": str(second.public_id)}
    answer = client.post("/account/security/tokens/new/", sent)

    assert answer.status_code == 409
    assert ApiToken.objects.of(company.pk).count() == 0
