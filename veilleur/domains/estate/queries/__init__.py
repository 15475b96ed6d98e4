"""Reads of the estate: the map as values for rules, rows for pages."""

from veilleur.domains.estate.queries.activities import (
    ActivityRow,
    visible_activities,
    visible_activity,
    visible_criticality,
    whole_activities,
    whole_criticality,
)
from veilleur.domains.estate.queries.ageing import visible_aged
from veilleur.domains.estate.queries.assets import (
    AssetRow,
    AssetView,
    asset_key,
    known_asset,
    machine_here,
    organisations_of_machine,
    visible_asset,
    visible_asset_rows,
    visible_assets,
    whole_asset,
    whole_asset_rows,
)
from veilleur.domains.estate.queries.components import SiteRow, visible_component, visible_sites
from veilleur.domains.estate.queries.data import (
    DataSetRow,
    data_set_key,
    visible_data_set,
    visible_data_sets,
    visible_retired_data_sets,
    whole_data_sets,
)
from veilleur.domains.estate.queries.impact import Fallen, ImpactView, seen_impact, visible_impact
from veilleur.domains.estate.queries.inventory import (
    PART_TABLES,
    PartView,
    part_rows,
)
from veilleur.domains.estate.queries.map import (
    closes_circle,
    visible_map,
    whole_map,
)
from veilleur.domains.estate.queries.services import (
    ServiceView,
    is_home_of_a_service,
    visible_service,
    visible_services,
    whole_services,
)
from veilleur.domains.estate.queries.sheets import (
    ImportRow,
    visible_import,
    visible_imports,
    whole_outcomes,
)
from veilleur.domains.estate.queries.weak_points import (
    WeakPoints,
    WeakPointsView,
    visible_weak_points,
    whole_single_points,
    whole_weak_points,
)

__all__ = [
    "PART_TABLES",
    "ActivityRow",
    "AssetRow",
    "AssetView",
    "DataSetRow",
    "Fallen",
    "ImpactView",
    "ImportRow",
    "PartView",
    "ServiceView",
    "SiteRow",
    "WeakPoints",
    "WeakPointsView",
    "asset_key",
    "closes_circle",
    "data_set_key",
    "is_home_of_a_service",
    "known_asset",
    "machine_here",
    "organisations_of_machine",
    "part_rows",
    "seen_impact",
    "visible_activities",
    "visible_activity",
    "visible_aged",
    "visible_asset",
    "visible_asset_rows",
    "visible_assets",
    "visible_component",
    "visible_criticality",
    "visible_data_set",
    "visible_data_sets",
    "visible_impact",
    "visible_import",
    "visible_imports",
    "visible_map",
    "visible_retired_data_sets",
    "visible_service",
    "visible_services",
    "visible_sites",
    "visible_weak_points",
    "whole_activities",
    "whole_asset",
    "whole_asset_rows",
    "whole_criticality",
    "whole_data_sets",
    "whole_map",
    "whole_outcomes",
    "whole_services",
    "whole_single_points",
    "whole_weak_points",
]
