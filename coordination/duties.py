"""The ledger of duties: opened, submitted, sent back, closed; and their lamps.

Yellow at two working days or fewer, red when late. The app that opens a duty owns its content
and closes it; whether it was met in time is written down once, for good.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import calendars, history, notices, terms
from .models import Duty, Organisation
from .posts import ANSWERABLE, OFFICE
from .registry import ENDINGS
from .workdays import SHANGHAI, Calendar, DueDate, Term

YELLOW_AT = 2  # working days left
EXTENDING = ("extension_asked", "extension_granted", "extension_refused")
GREEN, YELLOW, RED, GREY = "green", "yellow", "red", "grey"


@dataclass(frozen=True, slots=True)
class Lamp:
    """A colour, never shown without its words."""

    colour: str
    words: str


def local_day(moment: datetime) -> date:
    """The Asia/Shanghai day of an aware moment."""
    return moment.astimezone(SHANGHAI).date()


def open_duty(
    organisation: Organisation,
    kind: str,
    *,
    subject,
    title: str,
    cites: str,
    started_at: datetime,
    term: Term | None = None,
    limit_at: datetime | None = None,
    assigned_under=None,
    urgent: bool = False,
    by=None,
) -> Duty:
    """Open a duty with either a `term` in working days or an explicit `limit_at`.

    Source: Office rules art. 16; an explicit limit overrides the terms. `assigned_under`: the
    appointment that assigned it, which decides on extensions. Raises ValueError unless exactly
    one of the two limits is given.
    """
    if (term is None) == (limit_at is None):
        raise ValueError("A duty has either a term or an explicit limit.")
    duty = Duty(
        organisation=organisation,
        kind=kind,
        subject=subject,
        title=title[:300],
        cites=cites,
        started_at=started_at,
        assigned_under=assigned_under,
        urgent=urgent,
    )
    if term is not None:
        due = calendars.current().due(started_at, term)
        duty.working_days, duty.due_on, duty.provisional = term.days, due.on, due.provisional
        duty.due_at = terms.day_ends_at(due.on)
    elif limit_at is not None:
        duty.due_at, duty.due_on = limit_at, local_day(limit_at)
    _save(duty, by, "opened")
    return duty


def submit(duty: Duty, at: datetime, *, by=None, cause=None) -> None:
    """The owner has delivered; the clock rests until the work is judged. `cause`: by which act."""
    duty.submitted_at = at
    _save(duty, by, "submitted")
    _ended(duty, at, cause)


def send_back(duty: Duty, *, by=None) -> None:
    """The work was not accepted: the clock runs on as if it had never rested."""
    duty.submitted_at = None
    _save(duty, by, "sent back")


def extend(duty: Duty, due_on: date, due_at: datetime | None, *, by=None) -> None:
    """The day was moved by whoever assigned it; from now on it is an explicit day.

    Where no hour is named it ends at the cut-off hour in force on it, as any due day does.
    """
    duty.due_on, duty.due_at = due_on, due_at or terms.day_ends_at(due_on)
    duty.working_days, duty.provisional = None, False
    _save(duty, by, "extended")


def close(
    duty: Duty, at: datetime, *, outcome: str = Duty.Outcome.MET, by=None, cause=None
) -> None:
    """Close for good; in time or late is judged by the submission, where there was one."""
    done_at, calendar = duty.submitted_at or at, calendars.current()
    duty.closed_at, duty.outcome = at, outcome
    duty.days_late = late_by(duty, done_at, calendar)
    duty.days_taken = max(0, calendar.between(local_day(duty.started_at), local_day(done_at)))
    _save(duty, by, outcome)
    _ended(duty, at, cause)


def _ended(duty: Duty, at: datetime, cause) -> None:
    """What was told and asked about it ends with it."""
    notices.end(duty=duty, at=at)
    notices.end(subject=duty, codes=EXTENDING, at=at)
    if cause is not None:
        for then in ENDINGS:
            then(cause, duty)


def _save(duty: Duty, by, reason: str) -> None:
    history.note(duty, by, reason)
    duty.save()


def late_by(duty: Duty, done_at: datetime, calendar: Calendar) -> int:
    """Working days late. Whatever is late is late by at least one, be it by an hour past an
    explicit hour, or on a day off after the due day.
    """
    if not is_late(duty, done_at):
        return 0
    return max(1, calendar.lateness(duty.due_on, local_day(done_at)))


def is_late(duty: Duty, now: datetime) -> bool:
    """Whether the due day, or the hour where one was named, is past."""
    if duty.due_at is not None:
        return now > duty.due_at
    return local_day(now) > duty.due_on


def earlier(duty: Duty) -> list[Duty]:
    """The limits of the same matter that were cancelled before this one was set.

    Each says whether an extension was `refused` and none granted: a new term does not hide it.
    """
    if duty.kind == Duty.Kind.CO_OPINION:
        return []
    rows = Duty.objects.filter(
        content_type=duty.content_type_id,
        object_id=duty.object_id,
        outcome=Duty.Outcome.CANCELLED,
        pk__lt=duty.pk,
    )
    rows = rows.exclude(kind=Duty.Kind.CO_OPINION).noting_refusals()
    return list(rows.select_related("organisation").order_by("pk"))


def lamp(duty: Duty | None, calendar: Calendar, now: datetime | None = None) -> Lamp:
    """Return the lamp of a duty as it stands `now`; grey when nothing is owed any more."""
    now = now or timezone.now()
    if duty is None:
        return Lamp(GREY, "")
    if duty.closed_at is not None:
        return _closed_lamp(duty)
    if duty.submitted_at is not None:
        return Lamp(GREY, _("submitted"))
    if is_late(duty, now):
        return _late_lamp(late_by(duty, now, calendar))
    left = calendar.between(local_day(now), duty.due_on)
    colour = YELLOW if left <= YELLOW_AT else GREEN
    if local_day(now) == duty.due_on:
        if duty.due_at is None:
            return Lamp(colour, _("due today"))
        hour = timezone.localtime(duty.due_at).strftime("%H:%M")
        return Lamp(colour, _("due today by %(hour)s") % {"hour": hour})
    words = ngettext("%(days)s working day left", "%(days)s working days left", left)
    return Lamp(colour, words % {"days": left})


def _closed_lamp(duty: Duty) -> Lamp:
    if duty.outcome == Duty.Outcome.CANCELLED:
        return Lamp(GREY, _("cancelled"))
    if duty.days_late:
        words = ngettext(
            "closed %(days)s working day late", "closed %(days)s working days late", duty.days_late
        )
        return Lamp(GREY, words % {"days": duty.days_late})
    return Lamp(GREY, _("closed on time"))


def _late_lamp(days: int) -> Lamp:
    words = ngettext("late by %(days)s working day", "late by %(days)s working days", days)
    return Lamp(RED, words % {"days": days})


def yellow_until(today: date, calendar: Calendar) -> date:
    """The last due day that is shown yellow today, for set-based filters."""
    return calendar.add(today, YELLOW_AT + 1) - date.resolution


def recompute(*, notice_number: str, by=None) -> list[Duty]:
    """Compute the due dates of open duties anew after the calendar changed; tell their owners.

    Returns the duties that moved or became certain. An explicit limit never moves.
    """
    calendar = calendars.current()
    office = list(Organisation.objects.filter(kind=Organisation.Kind.GROUP_OFFICE))
    counted = Duty.objects.open().exclude(working_days=None).select_related("organisation")
    changed = []
    for duty in counted.select_for_update(of=("self",)):
        due = calendar.due(duty.started_at, Term(duty.working_days, duty.cites))
        ends_at = terms.day_ends_at(due.on)
        if (due.on, due.provisional, ends_at) == (duty.due_on, duty.provisional, duty.due_at):
            continue
        code, params = _moved(duty, due, ends_at)
        duty.due_on, duty.provisional, duty.due_at = due.on, due.provisional, ends_at
        _save(duty, by, f"calendar {notice_number}")
        notices.notify_posts(
            [duty.organisation, *office],
            ANSWERABLE + OFFICE,
            code,
            key=f"duty:{duty.pk}:version:{duty.history.count()}",
            params={**params, "notice": notice_number},
            duty=duty,
        )
        changed.append(duty)
    return changed


def _moved(duty: Duty, due: DueDate, ends_at: datetime | None) -> tuple[str, dict]:
    """The notice of a change that is about to be made to `duty`, and its words."""
    params: dict = {"title": duty.title, "due": due.on.isoformat()}
    hour = ends_at.astimezone(SHANGHAI).strftime("%H:%M") if ends_at else "24:00"
    if due.provisional:
        params["provisional"] = True
    if (due.on, due.provisional) == (duty.due_on, duty.provisional):
        return "due_hour", {**params, "hour": hour}
    if ends_at:
        params["at"] = hour
    if due.on == duty.due_on and not due.provisional:
        return "due_certain", params
    return "due_moved", {**params, "old": duty.due_on.isoformat()}
