"""Why an action was refused, said at the field of the form that it is about."""

from django.forms import Form

from veilleur.domains.estate.labels import REFUSALS
from veilleur.shared.refusal import Refused

_FIELDS = {
    "activity_name_taken": "name",
    "name_missing": "name",
    "no_such_member": "referent",
    "no_such_site": "site",
    "warranty_before": "warranty_until",
}


def refuse(form: Form, refused: Refused) -> None:
    """Add the sentence of a refusal of the estate to its field, or to the whole form where it has none."""
    field = _FIELDS.get(refused.reason)
    form.add_error(field if field in form.fields else None, str(REFUSALS[refused.reason]))
