"""A year's holiday notice, and the cut-off hour: previewed, then published as previewed.

The preview is the very act, rolled back, so it cannot say anything else than what will happen.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, actions, audit, calendars, dates, duties, history, notice_files, notices_data
from .models import Appointment, CutOff, Duty, HolidayNotice, Notice
from .notices_data import NoticeData
from .workdays import Calendar, DayRule

MIDNIGHT = "24:00"


@dataclass(frozen=True, slots=True)
class Due:
    """A due date as it stands: its day, its hour where it ends earlier, whether it is certain."""

    on: date
    at: datetime | None
    provisional: bool

    def __str__(self):
        words = dates.long_day(self.on)
        if self.at is not None:
            words = f"{words} {timezone.localtime(self.at):%H:%M}"
        return _("%(due)s (provisional)") % {"due": words} if self.provisional else words


@dataclass(frozen=True, slots=True)
class Move:
    """One running due date that moves, or becomes certain or provisional."""

    duty: Duty
    old: Due
    new: Due

    @property
    def words(self) -> str:
        """What it was and what it becomes, with what is provisional marked."""
        return f"{self.old} → {self.new}"


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day of the calendar in force that is otherwise afterwards; None where it is not named."""

    day: date
    old: DayRule | None
    new: DayRule | None

    @property
    def words(self) -> str:
        """What it was and what it becomes."""
        return f"{_rule(self.old)} → {_rule(self.new)}"


def _rule(rule: DayRule | None) -> str:
    if rule is None:
        return _("not named")
    off = _("off (%(name)s)") % {"name": rule.name} if rule.name else _("off")
    return _("worked") if rule.works else off


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would do: to the calendar, to due dates, whom it tells, days relied on."""

    content: tuple
    moves: list[Move]
    notices: int
    told: list[str]
    changes: list[DayChange] = field(default_factory=list)
    relied_on: list[date] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """All that was shown, in short: the act is refused where it would do anything else."""
        moves = [(move.duty.pk, move.old, move.new) for move in self.moves]
        shown = (self.content, moves, self.told, self.changes, self.relied_on)
        return hashlib.sha256(repr(shown).encode()).hexdigest()

    def require(self, seen: str) -> None:
        """Refuse what is not what was seen."""
        if self.digest != seen:
            raise ValidationError(
                _(
                    "This is not what was shown: you edited it, or something else changed "
                    "meanwhile. Look at the preview again."
                ),
                code="changed",
            )


def notice_from(
    *, number: str, title: str, year: int, published_on: date, lines: str
) -> NoticeData:
    """Make a notice of what was typed. Raises ValidationError in words."""
    if published_on > timezone.localdate():
        raise ValidationError(
            {"published_on": _("This day is still to come. Enter when it was published.")},
            code="future",
        )
    off, work = notice_files.from_lines(lines)
    data = NoticeData(number, year, published_on, title, tuple(off), tuple(work))
    try:
        notices_data.check(data)
    except ValueError as error:
        raise ValidationError({"lines": str(error)}) from error
    return data


def corrected_by(data: NoticeData) -> HolidayNotice | None:
    """The notice that is entered under this number already, if any."""
    return HolidayNotice.objects.filter(number=data.number).first()


def preview(data: NoticeData) -> Preview:
    """What publishing `data` would do, by doing it and rolling it back.

    Raises ValidationError for a correction to another year.
    """
    before = calendars.current()
    known = corrected_by(data)
    with transaction.atomic():
        moves, told = _what_moves(lambda: actions.publish_calendar([data])[1])
        after = calendars.current()
        relied_on = _relied_on(before, after)
        transaction.set_rollback(True)
    calendars.forget()
    content = (data, known.digest if known else "")
    changes = list(_changes(before, after))
    return Preview(content, moves, len(told), _names(told), changes, relied_on)


def _what_moves(act: Callable[[], list[Duty]]) -> tuple[list[Move], list[int]]:
    """The due dates `act` moves, and the persons of the notices it writes."""
    last = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    counted = Duty.objects.open().exclude(working_days=None)
    rows = counted.values_list("pk", "due_on", "due_at", "provisional")
    old = {pk: Due(on, at, provisional) for pk, on, at, provisional in rows}
    moves = [
        Move(duty, old[duty.pk], Due(duty.due_on, duty.due_at, duty.provisional)) for duty in act()
    ]
    written = Notice.objects.filter(pk__gt=last, duty__in=[move.duty.pk for move in moves])
    return moves, list(written.values_list("person_id", flat=True))


def _names(person_ids: Iterable[int]) -> list[str]:
    """Persons by their unit or body and name, each once."""
    held = Appointment.objects.active(timezone.localdate()).filter(person__in=set(person_ids))
    posts = defaultdict(list)
    for row in held.select_related("person", "seat__organisation").order_by("seat__order", "pk"):
        unit = row.seat.organisation.short_name
        if unit not in posts[row.person]:
            posts[row.person].append(unit)
    return sorted(f"{'、'.join(units)} {person}" for person, units in posts.items())


def _changes(before: Calendar, after: Calendar) -> Iterable[DayChange]:
    """Days whose rule changes or vanishes, and days new to a year that was published already."""
    for day in sorted(before.days.keys() | after.days.keys()):
        old, new = before.days.get(day), after.days.get(day)
        if old is None and day.year not in before.published:
            continue
        if (old and (old.works, old.name)) != (new and (new.works, new.name)):
            yield DayChange(day, old, new)


def _relied_on(before: Calendar, after: Calendar) -> list[date]:
    """Days a running deadline counted with that change, vanish, or lose their year's notice."""
    changed = [
        change.day
        for change in _changes(before, after)
        if change.new is None or before.is_workday(change.day) != after.is_workday(change.day)
    ]
    for year in before.published - after.published:
        first = date(year, 1, 1).toordinal()
        changed += map(date.fromordinal, range(first, date(year, 12, 31).toordinal() + 1))
    if not changed:
        return []
    spans = Duty.objects.open().exclude(working_days=None).values_list("started_at", "due_on")
    running = [(duties.local_day(start), due) for start, due in spans]
    return sorted({day for day in changed if any(start < day <= due for start, due in running)})


