"""What becomes of persons in documents when they are erased: what they did stays, as somebody's who was."""

from veilleur.domains.organisations.rules.personal_data import Disposition, Held, Key, Why

_PSEUDONYMISED = Disposition.PSEUDONYMISED

POLICY: tuple[Held, ...] = (
    Held("knowledge.Document", "owner", _PSEUDONYMISED, Why.HISTORY, "owner__person", Key.PERSON),
    Held("knowledge.Document", "deputy", _PSEUDONYMISED, Why.HISTORY, "deputy__person", Key.PERSON),
    Held("knowledge.DocumentVersion", "author", _PSEUDONYMISED, Why.HISTORY, "author", Key.PSEUDONYM),
    Held("knowledge.RunSheet", "started_by", _PSEUDONYMISED, Why.EVIDENCE, "started_by", Key.PSEUDONYM),
    Held("knowledge.RunSheet", "ended_by", _PSEUDONYMISED, Why.EVIDENCE, "ended_by", Key.PSEUDONYM),
    Held("knowledge.RunStep", "ticked_by", _PSEUDONYMISED, Why.EVIDENCE, "ticked_by", Key.PSEUDONYM),
    Held("knowledge.RunNote", "author", _PSEUDONYMISED, Why.EVIDENCE, "author", Key.PSEUDONYM),
    Held("knowledge.LastLook", "person", Disposition.ROW_GOES, Why.NOT_NEEDED, "person", Key.PERSON),
)
