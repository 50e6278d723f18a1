"""What a person has to do as a calendar that ordinary calendar programs read, by a secret address.

The address needs no sign-in, so it is long, random, kept only as a digest, and revocable; it
shows what its person may see at the moment it is read, and nothing once they may not sign in.
"""

import hashlib
import secrets
from datetime import UTC, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from . import access, audit, inbox, subjects
from .models import Duty, FeedKey, Person
from .posts import ANSWERABLE

SHOWN = 500  # events of each kind, the most pressing first


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
    """What is to be done by `person`, as RFC 5545 text in the person's language.

    What their own organisations owe stands on its due day; what waits for a step of theirs and
    has no day stands on today, and moves along until it is done.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//coordination group office//duties//")
    calendar.add("version", "2.0")
    with override(person.language):
        calendar.add("x-wr-calname", _("To do"))
        owed = _owed(person)
        urls = subjects.urls_of_duties(person, owed)
        for duty in owed:
            calendar.add_component(_event(duty, urls[duty.pk]))
        known = set(urls.values())
        for row in inbox.waiting(person, SHOWN)[0]:
            if row.url not in known:
                calendar.add_component(_waiting(row))
    return calendar.to_ical()


def _owed(person) -> list[Duty]:
    """The running duties of the organisations `person` answers for as a handler."""
    own = access.standing(person).organisations(ANSWERABLE)
    rows = access.visible(person, Duty.objects.running().owed_by(own))
    rows = rows.select_related("organisation").annotate(changes=_changes())
    return list(rows.order_by("due_on", "pk")[:SHOWN])


def _changes() -> Subquery:
    """How often a duty was written: calendar programs take the event with the higher number."""
    written = Duty.history.filter(id=OuterRef("pk")).order_by().values("id")
    return Subquery(written.annotate(times=Count("history_id")).values("times"))


def _event(duty: Duty, url: str) -> Event:
    """A whole day, or the hour where one is named; marked where the day is provisional."""
    mark = _("%(due)s (provisional)") % {"due": ""} if duty.provisional else ""
    summary = f"{mark.strip()} {duty.organisation} · {duty.get_kind_display()}: {duty.title}"
    event = _bare(f"duty-{duty.pk}", summary, url)
    event.add("sequence", duty.changes)  # type: ignore[attr-defined]
    if duty.due_at is not None:
        event.add("dtstart", duty.due_at.astimezone(UTC))
        event.add("dtend", duty.due_at.astimezone(UTC))
    else:
        event.add("dtstart", duty.due_on)
        event.add("dtend", duty.due_on + timedelta(days=1))
    return event


def _waiting(row: inbox.Waiting) -> Event:
    """Something that waits for a step, today."""
    whose = _("for %(name)s") % {"name": row.instead_of} if row.instead_of else ""
    event = _bare(f"step-{_digest(row.url)[:20]}", f"{row.what}{whose}: {row.title}", row.url)
    today = timezone.localdate()
    event.add("dtstart", today)
    event.add("dtend", today + timedelta(days=1))
    return event


def _bare(uid: str, summary: str, url: str) -> Event:
    event = Event()
    event.add("uid", f"{uid}@coordination-group")
    event.add("dtstamp", timezone.now().astimezone(UTC))
    event.add("summary", summary.strip())
    event.add("url", settings.SITE_URL + url)
    event.add("transp", "TRANSPARENT")
    return event
