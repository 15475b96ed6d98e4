"""The policy of the tables of organisations, and of those below that no domain above could state."""

from veilleur.domains.organisations.rules.personal_data import Disposition, Held, Key, Why

_GOES, _EMPTIED = Disposition.ROW_GOES, Disposition.EMPTIED
_PSEUDONYMISED, _KEPT = Disposition.PSEUDONYMISED, Disposition.KEPT
_SEARCHED, _NOBODY = Disposition.SEARCHED, Disposition.NOBODY

# The account itself: it goes when no organisation holds it any more.
ACCOUNT: tuple[Held, ...] = (
    Held("organisations.Person", "name", _EMPTIED, Why.NOT_NEEDED, "pk", Key.PERSON),
    Held("organisations.Person", "email", _EMPTIED, Why.NOT_NEEDED, "pk", Key.PERSON),
    Held("organisations.Person", "password", _EMPTIED, Why.NOT_NEEDED, "pk", Key.PERSON),
    Held("organisations.Person", "language", _EMPTIED, Why.NOT_NEEDED, "pk", Key.PERSON),
    Held("organisations.Person", "pseudonym", _PSEUDONYMISED, Why.HISTORY, "pk", Key.PERSON),
    Held("account.EmailAddress", "user", _GOES, Why.NOT_NEEDED, "user", Key.PERSON),
    Held("account.EmailAddress", "email", _GOES, Why.NOT_NEEDED, "user", Key.PERSON),
    Held("account.EmailConfirmation", "key", _GOES, Why.NOT_NEEDED, "email_address__user", Key.PERSON),
    Held("mfa.Authenticator", "user", _GOES, Why.NOT_NEEDED, "user", Key.PERSON),
    Held("mfa.Authenticator", "type", _GOES, Why.NOT_NEEDED, "user", Key.PERSON),
    Held("mfa.Authenticator", "data", _GOES, Why.NOT_NEEDED, "user", Key.PERSON),
    Held("usersessions.UserSession", "*", _GOES, Why.NOT_NEEDED, "user", Key.PERSON),
    # Its rows are found by the keys of the table above.
    Held("sessions.Session", "*", _GOES, Why.NOT_NEEDED),
)

# What an organisation holds by itself.
OF_AN_ORGANISATION: tuple[Held, ...] = (
    Held("organisations.Membership", "person", _PSEUDONYMISED, Why.HISTORY, "person", Key.PERSON),
    Held("organisations.TeamMember", "person", _PSEUDONYMISED, Why.HISTORY, "person", Key.PERSON),
    Held("organisations.DirectoryAccount", "person", _KEPT, Why.KEEPS_OUT, "person", Key.PERSON),
    Held("organisations.DirectoryAccount", "external_id", _KEPT, Why.KEEPS_OUT, "person", Key.PERSON),
    Held("organisations.DirectoryAccount", "dn", _EMPTIED, Why.NOT_NEEDED, "person", Key.PERSON),
    Held("organisations.ProviderAccount", "person", _KEPT, Why.KEEPS_OUT, "person", Key.PERSON),
    Held("organisations.ProviderAccount", "subject", _KEPT, Why.KEEPS_OUT, "person", Key.PERSON),
    Held("organisations.ProviderAccount", "name", _EMPTIED, Why.NOT_NEEDED, "person", Key.PERSON),
    Held("organisations.ProviderAccount", "email", _EMPTIED, Why.NOT_NEEDED, "person", Key.PERSON),
    Held("organisations.ApiToken", "maker", _GOES, Why.NOT_NEEDED, "maker", Key.PERSON),
    Held("organisations.FirstWeekSaying", "said_by", _PSEUDONYMISED, Why.HISTORY, "said_by", Key.PSEUDONYM),
    Held("organisations.OnCallTurnTaker", "person", _PSEUDONYMISED, Why.HISTORY, "person", Key.PERSON),
    Held("organisations.OnCallShift", "person", _PSEUDONYMISED, Why.HISTORY, "person", Key.PERSON),
    Held("organisations.OnCallShift", "instead_of", _PSEUDONYMISED, Why.HISTORY, "instead_of", Key.PERSON),
    Held("organisations.OnCallSwap", "asked_by", _PSEUDONYMISED, Why.HISTORY, "asked_by", Key.PERSON),
    Held("organisations.OnCallSwap", "asked_of", _PSEUDONYMISED, Why.HISTORY, "asked_of", Key.PERSON),
    Held("organisations.OnCallAbsence", "person", _PSEUDONYMISED, Why.HISTORY, "person", Key.PERSON),
    Held("organisations.OnCallAbsence", "kind", _EMPTIED, Why.NOT_NEEDED, "person", Key.PERSON),
    Held("organisations.OnCallStandIn", "person", _PSEUDONYMISED, Why.HISTORY, "person", Key.PERSON),
    Held("organisations.OnCallIntervention", "person", _PSEUDONYMISED, Why.HISTORY, "person", Key.PERSON),
    Held("organisations.Invitation", "email", _GOES, Why.NOT_NEEDED, "email", Key.ADDRESS),
    Held("organisations.Invitation", "name", _GOES, Why.NOT_NEEDED, "email", Key.ADDRESS),
    Held("organisations.Invitation", "made_by", _PSEUDONYMISED, Why.HISTORY, "made_by", Key.PERSON),
    Held("organisations.Mandate", "made_by", _PSEUDONYMISED, Why.EVIDENCE, "made_by", Key.PERSON),
    Held("organisations.Team", "email", _SEARCHED, Why.OTHERS_RIGHT),
    Held("organisations.Directory", "base_dn", _SEARCHED, Why.OTHERS_RIGHT),
    Held("organisations.DirectoryGroup", "dn", _SEARCHED, Why.OTHERS_RIGHT),
    Held("organisations.Erasure", "person", _KEPT, Why.EVIDENCE, "person", Key.PERSON),
    Held("organisations.Erasure", "asked_by", _KEPT, Why.EVIDENCE),
    Held("organisations.Erasure", "ordered_by", _KEPT, Why.EVIDENCE),
)

# Tables below organisations, and those of the libraries: there is nobody in them, or nobody to be told apart.
TECHNICAL: tuple[Held, ...] = (
    Held("organisations.Organisation", "*", _NOBODY, Why.OTHERS_RIGHT),
    Held("journal.Entry", "actor", _PSEUDONYMISED, Why.EVIDENCE, "actor", Key.PSEUDONYM),
    Held("journal.Entry", "body", _SEARCHED, Why.EVIDENCE),
    Held("journal.Entry", "origin", _NOBODY, Why.TECHNICAL),
    Held("journal.Entry", "kind", _NOBODY, Why.TECHNICAL),
    Held("journal.HeadExport", "*", _NOBODY, Why.EVIDENCE),
    Held("journal.ReaderState", "*", _NOBODY, Why.TECHNICAL),
    Held("journal.TroubledFact", "*", _KEPT, Why.PASSES),
    Held("journal.Job", "*", _KEPT, Why.PASSES),
    Held("auth.Permission", "*", _NOBODY, Why.TECHNICAL),
    Held("auth.Group", "*", _NOBODY, Why.TECHNICAL),
    Held("contenttypes.ContentType", "*", _NOBODY, Why.TECHNICAL),
)

POLICY: tuple[Held, ...] = (*ACCOUNT, *OF_AN_ORGANISATION, *TECHNICAL)
