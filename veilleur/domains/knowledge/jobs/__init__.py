"""Background work of documents: what rests on one person, computed anew when a fact may have changed it."""

from veilleur.domains.knowledge.jobs import reliance

HANDLERS = {**reliance.HANDLERS}
PERIODICS = (*reliance.PERIODICS,)
READERS = (*reliance.READERS,)
