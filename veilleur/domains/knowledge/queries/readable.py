"""The documents that a viewer may read: every other read of documents goes through here."""

from uuid import UUID

from veilleur.domains.knowledge.models import Document
from veilleur.domains.knowledge.rules.audience import Audience, readable_with
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


def readable_documents(viewer: Viewer) -> TenantQuerySet:
    """Return the documents of the organisation looked at that are written for the viewer too."""
    return Document.objects.visible_to(viewer).filter(audience__in=readable_with(viewer.permissions))


def instructions_among(documents: TenantQuerySet) -> TenantQuerySet:
    """Return the documents in use that are written for everybody and have no place left to fill in."""
    rows: TenantQuerySet = documents.filter(audience=Audience.EVERYBODY, retired_at=None, blanks=0)
    return rows


def hidden_documents(viewer: Viewer) -> frozenset[UUID]:
    """Return the documents that are there and not written for the viewer: to be counted, and never named.

    One query; none for who reads everything.
    """
    hidden = frozenset(Audience) - readable_with(viewer.permissions)
    if not hidden:
        return frozenset()
    rows = Document.objects.visible_to(viewer).filter(audience__in=hidden)
    return frozenset(rows.values_list("public_id", flat=True))
