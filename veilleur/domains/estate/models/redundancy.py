"""Tables of redundancy: which dependencies of a node stand in for one another, and how many are enough."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.models.map import Dated, Dependency, Node
from veilleur.shared.models import TenantModel


class Redundancy(TenantModel, Dated):
    """Of its alternatives, `needed` are enough for `dependent`. Never changed, but ended and begun anew."""

    dependent = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    needed = models.PositiveSmallIntegerField(_("how many are enough"))

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(needed__gt=0), name="redundancy_needs_one")
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "until"], name="redundancy_current")]

    def __str__(self) -> str:
        return f"{self.dependent_id}: {self.needed}"


class Alternative(TenantModel):
    """A dependency that is one of a redundancy's."""

    redundancy = models.ForeignKey(Redundancy, on_delete=models.PROTECT, related_name="+")
    edge = models.ForeignKey(Dependency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["redundancy", "edge"], name="alternative_once")
        ]

    def __str__(self) -> str:
        return f"{self.redundancy_id}: {self.edge_id}"
