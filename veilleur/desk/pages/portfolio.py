"""The customers of a provider on one page: for each what its own home page answers, the worst first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.desk.pages.answers import Answer
from veilleur.desk.pages.home import home_page
from veilleur.domains.organisations.queries import viewer_of, visible_organisation
from veilleur.domains.organisations.queries.mandates import MandateRow, visible_customers
from veilleur.shared.verdict import WORST_FIRST, Verdict, worst
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class Customer:
    """One customer, as somebody of the provider sees it: questions 1 to 3, and what comes first there."""

    id: UUID
    mandate_id: UUID
    name: str
    until: datetime | None
    verdict: Verdict
    answers: tuple[Answer, ...]
    first_step: str


@dataclass(frozen=True)
class Portfolio:
    """The customers that one's own organisation serves and this person may look at."""

    provider: str
    customers: tuple[Customer, ...]

    @property
    def in_trouble(self) -> int:
        """Return how many customers have a bad answer."""
        return self._count(Verdict.BAD)

    @property
    def in_the_dark(self) -> int:
        """Return how many customers have a missing answer and no bad one."""
        return self._count(Verdict.UNKNOWN)

    def _count(self, verdict: Verdict) -> int:
        return sum(customer.verdict is verdict for customer in self.customers)


def portfolio_page(viewer: Viewer, now: datetime) -> Portfolio:
    """Return the portfolio. Each customer costs what its home page does: about thirty queries."""
    looked_at = (_customer(viewer, row, now) for row in visible_customers(viewer, now))
    customers = [customer for customer in looked_at if customer is not None]
    customers.sort(key=lambda customer: WORST_FIRST.index(customer.verdict))
    return Portfolio(provider=visible_organisation(viewer).name, customers=tuple(customers))


def _customer(viewer: Viewer, row: MandateRow, now: datetime) -> Customer | None:
    """Return what this person's own eyes would find there; None where the mandate gives this role nothing."""
    there = viewer_of(viewer.person_id, now, chosen=row.customer_id)
    if there is None or visible_organisation(there).id != row.customer_id:
        return None
    home = home_page(there, now)
    answers = home.answers[:3]
    return Customer(
        id=row.customer_id,
        mandate_id=row.id,
        name=row.customer,
        until=row.until,
        verdict=worst(answer.verdict for answer in answers),
        answers=answers,
        first_step=home.lede,
    )
