"""What every page's frame shows: the organisation, the masthead's words, its time, Veilleur's own faults."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from veilleur.desk.navigation import INSTRUCTIONS, PORTFOLIO, entries
from veilleur.desk.pages.speech import said_span
from veilleur.domains.monitoring.labels import REASONS
from veilleur.domains.monitoring.queries import open_faults
from veilleur.domains.organisations.queries import (
    OrganisationRow,
    visible_organisation,
    visible_organisations,
    whole_organisations,
)
from veilleur.domains.organisations.queries.mandates import serves_anybody
from veilleur.domains.organisations.rules.profiles import Feature, shows
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import Viewer


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's values; without a viewer (sign-in page) only the time and the zone."""
    values: dict[str, Any] = {
        "page_now": getattr(request, "page_now", None) or utc_now(),
        "zone_name": timezone.get_current_timezone_name(),
    }
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None:
        return values | {"door_name": _name_on_the_door()}
    organisation = visible_organisation(viewer)
    match = request.resolver_match
    return values | {
        "navigation": entries(match.view_name if match else "", hidden=_hidden(viewer, organisation)),
        "organisation_name": organisation.name,
        "organisation_id": organisation.id,
        "organisations": visible_organisations(viewer) if len(viewer.organisation_ids) > 1 else (),
        "is_demo": organisation.is_demo,
        "person_name": getattr(request.user, "name", ""),
        "watch_faults": () if organisation.is_demo else _watch_faults(),
    }


def _hidden(viewer: Viewer, organisation: OrganisationRow) -> frozenset[str]:
    """Return the pages that the profile leaves out and nothing has filled."""
    # Whoever serves a customer looks at more than one organisation: nobody else costs a query.
    serves = len(viewer.organisation_ids) > 1 and serves_anybody(viewer, utc_now())
    is_shown = shows(organisation.profile, Feature.PORTFOLIO, is_used=serves)
    hidden = frozenset() if is_shown else frozenset({PORTFOLIO})
    return hidden | {INSTRUCTIONS} if viewer.may(Permission.SEE_KNOWLEDGE) else hidden


def _watch_faults() -> tuple[str, ...]:
    """Return what the watch says of itself: its faults are Veilleur's, never the targets'."""
    now = utc_now()
    text = _("{what} This has been so for {time}.")
    return tuple(
        text.format(
            what=REASONS.get(fault.code, fault.code), time=said_span((now - fault.began_at).total_seconds())
        )
        for fault in open_faults()
    )


def _name_on_the_door() -> str:
    """Return the company's name where Veilleur serves one; several are not told to strangers."""
    names = [organisation.name for organisation in whole_organisations()]
    return names[0] if len(names) == 1 else "Veilleur"
