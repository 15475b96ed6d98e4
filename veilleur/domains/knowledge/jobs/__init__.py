"""Background work of documents: what rests on one person, and the offline bundle."""

from veilleur.domains.knowledge.jobs import bundle, reliance
from veilleur.domains.knowledge.jobs.bundle import keep_bundle

HANDLERS = {**reliance.HANDLERS, **bundle.HANDLERS}
PERIODICS = (*reliance.PERIODICS, *bundle.PERIODICS)
READERS = (*reliance.READERS,)

__all__ = ["HANDLERS", "PERIODICS", "READERS", "keep_bundle"]
