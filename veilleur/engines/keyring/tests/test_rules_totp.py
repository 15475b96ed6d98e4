"""One-time codes, held against the values of RFC 6238, appendix B (its last six digits)."""

import base64

import pytest

from veilleur.engines.keyring.totp import STEP_S, code_of, matching_step

KEY = b"12345678901234567890"
SECRET = base64.b32encode(KEY).decode()


@pytest.mark.parametrize(
    ("at_s", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_a_code_is_that_of_the_standard(at_s: int, code: str) -> None:
    assert code_of(KEY, at_s // STEP_S) == code
    assert matching_step(SECRET, code, at_s) == at_s // STEP_S


@pytest.mark.parametrize(("late", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_fits_one_step_early_or_late_and_no_more(late: int, fits: bool) -> None:
    step = 40_000_000

    found = matching_step(SECRET, code_of(KEY, step), (step + late) * STEP_S + 7.5)

    assert found == (step if fits else None)


@pytest.mark.parametrize("code", ["", "000000", "28708", "2870822", "287 082", "２８７０８２"])
def test_any_other_text_is_no_code(code: str) -> None:
    assert matching_step(SECRET, code, 59) is None


def test_a_secret_in_small_letters_is_the_same_and_no_secret_is_said_to_be_none() -> None:
    assert matching_step(SECRET.lower(), "287082", 59) == 1
    with pytest.raises(ValueError, match=r"base32|padding"):
        matching_step("1!", "287082", 59)
