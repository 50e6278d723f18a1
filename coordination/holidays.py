"""A year's holiday notice: read from a form, a table or a calendar file, previewed, published.

The preview is the very act, rolled back, so it cannot say anything else than what will happen.
"""

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import icalendar
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, actions, audit, calendars, duties, history, notices_data, spreadsheets
from .models import CutOff, Duty, HolidayNotice, Notice
from .notices_data import NoticeData

LINES = 1000  # no year has more
DAY = timedelta(days=1)
RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s*(?:\.\.|~|至|—|–)\s*(\d{4}-\d{2}-\d{2}))?\s*(.*)")
WORKED = {"班", "上班", "补班", "调休上班", "work", "worked", "1", "true"}
OFF = {"休", "放假", "off", "0", "false"}


@dataclass(frozen=True, slots=True)
class Move:
    """One running due date that a notice moves, or makes certain."""

    duty: Duty
    old: date
    new: date


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing would do: due dates, people told, days relied on that change."""

    moves: list[Move]
    told: int
    relied_on: list[date]

    @property
    def digest(self) -> str:
        """What was shown, in short: publishing refuses where it is not so any more."""
        content = [(m.duty.pk, m.old, m.new) for m in self.moves]
        return hashlib.sha256(repr((content, self.relied_on)).encode()).hexdigest()


def from_lines(text: str) -> tuple[list[tuple[date, date, str]], list[date]]:
    """Read days off, a line each: "2027-01-01..2027-01-03 元旦"; "班 2027-01-04" is worked.

    Raises ValidationError naming the line.
    """
    off, work = [], []
    for number, line in _lines(text):
        word, _space, rest = line.partition(" ")
        if word in WORKED:
            work += [_day(part, number) for part in re.split(r"[\s,，、]+", rest.strip())]
            continue
        found = RANGE.fullmatch(line)
        if found is None:
            raise ValidationError(
                _("Line %(line)s: write 2027-01-01..2027-01-03 元旦, or 班 2027-01-04.")
                % {"line": number}
            )
        first = _day(found[1], number)
        last = _day(found[2], number) if found[2] else first
        if not first <= last <= first + 40 * DAY:
            raise ValidationError(
                _("Line %(line)s: the last day does not fit the first.") % {"line": number}
            )
        off.append((first, last, found[3].strip()))
    return off, work


def _lines(text: str) -> list[tuple[int, str]]:
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > LINES:
        raise ValidationError(_("More than %(most)s lines are not one year.") % {"most": LINES})
    return lines


def _day(text: str, line: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError(
            _("Line %(line)s: %(text)s is not a day like 2027-01-01.")
            % {"line": line, "text": text[:40]}
        ) from None


def from_csv(data: bytes) -> str:
    """Turn a table of day, off/worked, name into lines. UTF-8 or GB18030; a heading is passed over.

    Raises ValidationError naming the line.
    """
    rows = list(csv.reader(io.StringIO(spreadsheets.text_of(data))))
    if len(rows) > LINES:
        raise ValidationError(_("More than %(most)s lines are not one year.") % {"most": LINES})
    lines = []
    for number, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and not cells[0][:4].isdigit()):
            continue
        day = _day(cells[0].replace("/", "-"), number).isoformat()
        kind = cells[1].lower() if len(cells) > 1 else ""
        name = cells[2] if len(cells) > 2 else ""
        if kind in WORKED:
            lines.append(f"班 {day}")
        elif kind in OFF:
            lines.append(f"{day} {name}".strip())
        else:
            raise ValidationError(
                _("Line %(line)s: the second column says 休 (off) or 班 (worked).")
                % {"line": number}
            )
    return _folded(lines)


def from_ics(data: bytes) -> str:
    """Turn the events of a calendar file into lines: 班 or 补班 in the name is worked, else off.

    Raises ValidationError for what is no calendar.
    """
    try:
        events = icalendar.Calendar.from_ical(data).walk("VEVENT")
        found = [
            (event.decoded("DTSTART"), event.get("DTEND"), str(event.get("SUMMARY", "")))
            for event in events[: LINES + 1]
        ]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValidationError(_("This is not a calendar file (.ics).")) from error
    if not found:
        raise ValidationError(_("No day is in this calendar file."))
    lines = []
    for first, end, name in found:
        start = _as_day(first)
        last = _as_day(end.dt) - DAY if end is not None else start
        if "班" in name:
            lines += [f"班 {start + n * DAY}" for n in range(max(1, (last - start).days + 1))]
        else:
            clean = re.sub(r"[（(]休[)）]|休$", "", name).strip()
            lines.append(f"{start}..{max(start, last)} {clean}".strip())
    return "\n".join(lines)


def _as_day(value) -> date:
    return value.date() if isinstance(value, datetime) else value


def _folded(lines: list[str]) -> str:
    """Days off in a row under one name become one line."""
    folded: list[list] = []
    for line in lines:
        found = RANGE.fullmatch(line)
        if found is None:
            folded.append([line])
            continue
        day, name = date.fromisoformat(found[1]), found[3]
        before = folded[-1] if folded else []
        if len(before) == 3 and before[2] == name and before[1] + DAY == day:
            before[1] = day
        else:
            folded.append([day, day, name])
    return "\n".join(
        part[0] if len(part) == 1 else f"{part[0]}..{part[1]} {part[2]}".strip() for part in folded
    )


def lines_of(notice: HolidayNotice) -> str:
    """The days a notice names, as lines, to be corrected."""
    lines = [
        f"班 {row.day}" if row.works else f"{row.day} {row.name}".strip()
        for row in notice.days.order_by("day")
    ]
    return _folded(lines)


def notice_from(
    *, number: str, title: str, year: int, published_on: date, lines: str
) -> NoticeData:
    """Make a notice of what was typed. Raises ValidationError in words."""
    off, work = from_lines(lines)
    data = NoticeData(number, year, published_on, title, tuple(off), tuple(work))
    try:
        notices_data.check(data)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    return data


def preview(data: NoticeData) -> Preview:
    """What publishing `data` would do, by doing it and rolling it back."""
    before = calendars.current()
    told_before = Notice.objects.count()
    with transaction.atomic():
        old = {duty.pk: duty.due_on for duty in Duty.objects.open().exclude(working_days=None)}
        _imported, moved = actions.publish_calendar([data])
        after = calendars.current()
        moves = [Move(duty, old[duty.pk], duty.due_on) for duty in moved]
        told = Notice.objects.count() - told_before
        relied_on = _relied_on(before, after)
        transaction.set_rollback(True)
    calendars.forget()
    return Preview(moves, told, relied_on)


def _relied_on(before, after) -> list[date]:
    """Days whose rule a running deadline counted with, and that would be otherwise now."""
    changed = [
        day for day in sorted(before.days) if before.is_workday(day) != after.is_workday(day)
    ]
    if not changed:
        return []
    spans = Duty.objects.open().exclude(working_days=None).values_list("started_at", "due_on")
    running = [(duties.local_day(start), due) for start, due in spans]
    return [day for day in changed if any(start < day <= due for start, due in running)]


@transaction.atomic
def publish(data: NoticeData, *, person, seen: str, reason: str = "") -> Preview:
    """Publish a notice as it was previewed; due dates move, those concerned are told.

    Raises PermissionDenied unless `person` serves in the Office; ValidationError when it would do
    something else by now than was shown, or changes days that running deadlines relied on
    without a reason.
    """
    access.require(person, "publish", HolidayNotice)
    shown = preview(data)
    if shown.digest != seen:
        raise ValidationError(
            _("Meanwhile something changed. Look at the preview again."), code="changed"
        )
    if shown.relied_on and not reason.strip():
        raise ValidationError(
            {"reason": _("Running deadlines relied on these days. Say why they change.")},
            code="reason_missing",
        )
    actions.publish_calendar([data], person=person)
    Notice.objects.alive().filter(code="calendar_missing", params__year=data.year).update(
        ended_at=timezone.now()
    )
    audit.record("calendar_published", person=person, subject=f"{data.number} {reason}".strip())
    return shown


@transaction.atomic
def set_cut_off(*, person, hour, in_force_from: date, reason: str) -> list[Duty]:
    """Set the hour at which due days end, from a day to come; returns the duties that moved.

    `hour` None is 24:00. Raises PermissionDenied, ValidationError in words.
    """
    access.require(person, "publish", HolidayNotice)
    if in_force_from <= timezone.localdate():
        raise ValidationError(
            {"in_force_from": _("It holds from a day to come, so that today ends as announced.")}
        )
    if CutOff.objects.filter(in_force_from=in_force_from).exists():
        raise ValidationError({"in_force_from": _("There is one from that day already.")})
    row = CutOff(
        hour=hour,
        in_force_from=in_force_from,
        reason=reason,
        entered_by=person,
        entered_at=timezone.now(),
    )
    history.note(row, person, reason)
    row.save()
    audit.record("cut_off_set", person=person, subject=str(row))
    return duties.recompute(notice_number=str(_("cut-off hour")), by=person)
