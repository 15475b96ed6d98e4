"""What becomes of persons in the estate when they are erased: that somebody answered for something stays."""

from veilleur.domains.organisations.rules.personal_data import Disposition, Held, Key, Why

_PSEUDONYMISED = Disposition.PSEUDONYMISED

POLICY: tuple[Held, ...] = (
    Held("estate.BusinessActivity", "referent", _PSEUDONYMISED, Why.HISTORY, "referent__person", Key.PERSON),
    Held("estate.Asset", "referent", _PSEUDONYMISED, Why.HISTORY, "referent__person", Key.PERSON),
    Held("estate.SheetImport", "loaded_by", _PSEUDONYMISED, Why.HISTORY, "loaded_by", Key.PSEUDONYM),
    Held("estate.Service", "referent", _PSEUDONYMISED, Why.HISTORY, "referent__person", Key.PERSON),
    # All that a machine told last, accounts among it: the next report takes its place.
    Held("estate.AgentDocument", "content", Disposition.KEPT, Why.PASSES),
    Held("estate.AgentReport", "content", Disposition.KEPT, Why.PASSES),
)
