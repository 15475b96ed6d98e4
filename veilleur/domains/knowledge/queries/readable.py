"""The documents that a viewer may read: every other read of documents goes through here."""

from veilleur.domains.knowledge.models import Document
from veilleur.domains.knowledge.rules.audience import readable_with
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


def readable_documents(viewer: Viewer) -> TenantQuerySet:
    """Return the documents of the organisation looked at that are written for the viewer too."""
    return Document.objects.visible_to(viewer).filter(audience__in=readable_with(viewer.permissions))
