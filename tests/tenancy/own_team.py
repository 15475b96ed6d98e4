"""Documents for the own team alone, and a provider with a mandate for everything, who finds no word."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client

from tests.tenancy.routing import Route
from tests.tenancy.world import Party
from tests.tenancy.writes import undone
from veilleur.domains.knowledge import actions, models
from veilleur.domains.knowledge.rules.audience import Audience
from veilleur.domains.knowledge.rules.documents import DocumentKind, Draft, Topic
from veilleur.domains.knowledge.rules.prepared import prepare
from veilleur.domains.knowledge.rules.runs import Outcome
from veilleur.domains.organisations.factories import (
    make_api_token,
    make_mandate,
    make_organisation,
    make_person,
    signed_in,
)
from veilleur.domains.organisations.models import Person
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import Actor

# It stands in titles, texts, steps, notes and names of files, and nowhere else.
SECRET = "Zibeline"


def keep_for_the_team(party: Party) -> None:
    """Have all documents of the party be for its own team; make one that was run, and one out of use."""
    key = party.organisation.pk
    for table, columns in (
        (models.Document, ("title",)),
        (models.DocumentVersion, ("title", "text")),
        (models.RunStep, ("text",)),
        (models.RunNote, ("text",)),
        (models.Attachment, ("name",)),
    ):
        table.objects.of(key).update(**dict.fromkeys(columns, SECRET))
    models.Document.objects.of(key).update(audience=Audience.TEAM)
    said: dict[str, Any] = {"now": utc_now(), "actor": Actor(party.person.pseudonym), "organisation_id": key}
    for title in ("run", "retired"):
        document = _written(party, f"{SECRET} {title}", said)
        if title == "retired":
            actions.retire_document(**said, document=document.public_id)
            continue
        sheet = actions.start_run(**said, document=document.public_id, number=1, steps=(SECRET,))
        assert isinstance(sheet, models.RunSheet)
        actions.note_on_run(**said, sheet=sheet.public_id, text=SECRET)
        actions.tick_step(**said, sheet=sheet.public_id, number=1, done=True)
        assert actions.end_run(**said, sheet=sheet.public_id, outcome=Outcome.FINISHED) is None


def _written(party: Party, title: str, said: dict[str, Any]) -> models.Document:
    draft = prepare(Draft(title, f"1. {SECRET}\n"))
    care = actions.Care(party.person.public_id, None, 6, audience=Audience.TEAM)
    new = actions.NewDocument(Topic.ONE_FILE_RESTORE, DocumentKind.PROCEDURE, draft, care)
    document = actions.write_document(**said, new=new)
    assert isinstance(document, models.Document)
    return document


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the pages of an organisation and its API."""

    session: str
    token: str

    def reads(self, method: str, route: Route, url: str, data: dict[str, Any]) -> str:
        """Return all that an answer says, headers and files in a file included."""
        # A new one each time: signing out, which is undone, would take its cookie.
        client, told = Client(raise_request_exception=False), {}
        if route.is_api:
            told = {"headers": {"Authorization": f"Bearer {self.token}"}}
        else:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        with undone():
            response = getattr(client, method)(url, data, **told)
            content = response.getvalue()
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = b"\n".join(archive.read(name) for name in archive.namelist())
        return f"{response.headers} {content.decode(errors='replace')}"


def own_reader(party: Party) -> Reader:
    """Return the party's own manager."""
    return _reader(party, party.person)


def providers_reader(party: Party) -> Reader:
    """Return a manager of a provider to which the party gave everything that can be given."""
    provider = make_organisation("Infogérance du Vexin")
    make_mandate(party.organisation, provider)
    return _reader(party, make_person(provider, name="Tess Lambert"))


def _reader(party: Party, person: Person) -> Reader:
    session = signed_in(person, at=party.organisation).session.session_key
    assert session is not None
    return Reader(session, make_api_token(party.organisation, person))
