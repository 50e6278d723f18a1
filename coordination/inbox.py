"""The home page's three questions: what waits for me, what is late, what comes next."""

from dataclasses import dataclass
from datetime import date, datetime

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from . import access, calendars, duties, subjects, workflow
from .models import Duty
from .registry import WAITING

SHOWN = 10
AHEAD = 5  # working days


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a step of this person."""

    title: str
    url: str
    what: str
    since: datetime | None
    lamp: duties.Lamp
    instead_of: str = ""  # whose, where it waits for a stand-in


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty to show: late, or coming."""

    duty: Duty
    url: str
    lamp: duties.Lamp


def waiting(person, at_most: int = SHOWN) -> tuple[list[Waiting], bool]:
    """What waits for a step of `person`, most pressing first, and whether there is more."""
    calendar, now = calendars.current(), timezone.now()
    found: list[tuple[date, Waiting]] = []
    more = False
    for label, routes in workflow.OF_MODEL.items():
        waits = workflow.waiting(person, *routes)
        records = list(apps.get_model(label).objects.for_inbox(waits)[: at_most + 1])
        more = more or len(records) > at_most
        for record in records:
            duty = record.inbox_duty
            row = Waiting(
                record.inbox_title,
                record.get_absolute_url(),
                record.state_label,
                record.inbox_since,
                duties.lamp(duty, calendar, now),
                _principal(person, record),
            )
            found.append((_pressing(record, duty), row))
    for source in WAITING:
        for one in source(person):
            lamp = duties.Lamp(duties.GREY, "")
            found.append((one.due, Waiting(one.title, one.url, one.what, one.since, lamp)))
    found.sort(key=lambda pair: pair[0])
    return [row for _, row in found[:at_most]], more or len(found) > at_most


def _pressing(record, duty: Duty | None) -> date:
    """What a line is sorted by: its due day; what is urgent and has none goes before all."""
    if duty is not None:
        return duty.due_on
    return date.min if getattr(record, "is_urgent", False) else date.max


def _principal(person, record) -> str:
    """For whom `person` would act on `record`; empty where it waits for their own post."""
    held = access.standing(person)
    if not held.mandates:
        return ""
    leaving = workflow.route_of(record).leaving(record.state)
    steps = [step for step in leaving if step.awaited]
    able = [step for step in steps if workflow.authority(held, step, record)]
    names = [workflow.for_whom(person, step, record) for step in able]
    return names[0] if names and all(names) else ""


def _ledger(person):
    """The duties `person` answers for: the Office all, handlers those of their organisations."""
    return access.visible(person, Duty.objects.running()).select_related("organisation")


def late(person) -> tuple[list[Owed], bool]:
    """Running duties past their time, longest first, and whether there is more."""
    now = timezone.now()
    rows = _ledger(person).overdue(now, timezone.localdate()).order_by("due_on", "pk")
    return _owed(person, rows)


def coming(person) -> tuple[list[Owed], bool]:
    """Running duties due within the next working days and not late yet, nearest first."""
    today = timezone.localdate()
    until = calendars.current().add(today, AHEAD)
    still = Q(due_at=None) | Q(due_at__gte=timezone.now())
    rows = _ledger(person).filter(still, due_on__gte=today, due_on__lte=until)
    return _owed(person, rows.order_by("due_on", "pk"))


def _owed(person, rows) -> tuple[list[Owed], bool]:
    calendar, now = calendars.current(), timezone.now()
    shown = list(rows[: SHOWN + 1])
    urls = subjects.urls_of_duties(person, shown)
    found = [Owed(duty, urls[duty.pk], duties.lamp(duty, calendar, now)) for duty in shown]
    return found[:SHOWN], len(found) > SHOWN


def answers_for_duties(person) -> bool:
    """Whether lateness is this person's concern at all."""
    return access.may_ever(person, "view", Duty)
