"""An organisation whose people come by an identity provider, and what its manager and they do."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.contrib.messages import get_messages
from django.test import Client

from tests.openid.throwaway import CLIENT, SECRET
from veilleur.domains.organisations.factories import make_organisation, make_person, signed_in
from veilleur.domains.organisations.models import IdentityProvider, Organisation, Person
from veilleur.domains.organisations.queries import list_current_members
from veilleur.shared.clock import utc_now

PAGES, COMPANY = "/organisation/identity-providers/", "/account/company/"
ROLES = {"it": "technician", "direction": "manager"}


def form(issuer: str, roles: dict[str, str] | None = None, **changes: str) -> dict[str, str]:
    """Return what a manager types: how the provider is spoken to, and the roles of its values."""
    given = roles or ROLES
    rows = {
        "values-TOTAL_FORMS": str(len(given)),
        "values-INITIAL_FORMS": "0",
        **{f"values-{place}-value": value for place, value in enumerate(given)},
        **{f"values-{place}-role": role for place, role in enumerate(given.values())},
        **{f"values-{place}-side": "internal" for place in range(len(given))},
    }
    spoken = {
        "name": "Vexin ID",
        "issuer": issuer,
        "client_id": CLIENT,
        "secret": SECRET,
        "roles_claim": "groups",
        "lets_in": "1",
    }
    return {**spoken, **rows, **changes}


@dataclass
class Company:
    """An organisation with a manager of its own, and a provider at which its people sign in."""

    organisation: Organisation
    manager: Person
    client: Client
    issuer: str

    @property
    def provider(self) -> IdentityProvider:
        found: IdentityProvider = IdentityProvider.objects.of(self.organisation.pk).get()
        return found

    @property
    def page(self) -> str:
        return f"{PAGES}{self.provider.public_id}/"

    @property
    def door(self) -> str:
        return f"{COMPANY}{self.provider.door}/"

    @property
    def return_address(self) -> str:
        return f"http://testserver{self.door}back/"

    def add(self, **changes: Any) -> None:
        answer = self.client.post(f"{PAGES}new/", form(self.issuer, **changes))
        assert answer.status_code == 302, answer.content.decode()

    def change(self, **changes: Any) -> None:
        answer = self.client.post(f"{self.page}change/", form(self.issuer, **{"secret": "", **changes}))
        assert answer.status_code == 302, answer.content.decode()

    def members(self) -> dict[str, str]:
        """Return the roles of all who belong here but the first manager, by name."""
        rows = list_current_members(self.organisation.pk, utc_now()).exclude(person=self.manager)
        return {row.person.name: row.role for row in rows}


def make_company(issuer: str) -> Company:
    organisation = make_organisation(language="en")
    manager = make_person(organisation, language="en")
    client = signed_in(manager, client=Client(HTTP_ACCEPT_LANGUAGE="en"))
    return Company(organisation, manager, client, issuer)


def browser() -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def way_there(client: Client, page: str = COMPANY, **data: str) -> str:
    """Press the button, and return the address at the provider to which the page leads."""
    answer = client.post(page, data)
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    found = re.search(r'id="on" href="([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return unescape(found[1])


def asked(address: str) -> dict[str, str]:
    """Return what the way there asks of the provider."""
    return dict(parse_qsl(urlsplit(address).query))


def come_back(client: Client, address: str) -> tuple[Any, str]:
    """Open the address to which the provider leads back; return the answer, and what the next page says."""
    answer = client.get(address.removeprefix("http://testserver"))
    said = " ".join(str(message) for message in get_messages(answer.wsgi_request))
    return answer, said


def is_in(client: Client) -> bool:
    return bool(client.get("/").status_code == 200)
