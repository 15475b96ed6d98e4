"""The machine after a self-restore, as a program: runs every plan with the keys that were given back."""

import threading

import django

from veilleur.config.env import environment
from veilleur.config.keys import key_servers
from veilleur.config.start import name_settings

name_settings()
django.setup()

from veilleur.domains.backups import jobs, queries  # noqa: E402 - needs the settings
from veilleur.domains.organisations.queries import whole_organisations  # noqa: E402
from veilleur.shared.clock import utc_now  # noqa: E402


def main() -> None:
    """Back up, and print how each run ended."""
    servers = key_servers(environment())
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    for organisation in whole_organisations():
        for plan in queries.whole_plans(organisation.pk):
            runs = set(jobs.back_up_now(utc_now, plan))
            for row in queries.whole_runs(organisation.pk, runs):
                print(row.reason, row.detail, row.state, sep="\n")


if __name__ == "__main__":
    main()
