"""Form markup in the product's look, for `{{ form }}` and `{{ field.as_field_group }}`."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Django's own rendering with our templates for forms and fields."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
