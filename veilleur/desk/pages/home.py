"""The home page: the seven questions, always in the same order, and what to do this month."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from veilleur.desk.pages.answers import Answer, conclusion, unmeasured
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class Step:
    """Something to do this month."""

    text: str
    who: str
    due_at: datetime | None = None
    is_late: bool = False
    url: str = ""


@dataclass(frozen=True)
class Home:
    """What the home page says."""

    headline: str
    lede: str
    answers: tuple[Answer, ...]
    steps: tuple[Step, ...]


def home_page(viewer: Viewer, now: datetime) -> Home:
    """Return the home page for a viewer at an instant."""
    answers = (
        unmeasured(1, _("Does everything work?"), what=_("no check has reported yet.")),
        unmeasured(
            2,
            _("If my servers fall tomorrow, how long until I can work again?"),
            what=_("the restart time has not been computed yet."),
        ),
        unmeasured(3, _("How much work would I lose?"), what=_("no copy has been made yet.")),
        _protected(),
        _commitments(),
        _one_person(),
        unmeasured(7, _("What must be done this month?"), what=_("nothing has been observed yet.")),
    )
    return Home(
        headline=conclusion([answer.verdict for answer in answers]),
        lede="",
        answers=answers,
        steps=(),
    )


def _protected() -> Answer:
    return unmeasured(
        4,
        _("Am I up to date and protected?"),
        what=_("updates, antivirus and accounts are not collected yet, so nothing is claimed about them."),
    )


def _commitments() -> Answer:
    return unmeasured(
        5,
        _("Are commitments kept?"),
        what=_("no contract is recorded yet; availability and delays will be held against it."),
    )


def _one_person() -> Answer:
    return unmeasured(
        6,
        _("Does anything rest on one person or one machine?"),
        what=_("who has really restored or started each service is not recorded yet."),
    )
