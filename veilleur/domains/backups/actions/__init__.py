"""Writes of the backups, one function per verb."""

from veilleur.domains.backups.actions.endings import (
    end_plan,
    rename_plan,
    retire_data_set,
    retire_repository,
    switch_plan,
)
from veilleur.domains.backups.actions.keys import issue_recovery_key, record_typed_back
from veilleur.domains.backups.actions.places import (
    name_source,
    note_envelope,
    note_source_access,
    note_space_freed,
)
from veilleur.domains.backups.actions.plans import (
    add_repository,
    ask_probing,
    ask_run,
    ask_sealing,
    ask_test,
    make_plan,
)
from veilleur.domains.backups.actions.restore_tests import begin_test, end_test
from veilleur.domains.backups.actions.rhythm import follow_promises
from veilleur.domains.backups.actions.runs import (
    begin_run,
    end_run,
    interrupt_all,
    interrupt_dead,
    note_retention,
    remove_points,
)

__all__ = [
    "add_repository",
    "ask_probing",
    "ask_run",
    "ask_sealing",
    "ask_test",
    "begin_run",
    "begin_test",
    "end_plan",
    "end_run",
    "end_test",
    "follow_promises",
    "interrupt_all",
    "interrupt_dead",
    "issue_recovery_key",
    "make_plan",
    "name_source",
    "note_envelope",
    "note_retention",
    "note_source_access",
    "note_space_freed",
    "record_typed_back",
    "remove_points",
    "rename_plan",
    "retire_data_set",
    "retire_repository",
    "switch_plan",
]
