"""Servers in a running installation. Arguments: `add`, how many, and the targets to check on this machine; or
`count`, which prints how many of these checks have been answered.

The watch of an installation makes the checks of its own machine: the servers are rows, the checks are real.
"""

import sys

from veilleur.config.data_folder import prepare_folder
from veilleur.config.env import environment
from veilleur.config.start import start_django

prepare_folder(environment())
start_django()

from veilleur.domains.estate.factories import make_asset  # noqa: E402 - needs the settings
from veilleur.domains.estate.models import Asset  # noqa: E402
from veilleur.domains.monitoring.factories import make_check  # noqa: E402
from veilleur.domains.monitoring.models import CheckState  # noqa: E402
from veilleur.domains.monitoring.rules.states import Health  # noqa: E402
from veilleur.domains.organisations.models import Organisation  # noqa: E402


def add(servers: int, targets: list[str]) -> None:
    """Add servers and checks to the installation's own organisation."""
    organisation = Organisation.objects.get()
    for number in range(servers):
        make_asset(organisation, name=f"srv-{number:03}")
    here = Asset.objects.of(organisation.pk).get(is_here=True)
    for target in targets:
        make_check(here, target=target, note="bench")


def count() -> None:
    """Print how many of these checks say that all is well."""
    states = CheckState.objects.across_organisations("measuring")
    print(states.filter(check_row__note="bench", seen=Health.OK).count())


if sys.argv[1] == "add":
    add(int(sys.argv[2]), sys.argv[3:])
else:
    count()
