"""Writes of the estate: the only place where the map and the inventory change."""

from veilleur.domains.estate.actions.activities import (
    change_busy_periods,
    declare_activity,
    describe_activity,
    end_activity,
    settle_services_of_activity,
)
from veilleur.domains.estate.actions.agent_devices import (
    accept_device,
    link_device,
    refuse_device,
    settle_device,
)
from veilleur.domains.estate.actions.agent_keys import (
    make_agent_key,
    note_agent_key_used,
    revoke_agent_key,
)
from veilleur.domains.estate.actions.agent_reports import (
    BegunReport,
    NewDocument,
    NewReport,
    begin_report,
    drop_report,
    finish_report,
    keep_report,
    lay_report_aside,
    read_reports_on,
)
from veilleur.domains.estate.actions.components import declare_component, describe_component
from veilleur.domains.estate.actions.data import (
    declare_data_set,
    retire_data_set,
    settle_data_of_service,
)
from veilleur.domains.estate.actions.environments import set_environment
from veilleur.domains.estate.actions.hosts import settle_hosts
from veilleur.domains.estate.actions.machines import refresh_machine, register_machine, register_read_machine
from veilleur.domains.estate.actions.map import (
    add_dependency,
    declare_service,
    end_dependency,
    propose_service,
    set_service_objectives,
)
from veilleur.domains.estate.actions.parts import change_part, note_part
from veilleur.domains.estate.actions.redundancy import end_redundancy, set_redundancy
from veilleur.domains.estate.actions.services import describe_service
from veilleur.domains.estate.actions.sheets import (
    ask_import,
    choose_sheet,
    drop_list,
    load_list,
    settle_columns,
)
from veilleur.domains.estate.actions.sites import open_site, place_at_site

__all__ = [
    "BegunReport",
    "NewDocument",
    "NewReport",
    "accept_device",
    "add_dependency",
    "ask_import",
    "begin_report",
    "change_busy_periods",
    "change_part",
    "choose_sheet",
    "declare_activity",
    "declare_component",
    "declare_data_set",
    "declare_service",
    "describe_activity",
    "describe_component",
    "describe_service",
    "drop_list",
    "drop_report",
    "end_activity",
    "end_dependency",
    "end_redundancy",
    "finish_report",
    "keep_report",
    "lay_report_aside",
    "link_device",
    "load_list",
    "make_agent_key",
    "note_agent_key_used",
    "note_part",
    "open_site",
    "place_at_site",
    "propose_service",
    "read_reports_on",
    "refresh_machine",
    "refuse_device",
    "register_machine",
    "register_read_machine",
    "retire_data_set",
    "revoke_agent_key",
    "set_environment",
    "set_redundancy",
    "set_service_objectives",
    "settle_columns",
    "settle_data_of_service",
    "settle_device",
    "settle_hosts",
    "settle_services_of_activity",
]
