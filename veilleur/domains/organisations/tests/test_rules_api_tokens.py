"""API tokens as rules: how they are written and recognised, how long they last, what they may carry."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.organisations.rules.api_tokens import (
    MOST_DAYS,
    RANDOM_BYTES,
    SCOPE_PERMISSIONS,
    STILL_USED,
    TOLD_AFTER,
    USE_STEP,
    WARNED_BEFORE,
    TokenScope,
    TokenState,
    expiry,
    is_end_to_tell,
    is_use_to_note,
    is_well_formed,
    permissions_of_scopes,
    scopes_within,
    shown_part,
    state_of,
    written,
)
from veilleur.domains.organisations.rules.roles import PERMISSIONS, STRONG, Permission, Role

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
RANDOM = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


@given(RANDOM)
def test_a_token_is_recognised_by_its_prefix_and_its_letters(random: bytes) -> None:
    token = written(random)

    assert re.fullmatch(r"vlr_[0-9A-Za-z]{46}", token)
    assert is_well_formed(token)


@given(RANDOM, st.integers(0, 45), st.sampled_from("09azAZ"))
def test_a_letter_that_is_mistyped_is_found(random: bytes, place: int, letter: str) -> None:
    token = written(random)
    mistyped = token[: 4 + place] + letter + token[5 + place :]

    assert is_well_formed(mistyped) == (mistyped == token)


def test_what_is_cut_off_or_lengthened_is_no_token() -> None:
    token = written(bytes(range(RANDOM_BYTES)))

    assert not any(map(is_well_formed, ("", "vlr_", token[:-1], f"{token}0", f"{token}\n", token[4:])))


def test_what_is_shown_of_a_token_are_its_first_four_letters() -> None:
    assert re.fullmatch(r"vlr_[0-9A-Za-z]{4}", shown_part(written(bytes(range(RANDOM_BYTES)))))


@pytest.mark.parametrize(("days", "ends"), [(0, False), (-1, False), (1, True), (365, True), (366, False)])
def test_a_token_lasts_from_a_day_to_a_year(days: int, ends: bool) -> None:
    assert expiry(NOW, days) == (NOW + timedelta(days=days) if ends else None)
    assert MOST_DAYS == 365


@pytest.mark.parametrize(
    ("left", "revoked_at", "is_awake", "state"),
    [
        (WARNED_BEFORE + SECOND, None, True, TokenState.GOOD),
        (WARNED_BEFORE, None, True, TokenState.DUE),
        (SECOND, None, True, TokenState.DUE),
        # The very instant of its end is excluded.
        (timedelta(0), None, True, TokenState.EXPIRED),
        (WARNED_BEFORE, None, False, TokenState.ASLEEP),
        # What has ended is not woken by its maker.
        (-SECOND, None, False, TokenState.EXPIRED),
        (WARNED_BEFORE, NOW, True, TokenState.REVOKED),
        (-SECOND, NOW, True, TokenState.REVOKED),
    ],
)
def test_the_state_of_a_token(
    left: timedelta, revoked_at: datetime | None, is_awake: bool, state: TokenState
) -> None:
    assert state_of(NOW + left, revoked_at, is_awake=is_awake, now=NOW) == state


@pytest.mark.parametrize(
    ("ends_in", "used_before_end", "was_refused", "is_told"),
    [
        (15 * DAY, None, False, False),
        (WARNED_BEFORE, None, False, True),  # never used: a program may be waiting for its first day
        (SECOND, None, False, True),
        (0 * DAY, None, False, False),  # at this very instant it has ended, and nobody used it
        (0 * DAY, STILL_USED, False, True),
        (-DAY, STILL_USED + SECOND, False, False),
        (-DAY, 40 * DAY, True, True),  # somebody came by it since
        (-TOLD_AFTER, STILL_USED, True, True),
        (-TOLD_AFTER - SECOND, STILL_USED, True, False),
    ],
)
def test_an_end_is_told_ahead_and_afterwards_only_where_a_program_misses_the_token(
    ends_in: timedelta, used_before_end: timedelta | None, was_refused: bool, is_told: bool
) -> None:
    expires_at = NOW + ends_in
    used_at = None if used_before_end is None else expires_at - used_before_end

    assert is_end_to_tell(expires_at, used_at, NOW if was_refused else None, NOW) is is_told


def test_a_use_is_noted_once_a_minute() -> None:
    assert is_use_to_note(None, NOW)
    assert is_use_to_note(NOW - USE_STEP, NOW)
    assert not is_use_to_note(NOW - USE_STEP + SECOND, NOW)


def test_every_scope_needs_a_permission_and_none_a_strong_one() -> None:
    assert set(SCOPE_PERMISSIONS) == set(TokenScope)
    # Nobody can prove by a second factor to be there when a program calls.
    assert not STRONG & set(SCOPE_PERMISSIONS.values())


def test_whoever_may_less_gives_less() -> None:
    assert scopes_within(PERMISSIONS[Role.REQUESTER]) == (TokenScope.ORGANISATION_READ,)
    assert TokenScope.BACKUPS_WRITE not in scopes_within(PERMISSIONS[Role.AUDITOR])
    assert scopes_within(PERMISSIONS[Role.MANAGER]) == tuple(TokenScope)


def test_a_scope_that_is_not_known_gives_nothing() -> None:
    assert permissions_of_scopes(["everything", "people:read"]) == {Permission.SEE_PEOPLE}
