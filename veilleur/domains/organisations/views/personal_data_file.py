"""The file that a person takes away: JSON for programs, a page to read, a table, in the person's language."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.labels import FACTORS, ROLES, SCOPES, SIDES
from veilleur.domains.organisations.queries.personal_data import PersonalData
from veilleur.shared import words

# What the page calls each part of the JSON, in the order in which it is read.
PARTS: dict[str, Promise] = {
    "account": _("The account"),
    "second_factors": _("Second factors"),
    "sessions": _("Sessions"),
    "memberships": _("The membership, with its role and days"),
    "teams": _("Teams"),
    "directory_accounts": _("The account in a directory"),
    "provider_accounts": _("The account at an identity provider"),
    "api_tokens": _("API tokens"),
    "on_call_turns": _("Turns on call"),
    "on_call_shifts": _("Shifts that were planned or taken over"),
    "on_call_swaps": _("Swaps of shifts"),
    "absences": _("Absences from on-call duty"),
    "stood_in": _("Standing in for somebody on call"),
    "interventions": _("Interventions on call"),
    "invitations": _("Invitations"),
    "invitations_made": _("Invitations that the person made"),
    "mandates_offered": _("Mandates that the person offered"),
    "requests_to_be_erased": _("Requests to be erased"),
    "activities_answered_for": _("Business activities that the person answers for"),
    "services_answered_for": _("Services that the person answers for"),
    "documents_looked_after": _("Documents that the person looks after"),
    "versions_written": _("Versions of documents that the person wrote"),
    "runs": _("Procedures that the person took part in"),
    "steps_ticked": _("Steps that the person ticked"),
    "notes_written": _("Notes that the person wrote on them"),
    "changes_seen_until": _("Up to when changes in documents were seen"),
    "journal": _("The journal"),
    "journal_of_the_installation": _("The journal of the installation"),
}
_COLUMNS: dict[str, Promise] = {
    "about": _("About"),
    "added_at": _("Added"),
    "address": _("Address"),
    "as": _("As"),
    "at": _("When"),
    "began_at": _("Began"),
    "browser": _("Browser"),
    "closed_at": _("Closed"),
    "detail": _("Detail"),
    "directory": _("Directory"),
    "document": _("Document"),
    "done_at": _("Done"),
    "asked_at": _("Asked"),
    "email": _("E-mail address"),
    "ended_at": _("Ended"),
    "entered_at": _("Entered"),
    "id": _("Identifier"),
    "identifier": _("Identifier"),
    "is_active": _("May sign in"),
    "kind": _("Kind"),
    "language": _("Language"),
    "made_at": _("Made"),
    "name": _("Name"),
    "number": _("Number"),
    "offered_at": _("Offered"),
    "ordered_at": _("Ordered"),
    "outcome": _("Outcome"),
    "procedure": _("Procedure"),
    "provider": _("Identity provider"),
    "pseudonym": _("Pseudonym"),
    "revoked_at": _("Revoked"),
    "role": _("Role"),
    "rota": _("Rota"),
    "run": _("Run"),
    "scopes": _("Scope"),
    "sequence": _("Number"),
    "side": _("Works for"),
    "signed_in_last_at": _("Last signed in"),
    "since": _("Since"),
    "started_at": _("Began"),
    "step": _("Step"),
    "strongest_role": _("Strongest role"),
    "title": _("Title"),
    "until": _("Until"),
    "used_last_at": _("Last used"),
    "what": _("What"),
    "works_until": _("Works until"),
}
_CODES: dict[str, dict[str, Promise]] = {
    "role": ROLES,
    "strongest_role": ROLES,
    "side": SIDES,
    "kind": FACTORS,
    "scopes": SCOPES,
    "as": {
        "actor": _("author"),
        "subject": _("person concerned"),
        "owner": _("owner"),
        "deputy": _("deputy"),
    },
}
_JOURNALS = ("journal", "journal_of_the_installation")
# A table program runs what begins like this.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Section:
    """A part of the page: a table, with one line for each thing; `lines` are empty where nothing is held."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


def zip_response(data: PersonalData, now: datetime) -> HttpResponse:
    """Return the file: `data.json`, a page to read, and the journal as a table."""
    content = data.content
    with translation.override(data.language):
        page = render_to_string("organisations/personal_data_file.html", _context(content, data.language))
        table = _table(content)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(content, ensure_ascii=False, indent=2))
        archive.writestr("read-me.html", page)
        archive.writestr("journal.csv", table)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="veilleur-{now:%Y-%m-%d}.zip"'
    return response


def _context(content: dict[str, Any], language: str) -> dict[str, Any]:
    return {
        "language": language,
        "name": content["account"]["name"],
        "made_at": datetime.fromisoformat(content["made_at"]),
        "own": list(_sections(content, language)),
        "organisations": [
            (each["name"], list(_sections(each, language))) for each in content["organisations"]
        ],
    }


def _sections(content: dict[str, Any], language: str) -> Iterator[Section]:
    for key, title in PARTS.items():
        held = content.get(key)
        if held is None:
            continue
        rows = held if isinstance(held, list) else [held if isinstance(held, dict) else {"at": held}]
        columns = list(dict.fromkeys(column for row in rows for column in row))
        if key in _JOURNALS:
            columns = [column for column in columns if column not in {"kind", "about"}]
        yield Section(
            str(title),
            tuple(str(_COLUMNS.get(column, column)) for column in columns),
            tuple(tuple(_said(column, row.get(column), language) for column in columns) for row in rows),
        )


def _said(column: str, value: Any, language: str) -> str:
    """Return a value in words: instants in the installation's zone, codes by their words."""
    if value is None or value == "":
        return "–"
    if isinstance(value, list):
        return ", ".join(_said(column, each, language) for each in value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if column.endswith("_at") or column in {"at", "since", "until", "works_until"}:
        zone = ZoneInfo(settings.TIME_ZONE)
        return words.instant(datetime.fromisoformat(str(value)), zone, language)
    return str(_CODES.get(column, {}).get(str(value), value))


def _table(content: dict[str, Any]) -> str:
    """Return the journal of every organisation as a table, with a mark by which table programs know UTF-8."""
    written = io.StringIO()
    table = csv.writer(written)
    columns = ("sequence", "at", "kind", "what", "detail", "as", "about")
    table.writerow([str(_("Organisation")), *(str(_COLUMNS[column]) for column in columns)])
    for organisation in content["organisations"]:
        for row in organisation["journal"]:
            said = row | {"as": _CODES["as"][row["as"]]}
            table.writerow([_cell(organisation["name"]), *(_cell(said[column]) for column in columns)])
    return "\N{BYTE ORDER MARK}" + written.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
