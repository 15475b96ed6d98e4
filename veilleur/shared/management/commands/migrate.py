"""`veilleur manage migrate`: Django's own, then the cache's table and the guards between organisations.

It takes the place of Django's, so that no way to migrate, tests included, leaves the guards behind.
"""

from contextlib import nullcontext
from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from veilleur.shared.guards import drop_guards, make_guards

_ONLY_LOOKING = ("plan", "check_unapplied", "prune")


class Command(migrate.Command):
    """Migrate, and leave the database guarded."""

    def handle(self, *args: Any, **options: Any) -> None:
        if any(options.get(name) for name in _ONLY_LOOKING):
            super().handle(*args, **options)
            return
        connection = connections[options["database"]]
        with connection.offline() if connection.vendor == "sqlite" else nullcontext():  # type: ignore[attr-defined]
            # Without anything to do the guards stay where they are: other processes may be at work.
            if options.get("app_label") or _is_behind(connection):
                drop_guards(connection)
            try:
                super().handle(*args, **options)
            finally:
                make_guards(connection)
            call_command("createcachetable", database=options["database"], verbosity=0)


def _is_behind(connection: BaseDatabaseWrapper) -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
