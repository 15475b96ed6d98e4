"""Words of the estate: codes of rules and choices of tables as sentences."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.labels.agents import (
    DOCUMENT_FAULTS,
    DeviceStateChoice,
    DoubtChoice,
    SaidChoice,
    SourceChoice,
)
from veilleur.domains.estate.labels.sheets import CELL_FAULTS, EFFECTS, SHEET_FAULTS, SHEET_FIELDS
from veilleur.domains.estate.rules.activities import Criticality, Grade
from veilleur.domains.estate.rules.components import Hosting
from veilleur.domains.estate.rules.gaps import Gap
from veilleur.domains.estate.rules.map import AssetKind, DataSetKind, DependencyKind, LifeState, NodeKind
from veilleur.domains.estate.rules.rhythms import Rhythm
from veilleur.domains.estate.rules.sheets import ImportState
from veilleur.domains.estate.rules.zones import Environment

__all__ = [
    "CELL_FAULTS",
    "DOCUMENT_FAULTS",
    "EFFECTS",
    "FACTS",
    "GAPS",
    "PART_NAMES",
    "PASSES_ON",
    "REACH_REASONS",
    "REFUSALS",
    "SERVICE_DECLARED",
    "SHEET_FAULTS",
    "SHEET_FIELDS",
    "SUPPORT_LEVELS",
    "SWEEP_FAULTS",
    "UNREAD_REASONS",
    "AssetKindChoice",
    "CriticalityChoice",
    "DataSetKindChoice",
    "DependencyKindChoice",
    "DeviceStateChoice",
    "DoubtChoice",
    "EnvironmentChoice",
    "GradeChoice",
    "HostingChoice",
    "ImportStateChoice",
    "LifeStateChoice",
    "NodeKindChoice",
    "ReadableChoice",
    "RhythmChoice",
    "SaidChoice",
    "SourceChoice",
    "support_source_text",
]


class NodeKindChoice(models.TextChoices):
    """What a node of the map is."""

    ACTIVITY = NodeKind.ACTIVITY, _("Business activity")
    SERVICE = NodeKind.SERVICE, _("Business service")
    DATA_SET = NodeKind.DATA_SET, _("Data set")
    ASSET = NodeKind.ASSET, _("Component")


class AssetKindChoice(models.TextChoices):
    """What sort of component it is."""

    SERVER = AssetKind.SERVER, _("Server")
    VIRTUAL_MACHINE = AssetKind.VIRTUAL_MACHINE, _("Virtual machine")
    CONTAINER = AssetKind.CONTAINER, _("Container")
    WORKSTATION = AssetKind.WORKSTATION, _("Workstation")
    NETWORK_DEVICE = AssetKind.NETWORK_DEVICE, _("Network device")
    PRINTER = AssetKind.PRINTER, _("Printer")
    LINK = AssetKind.LINK, _("Network link")
    CLOUD_INSTANCE = AssetKind.CLOUD_INSTANCE, _("Cloud instance")
    SAAS = AssetKind.SAAS, _("Online service (SaaS)")
    UNKNOWN = AssetKind.UNKNOWN, _("Kind not said yet")


class LifeStateChoice(models.TextChoices):
    """Where a component is in its life."""

    PLANNED = LifeState.PLANNED, _("Planned")
    IN_SERVICE = LifeState.IN_SERVICE, _("In service")
    TO_BE_REPLACED = LifeState.TO_BE_REPLACED, _("To be replaced")
    RETIRED = LifeState.RETIRED, _("Retired")


class DataSetKindChoice(models.TextChoices):
    """How data is held."""

    FILES = DataSetKind.FILES, _("Files")
    SQLITE = DataSetKind.SQLITE, _("SQLite database")
    POSTGRESQL = DataSetKind.POSTGRESQL, _("PostgreSQL database")
    MARIADB = DataSetKind.MARIADB, _("MariaDB database")


class DependencyKindChoice(models.TextChoices):
    """Why one node depends on another."""

    RELIES_ON = DependencyKind.RELIES_ON, _("Relies on")
    NEEDS_TO_RESTORE = DependencyKind.NEEDS_TO_RESTORE, _("Needs it to be restored")
    NEEDS_TO_START = DependencyKind.NEEDS_TO_START, _("Needs it to start")
    NEEDS_TO_VALIDATE = DependencyKind.NEEDS_TO_VALIDATE, _("Needs it to be validated")
    RUNS_ON = DependencyKind.RUNS_ON, _("Runs on")
    STORED_ON = DependencyKind.STORED_ON, _("Is stored on")
    AUTHENTICATES_WITH = DependencyKind.AUTHENTICATES_WITH, _("Authenticates with")
    FLOWS_TO = DependencyKind.FLOWS_TO, _("Sends data to")
    BACKED_UP_BY = DependencyKind.BACKED_UP_BY, _("Is backed up by")
    WATCHED_BY = DependencyKind.WATCHED_BY, _("Is watched by")


class GradeChoice(models.TextChoices):
    """What an hour without an activity does, of one kind."""

    NONE = Grade.NONE, _("Nothing that counts")
    NOTICEABLE = Grade.NOTICEABLE, _("Noticeable")
    SERIOUS = Grade.SERIOUS, _("Serious")


class CriticalityChoice(models.TextChoices):
    """How much the company needs something."""

    CRITICAL = Criticality.CRITICAL, _("Critical")
    IMPORTANT = Criticality.IMPORTANT, _("Important")
    ORDINARY = Criticality.ORDINARY, _("Ordinary")
    UNKNOWN = Criticality.UNKNOWN, _("Not said yet")


class RhythmChoice(models.TextChoices):
    """How often a busy period comes back."""

    WEEKLY = Rhythm.WEEKLY, _("Every week")
    MONTHLY = Rhythm.MONTHLY, _("Every month")
    YEARLY = Rhythm.YEARLY, _("Every year")


class EnvironmentChoice(models.TextChoices):
    """What a component is for."""

    PRODUCTION = Environment.PRODUCTION, _("Production")
    TEST = Environment.TEST, _("Test")


class HostingChoice(models.TextChoices):
    """Where a component is, and who runs the place."""

    OWN_SITE = Hosting.OWN_SITE, _("On a site of ours")
    PROVIDER = Hosting.PROVIDER, _("At a provider’s")
    CLOUD = Hosting.CLOUD, _("In a cloud")


class ImportStateChoice(models.TextChoices):
    """How far a list is that somebody brought."""

    LOADED = ImportState.LOADED, _("Looked at")
    ASKED = ImportState.ASKED, _("Being imported")
    DONE = ImportState.DONE, _("Imported")
    DROPPED = ImportState.DROPPED, _("Dropped")


class ReadableChoice(models.TextChoices):
    """Whether a database that was found can be read."""

    YES = "yes", _("Readable")
    NO = "no", _("Not readable")
    UNKNOWN = "unknown", _("Unknown until credentials are given")


# Why a dependent is lost with what it depends on in this way, or is not: words of `rules.impact.PASSES_ON`.
PASSES_ON: dict[DependencyKind, Promise] = {
    DependencyKind.RUNS_ON: _("Nothing runs without what it runs on."),
    DependencyKind.STORED_ON: _("Data that cannot be read is lost for as long."),
    DependencyKind.NEEDS_TO_START: _(
        "What runs already may go on for a while, but nobody can count on it, and it does not start again."
    ),
    DependencyKind.AUTHENTICATES_WITH: _("Where nobody can sign in, nobody works, whatever still runs."),
    DependencyKind.RELIES_ON: _("The work stops with the service that it is done with."),
    DependencyKind.NEEDS_TO_RESTORE: _(
        "It counts when something is brought back; what runs notices nothing."
    ),
    DependencyKind.NEEDS_TO_VALIDATE: _("It counts when work is checked after a change or a restart."),
    DependencyKind.FLOWS_TO: _(
        "Who sends goes on. Who cannot do without what it is sent needs the sender to start: draw that too."
    ),
    DependencyKind.BACKED_UP_BY: _("Without its copies it is less safe, and works."),
    DependencyKind.WATCHED_BY: _("Without its watch it is less safe, and works."),
}

# What may be missing of a service.
GAPS: dict[Gap, Promise] = {
    Gap.OWNER: _("Owner"),
    Gap.RTO: _("How long it may be down"),
    Gap.RPO: _("How much work may be lost"),
    Gap.BACKUP: _("Copy of its data"),
    Gap.DOCUMENTATION: _("Document"),
}


SUPPORT_LEVELS: dict[str, Promise] = {
    "full": _("Gets security updates from the distribution"),
    "lts": _("Gets security updates from long-term support only"),
    "none": _("No longer gets security updates"),
    "unknown": _("Unknown: no dated table names this system"),
}

PART_NAMES: dict[str, Promise] = {
    "packages": _("Packages"),
    "volumes": _("Disks"),
    "addresses": _("Addresses"),
    "listeners": _("Services that listen"),
    "databases": _("Databases found"),
    "disks": _("Drives"),
    "interfaces": _("Network cards"),
    "virtual_machines": _("Virtual machines"),
    "antivirus": _("Protection against malware"),
    "local_users": _("Accounts of the machine"),
    "local_groups": _("Groups of the machine"),
    "remote_tools": _("Ways to take it over from elsewhere"),
}

# Why a part of a machine could not be read.
UNREAD_REASONS: dict[str, Promise] = {
    "not_read": _("This part has not been read yet."),
    "no_package_manager": _("No package manager that Veilleur can read was found on this machine."),
    "command_failed": _("The command that lists this part failed."),
    "not_permitted": _("The system did not let Veilleur read this part."),
    "timed_out": _("Reading this part took too long and was stopped."),
    "not_told": _("Its agent does not tell this part."),
}

# Why an action was refused.
REFUSALS: dict[str, Promise] = {
    "no_such_node": _("This item does not exist in this organisation."),
    "no_such_site": _("This site does not exist in this organisation."),
    "no_such_service": _("This service does not exist in this organisation."),
    "no_such_activity": _("This activity does not exist in this organisation."),
    "no_such_member": _("Choose somebody who belongs to this organisation now."),
    "too_many_periods": _("Too many busy periods: keep the few in which it counts most."),
    "warranty_before": _("The warranty ends before the day it was bought."),
    "no_such_import": _("This list is not there any more, or was imported already."),
    "no_name_column": _("Say which column holds the names."),
    "no_such_day": _("There is no such day: look at the first and the last day."),
    "outage_not_positive": _("A time without it is at least one second."),
    "no_such_data_set": _("Some of this data is not on the map any more: look at the page again."),
    "already_there": _("This dependency is already on the map."),
    "circular": _("This dependency would make a circle: each would wait for the other."),
    "depends_on_itself": _("An item cannot depend on itself."),
    "no_such_environment": _("An environment is production or test."),
    "no_such_dependency": _("This dependency is not on the map any more: look at the page again."),
    "no_such_redundancy": _("This is not on the map any more: look at the page again."),
    "alternatives_differ": _("Only what is needed in the same way can stand in for one another."),
    "needed_out_of_range": _("At least one must be enough, and at least one must be to spare."),
    "objective_not_positive": _("An objective is a duration of at least one second."),
    "name_missing": _("A name is needed."),
    "name_taken": _("There is a service of this name already."),
    "activity_name_taken": _("There is an activity of this name already."),
    "locator_missing": _("Say where the data is."),
    "no_such_device": _("This device does not wait here any more: look at the page again."),
    "no_such_key": _("This key does not exist in this organisation."),
    "too_many_keys": _("There are fifty keys already: revoke those that no agent uses."),
}

# What the journal's page says of each kind of fact.
FACTS: dict[str, Promise] = {
    "estate.asset_registered": _("A machine is known."),
    "estate.asset_changed": _("A machine tells something else of itself."),
    "estate.inventory_changed": _("A machine’s inventory changed."),
    "estate.service_proposed": _("A service was proposed."),
    "estate.service_objectives_set": _("A service’s objectives were chosen."),
    "estate.data_set_declared": _("Data to keep was declared."),
    "estate.data_set_retired": _("Data is to be kept no more."),
    "estate.dependency_added": _("A dependency was drawn."),
    "estate.dependency_ended": _("A dependency ended."),
    "estate.activity_declared": _("A business activity was declared."),
    "estate.activity_changed": _("A business activity was described anew."),
    "estate.activity_ended": _("A business activity left the map."),
    "estate.busy_periods_set": _("The busy periods of an activity were set."),
    "estate.service_described": _("A service was described anew."),
    "estate.environment_set": _("It was said what a machine is for."),
    "estate.redundancy_set": _("It was said what can stand in for what."),
    "estate.redundancy_ended": _("What stood in for one another does so no more."),
    "estate.list_imported": _("A list of machines was imported."),
    "estate.site_opened": _("A site was added."),
    "estate.node_placed": _("A machine was given its site."),
    "estate.agent_key_made": _("A key for agents was made."),
    "estate.agent_key_revoked": _("A key for agents was revoked."),
    "estate.device_waits": _("A device reported that nobody knows."),
    "estate.device_accepted": _("A device reports for a machine."),
    "estate.device_refused": _("A device was turned away."),
}
# The same kind of fact, when a person added the service.
SERVICE_DECLARED = _("A service was declared.")


def support_source_text(source: str) -> str:
    """Return where the dates of support come from; "" where there are none."""
    origin, _colon, dated = source.partition(":")
    sentences = {
        "distro_info": gettext("From this system's own table of {date}"),
        "shipped": gettext("From the table shipped with Veilleur, of {date}"),
    }
    return sentences[origin].format(date=dated) if origin in sentences else ""
