"""Tables of the map: sites, nodes of every kind, and the edges between them, each with its dates."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.labels import (
    AssetKindChoice,
    DataSetKindChoice,
    DependencyKindChoice,
    EnvironmentChoice,
    HostingChoice,
    LifeStateChoice,
    NodeKindChoice,
)
from veilleur.shared.models import TenantModel


class Dated(models.Model):
    """Valid from `since` (included) until `until` (excluded; None: still), as learnt at `recorded_at`."""

    since = models.DateTimeField(_("valid from"))
    until = models.DateTimeField(_("valid until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        abstract = True


class Site(TenantModel, Dated):
    """A place: an office, a machine room, a hosting company's hall."""

    name = models.CharField(_("name"), max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "name"], name="site_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Node(TenantModel, Dated):
    """Anything on the map that others can depend on. Each node is one of the tables below."""

    node_kind = models.CharField(max_length=20, choices=NodeKindChoice.choices, editable=False)
    name = models.CharField(_("name"), max_length=200)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "node_kind", "name"], name="node_by_name")]

    def __str__(self) -> str:
        return self.name


class Asset(Node):
    """A component: server, virtual machine, workstation, network device."""

    kind = models.CharField(_("kind"), max_length=20, choices=AssetKindChoice.choices)
    life_state = models.CharField(
        _("life state"), max_length=20, choices=LifeStateChoice.choices, default=LifeStateChoice.IN_SERVICE
    )
    # "" where nobody has said.
    environment = models.CharField(
        _("environment"), max_length=20, choices=EnvironmentChoice.choices, blank=True, default=""
    )
    host_name = models.CharField(_("host name"), max_length=255, blank=True)
    os_id = models.CharField(max_length=40, blank=True)
    os_version = models.CharField(max_length=40, blank=True)
    os_name = models.CharField(_("operating system"), max_length=200, blank=True)
    os_codename = models.CharField(max_length=40, blank=True)
    kernel = models.CharField(_("kernel"), max_length=200, blank=True)
    architecture = models.CharField(_("architecture"), max_length=40, blank=True)
    full_support_until = models.DateField(_("full support until"), null=True, blank=True)
    lts_support_until = models.DateField(_("long-term support until"), null=True, blank=True)
    support_source = models.CharField(max_length=200, blank=True)
    cpu_model = models.CharField(_("processor"), max_length=200, blank=True)
    cpu_count = models.PositiveIntegerField(_("processors"), default=0)
    memory_bytes = models.BigIntegerField(_("memory"), default=0)
    manufacturer = models.CharField(_("manufacturer"), max_length=200, blank=True)
    model = models.CharField(_("model"), max_length=200, blank=True)
    serial = models.CharField(_("serial number"), max_length=200, blank=True)
    # What no machine knows of itself; empty where nobody has said.
    purpose = models.CharField(_("function in the company"), max_length=500, blank=True, default="")
    hosting = models.CharField(
        _("hosting"), max_length=20, choices=HostingChoice.choices, blank=True, default=""
    )
    referent = models.ForeignKey(
        "organisations.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    bought_on = models.DateField(_("bought on"), null=True, blank=True)
    # Included: under warranty until and with that day.
    warranty_until = models.DateField(_("under warranty until"), null=True, blank=True)
    logs_kept = models.CharField(_("traces that allow an audit"), max_length=500, blank=True, default="")
    # Veilleur itself runs on this machine; at most one asset of an organisation.
    is_here = models.BooleanField(default=False)
    # When the machine last told about itself; None for one that was only declared.
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)


class AssetIdentity(TenantModel):
    """A sign by which a machine is known again; a machine that changes its name stays the same asset."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=20)
    value = models.CharField(max_length=255)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "scheme", "value"], name="identity_once")
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class Service(Node):
    """What people use, with the time it may be down (RTO) and the work it may lose (RPO)."""

    rto_s = models.PositiveBigIntegerField(_("recovery time objective, in seconds"))
    rpo_s = models.PositiveBigIntegerField(_("recovery point objective, in seconds"))
    # Nobody has chosen the figure yet: pages say so beside it.
    rto_is_default = models.BooleanField(default=True)
    rpo_is_default = models.BooleanField(default=True)
    # Proposed by Veilleur, not yet confirmed by a person.
    is_proposed = models.BooleanField(default=False)
    referent = models.ForeignKey(
        "organisations.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    # How long people can do without it before the company suffers; None where nobody has said.
    max_outage_s = models.PositiveBigIntegerField(_("maximum tolerable outage, in seconds"), null=True)
    data_loss_effect = models.CharField(_("what if its data were lost"), max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rto_s__gt=0) & Q(rpo_s__gt=0), name="objectives_positive")
        ]


class DataSet(Node):
    """Data that somebody would miss, and where it is."""

    kind = models.CharField(_("kind"), max_length=20, choices=DataSetKindChoice.choices)
    locator = models.CharField(_("where it is"), max_length=1000)


class Dependency(TenantModel, Dated):
    """`dependent` needs `dependency`, for the reason named by `kind`."""

    dependent = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    dependency = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=30, choices=DependencyKindChoice.choices)
    protocol = models.CharField(max_length=10, blank=True)
    # Zero where no port is meant.
    port = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dependent", "dependency", "kind", "protocol", "port"],
                condition=Q(until=None),
                name="dependency_once",
            ),
            models.CheckConstraint(condition=~Q(dependent=F("dependency")), name="not_on_itself"),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "until"], name="dependency_current")]

    def __str__(self) -> str:
        return f"{self.dependent_id} {self.kind} {self.dependency_id}"
