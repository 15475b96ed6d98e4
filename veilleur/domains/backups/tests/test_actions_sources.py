"""What is kept of a database that was tried: nothing of a trial with a password file that was replaced."""

import pytest

from veilleur.domains.backups.actions import name_source, note_source_access
from veilleur.domains.backups.factories import NOON, identity
from veilleur.domains.backups.models import SourceAccess
from veilleur.domains.backups.queries.sources import named_servers
from veilleur.domains.backups.rules.plans import NewItem
from veilleur.domains.backups.rules.states import AccessState, SourceKind
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.viewer import SYSTEM, Actor

pytestmark = pytest.mark.django_db
SOURCE = "host=db.example port=5432 user=reader dbname=shop"


def read_by(passfile: str) -> NewItem:
    return NewItem(identity(), SourceKind.POSTGRESQL, SOURCE, passfile)


@pytest.mark.parametrize(
    ("tried_with", "kept"),
    [("/etc/old.pgpass", AccessState.READABLE), ("/etc/new.pgpass", AccessState.NEEDS_CREDENTIALS)],
)
def test_a_trial_that_ends_after_a_new_password_file_was_given_changes_nothing(
    tried_with: str, kept: AccessState
) -> None:
    by = {"now": NOON, "organisation_id": make_organisation().pk}
    for passfile in ("/etc/old.pgpass", "/etc/new.pgpass"):
        name_source(**by, actor=Actor("anna"), source=read_by(passfile))

    state, why = AccessState.NEEDS_CREDENTIALS, ("password_refused", "")
    note_source_access(**by, actor=SYSTEM, source=read_by(tried_with), state=state, why=why)

    assert named_servers(by["organisation_id"]) == ((SOURCE, "/etc/new.pgpass"),)
    assert SourceAccess.objects.of(by["organisation_id"]).get().state == kept
