"""Links from duties and notices to the records they are about."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from . import access
from .models import Duty, Notice
from .notices import LINKS
from .posts import Post
from .registry import SUBJECTS


def url_of(content_type_id: int | None, object_id: int | None) -> str:
    """Return the address of the page of a record; empty where there is none."""
    if content_type_id is None or object_id is None:
        return ""
    content_type = ContentType.objects.get_for_id(content_type_id)
    subject = SUBJECTS.get(f"{content_type.app_label}.{content_type.model}")
    return reverse(subject.url_name, args=[object_id]) if subject else ""


def link_of(notice: Notice) -> str:
    """Where a notice leads: its record, or the page it asks for; empty where it only tells."""
    about = url_of(notice.content_type_id, notice.object_id)
    return about or (reverse(LINKS[notice.code]) if notice.code in LINKS else "")


def urls_of_duties(person, duties: Iterable[Duty]) -> dict[int, str]:
    """Where lines about `duties` lead, by primary key: to the matter, or to the deadline itself.

    Whoever owes, assigned or administers a running duty may see its matter. Once it is closed
    the matter may have been taken away; the supervision group sees that something is late, a
    stand-in what an extension is asked for; not the paper, unless that was shown to them.
    """
    duties = list(duties)
    found = {duty.pk: url_of(duty.content_type_id, duty.object_id) for duty in duties}
    held = access.standing(person)
    narrow = bool(held.mandates) or held.holds(Post.SUPERVISOR)
    doubtful = [duty for duty in duties if narrow or duty.closed_at is not None]
    for content_type_id in {duty.content_type_id for duty in doubtful}:
        model = ContentType.objects.get_for_id(content_type_id).model_class()
        mine = [duty for duty in doubtful if duty.content_type_id == content_type_id]
        if model is None:
            continue
        rows = model._default_manager.filter(pk__in=[duty.object_id for duty in mine])
        open_to = set(access.visible(person, rows).values_list("pk", flat=True))
        for duty in mine:
            if duty.object_id not in open_to:
                found[duty.pk] = reverse("duty", args=[duty.pk])
    return found


def url_for(person, content_type_id: int, object_id: int) -> str:
    """Return the address of the page of a record if `person` may see it today, else nothing."""
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    if model is None:
        return ""
    seen = access.may(person, "view", model(pk=object_id))
    return url_of(content_type_id, object_id) if seen else ""
