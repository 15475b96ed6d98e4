"""What can go wrong with people and sign-in, each with a reason code."""


class OrganisationsError(Exception):
    """The root of this domain's errors; `reason` is a code of `labels.py`."""

    reason = "organisations_error"


class SecretsAway(OrganisationsError):
    """Nobody answers for the keys now, or they open no such secret: no code can be checked."""

    reason = "secrets_away"
