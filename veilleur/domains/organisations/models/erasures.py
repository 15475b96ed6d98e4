"""Erasures of persons: asked for, ordered, done. The person's row stays, and is nobody's any more."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from veilleur.domains.organisations.models.people import Person
from veilleur.shared.models import TenantModel


class Erasure(TenantModel):
    """What one organisation holds about one person is to go, or went. Nothing here says who that was."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # By the person, or for them by whoever ordered it; pseudonyms.
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    ordered_at = models.DateTimeField(null=True, blank=True)
    ordered_by = models.CharField(max_length=64, blank=True)
    # Up to which entry the organisation's journal, and the installation's, were looked through.
    looked_up_to = models.PositiveBigIntegerField(default=0)
    looked_up_to_installation = models.PositiveBigIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    bodies = models.PositiveIntegerField(default=0)
    # Another organisation may hold the account still.
    is_account_gone = models.BooleanField(default=False)
    # Where free words named the person when they were looked through: tables and public ids, no words.
    left = models.JSONField(default=list, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "person"], condition=Q(done_at=None), name="erasure_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ordered_at=None, ordered_by="")
                | (Q(ordered_at__isnull=False) & ~Q(ordered_by="")),
                name="erasure_ordered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(ordered_at__isnull=False), name="erasure_done_when_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"erasure in {self.organisation_id}"
