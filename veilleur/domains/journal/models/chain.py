"""The chains: one head and many entries per organisation. Entries never change: see `append_only.py`."""

from typing import ClassVar

from django.db import models


class ChainHead(models.Model):
    """The end of one organisation's chain; locking it is what puts appends in order.

    The key is the organisation's database key, 0 for the installation's own chain: a total order in which
    heads are locked, and no foreign key, so that the journal stands below every other table.
    """

    key = models.BigIntegerField(primary_key=True)
    organisation = models.UUIDField(unique=True, editable=False)
    epoch = models.PositiveIntegerField(default=1)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.organisation} at {self.epoch}:{self.sequence}"


class Entry(models.Model):
    """One fact. Names organisation and actor by public id and pseudonym, so that it outlives both."""

    id = models.UUIDField(primary_key=True, editable=False)
    organisation = models.UUIDField(editable=False)
    epoch = models.PositiveIntegerField()
    # Runs on through epochs, so that one number is enough for a reader's cursor.
    sequence = models.PositiveBigIntegerField()
    occurred_at_us = models.BigIntegerField()
    recorded_at_us = models.BigIntegerField()
    actor = models.CharField(max_length=64)
    origin = models.CharField(max_length=8)
    kind = models.CharField(max_length=100)
    version = models.PositiveSmallIntegerField()
    subject = models.UUIDField(null=True)
    # Text and not a JSON column: PostgreSQL would reorder the keys that the digest was taken over.
    body = models.TextField(null=True)
    salt = models.BinaryField(max_length=16, null=True)
    body_digest = models.BinaryField(max_length=32)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "sequence"], name="entry_sequence_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "subject", "sequence"], name="entry_by_subject")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.organisation} {self.epoch}:{self.sequence}"


class HeadExport(models.Model):
    """Signed heads as they went out: the checkpoint from which verification goes on."""

    exported_at_us = models.BigIntegerField()
    document = models.TextField()
    signature = models.BinaryField()
    public_key = models.BinaryField()

    def __str__(self) -> str:
        return f"heads exported at {self.exported_at_us}"
