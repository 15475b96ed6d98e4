"""Background work of documents: what rests on one person, the offline bundle, attached files."""

from veilleur.domains.knowledge.jobs import bundle, files, reliance
from veilleur.domains.knowledge.jobs.bundle import keep_bundle

HANDLERS = {**reliance.HANDLERS, **bundle.HANDLERS, **files.HANDLERS}
PERIODICS = (*reliance.PERIODICS, *bundle.PERIODICS, *files.PERIODICS)
READERS = (*reliance.READERS,)

__all__ = ["HANDLERS", "PERIODICS", "READERS", "keep_bundle"]
