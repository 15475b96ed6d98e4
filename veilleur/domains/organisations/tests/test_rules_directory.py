"""What a reading changes: who joins as what, who leaves, who is never touched, and when it is doubted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from veilleur.domains.organisations.rules.directory import (
    Account,
    Act,
    Entry,
    GroupRole,
    Holder,
    Plan,
    Reading,
    Readings,
    Standing,
    State,
    group_role_of,
    weigh,
)
from veilleur.domains.organisations.rules.directory_settings import server_of
from veilleur.domains.organisations.rules.roles import Role, Side

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ADMINS = GroupRole("cn=admins", Role.MANAGER, Side.INTERNAL)
TECHS = GroupRole("cn=techs", Role.TECHNICIAN, Side.PROVIDER)
AUDIT = GroupRole("cn=audit", Role.AUDITOR, Side.INTERNAL)
GROUPS = (AUDIT, TECHS, ADMINS)


def entry(key: str = "anna", *groups: GroupRole, is_enabled: bool = True, **fields: Any) -> Entry:
    in_groups = frozenset(group.dn for group in groups or (TECHS,))
    values = {"external_id": key, "dn": f"cn={key}", "email": f"{key}@vexin.example", "name": key}
    return Entry(**{**values, **fields}, groups=in_groups, is_enabled=is_enabled)


def account(name: str = "anna", standing: Standing = Standing.LIVE, **fields: Any) -> Account:
    values = {"external_id": name, "dn": f"cn={name}", "email": f"{name}@vexin.example", "name": name}
    role = {"role": "technician", "side": "provider"}
    return Account(**{**values, **role, "is_open": standing is Standing.LIVE, **fields}, standing=standing)


def weighed(
    entries: list[Entry], accounts: list[Account] | None = None, holders: dict[str, Holder] | None = None
) -> Plan:
    known = {one.external_id: one for one in accounts or []}
    own = {one.email: Holder.MEMBER if one.is_open else Holder.FORMER for one in accounts or []}
    return weigh(Reading(tuple(entries)), GROUPS, known, {**own, **(holders or {})})


def done(plan: Plan) -> list[tuple[str, str]]:
    return [(step.act.value, step.external_id) for step in plan.steps]


def test_somebody_new_joins_as_their_group_says() -> None:
    (step,) = weighed([entry("anna", TECHS)]).steps

    assert (step.act, step.email, step.role, step.side) == (
        Act.JOIN,
        "anna@vexin.example",
        "technician",
        "provider",
    )


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        ((AUDIT, TECHS), Role.TECHNICIAN),
        ((ADMINS, AUDIT), Role.MANAGER),
        ((AUDIT,), Role.AUDITOR),
    ],
)
def test_of_several_groups_the_strongest_role_counts(groups: tuple[GroupRole, ...], role: Role) -> None:
    given = group_role_of(frozenset(group.dn for group in groups), GROUPS)

    assert given is not None
    assert given.role is role


def test_of_two_groups_with_one_role_the_first_says_for_whom_somebody_works() -> None:
    second = GroupRole("cn=more", Role.TECHNICIAN, Side.INTERNAL)

    given = group_role_of(frozenset({TECHS.dn, second.dn}), (TECHS, second))

    assert given == TECHS


def test_whoever_is_in_no_group_that_gives_a_role_does_not_join() -> None:
    stranger = Entry("x", "cn=x", "x@vexin.example", "x", frozenset({"cn=other"}), True)

    assert weighed([stranger]).steps == ()


def test_nothing_changes_when_nothing_changed() -> None:
    assert weighed([entry()], [account()]).steps == ()


def test_another_group_is_another_role() -> None:
    (step,) = weighed([entry("anna", ADMINS)], [account()]).steps

    assert (step.act, step.role, step.side) == (Act.SET_ROLE, "manager", "internal")


def test_another_name_address_or_place_is_taken_over() -> None:
    moved = entry(dn="cn=anna,ou=moved", email="a.martin@vexin.example", name="Anna Martin")

    (step,) = weighed([moved], [account()]).steps

    assert (step.act, step.dn, step.email, step.name) == (Act.DESCRIBE, moved.dn, moved.email, moved.name)


def test_an_entry_that_lost_its_address_keeps_the_one_known_here() -> None:
    assert weighed([entry(email="")], [account()]).steps == ()


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([entry("ben"), entry("anna", is_enabled=False)], "disabled"),
        ([entry("ben")], "absent"),
    ],
)
def test_whoever_is_disabled_or_in_no_group_any_more_leaves(entries: list[Entry], why: str) -> None:
    plan = weighed(entries, [account(), account("ben")])

    assert [(step.act, step.external_id, step.why) for step in plan.steps] == [(Act.LEAVE, "anna", why)]


def test_departures_come_first() -> None:
    plan = weighed([entry("zoe"), entry("ben")], [account("anna"), account("ben")])

    assert done(plan) == [("leave", "anna"), ("join", "zoe")]


def test_whoever_came_back_in_the_directory_comes_back_here() -> None:
    assert done(weighed([entry()], [account(standing=Standing.GONE)])) == [("join", "anna")]


def test_whoever_was_sent_away_by_hand_is_not_brought_back() -> None:
    plan = weighed([entry()], [account(standing=Standing.KEPT_OUT)])

    assert (plan.steps, plan.conflicts) == ((), ())


@pytest.mark.parametrize(
    ("holder", "reason"),
    [
        (Holder.MEMBER, "own_account"),
        (Holder.SOMEBODY, "address_taken"),
    ],
)
def test_an_account_that_is_somebodys_is_never_taken_over(holder: Holder, reason: str) -> None:
    plan = weighed([entry()], holders={"anna@vexin.example": holder})

    assert plan.steps == ()
    assert [conflict.reason for conflict in plan.conflicts] == [reason]


def test_a_closed_account_lets_go_of_its_address() -> None:
    assert done(weighed([entry()], holders={"anna@vexin.example": Holder.FORMER})) == [("join", "anna")]


def test_somebody_who_left_and_was_invited_since_keeps_their_own_account() -> None:
    plan = weighed([entry()], [account(standing=Standing.GONE, is_open=True)])

    assert [conflict.reason for conflict in plan.conflicts] == ["own_account"]


def test_who_comes_back_may_have_the_address_of_another_former_member() -> None:
    back = entry(email="ben@vexin.example")

    plan = weighed([back], [account(standing=Standing.GONE), account("ben", Standing.GONE)])

    assert done(plan) == [("join", "anna")]


def test_an_address_that_is_somebodys_is_not_given_to_a_member_either() -> None:
    renamed = entry(email="boss@vexin.example", name="Anna Martin")

    plan = weighed([renamed], [account()], {"boss@vexin.example": Holder.SOMEBODY})

    assert [step.email for step in plan.steps] == ["anna@vexin.example"]
    assert [conflict.reason for conflict in plan.conflicts] == ["address_taken"]


def test_two_entries_with_one_address_are_nobody_and_one_without_is_told() -> None:
    twins = [
        entry("anna", email="x@vexin.example"),
        entry("ben", email="x@vexin.example"),
        entry("z", email=""),
    ]

    plan = weighed(twins)

    assert plan.steps == ()
    assert [conflict.reason for conflict in plan.conflicts] == [
        "address_twice",
        "address_twice",
        "no_address",
    ]


def test_an_empty_answer_is_doubted_as_soon_as_there_is_somebody_to_lose() -> None:
    assert weighed([], [account()]).doubt == "empty"
    assert weighed([]).doubt == ""


@pytest.mark.parametrize(
    ("live", "staying", "doubt"),
    [
        # Of three, two may leave: small teams change.
        (3, 1, ""),
        (4, 2, ""),
        (4, 1, "many"),
        (10, 5, ""),
        (10, 4, "many"),
    ],
)
def test_a_reading_by_which_more_than_half_of_four_or_more_leave_is_doubted(
    live: int, staying: int, doubt: str
) -> None:
    names = [f"p{number}" for number in range(live)]

    plan = weighed([entry(name) for name in names[:staying]], [account(name) for name in names])

    assert plan.doubt == doubt


def test_groups_count_enabled_people_and_say_that_they_are_absent() -> None:
    reading = Reading((entry("anna", TECHS), entry("ben", TECHS, is_enabled=False)), frozenset({AUDIT.dn}))

    plan = weigh(reading, GROUPS, {}, {})

    assert plan.counts == {TECHS.dn: 1, ADMINS.dn: 0, AUDIT.dn: None}


def test_what_was_agreed_to_is_told_from_anything_else() -> None:
    plan = weighed([entry("anna")])

    assert plan.digest == weighed([entry("anna")]).digest
    assert plan.digest != weighed([entry("anna", ADMINS)]).digest
    assert plan.digest != weighed([entry("anna"), entry("ben")]).digest


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, State.LATE),
        ({"asked_at": NOW - timedelta(minutes=5)}, State.READING),
        # Nobody took it up: that is no reading under way.
        ({"asked_at": NOW - timedelta(minutes=6)}, State.LATE),
        ({"asked_at": NOW, "tried_at": NOW, "read_at": NOW}, State.GOOD),
        ({"tried_at": NOW, "read_at": NOW}, State.GOOD),
        ({"tried_at": NOW, "read_at": NOW, "asked_at": NOW + timedelta(seconds=1)}, State.READING),
        ({"tried_at": NOW, "fault": "unreachable"}, State.FAULT),
        ({"tried_at": NOW, "read_at": NOW, "is_held": True}, State.HELD),
        ({"tried_at": NOW, "read_at": NOW - timedelta(minutes=60)}, State.GOOD),
        # What was not read for over an hour is not known.
        ({"tried_at": NOW, "read_at": NOW - timedelta(minutes=61)}, State.LATE),
    ],
)
def test_a_directory_stands_as_its_readings_say(fields: dict[str, Any], state: State) -> None:
    nothing = {"asked_at": None, "tried_at": None, "read_at": None, "fault": "", "is_held": False}

    assert Readings(**{**nothing, **fields}).state(NOW) is state


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ldaps://dc1.vexin.example", ("dc1.vexin.example", 636, True)),
        ("ldap://dc1.vexin.example/", ("dc1.vexin.example", 389, False)),
        ("LDAPS://DC1.vexin.example:3269", ("dc1.vexin.example", 3269, True)),
        ("ldaps://[2001:db8::1]", ("2001:db8::1", 636, True)),
    ],
)
def test_servers_are_named_by_urls(url: str, expected: tuple[str, int, bool]) -> None:
    server = server_of(url)

    assert (server.host, server.port, server.is_tls_from_start) == expected


@pytest.mark.parametrize(
    "url",
    [
        "dc1.vexin.example",
        "http://dc1.vexin.example",
        "ldapi://%2frun%2fslapd",
        "ldaps://",
        "ldaps://reader:secret@dc1",
        "ldaps://dc1/dc=vexin",
        "ldaps://dc1?x",
        "ldaps://dc1:99999",
        "ldaps://dc1:0",
        "ldaps://dc1\x00.evil",
    ],
)
def test_nothing_else_is_a_server(url: str) -> None:
    with pytest.raises(ValueError):
        server_of(url)


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("localhost.evil.example", False),
        ("192.0.2.1", False),
        ("dc1", False),
    ],
)
def test_only_this_machine_needs_no_encryption(host: str, is_here: bool) -> None:
    assert server_of(f"ldap://{host}").is_this_machine is is_here
