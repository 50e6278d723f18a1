"""Links from duties and notices to the records they are about."""

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from .registry import SUBJECTS


def url_of(content_type_id: int | None, object_id: int | None) -> str:
    """Return the address of the page of a record; empty where there is none."""
    if content_type_id is None or object_id is None:
        return ""
    content_type = ContentType.objects.get_for_id(content_type_id)
    subject = SUBJECTS.get(f"{content_type.app_label}.{content_type.model}")
    return reverse(subject.url_name, args=[object_id]) if subject else ""
