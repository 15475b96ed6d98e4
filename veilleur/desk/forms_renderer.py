"""How forms look: each field as label, hint, error, input, in that order, from the desk's templates."""

from django.forms.renderers import TemplatesSetting


class DeskRenderer(TemplatesSetting):
    """Django's renderer with our templates for a form and for a field."""

    form_template_name = "desk/forms/form.html"
    field_template_name = "desk/forms/field.html"
