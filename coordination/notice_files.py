"""A holiday notice as it is written down: typed lines, a table, a calendar file; turned into lines.

A line is what the Office reads and corrects, so every file becomes lines before it is anything.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import icalendar
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from . import spreadsheets
from .models import HolidayNotice
from .text import clean_text
from .workdays import SHANGHAI

LINES = 1000  # no year has more
DAYS = 400  # named in all
SPAN = 40  # of one holiday
YEARS = range(1949, 2200)
DAY = timedelta(days=1)
SHORT = 40  # characters of an event's name in a refusal
WRITTEN = r"\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日)"
RANGE = re.compile(rf"({WRITTEN})(?:\s*(?:\.\.|~|至|到|—|–)\s*({WRITTEN}))?\s*(.*)")
WORKED = {"班", "上班", "补班", "调休上班", "work", "worked", "1", "true"}
OFF = {"休", "放假", "off", "0", "false"}
REPEATED = ("RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")

Row = tuple[date, bool, str]  # a day, whether it is worked, its name


def from_lines(text: str) -> tuple[list[tuple[date, date, str]], list[date]]:
    """Read days off, a line each: "2027-01-01..2027-01-03 元旦"; "班 2027-01-30" is worked.

    Raises ValidationError naming the line.
    """
    off, work = [], []
    for number, line in _lines(text):
        word, *rest = line.split(None, 1)
        if word in WORKED and rest:
            work += [_day(part, number) for part in re.split(r"[\s,，、]+", rest[0])]
            continue
        found = RANGE.fullmatch(line)
        if found is None:
            raise ValidationError(
                _("Line %(line)s: write 2027-01-01..2027-01-03 元旦, or 班 2027-01-30.")
                % {"line": number}
            )
        first = _day(found[1], number)
        last = _day(found[2], number) if found[2] else first
        if not 0 <= (last - first).days <= SPAN:
            raise ValidationError(
                _("Line %(line)s: the last day does not fit the first.") % {"line": number}
            )
        off.append((first, last, found[3].strip()))
    _check_total(len(work) + sum((last - first).days + 1 for first, last, _name in off))
    return off, work


def _lines(text: str) -> list[tuple[int, str]]:
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > LINES:
        raise ValidationError(_("More than %(most)s lines are not one year.") % {"most": LINES})
    return lines


def _check_total(days: int) -> None:
    if days > DAYS:
        raise ValidationError(_("More than %(most)s days are not one year.") % {"most": DAYS})


def _day(text: str, line: int) -> date:
    try:
        if not re.fullmatch(WRITTEN, text):
            raise ValueError
        year, month, day = (int(part) for part in re.findall(r"\d+", text))
        return date(year, month, day)
    except ValueError:
        raise ValidationError(
            _("Line %(line)s: %(text)s is not a day like 2027-01-01.")
            % {"line": line, "text": clean_text(text)[:SHORT]}
        ) from None


def from_csv(data: bytes) -> str:
    """Turn a table of day, off/worked, name into lines. UTF-8 or GB18030; a heading is passed over.

    Raises ValidationError naming the line.
    """
    rows: list[Row] = []
    for number, cells in spreadsheets.lines_of_csv(data):
        if number > LINES:
            raise ValidationError(_("More than %(most)s lines are not one year.") % {"most": LINES})
        cells = [" ".join(clean_text(cell).split()) for cell in cells]
        if not any(cells) or (number == 1 and not cells[0][:4].isdigit()):
            continue
        cells += ["", ""]
        day, kind = _day(cells[0], number), cells[1].lower()
        if kind not in WORKED | OFF:
            raise ValidationError(
                _("Line %(line)s: the second column says 休 (off) or 班 (worked).")
                % {"line": number}
            )
        rows.append((day, kind in WORKED, cells[2]))
    return lines_from(rows)


def from_ics(data: bytes) -> str:
    """Turn the events of a calendar file into lines: 班 or 补班 in the name is worked, else off.

    Raises ValidationError for what is no calendar, and for an event that does not say its days.
    """
    try:
        events = icalendar.Calendar.from_ical(spreadsheets.text_of(data)).walk("VEVENT")
    except (ValidationError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ValidationError(_("This is not a calendar file (.ics).")) from None
    if not events:
        raise ValidationError(_("No day is in this calendar file."))
    rows: list[Row] = []
    for place, event in enumerate(events, 1):
        rows += _of_event(event, place)
        _check_total(len(rows))
    return lines_from(rows)


def _of_event(event: Any, place: int) -> list[Row]:
    summary = event.get("SUMMARY", "")
    text = " ".join(map(str, summary)) if isinstance(summary, list) else str(summary)
    name = " ".join(clean_text(text).split())
    label = name[:SHORT] or str(place)
    if any(event.get(key) is not None for key in REPEATED):
        raise _broken(label, _("it repeats itself. Write each time as an event of its own."))
    first, last = _days_of(event, label)
    works = "班" in name
    name = "" if works else re.sub(r"[（(]休[)）]|休$", "", name).strip()
    return [(first + n * DAY, works, name) for n in range((last - first).days + 1)]


def _days_of(event: Any, label: str) -> tuple[date, date]:
    """The first and the last day of an event, as office time has it."""
    start, end = _moment(event, "DTSTART", label), _moment(event, "DTEND", label)
    lasting = _value(event, "DURATION", label, timedelta)
    if start is None:
        raise _broken(label, _("it does not say when it begins."))
    if end is not None and lasting is not None:
        raise _broken(label, _("it has both an end and a duration."))
    if end is not None and isinstance(end, datetime) != isinstance(start, datetime):
        raise _broken(label, _("its end is of another kind than its beginning."))
    length = lasting if end is None else end - start
    if length is not None and not timedelta() <= length <= SPAN * DAY:
        raise _broken(label, _("it does not last from one to %(most)s days.") % {"most": SPAN})
    moment = timedelta(microseconds=1) if isinstance(start, datetime) else DAY
    last = max(start, start + length - moment) if length else start
    return _as_day(start), _as_day(last)


def _moment(event: Any, key: str, label: str) -> date | None:
    """A day, or a moment in office time without its zone."""
    value = _value(event, key, label, date)
    if value is None:
        return None
    if value.year not in YEARS:
        raise _broken(label, _("the year %(year)s is not ours.") % {"year": value.year})
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(SHANGHAI).replace(tzinfo=None)
    return value


def _value(event: Any, key: str, label: str, kind: type) -> Any:
    """What an event says once; refused where it says it twice, or not as the format has it."""
    found = event.get(key)
    if found is None:
        return None
    if isinstance(found, list):
        raise _broken(label, _("it says %(what)s twice.") % {"what": key})
    try:
        value = found.dt
    except (ValueError, AttributeError):
        value = None
    if not isinstance(value, kind):
        raise _broken(label, _("its %(what)s cannot be read.") % {"what": key})
    return value


def _broken(label: str, why: str) -> ValidationError:
    return ValidationError(_("Event %(name)s: %(why)s") % {"name": label, "why": why})


def _as_day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def lines_from(rows: Iterable[Row]) -> str:
    """Days as lines; days off in a row under one name become one line."""
    folded: list[list] = []
    for day, works, name in rows:
        before = folded[-1] if folded else None
        if before and not works and before[2:] == [False, name] and before[1] + DAY == day:
            before[1] = day
        else:
            folded.append([day, day, works, name])
    return "\n".join(
        f"班 {first}" if works else f"{first}..{last} {name}".strip()
        for first, last, works, name in folded
    )


def lines_of(notice: HolidayNotice) -> str:
    """The days a notice names, as lines, to be corrected."""
    return lines_from(notice.days.order_by("day").values_list("day", "works", "name"))
