"""A first machine, as a program: real database, real key process, real restic; prints the recovery words.

Arguments: none; the data folder comes from VEILLEUR_DATA_DIR, with a migrated database. The backup place is
`backups` in it.
"""

import threading
from typing import Any

import django

from veilleur.config.data_folder import prepare_folder
from veilleur.config.env import environment
from veilleur.config.keys import key_servers
from veilleur.config.start import name_settings

prepare_folder(environment())
name_settings()
django.setup()

from veilleur.domains.backups import jobs, queries  # noqa: E402 - needs the settings
from veilleur.domains.backups.actions import issue_recovery_key  # noqa: E402
from veilleur.domains.backups.ports import KEY_KEEPER  # noqa: E402
from veilleur.domains.estate.factories import make_asset  # noqa: E402
from veilleur.domains.knowledge.factories import make_document  # noqa: E402
from veilleur.domains.knowledge.ports import FILE_STORE  # noqa: E402
from veilleur.domains.knowledge.receive import receive_file  # noqa: E402
from veilleur.domains.organisations.factories import make_organisation, make_person  # noqa: E402
from veilleur.domains.organisations.queries import viewer_of  # noqa: E402
from veilleur.domains.organisations.rules.roles import Role  # noqa: E402
from veilleur.shared.clock import utc_now  # noqa: E402
from veilleur.shared.refusal import Refused  # noqa: E402
from veilleur.shared.viewer import SYSTEM, Actor  # noqa: E402


def attach(organisation: Any) -> None:
    """Attach a file to a document, as its page does."""
    anna = make_person(organisation, role=Role.TECHNICIAN)
    content = FILE_STORE.get().incoming()
    content.write(b"vlan 10")
    done = receive_file(
        now=utc_now(),
        actor=Actor(anna.pseudonym),
        viewer=viewer_of(anna.pk, utc_now()),
        document=make_document(organisation).public_id,
        name="vlans.txt",
        content=content,
    )
    assert not isinstance(done, Refused), done


def main() -> None:
    """Protect Veilleur's own data, with a recovery key, and prove it."""
    servers = key_servers(environment())
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    organisation = make_organisation("Ateliers du Vexin")
    make_asset(organisation, is_here=True)
    attach(organisation)
    made = jobs.protect_own_data(utc_now, organisation.public_id)
    words = KEY_KEEPER.get().issue_recovery_key(organisation.public_id, "fr", "")
    issue_recovery_key(
        now=utc_now(), actor=SYSTEM, organisation_id=organisation.pk, organisation=organisation.public_id
    )
    plan = queries.whole_plan(organisation.pk, made.public_id)
    assert plan is not None
    runs = set(jobs.back_up_now(utc_now, plan))
    handle = KEY_KEEPER.get().stage_words(organisation.public_id, " ".join(words))
    assert isinstance(handle, str)
    tests = set(jobs.restore_test_now(utc_now, plan, words_handle=handle))
    for row in (*queries.whole_runs(organisation.pk, runs), *queries.whole_tests(organisation.pk, tests)):
        assert row.state in ("complete", "passed"), (row.reason, row.detail)
    print(" ".join(words))


if __name__ == "__main__":
    main()
