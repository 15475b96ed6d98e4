"""Writes of the estate: the only place where the map and the inventory change."""

from veilleur.domains.estate.actions.activities import (
    change_busy_periods,
    declare_activity,
    describe_activity,
    end_activity,
    settle_services_of_activity,
)
from veilleur.domains.estate.actions.data import (
    declare_data_set,
    retire_data_set,
    settle_data_of_service,
)
from veilleur.domains.estate.actions.environments import set_environment
from veilleur.domains.estate.actions.machines import register_machine, update_part
from veilleur.domains.estate.actions.map import (
    add_dependency,
    declare_service,
    end_dependency,
    propose_service,
    set_service_objectives,
)
from veilleur.domains.estate.actions.redundancy import end_redundancy, set_redundancy
from veilleur.domains.estate.actions.services import describe_service
from veilleur.domains.estate.actions.sites import open_site, place_at_site

__all__ = [
    "add_dependency",
    "change_busy_periods",
    "declare_activity",
    "declare_data_set",
    "declare_service",
    "describe_activity",
    "describe_service",
    "end_activity",
    "end_dependency",
    "end_redundancy",
    "open_site",
    "place_at_site",
    "propose_service",
    "register_machine",
    "retire_data_set",
    "set_environment",
    "set_redundancy",
    "set_service_objectives",
    "settle_data_of_service",
    "settle_services_of_activity",
    "update_part",
]
