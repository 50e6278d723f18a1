"""What people and commands do on the ground floor."""

import json
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from . import calendars, duties
from .models import Draft, Duty, Notice
from .notices_data import NoticeData
from .text import can_be_kept

PASSWORDS = ("password", "old_password", "new_password1", "new_password2")
DRAFT_KEY = 80  # characters of its name
DRAFT_LIMIT = 1024 * 1024  # characters of JSON, six for a Chinese one: 200 pages of prose


@transaction.atomic
def publish_calendar(notices: Iterable[NoticeData], *, person=None) -> tuple[list[str], list[Duty]]:
    """Enter holiday notices and compute open due dates anew, telling those concerned.

    Nobody is asked any more for a year that is entered. Returns the numbers of the notices that
    were new or changed, and the duties that moved.
    """
    notices = list(notices)
    imported = calendars.import_notices(notices, person=person)
    asked = Notice.objects.alive().filter(code="calendar_missing")
    years = [notice.year for notice in notices]
    asked.filter(params__year__in=years).update(ended_at=timezone.now())
    moved = duties.recompute(notice_number=imported[-1], by=person) if imported else []
    return imported, moved


def speak(person, language: str) -> None:
    """Write to `person` in this language from now on."""
    if person.language != language:
        person.language = language
        person.save(update_fields=["language"])


def read_notices(person, pks: Iterable[int] | None = None) -> int:
    """Mark the person's notices as read, all or those of `pks`; return how many were unread."""
    unread = Notice.objects.unread().filter(person=person)
    if pks is not None:
        unread = unread.filter(pk__in=pks)
    return unread.update(read_at=timezone.now())


def save_draft(person, key: str, data: dict) -> bool:
    """Keep what was typed into a form; the last writer wins, it is one person's own.

    A password is never kept. Returns False, and keeps what there was, for anything that cannot
    be a form's fields.
    """
    if isinstance(data, dict):
        data = {name: value for name, value in data.items() if name not in PASSWORDS}
    if len(key) > DRAFT_KEY or not _is_form(data) or len(json.dumps(data)) > DRAFT_LIMIT:
        return False
    Draft.objects.update_or_create(
        person=person, key=key, defaults={"data": data, "saved_at": timezone.now()}
    )
    return True


def _is_form(data) -> bool:
    """Whether these can be a form's fields: under each name a text, or several."""
    if not isinstance(data, dict):
        return False
    texts = list(data)
    for value in data.values():
        texts += value if isinstance(value, list) else [value]
    return all(isinstance(text, str) and can_be_kept(text) for text in texts)


def read_draft(person, key: str) -> Draft | None:
    """What the person had typed into this form before, if anything."""
    return Draft.objects.filter(person=person, key=key).first()


def drop_draft(person, key: str) -> None:
    """Forget what was typed: the form was sent, or its writer wants it gone."""
    Draft.objects.filter(person=person, key=key).delete()
