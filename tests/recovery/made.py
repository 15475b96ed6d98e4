"""Fills the database of an installation with one small company: run as a program, in its own process.

Usage: python -m tests.recovery.made [elsewhere] [tested] [key] [later]
"""

import sys
from datetime import timedelta

from veilleur.config.data_folder import prepare_folder
from veilleur.config.env import environment
from veilleur.config.start import start_django


def make(words: set[str]) -> None:
    """Make the company; each word adds what it says."""
    from veilleur.domains.backups.models import RecoveryKey  # noqa: PLC0415 - Django must have started
    from veilleur.domains.organisations.factories import make_organisation  # noqa: PLC0415
    from veilleur.domains.recovery.factories import make_small_company  # noqa: PLC0415
    from veilleur.shared.clock import utc_now  # noqa: PLC0415
    from veilleur.shared.ids import new_id  # noqa: PLC0415

    now = utc_now()
    organisation = make_organisation("Ateliers du Vexin")
    made = make_small_company(
        organisation, is_elsewhere="elsewhere" in words, is_tested="tested" in words, now=now
    )
    made.service.rto_s = 3 * 86_400
    made.service.save()
    if "key" in words:
        times = [now - timedelta(days=days) for days in (3, 2, 1)]
        RecoveryKey(
            organisation=organisation,
            public_id=new_id(now),
            issued_at=times[0],
            typed_back_at=times[1],
            tested_alone_at=times[2],
        ).save()


if __name__ == "__main__":
    prepare_folder(environment())
    start_django()
    make(set(sys.argv[1:]))
