"""Posts change hands: appointed, in charge of a vacancy, ended; every change by a decision (A2-A4).

What was done stays with who held the seat then; what is open stays with the seat. Days lie in the
present or to come, so that nobody's authority is changed backwards; only a seat that nobody ever
held may be filled from a day in the past, when a system is first set up.
"""

import secrets
import string
from collections.abc import Iterable
from datetime import date

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, audit, tenure
from .models import Appointment, Decision, Person, Seat
from .posts import OFFICERS, Post

READABLE = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1lI")


@transaction.atomic
def appoint(
    *, by, seat: Seat, person: Person, since: date, decision: Decision, acting: bool = False
) -> Appointment:
    """Appoint `person` to `seat` from `since`; whoever holds it ends the day before.

    Seats that follow this one change hands with it; to them nobody is appointed directly.
    `acting`: in charge of a vacancy, so nobody may hold the seat then; a later proper appointment
    ends it. Raises PermissionDenied unless `by` is the security officer, ValidationError in words.
    """
    access.require(by, "appoint", Seat)
    seat = _locked(seat.pk)
    if seat.follows is not None:
        raise ValidationError(
            _("%(seat)s goes with %(post)s. Appoint to that post; this seat goes with it.")
            % {"seat": seat, "post": seat.follows},
            code="follows",
        )
    _can_hold(by, seat, person)
    found = tenure.fill(seat, person, since, by=by, decision=decision, acting=acting)
    for follower in tenure.followers(seat):
        tenure.follow(follower, person, since, by=by, decision=decision, acting=acting)
    audit.record(
        "appointed",
        person=by,
        subject=f"{person.username} → {seat} {since} · {decision.reference}",
    )
    return found


def _locked(pk: int) -> Seat:
    rows = Seat.objects.select_for_update(of=("self",))
    return rows.select_related("organisation__body", "follows__organisation").get(pk=pk)


def _can_hold(by, seat: Seat, person: Person) -> None:
    """The three officers are apart from everybody else, and nobody appoints themselves."""
    if person.pk == by.pk:
        raise ValidationError({"person": _("Nobody appoints themselves.")}, code="oneself")
    if not person.is_active:
        raise ValidationError(
            {"person": _("This person cannot sign in. Enable them first.")}, code="inactive"
        )
    others = person.appointments.not_over(timezone.localdate()).select_related("seat")
    is_officer = any(a.seat.post in OFFICERS for a in others)
    if is_officer or (seat.post in OFFICERS and others.exists()):
        raise ValidationError(
            {"person": _("A system, security or audit officer holds no other post.")},
            code="officers_apart",
        )


@transaction.atomic
def end_appointment(
    appointment: Appointment, *, by, until: date | None, decision: Decision
) -> None:
    """Give a running term of office the last day `until`, another one than before, or none.

    Seats that go with the post end with it. Raises PermissionDenied unless `by` is the security
    officer, ValidationError in words: for a day past, for a term that is over or has a successor,
    for the last security officer.
    """
    access.require(by, "appoint", Seat)
    row = _running(appointment)
    _may_last(row, until)
    before = row.until
    with_it = Appointment.objects.filter(person=row.person_id, seat__follows=row.seat_id)
    tenure.end(row, until, by=by, decision=decision)
    for one in with_it.select_related("seat__organisation", "person"):
        follows_on = one.seat.appointments.filter(since__gt=one.since).exists()
        longer = one.until is None or (until is not None and one.until > until)
        if (one.until == before or longer) and not follows_on:
            tenure.end(one, until, by=by, decision=decision)
    tenure.mirror_later(row.seat, timezone.localdate(), by=by)
    audit.record(
        "post_ended",
        person=by,
        subject=f"{row.person.username} × {row.seat} {until or '–'} · {decision.reference}",
    )


def _running(appointment: Appointment) -> Appointment:
    """The term, locked with its seat. Raises ValidationError where it goes with another post."""
    seat = _locked(appointment.seat_id)
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("person", "displaced")
    row = rows.get(pk=appointment.pk)
    row.seat = seat
    if seat.follows is not None and goes_with_post(row):
        raise ValidationError(
            _("%(seat)s goes with %(post)s. Change that term; this one goes with it.")
            % {"seat": seat, "post": seat.follows},
            code="follows",
        )
    return row


def goes_with_post(term: Appointment) -> bool:
    """Whether the holder of a following seat holds the post it follows too."""
    held = Appointment.objects.filter(person=term.person_id, seat=term.seat.follows_id)
    if term.until is not None:
        held = held.filter(since__lte=term.until)
    return held.exclude(until__lt=term.since).exists()


def _may_last(row: Appointment, until: date | None) -> None:
    today = timezone.localdate()
    if row.until is not None and row.until < today:
        raise ValidationError(_("This term is over."), code="over")
    if until is None and row.until is None:
        raise ValidationError({"until": _("Give the last day.")}, code="missing")
    if until is not None and (until < today or until < row.since):
        raise ValidationError(
            {"until": _("The last day is today or later, and not before the first.")}, code="past"
        )
    if until == row.until:
        raise ValidationError({"until": _("That is its last day already.")}, code="same")
    tenure.nobody_after(row)
    if until is not None and row.seat.post == Post.SECURITY_OFFICER:
        _somebody_guards(until + tenure.DAY, but=row.pk)


def _somebody_guards(day: date, *, but: int | None = None) -> None:
    """Posts can be changed on `day` too, by a security officer who can sign in."""
    guards = Appointment.objects.active(day).filter(seat__post=Post.SECURITY_OFFICER)
    if not guards.exclude(pk=but).exists():
        raise ValidationError(
            _("There would be no security officer any more. Appoint a successor instead."),
            code="last_guard",
        )


@transaction.atomic
def take_back(appointment: Appointment, *, by, reason: str = "") -> None:
    """Take back an appointment that begins today or later; whoever it ended goes on as before.

    Raises PermissionDenied unless `by` is the security officer, ValidationError once it began
    before today or was acted under, or while somebody is appointed after it.
    """
    access.require(by, "appoint", Seat)
    row = _running(appointment)
    if row.since < timezone.localdate():
        raise ValidationError(_("It has begun. End it by a decision instead."), code="begun")
    why = f"taken back: {reason}" if reason else "taken back"
    for one in [*tenure.companions(row), row]:
        tenure.remove(one, by=by, reason=why)
    tenure.mirror_later(row.seat, row.since, by=by)
    if row.seat.post == Post.SECURITY_OFFICER:
        _somebody_guards(timezone.localdate())
    audit.record(
        "appointment_taken_back",
        person=by,
        subject=f"{row.person.username} × {row.seat} {row.since} · {reason}",
    )


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
