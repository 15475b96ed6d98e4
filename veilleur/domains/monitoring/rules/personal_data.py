"""What the watch holds of persons: nobody."""

from veilleur.domains.organisations.rules.personal_data import Disposition, Held, Why

POLICY: tuple[Held, ...] = (Held("monitoring.WatchFault", "*", Disposition.NOBODY, Why.TECHNICAL),)
