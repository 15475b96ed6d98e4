"""What pages say of Veilleur's own faults: a banner on every page, a plain page where none can be drawn."""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from veilleur.config.agent_door import unread as of_agent
from veilleur.config.agents_address import ADDRESS as AGENTS
from veilleur.config.env import environment
from veilleur.config.failures import explain
from veilleur.config.unread import UNREAD
from veilleur.config.uploads_address import ADDRESS
from veilleur.config.words import LANGUAGES, speaking
from veilleur.domains.journal.queries.work import visible_parked, waiting_since
from veilleur.shared import words
from veilleur.shared.clock import utc_now
from veilleur.shared.running import Status, read_status, status_path

# A process that was started again is still told of for this long: what it did meanwhile is unknown.
TOLD_FOR = timedelta(minutes=15)
# Work that waits no longer than this is on its way: three long backups at once hold all hands for a while.
PATIENCE = timedelta(minutes=3)


def own_faults(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `faults`, the sentences of the banner; strangers are told nothing."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return {}
    now = utc_now()
    faults = list(process_faults(read_status(status_path(environment().data_dir)), now))
    faults += late_work(waiting_since(now), now)
    if parked := len(visible_parked(viewer)):
        text = ngettext("{count} fact could not be handled.", "{count} facts could not be handled.", parked)
        faults.append(text.format(count=parked))
    return {"faults": faults}


def late_work(since: datetime | None, now: datetime) -> Iterator[str]:
    """Yield a sentence when nobody takes the work that is due: its process may run and yet stand still."""
    if since is not None and now - since > PATIENCE:
        text = _("Background work has been waiting since {time}: pages may not know yet what happened after.")
        yield text.format(time=_said_time(since))


def process_faults(status: Status | None, now: datetime) -> Iterator[str]:
    """Yield a sentence for each process that waits, or that had to be started again a short while ago."""
    if status is None or not status.is_fresh(now):
        return
    for process in status.not_running():
        yield _("The process “{name}” has stopped and is being started again.").format(name=process.name)
    for process in status.stopped_since(now - TOLD_FOR):
        if process.pid is not None and process.last_ending is not None:
            text = _("The process “{name}” stopped at {time} and was started again.")
            yield text.format(name=process.name, time=_said_time(process.last_ending.at))


def _said_time(at: datetime) -> str:
    return words.time_of_day(at, timezone.get_current_timezone(), get_language() or settings.LANGUAGE_CODE)


def server_error(_request: HttpRequest) -> HttpResponse:
    """Answer for any view or middleware that failed: 503 and a sentence for a known failure, else 500."""
    error = sys.exc_info()[1]
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    with speaking(language if language in LANGUAGES else LANGUAGES[0]):
        failure = explain(error) if error is not None else None
    sentence = failure.sentence if failure else _("This is an error of Veilleur itself; its log says where.")
    page = _plain_page(
        language,
        title=_("Veilleur cannot answer now"),
        sentence=sentence,
        comfort=_(
            "What was recorded before is safe. On the machine itself, “veilleur doctor” says how to mend it."
        ),
    )
    if failure is None:
        return HttpResponse(page, status=500)
    return HttpResponse(page, status=503, headers={"Retry-After": "30"})


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's name
    """Answer 400 for what cannot be read as a request; Django's own would read the form again, and fail."""
    page = _plain_page(
        (get_language() or settings.LANGUAGE_CODE)[:2],
        title=_("This request cannot be read"),
        sentence=_("What was sent has not the form that a browser gives it."),
        comfort=_("Nothing was changed. Go back and send the form from Veilleur’s own page."),
    )
    return HttpResponse(page, status=400)


class OnlySentToMiddleware:
    """Says what an address is for that takes only what a form sends: a browser would show an empty page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not request.path.startswith("/api/"):
            response.content = _plain_page(
                (get_language() or settings.LANGUAGE_CODE)[:2],
                title=_("This address shows nothing by itself"),
                sentence=_("It takes only what one of Veilleur’s forms sends."),
                comfort=_("Nothing was changed. Go back to the page with the form."),
            ).encode()
        return response


class UnreadBodyMiddleware:
    """Says that what was sent was not taken, before anything is made of it: no session, no form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        unread = request.META.get(UNREAD)
        if unread is None:
            return self.get_response(request)
        if AGENTS.fullmatch(request.path):
            return of_agent(unread)
        with translation.override(translation.get_language_from_request(request)):
            return HttpResponse(_unread_page(unread, request.path), status=unread)


def _unread_page(unread: HTTPStatus, path: str) -> str:
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    if unread == HTTPStatus.INSUFFICIENT_STORAGE:
        return _plain_page(
            language,
            title=_("There is no room for this file"),
            sentence=_("The disk of Veilleur is full."),
            comfort=_("Nothing was changed. Have room made on the machine, then send the file again."),
        )
    if unread == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and ADDRESS.fullmatch(path):
        text = _("A file may have {size} at most.")
        size = words.byte_count(environment().attachment_mib << 20, language)
        return _plain_page(
            language,
            title=_("This file is too large"),
            sentence=text.format(size=size),
            comfort=_(
                "Nothing was changed. Attach a smaller one, or a text that says where the large one is."
            ),
        )
    if unread == HTTPStatus.REQUEST_TIMEOUT:
        return _plain_page(
            language,
            title=_("This took too long"),
            sentence=_("What was sent did not arrive whole in time."),
            comfort=_("Nothing was changed. Look at your connection, then send the form again."),
        )
    return _plain_page(
        language,
        title=_("This is too much at once"),
        sentence=_("More was sent than any form of Veilleur takes."),
        comfort=_("Nothing was changed. Shorten the text, then send the form again."),
    )


def _plain_page(language: str, **texts: str) -> str:
    # Without the request: nothing of it may need the very thing that failed.
    return render_to_string("config/plain.html", {"language": language, **texts})
