"""Which passwords are guessed although they are long: rows of keys, one piece again and again."""

from itertools import pairwise

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertz")
_NEXT_KEYS = frozenset(pair for row in _ROWS for way in (row, row[::-1]) for pair in pairwise(way))
# With fewer different signs, or with more steps to the next key or letter, it is a pattern.
FEWEST_SIGNS = 5
MOST_STEPS = 0.7


def is_guessable(password: str) -> bool:
    """Return whether a password is a pattern: few signs, one piece repeated, a walk along keys."""
    text = password.lower()
    return len(set(text)) < FEWEST_SIGNS or _is_repeated(text) or _is_walk(text)


def stem(password: str) -> str:
    """Return the word a password was made of: small letters, no figures or signs around it."""
    letters = [place for place, sign in enumerate(password) if sign.isalpha()]
    return password[letters[0] : letters[-1] + 1].lower() if letters else ""


def _is_repeated(text: str) -> bool:
    return (text + text).find(text, 1) < len(text)


def _is_walk(text: str) -> bool:
    steps = [_is_step(*pair) for pair in pairwise(text)]
    return bool(steps) and sum(steps) / len(steps) > MOST_STEPS


def _is_step(first: str, second: str) -> bool:
    return abs(ord(first) - ord(second)) <= 1 or (first, second) in _NEXT_KEYS
