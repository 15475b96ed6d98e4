"""Words of monitoring: codes of rules as sentences."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.domains.monitoring.rules.states import Health
from veilleur.shared.words import number


class HealthChoice(models.TextChoices):
    """How a target is."""

    OK = Health.OK, _("Works")
    WARNING = Health.WARNING, _("To watch")
    CRITICAL = Health.CRITICAL, _("Down")
    UNKNOWN = Health.UNKNOWN, _("Unknown")


class EvidenceChoice(models.TextChoices):
    """What a result speaks of."""

    ANSWERED = Evidence.ANSWERED, _("Answered")
    FAILED = Evidence.FAILED, _("Failed")
    OWN_FAULT = Evidence.OWN_FAULT, _("Veilleur’s own fault")


class KindChoice(models.TextChoices):
    """What is checked."""

    LOAD = "load", _("Load")
    MEMORY = "memory", _("Memory")
    DISK = "disk", _("Disk space")
    LISTENER = "listener", _("Service that listens")
    TLS = "tls", _("TLS certificate")


# Why a check is as it is: what the last result said.
REASONS: dict[str, Promise] = {
    "measured": _("Measured."),
    "connected": _("The port takes connections."),
    "handshake": _("The port presents a certificate."),
    "refused": _("The connection was refused: nothing listens there."),
    "reset": _("The connection was cut while it was being made."),
    "timed_out": _("No answer in time."),
    "unreachable": _("The machine cannot be reached."),
    "handshake_failed": _("The TLS handshake failed."),
    "not_mounted": _("The file system is no longer there."),
    "clock_stepped": _("The clock of Veilleur’s machine was set to another time during the check."),
    "out_of_files": _("Veilleur has no free file or socket left."),
    "resolver_failed": _("Veilleur could not resolve the name."),
    "no_route": _("Veilleur’s machine has no route to the address."),
    "not_readable": _("Veilleur was not allowed to read this figure."),
    "probe_failed": _("The check itself failed because of a fault in Veilleur."),
    "overloaded": _("Veilleur itself stood still during the check; its time-out says nothing."),
    "orders_unreadable": _("The watch cannot read its list of checks in the database."),
    "spool_unwritable": _("The watch cannot write its results to the disk."),
    "telemetry_unwritable": _("The watch cannot write its measurements to the disk."),
    "stale": _("No fresh result: the watch has been silent for too long."),
    "never_checked": _("Not checked yet."),
}

REFUSALS: dict[str, Promise] = {
    "no_such_check": _("This check does not exist in this organisation."),
    "already_watched": _("This is watched already."),
    "no_such_asset": _("This component does not exist in this organisation."),
}

# What the journal's page says of each kind of fact.
FACTS: dict[str, Promise] = {
    "monitoring.check_activated": _("A check began."),
    "monitoring.check_retired": _("A check was ended by a person."),
    "monitoring.check_resumed": _("A check was taken up again."),
    "monitoring.state_changed": _("A check has another state."),
    "monitoring.watch_fault_began": _("The watch itself has a fault."),
    "monitoring.watch_fault_ended": _("A fault of the watch is over."),
}


def check_name(kind: str, target: str, note: str) -> str:
    """Return how pages name a check: "Disk space /var", "Service that listens 127.0.0.1:5432 (postgres)"."""
    words = [str(KindChoice(kind).label), target, f"({note})" if note else ""]
    return " ".join(word for word in words if word)


def value_text(value: int, unit: str) -> str:
    """Return a value given in thousandths of its unit, in words, with the decimal sign of the language."""
    forms = {
        "percent": gettext("{figure} %"),
        "days": gettext("{figure} days"),
        "milliseconds": gettext("{figure} ms"),
        "per_processor": gettext("{figure} per processor"),
    }
    digits = {"percent": 0, "days": 0, "milliseconds": 1, "per_processor": 2}[unit]
    return forms[unit].format(figure=number(value / 1000, get_language() or "en", decimals=digits))
