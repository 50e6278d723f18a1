"""Display only: days, moments, addresses, form controls."""

from datetime import date, datetime
from functools import cache

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Textarea,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext

from coordination import rulebook, workflow
from coordination.dates import long_day, minute

register = template.Library()


@register.filter
def day(value: date | datetime | None) -> str:
    """A day with its weekday, or nothing."""
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return long_day(value) if value else ""


@register.filter
def reference(decision) -> str:
    """A decision by day, number and title."""
    return " ".join(filter(None, (long_day(decision.decided_on), decision.number, decision.title)))


@register.filter
def moment(value: datetime | None) -> str:
    """A moment to the minute, or nothing."""
    return minute(value) if value else ""


@register.filter
def articles(cites: str) -> list[dict]:
    """The articles of a citation, each with label, summary and address."""
    return [
        {
            "code": found.code,
            "label": rulebook.label(found.code),
            "summary": found.summary,
            "url": reverse("article", args=[found.code]),
        }
        for found in rulebook.parse(cites)
    ]


@register.filter
def taken(transition) -> str:
    """What a step taken was, in words."""
    return workflow.label_of(transition)


@register.filter
def acted_as(transition) -> str:
    """The post a step was taken in, and for whom."""
    return workflow.acted_as(transition)


@register.filter
def get(mapping, key):
    """An entry of a mapping whose key is a variable."""
    return mapping.get(key)


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether the field is a set of boxes or buttons that needs a legend, not a label."""
    return isinstance(field.field.widget, (RadioSelect, CheckboxSelectMultiple))


@register.filter
def is_box(field: BoundField) -> bool:
    """Whether the field is a single tick box, whose label stands behind it."""
    widget = field.field.widget
    return isinstance(widget, CheckboxInput)


@register.filter
def is_words(field: BoundField) -> bool:
    """Whether the field takes an opinion, a remark, a reply: text of several lines."""
    return isinstance(field.field.widget, Textarea)


@register.filter
def control(field: BoundField):
    """The field's control in the kit's look."""
    widget = field.field.widget
    if is_group(field) or is_box(field):
        css = "form-check-input"
    elif isinstance(widget, Select):
        css = "form-select"
    else:
        css = "form-control"
    if field.errors:
        css += " is-invalid"
    return field.as_widget(attrs={"class": css})


@register.simple_tag
def lamp(shown) -> str:
    """A lamp with its words, never a colour alone."""
    if not shown or not shown.words:
        return ""
    return format_html('<span class="lamp lamp-{}">{}</span>', shown.colour, shown.words)


@register.simple_tag(takes_context=True)
def acting(context, step, record) -> str:
    """For a button: in whose name the viewer takes the step, where it is not their own."""
    name = workflow.for_whom(context["request"].user, step, record)
    return gettext("(for %(name)s)") % {"name": name} if name else ""


@register.simple_tag
def due(duty) -> str:
    """A due date that opens to its proof, marked where it is provisional."""
    words = minute(duty.due_at) if duty.due_at else long_day(duty.due_on)
    link = format_html('<a class="due" href="{}">{}</a>', duty_url(duty.pk), words)
    return format_html("{} {}", link, provisional()) if duty.provisional else link


def duty_url(pk: int) -> str:
    """The page of a duty; the pattern is reversed once, not for every row."""
    return _duty_pattern().replace("0", str(pk))


@cache
def _duty_pattern() -> str:
    return reverse("duty", args=[0])


def provisional() -> str:
    """The mark of a due date in a year whose calendar is not published."""
    why = gettext("The holiday calendar of that year is not published yet.")
    return format_html(
        '<span class="provisional" title="{}">{}</span>', why, gettext("provisional")
    )


@register.simple_tag(takes_context=True)
def query(context, **changes) -> str:
    """The address's question with changes; None takes an entry out."""
    found = context["request"].GET.copy()
    for name, value in changes.items():
        found.pop(name, None)
        if value is not None:
            found[name] = value
    return "?" + found.urlencode()
