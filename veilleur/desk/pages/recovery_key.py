"""The recovery key: what is known of it, and why typed words were refused."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from veilleur.domains.backups.labels import reason_sentence
from veilleur.domains.backups.ports import KEY_KEEPER
from veilleur.domains.backups.queries import recovery_key_state
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.protection import RecoveryKeyState
from veilleur.domains.organisations.queries import visible_organisation
from veilleur.shared.viewer import Viewer

_REFUSALS: dict[str, Promise] = {
    "replaced_key": gettext_lazy("This is a recovery key, but not the present one: it was replaced since."),
    "other_key": gettext_lazy(
        "These words are a recovery key, but not one of yours: it belongs to another organisation or "
        "installation."
    ),
    "no_recovery_key": gettext_lazy("No recovery key has been issued yet."),
    "key_made_since": gettext_lazy(
        "Nothing was changed: another key has been made since you opened that page."
    ),
    "key_unavailable": gettext_lazy(
        "The process that holds the keys does not answer. Try again in a minute."
    ),
}


@dataclass(frozen=True)
class KeyPage:
    """The key's three steps: printed, typed back, tested alone."""

    headline: str
    state: RecoveryKeyState
    is_issued: bool
    is_kept: bool


@dataclass(frozen=True)
class IssueForm:
    """What the form to issue a key sends back, so that a page opened before another key was made issues none;
    `problem`: why no key can be issued now.
    """

    replaces: str = ""
    problem: str = ""


def key_page(viewer: Viewer) -> KeyPage:
    """Return what is known of the organisation's key."""
    state = recovery_key_state(viewer.organisation_id)
    return KeyPage(_headline(state), state, state.issued_at is not None, state.is_kept())


def issue_form(viewer: Viewer) -> IssueForm:
    """Return which key the next one would replace, as the process that holds the keys says."""
    try:
        return IssueForm(KEY_KEEPER.get().recovery_key_mark(visible_organisation(viewer).id))
    except EngineError as error:
        return IssueForm(problem=key_refusal(error.reason))


def _headline(state: RecoveryKeyState) -> str:
    if state.issued_at is None:
        return _("No recovery key exists yet: without this machine no copy could be read.")
    if state.typed_back_at is None:
        return _("The recovery key was printed; nobody has shown yet that it is kept.")
    if state.tested_alone_at is None:
        return _("The recovery key is kept; a restore with it alone is still to be tried.")
    return _("The recovery key is kept and has been tried alone.")


def key_refusal(code: str, detail: str = "") -> str:
    """Return why words were refused, or why the key could not be made. `detail`: which word, or how many."""
    if code == "word_unknown" and detail:
        text = _("Word number {number} is in no recovery key: look for a slip of the pen.")
        return text.format(number=detail)
    if code == "words_count" and detail:
        return _("The recovery key has twelve words; {count} were typed.").format(count=detail)
    return str(_REFUSALS.get(code) or reason_sentence(code))
