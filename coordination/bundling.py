"""Notices become messages: what belongs together goes out together, when its person wants it.

The messages and what they carry are written before anything is sent. A notice goes into one
message of a channel, never into two, so two workers at once add nothing.
"""

import logging
from collections import defaultdict
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Min, Q

from . import calendars, channels
from .models import Channel, Enclosure, Message, Notice, Timing

SETTLE = timedelta(seconds=10)  # an act has told everybody by then, and a run most of them
LONGEST = timedelta(minutes=1)  # nobody waits longer for an act that goes on and on
CLOSED = timedelta(minutes=1)  # before it goes, a digest takes in nothing more
PERSONS = 100  # in one transaction
MOST = 5000  # persons in one run
log = logging.getLogger(__name__)


def collect(now: datetime) -> int:
    """Put every notice that has settled into the messages its person wants; return how many."""
    settled = (
        Notice.objects.unsorted()
        .values("person")
        .annotate(first=Min("created_at"), last=Max("created_at"))
        .filter(Q(last__lte=now - SETTLE) | Q(first__lte=now - LONGEST))
    )
    people = list(settled.order_by("person").values_list("person", flat=True)[:MOST])
    written = 0
    for start in range(0, len(people), PERSONS):
        try:
            with transaction.atomic():
                written += _sort(people[start : start + PERSONS], now)
        except IntegrityError:
            log.info("Another worker sorted these notices already.")
    return written


def _sort(people: list[int], now: datetime) -> int:
    notices = list(
        Notice.objects.unsorted().filter(person__in=people).select_related("person", "duty")
    )
    wishes, calendar = channels.wishes(people), calendars.current()
    for channel in channels.in_use():
        bundles = defaultdict(list)
        for notice in notices:
            timing = wishes.timing(notice, channel)
            if timing != Timing.NEVER and _reachable(notice.person, channel):
                moment = wishes.moment(notice, timing, now, calendar)
                bundles[notice.person_id, timing == Timing.DIGEST, moment].append(notice)
        _write(channel, bundles, now)
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(sorted_at=now)
    return len(notices)


def _reachable(person, channel: str) -> bool:
    """Whether the person can be told there; whoever cannot sign in is told nothing."""
    return person.is_active and (channel != Channel.MAIL or bool(person.email))


def _write(channel: str, bundles: dict[tuple, list[Notice]], now: datetime) -> None:
    """A message for each bundle, or the digest that still waits for the same morning."""
    waiting = {
        (message.person_id, True, message.next_at): message
        for message in Message.objects.waiting().filter(
            channel=channel,
            digest=True,
            next_at__gt=now + CLOSED,
            person__in={key[0] for key in bundles},
        )
    }
    new = {
        (person_id, digest, moment): Message(
            person_id=person_id,
            channel=channel,
            digest=digest,
            created_at=now,
            next_at=moment,
        )
        for person_id, digest, moment in bundles
        if (person_id, digest, moment) not in waiting
    }
    Message.objects.bulk_create(new.values())
    found = waiting | new
    Enclosure.objects.bulk_create(
        Enclosure(notice=notice, message=found[key], channel=channel)
        for key, notices in bundles.items()
        for notice in notices
    )
