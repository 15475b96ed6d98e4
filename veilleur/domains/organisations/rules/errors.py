"""What can go wrong with people and sign-in, each with a reason code."""


class OrganisationsError(Exception):
    """The root of this domain's errors; `reason` is a code of `labels.py`."""

    reason = "organisations_error"


class SecretsAway(OrganisationsError):
    """Nobody answers for the keys now, or they open no such secret: no code can be checked."""

    reason = "secrets_away"


class DirectoryFault(OrganisationsError):
    """A directory did not give a whole answer; `reason` says why, `detail` in the server's own words.

    Reasons: "unreachable", "certificate_refused", "no_tls", "account_refused", "base_absent",
    "filter_broken", "too_many", "no_identity", "answer_broken", "busy".
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail


class ProviderFault(OrganisationsError):
    """An identity provider gave no answer that can be believed; `reason` says why, `detail` in plain words.

    Reasons: "unreachable", "certificate_refused", "address_refused", "other_issuer", "answer_broken", "busy",
    "no_way_in", "client_refused", "token_broken", "denied", "not_fresh".
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason, self.detail = reason, detail
