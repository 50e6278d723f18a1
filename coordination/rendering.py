"""Form markup in the product's look, for `{{ form }}` and `{{ field.as_field_group }}`.

Inputs and selects, which fill every register's filter, are written without Django's widget
templates: the same markup at a tenth of the cost. All else goes through templates as usual.
"""

from collections.abc import Callable
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

WIDGETS = "django/forms/widgets/"


def _attributes(given: dict[str, Any]) -> SafeString:
    """Attributes in the order given: True stands alone, False and None are left out."""
    shown = ((name, value) for name, value in given.items() if value is not None)
    written = (
        format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)
        for name, value in shown
        if value is not False
    )
    return mark_safe("".join(written))  # noqa: S308 - each attribute is escaped above


def _input(widget: dict[str, Any]) -> SafeString:
    attributes = {"type": widget["type"], "name": widget["name"], "value": widget["value"]}
    return format_html("<input{}>", _attributes(attributes | widget["attrs"]))


def _select(widget: dict[str, Any]) -> SafeString:
    options = (
        format_html(
            "<option{}>{}</option>",
            _attributes({"value": str(option["value"])} | option["attrs"]),
            option["label"],
        )
        for _, group, _ in widget["optgroups"]
        for option in group
    )
    inside = mark_safe("".join(options))  # noqa: S308 - each option is escaped above
    named = _attributes({"name": widget["name"]} | widget["attrs"])
    return format_html("<select{}>{}</select>", named, inside)


WRITTEN: dict[str, Callable[[dict[str, Any]], SafeString]] = {
    **{WIDGETS + f"{name}.html": _input for name in ("text", "date", "hidden", "datetime")},
    WIDGETS + "select.html": _select,
}


class FormRenderer(TemplatesSetting):
    """Django's own rendering with our templates for forms and fields."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def render(self, template_name, context, request=None):
        """Write the commonest controls directly, the others from their templates."""
        write = WRITTEN.get(template_name)
        grouped = any(name for name, *_ in context.get("widget", {}).get("optgroups", ()))
        if write is None or grouped:
            return super().render(template_name, context, request)
        return write(context["widget"])
