"""The one reminder engine: which duties are reminded on a working day, and to whom.

Two working days before the due day, on it, on the first working day late and on every third
after that; urgent ones on every working morning, and as soon as their hour is past. Who else
hears of it: escalation.py.
A unique key per duty, due date, occasion and person makes each reminder one notice,
however often the run is repeated; working days without a run are caught up by the next one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone

from . import calendars, escalation, notices
from .duties import local_day
from .models import Confirmation, Duty, Heartbeat, Notice
from .workdays import SHANGHAI, Calendar

SOON = 2  # working days before the due day
EVERY = 3  # working days between reminders once late
CATCH_UP = 10  # working days; longer pauses are a matter for the office, not for a flood
RUN = "remind"
ASKED_FROM = 11  # the month the State Council usually publishes in
BATCH = 2000
FIELDS = (
    "pk",
    "organisation_id",
    "due_on",
    "due_at",
    "provisional",
    "title",
    "content_type_id",
    "object_id",
    "urgent",
    "organisation__short_name",
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a duty is reminded today: its notice code, its place in the count, the days to tell."""

    code: str
    number: int
    days: int


def occasion(due_on: date, today: date, calendar: Calendar) -> Occasion | None:
    """Return why a duty due on `due_on` is reminded on the working day `today`, if it is."""
    if today > due_on:
        late = calendar.lateness(due_on, today)
        if late >= 1 and (late - 1) % EVERY == 0:
            return Occasion("late", (late - 1) // EVERY, late)
        return None
    last_day = due_on if calendar.is_workday(due_on) else calendar.add(due_on, -1)
    if today == last_day:
        return Occasion("due_today" if last_day == due_on else "due_soon", 0, 0)
    if today == calendar.add(last_day, -SOON):
        return Occasion("due_soon", SOON, calendar.between(today, due_on))
    return None


def every_morning(
    due_on: date, today: date, calendar: Calendar, *, hour_is_past: bool = False
) -> Occasion:
    """Return why an urgent duty is reminded on the working day `today`: it is, on every one.

    `hour_is_past`: it is late already on its due day, because its hour is over.
    """
    if today > due_on or hour_is_past:
        late = calendar.lateness(due_on, today)
        return Occasion("late", late, max(1, late))
    if today == due_on:
        return Occasion("due_today", 0, 0)
    left = calendar.between(today, due_on)
    return Occasion("due_soon", left, left)


def occasions(today: date, earliest: date, calendar: Calendar) -> dict[date, Occasion]:
    """Return the due days to be reminded on `today`, from `earliest` on, with the reason."""
    found: dict[date, Occasion] = {}
    last = calendar.add(today, SOON + 1)
    day = min(earliest, today)
    while day <= last:
        why = occasion(day, today, calendar)
        if why is not None:
            found[day] = why
        day += timedelta(days=1)
    return found


def remind(now: datetime | None = None) -> int:
    """Write the reminders of this working day; return how many notices were new.

    On days off only a missing calendar is asked for. Running it again, or twice at once, adds
    nothing.
    """
    now = now or timezone.now()
    calendar = calendars.current()
    today = local_day(now)
    written = ask_for_calendar(now)
    if not calendar.is_workday(today):
        return written
    earliest = Duty.objects.running().aggregate(day=Min("due_on"))["day"]
    if earliest is not None:
        for run_day in _days_to_run(today, calendar):
            due = occasions(run_day, earliest, calendar)
            written += _write(due, run_day, now, calendar)
    written += ask_for_roster(now)
    Heartbeat.objects.update_or_create(process=RUN, defaults={"at": now})
    return written


def ask_for_calendar(now: datetime) -> int:
    """Ask the Office for the holiday notices that are missing.

    Next year's: once from 1 November, daily from 1 December; this year's, while it is missing,
    daily. Days off do not count here: without the notice nobody knows for certain which they are.
    Returns how many notices were new; none once the notices are entered.
    """
    today, published = local_day(now), calendars.current().published
    asked = [(today.year, today.isoformat())]
    if today.month >= ASKED_FROM:
        when = "november" if today.month == ASKED_FROM else today.isoformat()
        asked.append((today.year + 1, when))
    return sum(
        _ask_office("calendar_missing", f"calendar:{year}:{when}", {"year": year}, now)
        for year, when in asked
        if year not in published
    )


def ask_for_roster(now: datetime) -> int:
    """Ask the Office, once a month, to have the units confirm their liaison officers (A16).

    Returns how many notices were new; none once the units were asked this year.
    """
    today = local_day(now)
    if Confirmation.objects.filter(year=today.year).exists():
        return 0
    key = f"roster:{today.year}:{today.month}"
    return _ask_office("roster_missing", key, {"year": today.year}, now)


def _ask_office(code: str, key: str, params: dict, now: datetime) -> int:
    """One notice to each of the Office's desk; returns how many were new."""
    return _insert(
        Notice(
            key=f"{key}:{person_id}",
            person_id=person_id,
            code=code,
            params=params,
            created_at=now,
        )
        for person_id in escalation.people(local_day(now)).office
    )


def _days_to_run(today: date, calendar: Calendar) -> list[date]:
    """Today, after the working days that had no run since the last one."""
    last = Heartbeat.objects.filter(process=RUN).values_list("at", flat=True).first()
    missed = calendar.between(local_day(last), today) - 1 if last else 0
    return [calendar.add(today, -back) for back in range(min(missed, CATCH_UP), 0, -1)] + [today]


def _write(due: dict[date, Occasion], run_day: date, now: datetime, calendar: Calendar) -> int:
    """One query for the duties, one for the people, then the notices in bulk."""
    today = local_day(now)
    duties = (
        Duty.objects.running()
        .filter(
            Q(due_on__in=due, urgent=False, started_at__lt=_morning(run_day))
            | Q(urgent=True, started_at__lt=_morning(run_day))
            | Q(urgent=True, due_at__lt=now)
        )
        .values_list(*FIELDS, named=True)
    )
    told = escalation.people(today)
    own_type = ContentType.objects.get_for_model(Duty).pk
    rows: list[Notice] = []
    written = 0
    for row in duties.iterator(BATCH):
        why = _why(row, due, run_day, now, calendar)
        if why.code != "late" and row.due_on < today:
            continue  # caught up too late to announce what is past
        rows += _notices(row, why, told, own_type, now)
        if len(rows) >= BATCH:
            written += _insert(rows)
            rows = []
    return written + _insert(rows)


def _why(row, due: dict[date, Occasion], run_day: date, now: datetime, calendar: Calendar):
    """The occasion of one row on one working day."""
    if not row.urgent:
        return due[row.due_on]
    hour_is_past = row.due_at is not None and row.due_at < now and run_day == local_day(now)
    return every_morning(row.due_on, run_day, calendar, hour_is_past=hour_is_past)


def _notices(row, why: Occasion, told: escalation.People, own_type: int, now) -> Iterable[Notice]:
    """The notices of one occasion: to the owner about the matter, to the others about the duty."""
    late = why.code == "late"
    params = {"title": row.title, "days": why.days, **notices.due_params(row)}
    stem = f"{why.number}:{row.due_on}"
    for person_id in told.owners(row.organisation_id, late=late):
        yield Notice(
            key=f"duty:{row.pk}:{why.code}:{stem}:{person_id}",
            person_id=person_id,
            code=why.code,
            params=params,
            duty_id=row.pk,
            content_type_id=row.content_type_id,
            object_id=row.object_id,
            created_at=now,
        )
    if not late:
        return
    for person_id in told.others(why.number, urgent=row.urgent):
        yield Notice(
            key=f"duty:{row.pk}:late_at:{stem}:{person_id}",
            person_id=person_id,
            code="late_at",
            params={**params, "organisation": row.organisation__short_name},
            duty_id=row.pk,
            content_type_id=own_type,
            object_id=row.pk,
            created_at=now,
        )


def _morning(day: date) -> datetime:
    """Midnight before `day`: what was assigned on the day itself was announced by that."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def _insert(rows: Iterable[Notice]) -> int:
    """Insert those whose key is new; return how many."""
    rows = list(rows)
    if not rows:
        return 0
    with transaction.atomic():
        known = set(
            Notice.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True)
        )
        fresh = [row for row in rows if row.key not in known]
        Notice.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    return len(fresh)
