"""A person's duties as a calendar that ordinary calendar programs read, by a secret address.

The address needs no sign-in, so it is long, random, kept only as a digest, and revocable; it
shows what its person may see at the moment it is read, and nothing once they may not sign in.
"""

import hashlib
import secrets
from datetime import UTC, timedelta

from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from . import access, audit
from .models import Duty, FeedKey, Person

SHOWN = 500  # duties, the most pressing first


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def renew(person) -> str:
    """Give `person` a new secret, ending the old one; returns it, for it is kept nowhere."""
    revoke(person)
    secret = secrets.token_urlsafe(32)
    FeedKey.objects.create(person=person, digest=_digest(secret), created_at=timezone.now())
    audit.record("feed_renewed", person=person)
    return secret


def revoke(person) -> int:
    """End the secret address of `person`; returns how many there were, none or one."""
    ended = FeedKey.objects.filter(person=person, revoked_at=None).update(revoked_at=timezone.now())
    if ended:
        audit.record("feed_revoked", person=person)
    return ended


def current(person) -> FeedKey | None:
    """The address in force, if any."""
    return FeedKey.objects.filter(person=person, revoked_at=None).first()


def person_of(secret: str) -> Person | None:
    """Whose calendar a secret opens; nobody's for one that is unknown or revoked."""
    keys = FeedKey.objects.filter(digest=_digest(secret), revoked_at=None, person__is_active=True)
    key = keys.select_related("person").first()
    return key.person if key else None


def calendar_of(person) -> bytes:
    """The running duties `person` answers for, as RFC 5545 text in the person's language."""
    calendar = Calendar()
    calendar.add("prodid", "-//coordination group office//duties//")
    calendar.add("version", "2.0")
    rows = access.visible(person, Duty.objects.running()).select_related("organisation")
    with override(person.language):
        calendar.add("x-wr-calname", _("Duties"))
        for duty in rows.annotate(changes=_changes()).order_by("due_on", "pk")[:SHOWN]:
            calendar.add_component(_event(duty))
    return calendar.to_ical()


def _changes() -> Subquery:
    """How often a duty was written: calendar programs take the event with the higher number."""
    written = Duty.history.filter(id=OuterRef("pk")).order_by().values("id")
    return Subquery(written.annotate(times=Count("history_id")).values("times"))


def _event(duty: Duty) -> Event:
    """A whole day, or the hour where one is named; marked where the day is provisional."""
    event = Event()
    event.add("uid", f"duty-{duty.pk}@coordination-group")
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("sequence", duty.changes)  # type: ignore[attr-defined]
    mark = _("%(due)s (provisional)") % {"due": ""} if duty.provisional else ""
    summary = f"{mark.strip()} {duty.organisation} · {duty.get_kind_display()}: {duty.title}"
    event.add("summary", summary.strip())
    if duty.due_at is not None:
        event.add("dtstart", duty.due_at.astimezone(UTC))
        event.add("dtend", duty.due_at.astimezone(UTC))
    else:
        event.add("dtstart", duty.due_on)
        event.add("dtend", duty.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event
