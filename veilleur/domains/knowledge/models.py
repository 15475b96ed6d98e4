"""Tables of documents: what they are about, each version, who looks after them, who has done them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from veilleur.domains.knowledge.labels import (
    AudienceChoice,
    DocumentKindChoice,
    FileFaultChoice,
    FileTypeChoice,
    OutcomeChoice,
    PriorityChoice,
    TopicChoice,
)
from veilleur.domains.knowledge.rules.audience import Audience
from veilleur.domains.knowledge.rules.documents import DEFAULT_REVIEW_MONTHS
from veilleur.shared.models import TenantModel


class Document(TenantModel):
    """A page or a procedure. Title, places to fill in and time of the last change are those of its version
    `number`, the newest.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKindChoice.choices)
    topic = models.CharField(_("topic"), max_length=30, choices=TopicChoice.choices)
    title = models.CharField(_("title"), max_length=200)
    number = models.PositiveIntegerField(default=1)
    blanks = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    created_at = models.DateTimeField()
    # Who looks after it, and who does when that person is away. They may have left since.
    owner = models.ForeignKey("organisations.Membership", on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(
        "organisations.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # When somebody last said that it is right; due again so many months later.
    reviewed_at = models.DateTimeField()
    review_months = models.PositiveSmallIntegerField(default=DEFAULT_REVIEW_MONTHS)
    # Who reads it.
    audience = models.CharField(
        max_length=20, choices=AudienceChoice.choices, default=Audience.TEAM_AND_PROVIDER
    )
    # Out of use from then on; its versions stay.
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(owner=F("deputy")), name="document_two_people"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "retired_at", "title"], name="document_by_title")
        ]

    def __str__(self) -> str:
        return self.title


class DocumentVersion(TenantModel):
    """What a document said from `made_at` on, by whom. Never changed, never deleted."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    may_ask = models.CharField(_("who may ask"), max_length=200, blank=True)
    acts = models.CharField(_("who acts"), max_length=200, blank=True)
    within_min = models.PositiveIntegerField(null=True, blank=True)
    priority = models.CharField(max_length=20, choices=PriorityChoice.choices, blank=True)
    author = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="document_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.number}"


class DocumentSubject(TenantModel):
    """Something of the estate that a document is about, by its kind and public id."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    subject = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "subject"], name="document_subject_once")
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "subject"], name="document_by_subject")]

    def __str__(self) -> str:
        return f"{self.document_id} about {self.subject}"


class RunSheet(TenantModel):
    """A procedure that is being done, or was, in that version, by those who ticked its steps."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=20, choices=OutcomeChoice.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="run_sheet_ended_with_outcome",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["document", "started_at"], name="run_sheet_by_start")]

    def __str__(self) -> str:
        return f"{self.document_id}, {self.started_at}"


class RunStep(TenantModel):
    """A step of a run sheet, as the procedure had it when the run began."""

    sheet = models.ForeignKey(RunSheet, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    ticked_at = models.DateTimeField(null=True, blank=True)
    ticked_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sheet", "number"], name="run_step_once"),
            models.CheckConstraint(
                condition=Q(ticked_at=None, ticked_by="") | (Q(ticked_at__isnull=False) & ~Q(ticked_by="")),
                name="run_step_ticked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}, {self.number}"


class RunNote(TenantModel):
    """Something that somebody noted while a procedure was done. Never changed."""

    sheet = models.ForeignKey(RunSheet, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    written_at = models.DateTimeField()
    author = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"note of {self.sheet_id}"


class LastLook(TenantModel):
    """Up to when somebody has seen what changed in the documents: a member, or a provider's."""

    person = models.ForeignKey("organisations.Person", on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "person"], name="last_look_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}, {self.looked_at}"


class KeptFile(TenantModel):
    """A content outside the database, named by its SHA-256; `fault` is what the last reading found wrong."""

    digest = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    type = models.CharField(max_length=20, choices=FileTypeChoice.choices)
    kept_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    fault = models.CharField(max_length=20, choices=FileFaultChoice.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "digest"], name="kept_file_once")
        ]

    def __str__(self) -> str:
        return self.digest


class Attachment(TenantModel):
    """A file of a document under a name, in its versions from `since` on, up to and without `until`."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(KeptFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "name"], condition=Q(until=None), name="attachment_name_once"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="attachment_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfflineBundle(TenantModel):
    """What is needed when servers are down, as it was written under the name `stamp`, and how it lies now.

    `places`: values of `rules.bundle.PlaceState`, as they were found at `checked_at`.
    """

    stamp = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    contents_digest = models.CharField(max_length=64)
    manifest_digest = models.CharField(max_length=64)
    documents = models.PositiveIntegerField()
    # False once what it says has changed and no newer one could be made.
    is_current = models.BooleanField(default=True)
    places = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "made_at"], name="bundle_by_age")]

    def __str__(self) -> str:
        return f"bundle {self.stamp}"
