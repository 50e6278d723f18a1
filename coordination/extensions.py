"""延期: a duty's owner asks for a later day before the due day; whoever assigned it decides.

The rules name the limits (B16, C12) and say nothing of extensions. Here one is asked in time,
with a reason and a day; it never changes by itself, and every one asked stays on record.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import access, assigners, calendars, duties, history, lending, notices, registry, workflow
from .apart import NotAfter, NotOnesOwn
from .assigners import DECIDERS
from .checks import has_reason
from .models import Duty, Extension, Organisation
from .posts import ANSWERABLE, OFFICE_DESK
from .standings import Mandate
from .workflow import Act, Reach, Route, Step, begin

FURTHEST = timedelta(days=366)  # ahead of the day it is asked or granted

S = Extension.State


def _running() -> Q:
    """While the duty still runs: afterwards there is nothing to decide."""
    return Q(duty__closed_at=None, duty__submitted_at=None)


def _runs(extension: Extension) -> bool:
    return extension.duty.closed_at is None and extension.duty.submitted_at is None


ASKER = Reach(
    covers=lambda extension, held: (
        held.seat.organisation_id == extension.organisation_id and _runs(extension)
    ),
    records=lambda held, posts: Q(organisation__in=held.organisations(posts)) & _running(),
)
ASSIGNER = Reach(
    covers=lambda extension, held: (
        assigners.decides(extension.assigned_under, held) and _runs(extension)
    ),
    records=lambda held, posts: assigners.decided_by("assigned_under", held, posts) & _running(),
)


def can_be_asked(act: Act) -> None:
    """Asked before the day is past, once at a time, and not for what is done already."""
    duty = Duty.objects.select_for_update().get(pk=act.record.duty_id)
    if duty.closed_at is not None or duty.submitted_at is not None:
        raise ValidationError(_("Nothing is owed here any more."), code="not_running")
    if duties.is_late(duty, act.at):
        raise ValidationError(
            _(
                "The due day is past, so it cannot be extended any more. Hand in what there is "
                "now and say in it what is still missing; the Office decides on the rest."
            ),
            code="late",
        )
    if duty.extensions.filter(state=S.ASKED).exists():
        raise ValidationError(
            _("An extension was asked for already and waits for its decision."), code="asked"
        )


def _is_within_reach(name: str, day: date, at: datetime) -> None:
    if day > duties.local_day(at) + FURTHEST:
        raise ValidationError(
            {name: _("At most one year ahead. Ask again when more time is needed then.")},
            code="too_far",
        )


def is_later(act: Act) -> None:
    """The new day is a working day after the present one, within a year; an hour stays an hour."""
    duty = act.record.duty
    day: Any = act.data.get("due_on")
    moment: Any = act.data.get("due_at")
    name = "due_on" if moment is None else "due_at"
    new = moment if moment is not None else day
    if moment is not None:
        day = duties.local_day(moment)
    if day is None:
        raise ValidationError({"due_on": _("Name the new day.")}, code="day_missing")
    by_hour = moment is not None and duty.due_at is not None
    if moment <= duty.due_at if by_hour else day <= duty.due_on:
        raise ValidationError(
            {name: _("The new day must be after the present due day.")}, code="not_later"
        )
    _is_within_reach(name, day, act.at)
    if not calendars.current().is_workday(day):
        raise ValidationError({name: _("This is a day off. Choose a working day.")}, code="off")
    past = new <= act.at if isinstance(new, datetime) else new < duties.local_day(act.at)
    if past:
        raise ValidationError({name: _("This day is past already.")}, code="past")


def _ask(act: Act) -> None:
    """Whoever assigned the duty hears of the question."""
    extension = act.record
    asked = notices.moment_params(extension.due_on, extension.due_at)
    _tell(act, _deciders(extension), "extension_asked", **asked)


def _deciders(extension: Extension) -> list:
    """The persons who can decide today."""
    under, today = extension.assigned_under, timezone.localdate()
    if under is None or assigners.by_desk(under):
        office = Organisation.objects.filter(kind=Organisation.Kind.GROUP_OFFICE)
        held = access.holders([o.pk for o in office], OFFICE_DESK)
    else:
        held = under.seat.appointments.active(today).select_related("person")
    return [appointment.person for appointment in held]


def _grant(act: Act) -> None:
    """The due date moves, its reminders with it; what was announced for the old one ends."""
    extension = act.record
    extension.due_on, extension.due_at = act.data.get("due_on"), act.data.get("due_at")
    if extension.due_at is not None:
        extension.due_on = duties.local_day(extension.due_at)
    extension.save()
    duty = Duty.objects.select_for_update().get(pk=extension.duty_id)
    notices.end(duty=duty, at=act.at)
    duties.extend(duty, extension.due_on, extension.due_at, by=act.person)
    _end_question(act)
    _tell(act, _owners(extension), "extension_granted", **notices.due_params(duty))


def _refuse(act: Act) -> None:
    """The old day stands; the owner hears why."""
    _end_question(act)
    _tell(act, _owners(act.record), "extension_refused", reason=act.opinion)


def _end_question(act: Act) -> None:
    notices.end(subject=act.record.duty, codes=("extension_asked",), at=act.at)


def _owners(extension: Extension) -> list:
    held = access.holders([extension.organisation_id], ANSWERABLE)
    return [appointment.person for appointment in held]


def _tell(act: Act, people, code: str, **params) -> None:
    extension = act.record
    notices.notify(
        people,
        code,
        key=f"step:{act.transition.pk}:{code}",
        params={
            "title": extension.duty.title,
            "organisation": extension.organisation.short_name,
            **params,
        },
        subject=extension.duty,
    )


# Nobody decides on what they asked for, nor on what their own organisation owes.
APART = (NotAfter("ask"), NotOnesOwn(lambda extension: extension.organisation_id))
# fmt: off
EXTENSION = Route("extension", "coordination.extension", (
    Step("ask", "", S.ASKED, ANSWERABLE, "B16 C12", gettext_lazy("Ask for an extension"),
         ASKER, (has_reason, can_be_asked, is_later), (_ask,), waits=False),
    Step("grant", S.ASKED, S.GRANTED, DECIDERS, "B16 C12", gettext_lazy("Grant the extension"),
         ASSIGNER, (*APART, is_later), (_grant,)),
    Step("refuse", S.ASKED, S.REFUSED, DECIDERS, "B16 C12", gettext_lazy("Refuse the extension"),
         ASSIGNER, (*APART, has_reason), (_refuse,)),
    Step("lapse", S.ASKED, S.WITHDRAWN, (), "B16 C12",
         gettext_lazy("Ended: nothing is owed any more"), effects=(_end_question,)),
    Step("withdraw", S.ASKED, S.WITHDRAWN, ANSWERABLE, "B16 C12",
         gettext_lazy("Withdraw the question"), ASKER, effects=(_end_question,), waits=False),
))
# fmt: on


def lapse(act: Act, duty: Duty) -> None:
    """What is handed in or closed needs no later day: an open question ends with the duty."""
    for extension in duty.extensions.filter(state=S.ASKED):
        workflow.follow(act, extension, "lapse")


def lend() -> None:
    """What a stand-in may read for these acts: the duty, not the papers it is about."""
    lending.lend("coordination.duty", EXTENSION, "duty")
    registry.add_loan("coordination.duty", "extension:ask", _asked_about)


def _asked_about(mandate: Mandate) -> Q | None:
    """Whoever is to ask for an extension reads what still runs."""
    asks = "extension:ask" in mandate.delegation.acts
    return Q(closed_at=None, submitted_at=None) if asks else None


def proposed(duty: Duty) -> Extension:
    """An extension of `duty` that nobody asked for yet."""
    return Extension(
        duty=duty,
        organisation=duty.organisation,
        assigned_under=duty.assigned_under,
        old_due_on=duty.due_on,
        old_due_at=duty.due_at,
        state="",
    )


def ask_for_extension(duty: Duty, *, person, reason: str, due_on=None, due_at=None) -> Extension:
    """Ask for a later day, or hour where the duty has one. Raises what workflow.begin raises."""
    extension = proposed(duty)
    extension.due_at = due_at
    extension.due_on = due_on if due_at is None else duties.local_day(due_at)
    extension.reason = reason.strip()
    extension.asked_at = timezone.now()
    history.note(extension, person, reason)
    data = {"due_on": due_on, "due_at": due_at}
    return begin(extension, "ask", person=person, opinion=reason, data=data, at=extension.asked_at)
