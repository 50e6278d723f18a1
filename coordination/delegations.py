"""Standing in for somebody else: delegations given and revoked, absences entered (P22).

The rules are silent on absence. Here a seat entrusts named acts to one person at a time, who
serves in the same organisation, or is a leader as the principal is; the Office may enter one on a
leader's written instruction, never for whoever enters it. It rests on days on which that does not
hold. What is done under it names both, with 代 (coordination/workflow.py).
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, entrusting, history, notices, storage
from .dates import long_day
from .models import Absence, Appointment, Delegation, Person, Seat, StoredFile
from .posts import LEADERS, OFFICE, OFFICERS, Post
from .standings import may_stand_in

LONGEST = timedelta(days=366)
ENTERED_BY_OFFICE = (
    *LEADERS,
    Post.GROUP_HEAD,
)  # leaders whose written instruction the Office keeps


def givable(person) -> list[Seat]:
    """The seats `person` can entrust acts of: their own, and for the Office those of leaders."""
    held = access.standing(person)
    own = [a.seat for a in held.appointments if entrusting.delegable(a.seat.post)]
    if not held.holds(*OFFICE):
        return own
    leaders = Seat.objects.holding(ENTERED_BY_OFFICE, timezone.localdate())
    others = leaders.exclude(pk__in=[seat.pk for seat in own])
    return own + list(others.select_related("organisation"))


def stand_ins(seat: Seat, *, entered_by: Person):
    """Whom `entered_by` can name as stand-in for `seat`: who may stand in, but never themselves."""
    today = timezone.localdate()
    serving = Appointment.objects.active(today)
    able = serving.filter(seat__organisation=seat.organisation_id)
    if seat.post in LEADERS:
        able |= serving.filter(seat__post__in=LEADERS)
    guards = Appointment.objects.active(today).filter(seat__post__in=OFFICERS)
    return (
        Person.objects.filter(pk__in=able.values("person_id"))
        .exclude(pk__in=guards.values("person_id"))
        .exclude(pk__in=seat.appointments.active(today).values("person_id"))
        .exclude(pk=entered_by.pk)
        .order_by("name", "pk")
    )


@transaction.atomic
def give_delegation(
    *,
    person,
    seat: Seat,
    delegate: Person,
    acts: Iterable[str],
    since: date,
    until: date,
    reason: str,
    files: Iterable[StoredFile] = (),
) -> Delegation:
    """Entrust `acts` ("route:action") of `seat` to `delegate` from `since` to `until`.

    Source: 2012 Regulations art. 22. Raises PermissionDenied unless `person` holds the seat, or
    serves in the Office and the seat is a leader's; ValidationError, in words, for anything that
    would chain, overlap, reach too far or last too long.
    """
    seat = Seat.objects.select_for_update().get(pk=seat.pk)
    files, acts = list(files), list(acts)
    holder = _holder(seat)
    by_office = holder.person_id != person.pk
    if seat.pk not in {able.pk for able in givable(person)}:
        raise PermissionDenied(access.refusal([Post(seat.post)], "P22"))
    if by_office and not files:
        raise ValidationError(
            {"files": _("Attach the leader's written instruction.")}, code="instruction_missing"
        )
    _can_stand_in(seat, delegate, person)
    _check(seat, acts, since, until)
    given = Delegation(
        seat=seat,
        delegate=delegate,
        acts=acts,
        since=since,
        until=until,
        reason=reason,
        given_under=holder,
        entered_by=person,
        entered_at=timezone.now(),
    )
    history.note(given, person, reason)
    given.save()
    given.instructions.set(files)
    storage.claim(files)
    _tell(given, "entrusted", [delegate, *([holder.person] if by_office else [])])
    return given


def _holder(seat: Seat) -> Appointment:
    """Who holds the seat today. Raises ValidationError when nobody does."""
    found = access.holder(seat)
    if found is None:
        raise ValidationError(
            _("Nobody holds this post today, so nobody can be stood in for."), code="vacant"
        )
    return found


def _can_stand_in(seat: Seat, delegate: Person, entered_by: Person) -> None:
    """Refuse, in words, whom the seat cannot be entrusted to."""
    if stand_ins(seat, entered_by=entered_by).filter(pk=delegate.pk).exists():
        return
    words = _("A stand-in serves in the same organisation and is not one of the three officers.")
    if seat.post in LEADERS:
        words = _(
            "A stand-in serves in the same organisation or is a leader, and is not one of the "
            "three officers."
        )
    if delegate.pk == entered_by.pk:
        words = _(
            "Nobody makes themselves a stand-in. Choose another, or have a colleague enter it."
        )
    raise ValidationError({"delegate": words}, code="stand_in")


def _check(seat: Seat, acts: list[str], since: date, until: date) -> None:
    """Refuse, in words, what a delegation may not be."""
    today = timezone.localdate()
    own = {key for key, _step in entrusting.delegable(seat.post)}
    if not acts or not set(acts) <= own:
        raise ValidationError({"acts": _("Choose acts of this post.")}, code="acts")
    if since < today:
        raise ValidationError({"since": _("A delegation cannot begin in the past.")}, code="past")
    if until < since:
        raise ValidationError({"until": _("The last day is before the first.")}, code="order")
    if until - since > LONGEST:
        raise ValidationError({"until": _("At most one year. Renew it then.")}, code="long")
    for other in seat.delegations.not_over(today).select_related("delegate"):
        if other.since <= until and since <= other.until and set(other.acts) & set(acts):
            raise ValidationError(
                _(
                    "%(name)s already stands in for some of these acts from %(since)s to "
                    "%(until)s. Revoke that first, or choose other days or acts."
                )
                % {
                    "name": other.delegate,
                    "since": long_day(other.since),
                    "until": long_day(other.until),
                },
                code="overlap",
            )


def resting(rows: Iterable[Delegation]) -> dict[int, str]:
    """Why those of `rows` that are in force give nothing today, in words, by primary key."""
    today = timezone.localdate()
    rows = [row for row in rows if row.revoked_at is None and row.since <= today <= row.until]
    concerned = Q(seat__in=[row.seat_id for row in rows]) | Q(
        person__in=[row.delegate_id for row in rows]
    )
    active = list(Appointment.objects.active(today).filter(concerned).select_related("seat"))
    holders = {term.seat_id: term.person_id for term in active}
    found = {}
    for row in rows:
        serving = [term.seat for term in active if term.person_id == row.delegate_id]
        if row.seat_id not in holders:
            found[row.pk] = _("It rests: nobody holds the post today.")
        elif holders[row.seat_id] == row.delegate_id:
            found[row.pk] = _("It rests: %(name)s holds the post today.") % {"name": row.delegate}
        elif not may_stand_in(row.seat, serving):
            found[row.pk] = _("It rests: today %(name)s holds no post that may stand in.") % {
                "name": row.delegate
            }
    return found


@transaction.atomic
def revoke_delegation(delegation: Delegation, *, person, reason: str) -> Delegation:
    """End a delegation at once; what was done under it stands.

    Raises PermissionDenied unless it is the person's seat or the Office, ValidationError when it
    was revoked or is over already, or no reason is given.
    """
    delegation = Delegation.objects.select_for_update().get(pk=delegation.pk)
    if not access.may(person, "revoke", delegation):
        raise PermissionDenied(access.refusal([Post(delegation.seat.post), *OFFICE], "P22"))
    if delegation.revoked_at is not None or delegation.until < timezone.localdate():
        raise ValidationError(_("It is over already."), code="over")
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason.")}, code="reason_missing")
    delegation.revoked_at, delegation.revoked_by = timezone.now(), person
    delegation.revoked_why = reason.strip()
    history.note(delegation, person, reason)
    delegation.save()
    principal = access.holder(delegation.seat)
    people = [delegation.delegate, *([principal.person] if principal else [])]
    _tell(delegation, "no_longer_entrusted", [p for p in people if p.pk != person.pk])
    return delegation


def _tell(delegation: Delegation, code: str, people: list[Person]) -> None:
    notices.notify(
        people,
        code,
        key=f"delegation:{delegation.pk}:{code}",
        params={
            "seat": str(delegation.seat),
            "delegate": str(delegation.delegate),
            "old": delegation.since.isoformat(),
            "due": delegation.until.isoformat(),
        },
        subject=delegation,
    )


@transaction.atomic
def enter_absence(*, person, absent: Person, since: date, until: date, note: str = "") -> Absence:
    """Write down that `absent` is away; everybody their own absence, the Office anybody's.

    Raises PermissionDenied for somebody else's, ValidationError for days that cannot be.
    """
    if absent.pk != person.pk and not access.standing(person).holds(*OFFICE):
        raise PermissionDenied(access.refusal(OFFICE, "B3"))
    if until < since:
        raise ValidationError({"until": _("The last day is before the first.")}, code="order")
    if until < timezone.localdate():
        raise ValidationError({"until": _("These days are past already.")}, code="past")
    absence = Absence(person=absent, since=since, until=until, note=note, entered_by=person)
    history.note(absence, person, note)
    absence.save()
    return absence


@transaction.atomic
def cancel_absence(absence: Absence, *, person) -> None:
    """Take an absence back: the person is, or will be, here after all.

    Raises PermissionDenied for somebody else's, unless `person` serves in the Office.
    """
    if absence.person_id != person.pk and not access.standing(person).holds(*OFFICE):
        raise PermissionDenied(access.refusal(OFFICE, "B3"))
    if absence.cancelled_at is None:
        absence.cancelled_at = timezone.now()
        history.note(absence, person, "cancelled")
        absence.save()
