"""年度核对: once a year every unit confirms its liaison officer, or names another (A16, B8).

Each unit owes its answer as a duty, so reminders, lateness and urging are those of any duty. Who
is named takes the post when the security officer appoints them, not before.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import access, audit, contacts, duties, history, locks, notices
from .checks import has_reason
from .models import Appointment, Confirmation, Duty, Organisation, Seat
from .posts import OFFICE, OFFICE_DESK, Post
from .workdays import Term
from .workflow import Act, Reach, Route, Step, begin

S = Confirmation.State
CITES = "A16 B8"
DAYS = 10  # working days, where the Office names no other number
UNIT = (Post.UNIT_LIAISON, Post.UNIT_HEAD)

OWN = Reach(
    covers=lambda row, held: held.seat.organisation_id == row.organisation_id,
    records=lambda held, posts: Q(organisation__in=held.organisations(posts)),
)


def says_how(act: Act) -> None:
    """Whoever answers for a unit says how the unit told it."""
    if not act.opinion:
        raise ValidationError(
            {"opinion": _("Say who in the unit told you, and how.")}, code="opinion_missing"
        )


def is_held(act: Act) -> None:
    """Somebody who can be confirmed holds the seat; a gap is filled by naming somebody."""
    if access.holder(act.record.seat) is None:
        raise ValidationError(
            _("Nobody is liaison officer at present. Name somebody."), code="vacant"
        )


def names_another(act: Act) -> None:
    """Somebody is named, and not who serves already."""
    name = str(act.data.get("name", "")).strip()
    if not name:
        raise ValidationError({"name": _("Write the name.")}, code="name_missing")
    held = access.holder(act.record.seat)
    if held is not None and held.person.name == name:
        raise ValidationError(
            {"name": _("%(name)s is your liaison officer already: confirm it.") % {"name": name}},
            code="same",
        )


def is_appointed(act: Act) -> None:
    """Who was named holds the seat, or is appointed to it for a day to come."""
    today = timezone.localdate()
    terms = act.record.seat.appointments.exclude(until__lt=today)
    if not terms.filter(person__name=act.record.name).exists():
        raise ValidationError(
            _("%(name)s is not appointed yet. Appoint them first, on the page of posts.")
            % {"name": act.record.name},
            code="not_appointed",
        )


def _open(act: Act) -> None:
    """The unit owes its answer from now on."""
    row = act.record
    row.duty = duties.open_duty(
        row.organisation,
        Duty.Kind.CONFIRM_LIAISON,
        subject=row,
        title=str(row),
        cites=CITES,
        started_at=act.at,
        term=Term(act.data.get("working_days") or DAYS, CITES),
        assigned_under=act.appointment,
        by=act.person,
    )
    row.name = row.phone = row.email = ""
    _save(act, "asked")
    params = {"year": row.year, **notices.due_params(row.duty)}
    told = [held.person for held in access.holders([row.organisation_id], UNIT)]
    notices.notify(
        told,
        "asked_to_confirm",
        key=f"step:{act.transition.pk}",
        params=params,
        subject=row,
        duty=row.duty,
    )


def _close(act: Act) -> None:
    duty = act.record.duty
    if duty is not None and duty.closed_at is None:
        duties.close(duty, act.at, by=act.person, cause=act)


def _keep_reach(act: Act) -> None:
    """Where the liaison officer is reached now, if the answer says so."""
    held = access.holder(act.record.seat)
    if held is None:
        return
    person = held.person
    email, phone = act.data.get("email", person.email), act.data.get("phone", person.phone)
    if contacts.reach(person, email=email, phone=phone):
        audit.record("contact_changed", person=act.person, subject=person.username)


def _keep_named(act: Act) -> None:
    """Whom the unit names; the security officer and the Office hear of it."""
    row = act.record
    for field in ("name", "phone", "email"):
        setattr(row, field, str(act.data.get(field, "")).strip())
    _save(act, "another named")
    notices.notify(
        access.everybody([Post.SECURITY_OFFICER, *OFFICE_DESK]),
        "another_named",
        key=f"step:{act.transition.pk}",
        params={"organisation": row.organisation.short_name, "name": row.name},
        subject=row,
    )


def _end_news(act: Act) -> None:
    notices.end(subject=act.record, codes=("another_named",), at=act.at)


def _save(act: Act, reason: str) -> None:
    history.note(act.record, act.person, reason)
    act.record.save()


NAMED_IN = (S.ASKED, S.CONFIRMED, S.CHANGED)  # an answer is mended by another one
# fmt: off
CONFIRMATION = Route("confirmation", "coordination.confirmation", (
    Step("ask", "", S.ASKED, OFFICE, CITES, gettext_lazy("Ask the unit"), effects=(_open,),
         waits=False),
    Step("confirm", S.ASKED, S.CONFIRMED, UNIT, CITES, gettext_lazy("Still right: confirm"), OWN,
         (is_held,), (_close, _keep_reach), form="confirm"),
    *(Step("name_another", state, S.CHANGED, UNIT, CITES, gettext_lazy("Name somebody else"), OWN,
           (names_another,), (_close, _keep_named), form="another", waits=state == S.ASKED)
      for state in NAMED_IN),
    Step("confirm_for", S.ASKED, S.CONFIRMED, OFFICE, CITES, gettext_lazy("Confirm for the unit"),
         checks=(says_how, is_held), effects=(_close, _keep_reach), form="confirm", waits=False),
    *(Step("name_for", state, S.CHANGED, OFFICE, CITES,
           gettext_lazy("Name somebody for the unit"), checks=(says_how, names_another),
           effects=(_close, _keep_named), form="another", waits=False)
      for state in NAMED_IN),
    Step("ask_again", S.CHANGED, S.ASKED, OFFICE, CITES, gettext_lazy("Ask again"),
         checks=(has_reason,), effects=(_end_news, _open), waits=False),
    Step("settle", S.CHANGED, S.SETTLED, (Post.SECURITY_OFFICER, *OFFICE), "A16 A2",
         gettext_lazy("Appointed: done"), checks=(is_appointed,), effects=(_end_news,),
         waits_for=(Post.SECURITY_OFFICER,)),
))
# fmt: on


@transaction.atomic
def ask_all(*, person, year: int, working_days: int = DAYS) -> list[Confirmation]:
    """Ask every unit that has a liaison seat and was not asked this year; returns what was asked.

    `working_days` for the answer, from today. Raises PermissionDenied unless `person` serves in
    the Office, ValidationError for another year than the present one.
    """
    access.require(person, "ask", Confirmation)
    today, now = timezone.localdate(), timezone.now()
    if year != today.year:
        raise ValidationError(_("Units are asked for the present year."), code="year")
    locks.keep(person, shared=True)
    seats = list(not_asked(year).select_related("organisation"))
    held = {term.seat_id: term for term in Appointment.objects.active(today).filter(seat__in=seats)}
    rows = []
    for seat in seats:
        row = Confirmation(
            year=year,
            seat=seat,
            organisation=seat.organisation,
            appointment=held.get(seat.pk),
            state="",
            asked_at=now,
            asked_by=person,
        )
        history.note(row, person, "asked")
        rows.append(begin(row, "ask", person=person, data={"working_days": working_days}, at=now))
    return rows


def not_asked(year: int):
    """The liaison seats of existing units that nobody asked about in `year` yet."""
    asked = Confirmation.objects.filter(year=year).values("seat_id")
    existing = Organisation.objects.existing(timezone.localdate())
    open_now = Seat.objects.open(timezone.localdate())
    seats = open_now.filter(post=Post.UNIT_LIAISON, organisation__in=existing)
    return seats.exclude(pk__in=asked)
