"""Tables of the agents that report: their keys, the documents that wait, the devices that sent them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.labels import AssetKindChoice, DeviceStateChoice, DoubtChoice
from veilleur.domains.estate.models.map import Asset
from veilleur.shared.models import TenantModel


class AgentKey(TenantModel):
    """What lets agents report to the organisation; several, so that one can be revoked without the others."""

    name = models.CharField(_("name"), max_length=100)
    # SHA-256 of the key, which is shown once; `shown` are its first letters.
    key_digest = models.CharField(max_length=64, unique=True)
    shown = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # To the hour.
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class AgentDevice(TenantModel):
    """A device that reports, as it names itself; its reports reach the estate once a person let it in."""

    state = models.CharField(
        max_length=10, choices=DeviceStateChoice.choices, default=DeviceStateChoice.WAITING
    )
    # Why it waits; empty for one that was known by itself.
    doubt = models.CharField(max_length=20, choices=DoubtChoice.choices, blank=True)
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    key = models.ForeignKey(AgentKey, on_delete=models.PROTECT, related_name="+")
    # The signs of `rules.identity.Signs`; empty for what it does not say.
    agent_id = models.CharField(max_length=40, blank=True)
    device_id = models.CharField(max_length=255)
    uuid = models.CharField(max_length=40, blank=True)
    serial = models.CharField(max_length=200, blank=True)
    macs = models.JSONField(default=list)
    host_name = models.CharField(max_length=255)
    # What it says of itself, to be recognised by: all of it is in its document.
    kind = models.CharField(max_length=20, choices=AssetKindChoice.choices)
    told = models.JSONField(default=dict)
    tag = models.CharField(max_length=200, blank=True)
    client = models.CharField(max_length=200, blank=True)
    # Only sections that changed were ever told: the rest is not known.
    is_incomplete = models.BooleanField(default=False)
    # The fields of its last report that could not be read, by their places.
    faults = models.JSONField(default=list)
    booted_at = models.DateTimeField(null=True, blank=True)
    first_report_at = models.DateTimeField()
    last_report_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "agent_id"], name="device_by_agent"),
            models.Index(fields=["organisation", "device_id"], name="device_by_name"),
            models.Index(fields=["organisation", "state"], name="device_by_state"),
        ]

    def __str__(self) -> str:
        return self.host_name


class AgentDocument(TenantModel):
    """All that a device told last, deflated; apart from its row, which lists read often."""

    device = models.OneToOneField(AgentDevice, on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField()
    # Of what came, by which the same document is known again.
    digest = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest


class AgentReport(TenantModel):
    """A document that came and waits to be read. It goes once its content is in the estate.

    One that cannot be read stays with its reason, for a person to see, the newest few of them.
    """

    key = models.ForeignKey(AgentKey, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    agent_id = models.CharField(max_length=40, blank=True)
    client = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    content = models.BinaryField()
    attempts = models.PositiveSmallIntegerField(default=0)
    # A code of `rules.agents.Fault`, or "failed"; empty while it waits.
    fault = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "agent_id", "digest"], name="report_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "fault", "received_at"], name="report_in_order")
        ]

    def __str__(self) -> str:
        return self.digest
