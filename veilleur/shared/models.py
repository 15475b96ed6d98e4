"""Base tables. A tenant's table cannot be read without saying for whom: `Model.objects` refuses it."""

from typing import Any, ClassVar

from django.db import models

from veilleur.shared.viewer import Viewer


class UnscopedRead(Exception):
    """Raised when a tenant's table is read for nobody: the caller forgot `of` or `visible_to`."""


class TenantQuerySet(models.QuerySet[Any]):
    """Rows of one table, already narrowed to organisations."""


class TenantManager(models.Manager[Any]):
    """Gives rows only to callers that name an organisation, a viewer, or say `across_organisations`."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """Refuse: every direct use of the manager (`all`, `filter`, `get`, `create`) would be unscoped."""
        raise UnscopedRead(
            f"{self.model.__name__}.objects needs of(organisation_id), visible_to(viewer) "
            "or across_organisations(reason)"
        )

    def of(self, organisation_id: int) -> TenantQuerySet:
        """Return the rows of one organisation: for rules and actions."""
        return TenantQuerySet(self.model, using=self._db).filter(organisation_id=organisation_id)

    def visible_to(self, viewer: Viewer) -> TenantQuerySet:
        """Return the rows of the organisation the viewer is looking at, none if it may not be seen."""
        rows = TenantQuerySet(self.model, using=self._db)
        if not viewer.may_see(viewer.organisation_id):
            return rows.none()
        return rows.filter(organisation_id=viewer.organisation_id)

    def across_organisations(self, reason: str) -> TenantQuerySet:
        """Return all rows. Only for processes that serve everyone; `reason` is read by reviewers."""
        if not reason:
            raise UnscopedRead("say why all organisations are read")
        return TenantQuerySet(self.model, using=self._db)


class TenantModel(models.Model):
    """A table whose rows belong to one organisation.

    `public_id` is the only identity that pages, exports and the journal show.
    """

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+", editable=False
    )
    public_id = models.UUIDField(unique=True, editable=False)

    objects: ClassVar[TenantManager] = TenantManager()

    class Meta:
        abstract = True
