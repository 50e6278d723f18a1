"""Due dates beside a bisect over a list; a reminder run beside one query and a bulk insert."""

import datetime as dt
import statistics
import time
from bisect import bisect_right

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from coordination import calendars, reminders
from coordination.models import Appointment, Duty, Heartbeat, Notice, Organisation
from coordination.posts import HANDLERS
from coordination.workdays import SHANGHAI, Term
from documents.models import IncomingDocument

STARTS = 20_000
DUE_NOW = 1000


def _median(call, rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        before = time.process_time()
        call()
        taken.append(time.process_time() - before)
    return statistics.median(taken)


def due_dates() -> dict:
    """Microseconds of CPU per due date, and beside a bisect over a ready list."""
    calendar, term = calendars.current(), Term(7, "B16")
    first = dt.datetime(2020, 1, 1, 9, tzinfo=SHANGHAI)
    starts = [first + dt.timedelta(hours=3 * n) for n in range(STARTS)]
    days = [dt.date(2019, 12, 1) + dt.timedelta(n) for n in range(2900)]
    worked = [day for day in days if calendar.is_workday(day)]

    def ours():
        for start in starts:
            calendar.due(start, term)

    def bisected():
        for start in starts:
            worked[bisect_right(worked, start.astimezone(SHANGHAI).date()) + 6]

    ours(), bisected()
    one, other = _median(ours, 9), _median(bisected, 9)
    per = 1_000_000 / STARTS
    return {
        "due_us": round(one * per, 3),
        "bisect_us": round(other * per, 3),
        "ratio": round(one / other, 2),
    }


def _make_duties(count: int, today: dt.date) -> None:
    """`count` open duties, DUE_NOW of them due on `today`, the rest far ahead."""
    units = list(Organisation.objects.filter(seats__login__startswith="liaison").order_by("pk"))
    content_type = ContentType.objects.get_for_model(IncomingDocument)
    far = today + dt.timedelta(days=200)
    started = timezone.now() - dt.timedelta(days=20)
    Duty.objects.all()._raw_delete(Duty.objects.db)
    rows = (
        Duty(
            organisation=units[n % len(units)],
            kind=Duty.Kind.COMPLETE,
            title=f"事项{n}",
            content_type=content_type,
            object_id=1,
            cites="B16",
            started_at=started,
            working_days=7,
            due_on=today if n < DUE_NOW else far,
        )
        for n in range(count)
    )
    Duty.objects.bulk_create(rows, batch_size=2000)


def _least(today: dt.date, now: dt.datetime) -> None:
    """The least it could be: one query for duties and people, one bulk insert."""
    held = Appointment.objects.active(today).filter(seat__post__in=HANDLERS)
    people = dict(held.values_list("seat__organisation_id", "person_id"))
    duties = Duty.objects.filter(closed_at=None, due_on=today).values_list(
        "pk", "organisation_id", "title", "due_on"
    )
    with transaction.atomic():
        Notice.objects.bulk_create(
            [
                Notice(
                    key=f"x{pk}",
                    person_id=people[organisation],
                    code="due_today",
                    params={"title": title, "due": due_on.isoformat()},
                    duty_id=pk,
                    created_at=now,
                )
                for pk, organisation, title, due_on in duties
                if organisation in people
            ],
            batch_size=2000,
        )


def reminders_run(count: int) -> dict:
    """Milliseconds of a run over `count` open duties with DUE_NOW due, beside the least."""
    calendar = calendars.current()
    today = timezone.localdate()
    if not calendar.is_workday(today):
        today = calendar.add(today, 1)
    now = dt.datetime.combine(today, dt.time(8, 30), tzinfo=SHANGHAI)
    taken: dict[str, list[float]] = {"run": [], "least": []}
    written = 0
    with transaction.atomic():
        _forget_documents()
        _make_duties(count, today)
        for _ in range(7):
            for name in taken:
                Notice.objects.all().delete()
                Heartbeat.objects.all().delete()
                before = time.perf_counter()
                if name == "run":
                    written = reminders.remind(now)
                else:
                    _least(today, now)
                taken[name].append(time.perf_counter() - before)
        transaction.set_rollback(True)
    run, least = statistics.median(taken["run"]), statistics.median(taken["least"])
    return {
        "open": count,
        "written": written,
        "run_ms": round(run * 1000, 1),
        "least_ms": round(least * 1000, 1),
        "ratio": round(run / least, 2),
    }


def _forget_documents() -> None:
    """Take the documents off the duties, inside a transaction that is rolled back."""
    from documents.models import Handling

    IncomingDocument.objects.update(main_duty=None)
    Handling.objects.update(duty=None)
    Notice.objects.all().delete()
