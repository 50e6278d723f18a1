"""The calendar in the database: read, imported, and what an import moves.

The rows are the truth; the arithmetic is `workdays.Calendar`. One process keeps the calendar it
built until the notices change, so a page pays one small query, not one per deadline.
"""

import hashlib
from collections.abc import Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from django.db import transaction

from . import history
from .models import CalendarDay, HolidayNotice
from .notices_data import NoticeData
from .workdays import Calendar, DayRule

SHIPPED = Path(__file__).parent / "calendar" / "notices.toml"
_kept: dict[str, tuple[tuple, Calendar]] = {}


_of_request: ContextVar[dict | None] = ContextVar("calendar of the request", default=None)


@contextmanager
def one_per_request():
    """Look once at most, within one request, whether the notices changed."""
    token = _of_request.set({})
    try:
        yield
    finally:
        _of_request.reset(token)


def current() -> Calendar:
    """Return the calendar as the database has it now."""
    looked_up = _of_request.get()
    if looked_up:
        return looked_up["calendar"]
    stamp = tuple(HolidayNotice.objects.values_list("number", "digest"))
    kept = _kept.get("calendar")
    if kept is None or kept[0] != stamp:
        kept = _kept["calendar"] = (stamp, _read())
    if looked_up is not None:
        looked_up["calendar"] = kept[1]
    return kept[1]


def forget() -> None:
    """Look at the database again: what was read may have been rolled back."""
    looked_up = _of_request.get()
    if looked_up is not None:
        looked_up.clear()


def _read() -> Calendar:
    rows = CalendarDay.objects.values_list("day", "works", "name", "notice__number")
    days = {day: DayRule(works, name, number) for day, works, name, number in rows}
    years = frozenset(HolidayNotice.objects.values_list("year", flat=True))
    return Calendar(days, years)


@transaction.atomic
def import_notices(notices: Iterable[NoticeData], *, person=None) -> list[str]:
    """Enter State Council notices, in the order of their publication; same again changes nothing.

    Returns the numbers of the notices that were new or changed.
    """
    changed = []
    for data in sorted(notices, key=lambda notice: notice.published_on):
        rules = {day: (False, name) for day, name in data.off_days().items()}
        rules |= dict.fromkeys(data.work, (True, ""))
        text = repr((data.title, data.year, data.published_on, sorted(rules.items())))
        digest = hashlib.sha256(text.encode()).hexdigest()
        known = HolidayNotice.objects.filter(number=data.number).first()
        if known is not None and known.digest == digest:
            continue
        notice = known or HolidayNotice(number=data.number)
        notice.title, notice.year = data.title, data.year
        notice.published_on, notice.digest = data.published_on, digest
        history.note(notice, person, "notice entered")
        notice.save()
        for dropped in CalendarDay.objects.filter(notice=notice).exclude(day__in=rules):
            dropped.delete()
        later = HolidayNotice.objects.filter(published_on__gt=data.published_on)
        overridden = set(CalendarDay.objects.filter(notice__in=later).values_list("day", flat=True))
        for day, (works, name) in rules.items():
            if day in overridden:
                continue
            CalendarDay(day=day, works=works, name=name, notice=notice).save()
        changed.append(data.number)
    forget()
    return changed
