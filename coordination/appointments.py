"""Posts change hands: appointed, in charge of a vacancy, ended; every change by a decision (A2-A4).

What was done stays with who held the seat then; what is open stays with the seat. Days lie in the
present or to come, so that nobody's authority is changed backwards; only a seat that nobody ever
held may be filled from a day in the past, when a system is first set up.
"""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, audit, history, notices
from .dates import long_day
from .models import Appointment, Decision, HandOver, Person, Seat
from .posts import OFFICERS

DAY = timedelta(days=1)


@transaction.atomic
def appoint(
    *, by, seat: Seat, person: Person, since: date, decision: Decision, acting: bool = False
) -> Appointment:
    """Appoint `person` to `seat` from `since`; whoever holds it ends the day before.

    Seats that follow this one change hands with it. `acting`: in charge of a vacancy, so nobody
    may hold the seat then; a later proper appointment ends it. Raises PermissionDenied unless
    `by` is the security officer, ValidationError in words.
    """
    access.require(by, "appoint", Seat)
    seat = Seat.objects.select_for_update().select_related("organisation").get(pk=seat.pk)
    _can_hold(by, seat, person)
    found = _fill(by, seat, person, since, decision, acting=acting)
    for follower in seat.followers.select_for_update().select_related("organisation"):
        _fill(by, follower, person, since, decision, acting=acting)
    audit.record("appointed", person=by, subject=f"{person.username} → {seat} {since}")
    _tell(found, "appointed", since)
    return found


def _can_hold(by, seat: Seat, person: Person) -> None:
    """The three officers are apart from everybody else, and nobody appoints themselves."""
    if person.pk == by.pk:
        raise ValidationError({"person": _("Nobody appoints themselves.")}, code="oneself")
    if not person.is_active:
        raise ValidationError(
            {"person": _("This person cannot sign in. Enable them first.")}, code="inactive"
        )
    today = timezone.localdate()
    others = person.appointments.exclude(until__lt=today).select_related("seat")
    is_officer = any(a.seat.post in OFFICERS for a in others)
    if is_officer or (seat.post in OFFICERS and others.exists()):
        raise ValidationError(
            {"person": _("A system, security or audit officer holds no other post.")},
            code="officers_apart",
        )


def _fill(by, seat: Seat, person, since: date, decision, *, acting: bool) -> Appointment:
    """End who holds the seat, begin the next, open the hand-over."""
    earlier = list(seat.appointments.exclude(until__lt=since).order_by("since"))
    if since < timezone.localdate() and seat.appointments.exists():
        raise ValidationError(
            {"since": _("The day is past. A change begins today or later.")}, code="past"
        )
    later = next((a for a in earlier if a.since >= since), None)
    if later is not None:
        raise ValidationError(
            _("%(name)s is appointed to %(seat)s from %(day)s. Take that back first.")
            % {"name": later.person, "seat": seat, "day": long_day(later.since)},
            code="later",
        )
    holder = earlier[0] if earlier else None
    if acting and holder is not None and not holder.acting:
        raise ValidationError(
            _("%(name)s holds %(seat)s then. Somebody in charge only fills a vacancy.")
            % {"name": holder.person, "seat": seat},
            code="held",
        )
    if holder is not None:
        if holder.person_id == person.pk and holder.acting == acting:
            raise ValidationError({"person": _("Holds this post already.")}, code="same")
        holder.until = since - DAY
        history.note(holder, by, decision.title)
        holder.save()
    found = Appointment(person=person, seat=seat, since=since, decision=decision, acting=acting)
    history.note(found, by, decision.title)
    found.save()
    before = holder or seat.appointments.filter(until__lt=since).order_by("-until").first()
    if before is not None and before.person_id != person.pk:
        change = HandOver(seat=seat, predecessor=before, successor=found)
        history.note(change, by, decision.title)
        change.save()
    return found


@transaction.atomic
def end_appointment(appointment: Appointment, *, by, until: date, decision: Decision) -> None:
    """End a term of office with the day `until`; seats that follow end with it.

    Raises PermissionDenied unless `by` is the security officer, ValidationError for a day that is
    past, before the beginning, or after the end there is.
    """
    access.require(by, "appoint", Seat)
    row = Appointment.objects.select_for_update().select_related("seat").get(pk=appointment.pk)
    today = timezone.localdate()
    if until < today or until < row.since:
        raise ValidationError(
            {"until": _("The last day is today or later, and not before the first.")}, code="past"
        )
    if row.until is not None and row.until <= until:
        raise ValidationError({"until": _("It ends on that day or earlier already.")}, code="over")
    with_it = Appointment.objects.current(today).filter(
        person=row.person_id, seat__follows=row.seat_id
    )
    for one in [row, *with_it.select_related("seat")]:
        one.until = until
        history.note(one, by, decision.title)
        one.save()
    audit.record("post_ended", person=by, subject=f"{row.person.username} × {row.seat} {until}")
    _tell(row, "post_ended", until)


@transaction.atomic
def take_back(appointment: Appointment, *, by) -> None:
    """Take back an appointment that has not begun; whoever it would have ended goes on.

    Raises PermissionDenied unless `by` is the security officer, ValidationError once it began.
    """
    access.require(by, "appoint", Seat)
    row = (
        Appointment.objects.select_for_update()
        .select_related("seat", "person")
        .get(pk=appointment.pk)
    )
    if row.since <= timezone.localdate():
        raise ValidationError(_("It has begun. End it by a decision instead."), code="begun")
    with_it = Appointment.objects.filter(
        person=row.person_id, since=row.since, seat__follows=row.seat_id
    )
    for one in [row, *with_it]:
        before = Appointment.objects.filter(seat=one.seat_id, until=one.since - DAY).first()
        ended_by_it = HandOver.objects.filter(successor=one, predecessor=before).exists()
        one.delete()
        if before is not None and ended_by_it:
            before.until = None
            history.note(before, by, "successor taken back")
            before.save()
    audit.record("appointment_taken_back", person=by, subject=f"{row.person.username} × {row.seat}")


@transaction.atomic
def create_person(*, by, username: str, name: str, password: str, **more) -> Person:
    """Enter a person who can sign in; the first password must be changed at once.

    Raises PermissionDenied unless `by` is the security officer.
    """
    access.require(by, "add", Person)
    person = Person(username=username, name=name, must_change_password=True, **more)
    person.set_password(password)
    person.save()
    audit.record("person_created", person=by, subject=username)
    return person


@transaction.atomic
def set_active(person: Person, *, by, active: bool) -> None:
    """Let a person sign in, or keep them out; their posts and what they did stay on record.

    Raises PermissionDenied unless `by` is the security officer, ValidationError for oneself.
    """
    access.require(by, "add", Person)
    if person.pk == by.pk:
        raise ValidationError(_("Nobody locks themselves out."), code="oneself")
    person.is_active = active
    person.save()
    audit.record(
        "person_enabled" if active else "person_disabled", person=by, subject=person.username
    )


def _tell(appointment: Appointment, code: str, day: date) -> None:
    notices.notify(
        [appointment.person],
        code,
        key=f"appointment:{appointment.pk}:{code}:{day}",
        params={"seat": str(appointment.seat), "due": day.isoformat()},
    )
