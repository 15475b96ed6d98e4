"""Words of agents: what they say, who told a part, why a device waits, why a document is not taken."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.rules.agents import DeviceState, Fault
from veilleur.domains.estate.rules.identity import Doubt
from veilleur.domains.estate.rules.machine import Source


class SaidChoice(models.TextChoices):
    """What an agent says of something that is or is not so."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not told")


class SourceChoice(models.TextChoices):
    """Who told a part of a machine."""

    VEILLEUR = Source.VEILLEUR, "Veilleur"
    AGENT = Source.AGENT, _("Its agent")


class DeviceStateChoice(models.TextChoices):
    """Whether a device that reports was let in."""

    WAITING = DeviceState.WAITING, _("Waiting")
    ACCEPTED = DeviceState.ACCEPTED, _("Accepted")
    REFUSED = DeviceState.REFUSED, _("Refused")


class DoubtChoice(models.TextChoices):
    """Why a device waits for a person to say what it is."""

    UNKNOWN = Doubt.UNKNOWN, _("No known machine has its numbers.")
    ONE_SIGN = (
        Doubt.ONE_SIGN,
        _("One of its numbers is a known machine’s; nothing else says that it is that one."),
    )
    CONTRADICTION = (
        Doubt.CONTRADICTION,
        _("Its numbers contradict one another: they are not all of one machine."),
    )
    CLONE = (
        Doubt.CLONE,
        _("Its agent was copied from another machine, or its machine was rebuilt with other hardware."),
    )


# Why a document of an agent is not taken into the estate.
DOCUMENT_FAULTS: dict[str, Promise] = {
    Fault.BAD_COMPRESSION: _("It is damaged: it cannot be inflated."),
    Fault.TOO_LARGE: _("It is larger than what Veilleur takes."),
    Fault.TOO_MANY_VALUES: _("It holds more values than Veilleur takes."),
    Fault.TOO_DEEP: _("It is nested deeper than what Veilleur takes."),
    Fault.NOT_JSON: _("It is no readable JSON."),
    Fault.NOT_XML: _("It is no readable XML."),
    Fault.ENTITIES: _("It declares entities, which no agent needs."),
    Fault.NO_DEVICE: _("It does not say which device it is of."),
    Fault.NO_CONTENT: _("It has no content."),
    Fault.NOT_SERVED: _("It is of a task that Veilleur gives to no agent."),
    Fault.EMPTY: _("It is empty."),
    "failed": _("Veilleur failed to read it, three times. The log of “veilleur work” says how."),
    "too_many_waiting": _("Too many devices are waiting already."),
}
