"""Links from duties and notices to the records they are about."""

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from . import access
from .models import Duty
from .registry import SUBJECTS


def url_of(content_type_id: int | None, object_id: int | None) -> str:
    """Return the address of the page of a record; empty where there is none."""
    if content_type_id is None or object_id is None:
        return ""
    content_type = ContentType.objects.get_for_id(content_type_id)
    subject = SUBJECTS.get(f"{content_type.app_label}.{content_type.model}")
    return reverse(subject.url_name, args=[object_id]) if subject else ""


def url_of_duty(person, duty: Duty) -> str:
    """Where a line about a duty leads: to the matter, or, for those to whom such matters are
    closed, to the deadline itself. Asks no record, so a page may call it for every line.
    """
    content_type = ContentType.objects.get_for_id(duty.content_type_id)
    model = content_type.model_class()
    if model is not None and access.may_ever(person, "view", model):
        return url_of(duty.content_type_id, duty.object_id)
    return reverse("duty", args=[duty.pk])


def url_for(person, content_type_id: int, object_id: int) -> str:
    """Return the address of the page of a record if `person` may see it today, else nothing."""
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    if model is None:
        return ""
    rows = access.visible(person, model._default_manager.filter(pk=object_id))
    return url_of(content_type_id, object_id) if rows.exists() else ""
