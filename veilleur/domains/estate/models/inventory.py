"""Tables of what each machine was seen to have, with its dates, and of when each part was last read."""

from typing import ClassVar

from django.db import models

from veilleur.domains.estate.labels import ReadableChoice, SourceChoice
from veilleur.domains.estate.models.map import Asset, Dated
from veilleur.shared.models import TenantModel


class SeenOnAsset(TenantModel, Dated):
    """A row of a machine's inventory: there from `since`, no longer seen from `until`."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        indexes: ClassVar = [models.Index(fields=["asset", "until"], name="%(class)s_current")]


class InstalledPackage(SeenOnAsset):
    """A package and its version; a new version is a new row."""

    name = models.CharField(max_length=200)
    architecture = models.CharField(max_length=40, blank=True)
    version = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Volume(SeenOnAsset):
    """A mounted file system."""

    mount_point = models.CharField(max_length=1000)
    device = models.CharField(max_length=1000, blank=True)
    file_system = models.CharField(max_length=40, blank=True)
    total_bytes = models.BigIntegerField()
    is_read_only = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.mount_point


class Address(SeenOnAsset):
    """An address of an interface."""

    interface = models.CharField(max_length=100)
    address = models.CharField(max_length=100)
    prefix_length = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return f"{self.address}/{self.prefix_length}"


class Listener(SeenOnAsset):
    """A port that answers, and the process behind it where the system lets us know."""

    protocol = models.CharField(max_length=10)
    address = models.CharField(max_length=100)
    port = models.PositiveIntegerField()
    process = models.CharField(max_length=200, blank=True)
    is_lasting = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.protocol} {self.address}:{self.port}"


class FoundDatabase(SeenOnAsset):
    """A database that is there; protected or not is for the backups to say."""

    engine = models.CharField(max_length=40)
    locator = models.CharField(max_length=1000)
    version = models.CharField(max_length=100, blank=True)
    readable = models.CharField(max_length=10, choices=ReadableChoice.choices, default=ReadableChoice.UNKNOWN)

    def __str__(self) -> str:
        return f"{self.engine} {self.locator}"


class PartReading(TenantModel):
    """When a part of a machine was last looked at, and why it could not be read if it was not."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=20)
    read_at = models.DateTimeField()
    source = models.CharField(max_length=10, choices=SourceChoice.choices, default=SourceChoice.VEILLEUR)
    # Empty when the part was read.
    unread_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["asset", "part"], name="part_once")]

    def __str__(self) -> str:
        return f"{self.part} of {self.asset_id}"
