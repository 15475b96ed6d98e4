"""Three profiles, and the one table that says what each switches on. Proportion is a feature: what is off is
absent, and what exists already stays in sight whatever the profile.
"""

from enum import StrEnum


class Profile(StrEnum):
    """How much of Veilleur a company wants to see."""

    STARTING = "starting"
    STRUCTURED = "structured"
    MANY = "many"


class Feature(StrEnum):
    """Something that a small company can do without."""

    TEAMS = "teams"
    # Its page is in sight for all, as providers answer for small companies; here a rota is expected.
    ON_CALL = "on_call"
    PORTFOLIO = "portfolio"


FEATURES: dict[Profile, frozenset[Feature]] = {
    Profile.STARTING: frozenset(),
    Profile.STRUCTURED: frozenset({Feature.TEAMS, Feature.ON_CALL}),
    Profile.MANY: frozenset(Feature),
}


def shows(profile: str, feature: Feature, *, is_used: bool) -> bool:
    """Return whether a feature is in sight: switched on by the profile, or in use already."""
    return is_used or feature in FEATURES[Profile(profile)]
