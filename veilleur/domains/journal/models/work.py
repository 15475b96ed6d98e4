"""Bookkeeping of background work: readers and their cursors, jobs with leases, answers kept for pages."""

from typing import ClassVar

from django.db import models

from veilleur.shared.models import TenantModel


class ReaderState(models.Model):
    """A reader that has run at least once; its cursors were placed then."""

    name = models.CharField(max_length=100, primary_key=True)
    started_at_us = models.BigIntegerField()

    def __str__(self) -> str:
        return self.name


class Cursor(models.Model):
    """The last sequence of one chain that a reader is done with; no row means none yet.

    `organisation_key` is the key of a ChainHead. It is no foreign key: PostgreSQL would share-lock the head
    for the check, against the appends that lock it.
    """

    reader = models.ForeignKey(ReaderState, on_delete=models.CASCADE, related_name="+")
    organisation_key = models.BigIntegerField()
    sequence = models.PositiveBigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reader", "organisation_key"], name="cursor_once")
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.organisation_key} {self.sequence}"


class TroubledFact(models.Model):
    """A fact that a reader failed on: tried again at `retry_at_us`, parked when that is empty."""

    reader = models.ForeignKey(ReaderState, on_delete=models.CASCADE, related_name="+")
    entry_id = models.UUIDField()
    organisation_key = models.BigIntegerField(db_index=True)
    failures = models.PositiveSmallIntegerField(default=0)
    retry_at_us = models.BigIntegerField(null=True)
    # Once parked, the reader has gone past it; the fact is then handled out of order or not at all.
    parked_at_us = models.BigIntegerField(null=True)
    last_error = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reader", "entry_id"], name="troubled_fact_once")
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.entry_id}"


class Job(models.Model):
    """One piece of background work, retaken when its lease ends.

    `due_at_us` is empty when nothing is to be done; the row stays a while to say when it last was.
    """

    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=200, blank=True)
    due_at_us = models.BigIntegerField(null=True)
    # Asked for again while it ran: due at this instant once the present run is over.
    again_at_us = models.BigIntegerField(null=True)
    leased_until_us = models.BigIntegerField(null=True)
    lease_token = models.UUIDField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    payload = models.JSONField(default=dict)
    last_error = models.TextField(default="", blank=True)
    finished_at_us = models.BigIntegerField(null=True)
    last_due_at_us = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "key"], name="job_once")]
        indexes: ClassVar = [models.Index(fields=["due_at_us"], name="job_by_due_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}".strip()


class Answer(TenantModel):
    """A figure kept for pages that sort or show it; disposable, `veilleur rebuild` makes it anew."""

    subject = models.UUIDField()
    formula = models.CharField(max_length=100)
    formula_version = models.PositiveSmallIntegerField()
    # Facts of the organisation's chain up to here were seen by the computation.
    up_to_sequence = models.PositiveBigIntegerField()
    # When the answer changes by itself, without any fact; empty when it does not.
    next_change_at_us = models.BigIntegerField(null=True)
    value = models.JSONField()
    computed_at_us = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "formula", "subject"], name="answer_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["formula", "next_change_at_us"], name="answer_by_next_change")
        ]

    def __str__(self) -> str:
        return f"{self.formula} of {self.subject}"
