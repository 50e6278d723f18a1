"""The calendar in the database: read, imported, and what an import moves.

The rows are the truth; the arithmetic is `workdays.Calendar`. One process keeps the calendar it
built until the notices change, so a page pays one small query, not one per deadline.
"""

import hashlib
from collections.abc import Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

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
    stamp = tuple(HolidayNotice.objects.values_list("number", "digest", "year"))
    kept = _kept.get("calendar")
    if kept is None or kept[0] != stamp:
        kept = _kept["calendar"] = (stamp, _read({year for _number, _digest, year in stamp}))
    if looked_up is not None:
        looked_up["calendar"] = kept[1]
    return kept[1]


def forget() -> None:
    """Look at the database again: what was read may have been rolled back."""
    looked_up = _of_request.get()
    if looked_up is not None:
        looked_up.clear()


def _read(years: Iterable[int]) -> Calendar:
    """Where several notices name a day, the one published last is read last and holds."""
    rows = CalendarDay.objects.order_by("notice__published_on", "notice_id")
    found = rows.values_list("day", "works", "name", "notice__number")
    days = {day: DayRule(works, name, number) for day, works, name, number in found}
    return Calendar(days, frozenset(years))


@transaction.atomic
def import_notices(notices: Iterable[NoticeData], *, person=None) -> list[str]:
    """Enter State Council notices, in the order of their publication; same again changes nothing.

    A number entered again corrects that notice. Returns the numbers of the notices that were new
    or changed. Raises ValidationError for a correction to another year.
    """
    changed = []
    for data in sorted(notices, key=lambda notice: notice.published_on):
        rules = {day: (False, name) for day, name in data.off_days().items()}
        rules |= dict.fromkeys(data.work, (True, ""))
        text = repr((data.title, data.year, data.published_on, sorted(rules.items())))
        digest = hashlib.sha256(text.encode()).hexdigest()
        notice = HolidayNotice.objects.filter(number=data.number).first()
        if notice is not None and notice.digest == digest:
            continue
        notice = notice or HolidayNotice(number=data.number, year=data.year)
        _check_year(notice, data.year)
        notice.title, notice.published_on, notice.digest = data.title, data.published_on, digest
        history.note(notice, person, "notice entered")
        notice.save()
        _write_days(notice, rules, person)
        changed.append(data.number)
    forget()
    return changed


def _check_year(notice: HolidayNotice, year: int) -> None:
    """The year of a notice stands: its deadlines would lose their calendar."""
    if notice.year != year:
        raise ValidationError(
            {
                "number": _(
                    "Notice %(number)s is entered for %(year)s already, and its year cannot "
                    "change. Enter the notice of another year under its own number."
                )
                % {"number": notice.number, "year": notice.year}
            },
            code="other_year",
        )


def _write_days(notice: HolidayNotice, rules: dict[date, tuple[bool, str]], person) -> None:
    """The days of one notice become `rules`; those of other notices stay as they are."""
    known = {row.day: row for row in notice.days.all()}
    for day, row in known.items():
        if day not in rules:
            history.note(row, person, "no longer named")
            row.delete()
    for day, (works, name) in rules.items():
        row = known.get(day) or CalendarDay(day=day, notice=notice)
        if row.pk is None or (row.works, row.name) != (works, name):
            row.works, row.name = works, name
            history.note(row, person, "notice entered")
            row.save()
