"""Who comes in by an identity provider, as what, and who does not: for every standing and every claim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.organisations.rules.directory import GroupRole, Holder, Standing
from veilleur.domains.organisations.rules.providers import (
    Decision,
    Identity,
    Known,
    Outcome,
    decide,
    domain_of,
    is_second_factor,
    issuer_of,
    values_of,
)
from veilleur.domains.organisations.rules.roles import Role, Side

ROLES = (
    GroupRole("it", Role.TECHNICIAN, Side.INTERNAL),
    GroupRole("direction", Role.MANAGER, Side.INTERNAL),
    GroupRole("partners", Role.AUDITOR, Side.PROVIDER),
)
known = st.builds(
    Known,
    standing=st.sampled_from(Standing),
    has_person=st.booleans(),
    is_open=st.booleans(),
    is_admitted=st.booleans(),
)
identities = st.builds(
    Identity,
    subject=st.just("subject"),
    email=st.sampled_from(["", "eve@vexin.example"]),
    name=st.just("Eve"),
    values=st.none() | st.frozensets(st.sampled_from(["it", "direction", "partners", "everybody"])),
    methods=st.just(frozenset()),
    is_address_doubted=st.booleans(),
)


def eve(*values: str, email: str = "eve@vexin.example", **more: bool) -> Identity:
    return Identity("subject", email, "Eve", frozenset(values), frozenset(), **more)


def stands(standing: Standing = Standing.LIVE, **changes: bool) -> Known:
    values = {"has_person": True, "is_open": standing is Standing.LIVE, "is_admitted": False, **changes}
    return Known(standing, **values)


@given(identities, st.none() | known, st.none() | st.sampled_from(Holder), st.booleans())
def test_whoever_comes_in_has_a_role_of_theirs_and_takes_over_nobody(
    identity: Identity, account: Known | None, holder: Holder | None, lets_in: bool
) -> None:
    decision = decide(identity, account, ROLES, holder, lets_in)

    comes_in = decision.outcome in {Outcome.ENTER, Outcome.JOIN}
    given_roles = {(row.role, row.side) for row in ROLES if row.dn in (identity.values or ())}
    assert not comes_in or (decision.role, decision.side) in given_roles
    assert comes_in or decision.reason
    if comes_in and account is not None:
        assert account.standing is not Standing.KEPT_OUT
    if decision.outcome is Outcome.JOIN:
        assert identity.email
        assert holder in {None, Holder.FORMER}
        assert lets_in or (account is not None and (account.has_person or account.is_admitted))
    if decision.outcome is Outcome.LEAVE:
        assert identity.values is not None, "who leaves was told to have no role"


@pytest.mark.parametrize(
    ("identity", "account", "holder", "lets_in", "wanted"),
    [
        (eve("it"), None, None, True, Decision(Outcome.JOIN, role=Role.TECHNICIAN)),
        (eve("it", "direction"), None, None, True, Decision(Outcome.JOIN, role=Role.MANAGER)),
        (eve("it"), None, None, False, Decision(Outcome.WAIT, "waits_for_manager")),
        (eve("it"), None, Holder.SOMEBODY, False, Decision(Outcome.REFUSE, "address_taken")),
        (eve("it"), None, Holder.MEMBER, True, Decision(Outcome.REFUSE, "address_taken")),
        (eve("it", email=""), None, None, True, Decision(Outcome.REFUSE, "address_missing")),
        (
            eve("it", email="", is_address_doubted=True),
            None,
            None,
            True,
            Decision(Outcome.REFUSE, "address_unverified"),
        ),
        (eve("everybody"), None, None, True, Decision(Outcome.REFUSE, "no_role_at_provider")),
        (eve("everybody"), stands(), None, True, Decision(Outcome.LEAVE, "no_role_at_provider")),
        (eve("it", email=""), stands(), None, False, Decision(Outcome.ENTER, role=Role.TECHNICIAN)),
        (eve("it"), stands(Standing.GONE), None, False, Decision(Outcome.JOIN, role=Role.TECHNICIAN)),
        (eve("it"), stands(Standing.KEPT_OUT), None, True, Decision(Outcome.REFUSE, "kept_out")),
        (
            eve("it"),
            stands(Standing.GONE, is_open=True),
            None,
            True,
            Decision(Outcome.REFUSE, "address_taken"),
        ),
    ],
)
def test_what_a_sign_in_comes_to(
    identity: Identity, account: Known | None, holder: Holder | None, lets_in: bool, wanted: Decision
) -> None:
    assert decide(identity, account, ROLES, holder, lets_in) == wanted


@pytest.mark.parametrize(
    ("claims", "name", "values"),
    [
        ({"groups": ["a", "b"]}, "groups", {"a", "b"}),
        ({"hd": "vexin.example"}, "hd", {"vexin.example"}),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", {"a"}),
        ({"https://vexin.example/groups": ["a"]}, "https://vexin.example/groups", {"a"}),
        ({"groups": []}, "groups", set()),
        ({"groups": ["a", 7, None, ""]}, "groups", {"a"}),
        ({"groups": {"a": True}}, "groups", set()),
        ({"groups": None}, "groups", set()),
        ({}, "groups", None),
        ({"realm_access": ["roles"]}, "realm_access.roles", None),
    ],
)
def test_the_values_of_a_claim(claims: dict[str, object], name: str, values: set[str] | None) -> None:
    assert values_of(claims, name) == values


@pytest.mark.parametrize(
    "url",
    [
        "http://id.vexin.example",
        "https://",
        "https://user:secret@id.vexin.example",
        "https://id.vexin.example/?tenant=1",
        "https://id.vexin.example/#x",
        "https://id.vexin.example:0",
        "https://id.vexin.example:port",
        "https://id vexin.example",
        "file:///etc/passwd",
        "id.vexin.example",
    ],
)
def test_what_is_no_issuer(url: str) -> None:
    with pytest.raises(ValueError):
        issuer_of(url)


def test_an_issuer_is_kept_letter_by_letter() -> None:
    assert issuer_of(" https://ID.vexin.example/realms/a/ ") == "https://ID.vexin.example/realms/a/"
    assert issuer_of("http://127.0.0.1:8080/o") == "http://127.0.0.1:8080/o"


def test_a_second_factor_is_one_of_the_values_that_the_organisation_named() -> None:
    assert is_second_factor(frozenset({"pwd", "mfa"}), ("mfa", "gold"))
    assert not is_second_factor(frozenset({"pwd"}), ("mfa",))
    assert not is_second_factor(frozenset({"mfa"}), ())


def test_the_domain_of_an_address() -> None:
    assert domain_of(" Eve@Vexin.EXAMPLE ") == "vexin.example"
    assert [domain_of(text) for text in ("", "eve", "@vexin.example", "eve@")] == ["", "", "", ""]
