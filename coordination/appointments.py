"""Posts change hands: appointed, in charge of a vacancy, ended; every change by a decision (A2-A4).

What was done stays with who held the seat then; what is open stays with the seat. Days lie in the
present or to come, so that nobody's authority is changed backwards; only a seat that nobody ever
held may be filled from a day in the past, when a system is first set up.
"""

import secrets
import string
from collections.abc import Iterable
from datetime import date, timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, audit, history, notices
from .dates import long_day
from .models import Appointment, Decision, HandOver, Person, Seat
from .posts import OFFICERS

DAY = timedelta(days=1)
READABLE = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1lI")


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
    terms = list(seat.appointments.select_related("person").order_by("since"))
    holder = succeeded(seat, terms, person, since, acting=acting)
    if holder is not None:
        holder.until = since - DAY
        history.note(holder, by, decision.title)
        holder.save()
    found = Appointment(person=person, seat=seat, since=since, decision=decision, acting=acting)
    history.note(found, by, decision.title)
    found.save()
    before = predecessor(terms, person, since)
    if before is not None:
        change = HandOver(seat=seat, predecessor=before, successor=found)
        history.note(change, by, decision.title)
        change.save()
    return found


def succeeded(
    seat: Seat, terms: list[Appointment], person, since: date, *, acting: bool = False
) -> Appointment | None:
    """Whose term ends when `person` takes `seat` from `since`; None where nobody holds it then.

    `terms`: all there are of the seat, by their beginning, persons loaded. Raises ValidationError
    in words where that appointment is not possible.
    """
    if since < timezone.localdate() and terms:
        raise ValidationError(
            {"since": _("The day is past. A change begins today or later.")}, code="past"
        )
    standing = [term for term in terms if term.until is None or term.until >= since]
    later = next((term for term in standing if term.since >= since), None)
    if later is not None:
        raise ValidationError(
            _("%(name)s is appointed to %(seat)s from %(day)s. Take that back first.")
            % {"name": later.person, "seat": seat, "day": long_day(later.since)},
            code="later",
        )
    holder = standing[0] if standing else None
    if holder is not None and acting and not holder.acting:
        raise ValidationError(
            _("%(name)s holds %(seat)s then. Somebody in charge only fills a vacancy.")
            % {"name": holder.person, "seat": seat},
            code="held",
        )
    if holder is not None and (holder.person_id, holder.acting) == (person.pk, acting):
        raise ValidationError({"person": _("Holds this post already.")}, code="same")
    return holder


def predecessor(terms: list[Appointment], person, since: date) -> Appointment | None:
    """From whom `person` takes over: whoever served last before `since`, unless it was they."""
    before = [term for term in terms if term.since < since]
    return before[-1] if before and before[-1].person_id != person.pk else None


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

    Raises PermissionDenied unless `by` is the security officer, ValidationError for a login that
    somebody has, were it since a moment ago.
    """
    access.require(by, "add", Person)
    person = Person(username=username, name=name, must_change_password=True, **more)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise ValidationError(
            {"username": _("Somebody has this login already.")}, code="taken"
        ) from error
    audit.record("person_created", person=by, subject=username)
    return person


@transaction.atomic
def give_first_passwords(persons: Iterable[Person], *, by) -> list[tuple[Person, str]]:
    """Give each of `persons` a new password to begin with, to be handed to them on paper.

    It must be changed at the first sign-in, is shown only now and kept only as its hash; who is
    signed in with the old one is signed out. Raises PermissionDenied unless `by` is the security
    officer, ValidationError for oneself.
    """
    access.require(by, "add", Person)
    slips = []
    for person in persons:
        if person.pk == by.pk:
            raise ValidationError(_("Your own password is changed on its own page."), code="self")
        password = _readable_password(person)
        person.set_password(password)
        person.must_change_password = True
        person.save(update_fields=["password", "must_change_password"])
        audit.record("first_password_given", person=by, subject=person.username)
        slips.append((person, password))
    return slips


def without_password() -> list[Person]:
    """Persons who may sign in but were given no password yet."""
    marked = Person.objects.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return list(marked.order_by("name", "pk"))


def _readable_password(person: Person) -> str:
    """Four groups of four letters and digits that are not taken for each other on paper."""
    while True:
        groups = ["".join(secrets.choice(READABLE) for _n in range(4)) for _n in range(4)]
        password = "-".join(groups)
        try:
            validate_password(password, person)
        except ValidationError:
            continue
        return password


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
