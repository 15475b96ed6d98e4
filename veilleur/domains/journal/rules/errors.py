"""What can go wrong in the journal, each with a reason code that `labels.py` turns into a sentence."""


class JournalError(Exception):
    """The root of the journal's errors; `reason` is a code of `labels.py`."""

    reason = "journal_error"


class BadFact(JournalError):
    """A fact or its kind cannot be written: a type the canonical form does not know, a float, a twin name."""

    reason = "bad_fact"


class NotRecording(JournalError):
    """A fact, a job or a lease was touched outside a `recorded` action, so nothing would commit it."""

    reason = "not_recording"


class LeaseLost(JournalError):
    """Another worker holds the job now: the result of the first one is refused."""

    reason = "lease_lost"


class NotYet(JournalError):
    """What a job needs is not there so far: expected, it waits and comes back, nothing failed."""

    reason = "not_yet"


class SignerAway(JournalError):
    """Nobody answers for the signing key now: nothing can be signed, nor a signature be trusted."""

    reason = "key_unavailable"
