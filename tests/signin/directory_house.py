"""An organisation whose people come by a real directory, and what its manager and they do."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.test import Client

from tests.slapd import BASE, READER, READER_PASSWORD, Authority, ThrowawaySlapd
from veilleur.domains.journal.models import Job
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations.jobs import HANDLERS
from veilleur.domains.organisations.models import Directory, Organisation, Person
from veilleur.domains.organisations.queries import list_current_members
from veilleur.domains.organisations.tests.journal_reading import facts
from veilleur.engines.ldap_directory import Patience
from veilleur.shared.clock import utc_now

LOGIN, PAGES = "/account/login/", "/organisation/directories/"
QUICK = Patience(connect_s=0.5, answer_s=1, all_s=2)
AWAY, WRONG = "does not answer", "is not correct"


@dataclass
class House:
    """An organisation with a manager of its own, and a directory with groups of its own names."""

    server: ThrowawaySlapd
    authority: Authority
    organisation: Organisation
    manager: Person
    client: Client
    mark: str

    def person(self, name: str, **attributes: str) -> str:
        """Add somebody to the directory; names are of this house alone."""
        return self.server.add_person(f"{name}-{self.mark}", **attributes)

    def group(self, name: str, *members: str) -> str:
        return self.server.add_group(f"{name}-{self.mark}", members)

    def email(self, name: str) -> str:
        return f"{name}-{self.mark}@vexin.example"

    def form(self, groups: dict[str, str], **changes: str) -> dict[str, str]:
        """Return what a manager types: how the directory is reached, and the roles of its groups."""
        rows = {
            "groups-TOTAL_FORMS": str(len(groups)),
            "groups-INITIAL_FORMS": "0",
            **{f"groups-{place}-dn": dn for place, dn in enumerate(groups)},
            **{f"groups-{place}-role": role for place, role in enumerate(groups.values())},
            **{f"groups-{place}-side": "internal" for place in range(len(groups))},
        }
        reached = {
            "name": "Vexin",
            "kind": "openldap",
            "servers": self.server.url,
            "authority": self.authority.pem,
            "account": READER,
            "password": READER_PASSWORD,
            "base_dn": BASE,
        }
        return {**reached, **rows, **changes}

    def add(self, groups: dict[str, str], **changes: str) -> str:
        """Add the directory at the page, have it read, and return its page's address."""
        answer = self.client.post(f"{PAGES}new/", self.form(groups, **changes))
        assert answer.status_code == 302, answer.content.decode()
        read()
        return f"{PAGES}{Directory.objects.of(self.organisation.pk).get().public_id}/"

    def agree(self, page: str) -> None:
        """Agree to what the page shows, and have it done."""
        digest = self.client.get(page).context["directory"].held["digest"]
        assert self.client.post(f"{page}agree/", {"digest": digest}).status_code == 302
        read()

    def members(self) -> dict[str, str]:
        """Return the roles of all who belong here but the first manager, by the names of this house."""
        rows = list_current_members(self.organisation.pk, utc_now()).exclude(person=self.manager)
        return {row.person.name.removesuffix(f"-{self.mark}"): row.role for row in rows}


def read(at: datetime | None = None) -> None:
    """Do the work that is due, as the process does."""
    for job in Job.objects.filter(kind="organisations.read_directory").exclude(due_at_us=None):
        Job.objects.filter(pk=job.pk).update(due_at_us=None)
        ticket = JobTicket(job.kind, job.key, job.payload, 1, UUID(int=0))
        HANDLERS[job.kind](ticket, lambda: at or utc_now())


def read_again() -> None:
    """Let a quarter of an hour pass."""
    HANDLERS["organisations.read_directories"](JobTicket("", "", {}, 1, UUID(int=0)), utc_now)
    read()


def sign_in(email: str, password: str, client: Client | None = None) -> tuple[Client, str]:
    """Try to sign in by the page; return the browser and what the page says then."""
    browser = client or Client(HTTP_ACCEPT_LANGUAGE="en")
    answer = browser.post(LOGIN, {"login": email, "password": password})
    said = "" if answer.status_code == 302 else str(answer.context["form"].non_field_errors())
    return browser, said


def bodies(kind: str) -> list[dict[str, Any]]:
    """Return what the facts of a kind say."""
    return [json.loads(entry.body) for entry in facts(kind)]


def is_in(client: Client) -> bool:
    return bool(client.get("/").status_code == 200)
