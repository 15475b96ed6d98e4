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
    ROTA = "rota"
    PORTFOLIO = "portfolio"


FEATURES: dict[Profile, frozenset[Feature]] = {
    Profile.STARTING: frozenset(),
    Profile.STRUCTURED: frozenset({Feature.TEAMS, Feature.ROTA}),
    Profile.MANY: frozenset(Feature),
}


def features_of(profile: str, existing: frozenset[Feature] = frozenset()) -> frozenset[Feature]:
    """Return what is shown: what the profile switches on, and what the organisation has used already."""
    return FEATURES[Profile(profile)] | existing
