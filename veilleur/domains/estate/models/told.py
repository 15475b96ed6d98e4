"""Tables of what agents alone tell of a machine: drives, cards, virtual machines, protection, accounts."""

from django.db import models

from veilleur.domains.estate.labels import SaidChoice
from veilleur.domains.estate.models.inventory import SeenOnAsset


class Disk(SeenOnAsset):
    """A disk; how full its volumes are is a series, and no inventory."""

    name = models.CharField(max_length=200)
    model = models.CharField(max_length=200, blank=True)
    serial = models.CharField(max_length=200, blank=True)
    interface = models.CharField(max_length=40, blank=True)
    size_bytes = models.BigIntegerField()

    def __str__(self) -> str:
        return self.name


class Interface(SeenOnAsset):
    """A network card."""

    name = models.CharField(max_length=100)
    mac = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    is_virtual = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class VirtualMachine(SeenOnAsset):
    """A machine as its hypervisor names it; it is an asset of its own once it tells of itself."""

    name = models.CharField(max_length=200)
    uuid = models.CharField(max_length=100, blank=True)
    hypervisor = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=40, blank=True)
    cpu_count = models.PositiveIntegerField(default=0)
    memory_bytes = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Antivirus(SeenOnAsset):
    """A protection against malware, and whether it is on and fresh."""

    name = models.CharField(max_length=200)
    publisher = models.CharField(max_length=200, blank=True)
    version = models.CharField(max_length=200, blank=True)
    active = models.CharField(max_length=10, choices=SaidChoice.choices, default=SaidChoice.UNKNOWN)
    up_to_date = models.CharField(max_length=10, choices=SaidChoice.choices, default=SaidChoice.UNKNOWN)

    def __str__(self) -> str:
        return self.name


class LocalUser(SeenOnAsset):
    """An account of the machine itself."""

    login = models.CharField(max_length=200)
    full_name = models.CharField(max_length=200, blank=True)
    user_id = models.CharField(max_length=100, blank=True)
    shell = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.login


class LocalGroup(SeenOnAsset):
    """A group of the machine itself, with its members' logins."""

    name = models.CharField(max_length=200)
    members = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return self.name


class RemoteTool(SeenOnAsset):
    """A program by which somebody elsewhere takes the machine over."""

    kind = models.CharField(max_length=100)
    identifier = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.identifier}".strip()
