"""Why something about backups was refused, in one sentence for the person who asked."""

from django.utils.html import format_html
from django.utils.translation import gettext as _

from veilleur.domains.backups.labels import reason_sentence
from veilleur.shared.readable import readable
from veilleur.shared.refusal import Refused

_DETAIL_CHARACTERS = 300


def refusal_in_words(refused: Refused) -> str:
    """Return the sentence of a reason, followed by what the engine itself said, made fit for one line."""
    if refused.reason == "demonstration":
        return _("This is a demonstration company: nothing outside of it is touched.")
    why = str(reason_sentence(refused.reason))
    detail = readable(" ".join(refused.detail.split()))[:_DETAIL_CHARACTERS]
    # The engine's own words are code: shown as they are, so that they can be copied and searched for.
    return format_html("{} <code>{}</code>", why, detail) if detail else why
