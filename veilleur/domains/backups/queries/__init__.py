"""Reads of backups: `whole_*` for rules of any domain, `visible_*` for pages; rows come as frozen values."""

from veilleur.domains.backups.queries.instants import from_us, to_us
from veilleur.domains.backups.queries.pages import (
    visible_ended_plans,
    visible_holdings,
    visible_plan,
    visible_plans,
    visible_protection,
    visible_repositories,
    visible_retired,
    visible_runs,
    visible_tests,
    whole_runs,
    whole_tests,
)
from veilleur.domains.backups.queries.protection import points_of, recovery_key_state, whole_protection
from veilleur.domains.backups.queries.reach import lookouts
from veilleur.domains.backups.queries.sources import visible_sources
from veilleur.domains.backups.queries.work import (
    due_runs,
    due_tests,
    is_own_plan_ended,
    is_promise_kept,
    item_ids,
    measured_duration,
    newest_copy,
    promised_rpo,
    stored_points,
    unended_plans,
    whole_plan,
    whole_plans,
    whole_repositories,
)

__all__ = [
    "due_runs",
    "due_tests",
    "from_us",
    "is_own_plan_ended",
    "is_promise_kept",
    "item_ids",
    "lookouts",
    "measured_duration",
    "newest_copy",
    "points_of",
    "promised_rpo",
    "recovery_key_state",
    "stored_points",
    "to_us",
    "unended_plans",
    "visible_ended_plans",
    "visible_holdings",
    "visible_plan",
    "visible_plans",
    "visible_protection",
    "visible_repositories",
    "visible_retired",
    "visible_runs",
    "visible_sources",
    "visible_tests",
    "whole_plan",
    "whole_plans",
    "whole_protection",
    "whole_repositories",
    "whole_runs",
    "whole_tests",
]