@transaction.atomic
def publish(data: NoticeData, *, person, seen: str, reason: str = "") -> Preview:
    """Publish a notice as it was previewed; due dates move, those concerned are told.

    Raises PermissionDenied unless `person` serves in the Office; ValidationError when it would do
    something else by now than was shown, or changes days that running deadlines relied on
    without a reason.
    """
    access.require(person, "publish", HolidayNotice)
    list(HolidayNotice.objects.select_for_update().values_list("pk"))  # one publishes at a time
    calendars.forget()
    shown = preview(data)
    shown.require(seen)
    if shown.relied_on and not reason.strip():
        raise ValidationError(
            {"reason": _("Running deadlines relied on these days. Say why they change.")},
            code="reason_missing",
        )
    actions.publish_calendar([data], person=person)
    audit.record("calendar_published", person=person, subject=f"{data.number} {reason}".strip())
    return shown


def cut_off_from(day: date) -> CutOff | None:
    """The cut-off hour that is entered to hold from exactly this day, if any."""
    return CutOff.objects.filter(in_force_from=day).first()


def preview_cut_off(*, person, hour: time | None, in_force_from: date, reason: str) -> Preview:
    """Which due times the hour would change, by setting it and rolling that back.

    Raises what `set_cut_off` raises.
    """
    known = cut_off_from(in_force_from)
    with transaction.atomic():
        moves, told = _what_moves(lambda: _write_cut_off(person, hour, in_force_from, reason))
        transaction.set_rollback(True)
    replaced = (known.hour, known.reason) if known else None
    content = (hour, in_force_from, reason, replaced)
    return Preview(content, moves, len(told), _names(told))


@transaction.atomic
def set_cut_off(
    *, person, hour: time | None, in_force_from: date, reason: str, seen: str
) -> Preview:
    """Set the hour at which due days end, from a day to come, as it was previewed.

    `hour` None is 24:00. One set for that day before is replaced. Raises PermissionDenied,
    ValidationError in words.
    """
    shown = preview_cut_off(person=person, hour=hour, in_force_from=in_force_from, reason=reason)
    shown.require(seen)
    _write_cut_off(person, hour, in_force_from, reason)
    audit.record("cut_off_set", person=person, subject=f"{hour or MIDNIGHT} {in_force_from}")
    return shown


def _write_cut_off(person, hour: time | None, in_force_from: date, reason: str) -> list[Duty]:
    """Write the row and compute the due times anew; returns the duties that moved."""
    access.require(person, "publish", HolidayNotice)
    if in_force_from <= timezone.localdate():
        raise ValidationError(
            {"in_force_from": _("It holds from a day to come, so that today ends as announced.")}
        )
    known = CutOff.objects.select_for_update().filter(in_force_from=in_force_from).first()
    row = known or CutOff(in_force_from=in_force_from)
    row.hour, row.reason, row.entered_by, row.entered_at = hour, reason, person, timezone.now()
    history.note(row, person, reason)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError(
            _("Somebody else set it meanwhile. Look at the preview again.")
        ) from error
    return duties.recompute(notice_number=f"{hour or MIDNIGHT} {in_force_from}", by=person)
