"""What must hold before a step of an incoming document is taken; each refuses in words."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, workflow
from coordination.apart import NotAfter, NotOnesOwn
from coordination.checks import has_reason
from coordination.models import Duty, Organisation, Seat
from coordination.posts import HANDLERS, READERS
from coordination.workflow import Act

from .models import Handling, Relation
from .states import (
    AnswerMethod,
    HandlingState,
    IncomingState,
    ReadingState,
    RelationKind,
    ReviewPoint,
    Role,
    Urgency,
)


def has_opinion(act: Act) -> None:
    """No silent approval: an opinion is written down (art. 22)."""
    if not act.opinion:
        raise ValidationError({"opinion": _("Write the opinion.")}, code="opinion_missing")


def has_readers(act: Act) -> None:
    """Somebody is to read it, each holds the post today, and everybody is told why (art. 24)."""
    has_reason(act)
    seats = list(act.data.get("seats", ()))
    if not seats:
        raise ValidationError({"seats": _("Choose who is to read it.")}, code="readers_missing")
    held = Seat.objects.holding(READERS, timezone.localdate()).filter(
        pk__in=[seat.pk for seat in seats]
    )
    if held.count() != len(seats):
        raise ValidationError(
            {"seats": _("Nobody holds one of these posts today. Choose again.")}, code="seat_empty"
        )
    unread = act.record.readings.filter(seat__in=seats, state=ReadingState.UNREAD)
    names = "; ".join(str(reading.seat) for reading in unread.select_related("seat__organisation"))
    if names:
        raise ValidationError(
            {"seats": _("Has it to read already: %(names)s.") % {"names": names}}, code="twice"
        )


def other_is_known(act: Act) -> None:
    """The other document is one that the person may see, not this one, and not linked so yet."""
    other, kind = act.data.get("other"), act.data.get("kind", RelationKind.MERGED_INTO)
    if other is None:
        raise ValidationError(
            {"other": _("Give the register number of the other document.")}, code="other_missing"
        )
    if other.pk == act.record.pk:
        raise ValidationError({"other": _("This is the same document.")}, code="itself")
    if act.record.relations.filter(other=other, kind=kind, ended_at=None).exists():
        raise ValidationError({"other": _("It is linked so already.")}, code="twice")
    if kind != RelationKind.MERGED_INTO and _leads_back(other, act.record, kind):
        raise ValidationError(
            {"other": _("The other document is linked so to this one: the link would go round.")},
            code="circular",
        )
    act.details["number"] = other.register_number


def _leads_back(start, end, kind: str) -> bool:
    """Whether links of this kind lead from `start` to `end`, however many there are between."""
    reached, fresh = {start.pk}, {start.pk}
    while fresh and end.pk not in reached:
        links = Relation.objects.filter(document__in=fresh, kind=kind, ended_at=None)
        fresh = set(links.values_list("other_id", flat=True)) - reached
        reached |= fresh
        if kind == RelationKind.CONCERNS:
            break
    return end.pk in reached


def other_is_open(act: Act) -> None:
    """What is merged goes into a registration that is still worked on."""
    state = act.data["other"].state
    if state in (IncomingState.RETURNED, IncomingState.MERGED):
        raise ValidationError(
            {"other": _("The other registration was returned or merged itself.")}, code="closed"
        )
    if state == IncomingState.COMPLETED:
        raise ValidationError(
            {
                "other": _(
                    "The other registration is completed, so nothing is added to it. Link the two "
                    "and file this one for information."
                )
            },
            code="completed",
        )


def survivor_is_there(act: Act) -> None:
    """The registration that took this one over was not merged itself since."""
    other = (
        act.record.relations.select_related("other")
        .get(kind=RelationKind.MERGED_INTO, ended_at=None)
        .other
    )
    if other.state == IncomingState.MERGED:
        raise ValidationError(
            _("%(number)s, which took it over, was merged itself since. Undo that merge first.")
            % {"number": other.register_number},
            code="merged_since",
        )


def submitted_parts(document) -> list[Handling]:
    """The parts whose reply is to be judged: that of the handler in charge."""
    return list(document.handlings.filter(state=HandlingState.SUBMITTED).exclude(role=Role.CO))


# Acts apart (art. 22): nobody decides on what they proposed, however it came round to them since;
# nor on the reply they handed in; nor, in another's name, on their own organisation's part.
not_ones_own_proposal = NotAfter("propose_handling")
not_ones_own_reply = NotAfter("submit_reply", submitted_parts)
not_ones_own_part = NotOnesOwn(lambda part: part.organisation_id, lent=True)
not_ones_own_matter = NotOnesOwn(lambda document: document.handler_id, lent=True)


def not_a_leaders_recalled(act: Act) -> None:
    """What a leader instructed and the desk recalled waits for that leader, if anybody is it."""
    laid = workflow.trail(act.record).filter(action__in=("propose_handling", "lay_again")).last()
    holders = act.record.laid_before.appointments.active(timezone.localdate())
    if laid.action == "lay_again" and holders.exists():
        raise ValidationError(
            _(
                "A leader instructed this, so it cannot be withdrawn: %(seat)s decides on it, "
                "instructs anew or returns it."
            )
            % {"seat": act.record.laid_before},
            code="instructed",
        )


def passes_review(act: Act) -> None:
    """All five points of the preliminary review hold (art. 24)."""
    act.details["points"] = sorted(act.data.get("points", ()))
    missing = [p for p in ReviewPoint if p.value not in act.details["points"]]
    if missing:
        names = "; ".join(str(point.label) for point in missing)
        raise ValidationError(
            _("Not confirmed: %(points)s. Return the document to its sender instead.")
            % {"points": names},
            code="review_failed",
        )


def fails_review(act: Act) -> None:
    """A document is returned only for a point of the review it fails (art. 24)."""
    points = act.details["points"] = sorted(act.data.get("points", ()))
    if all(point.value in points for point in ReviewPoint):
        raise ValidationError(
            _("All five points are confirmed. Untick what the document fails, then return it."),
            code="review_passed",
        )


def handlers_can_act(act: Act) -> None:
    """The handlers exist, are not closed, differ from each other, and can be reached."""
    can_be_handlers(act.data.get("lead"), list(act.data.get("co_handlers", ())))


def can_be_handlers(lead: Organisation | None, others: list[Organisation]) -> None:
    """The same of handlers chosen for several documents at once."""
    if lead is None:
        raise ValidationError({"lead": _("Choose who handles it.")}, code="lead_missing")
    if lead in others:
        raise ValidationError(
            {"co_handlers": _("The lead handler cannot be a co-handler too.")}, code="twice"
        )
    _can_act([lead, *others])


def new_handler_can_act(act: Act) -> None:
    """Whoever takes a part over can be given documents, and has no part in this one."""
    unit, part = act.data.get("lead"), act.record
    if unit is None:
        raise ValidationError({"lead": _("Choose who handles it.")}, code="lead_missing")
    _have_no_part(part.document, [unit], "lead")
    _can_act([unit])
    urgent = part.document.urgency != Urgency.ORDINARY or part.duty.named_at is not None
    _ordinary_has_none(urgent=urgent, limit=act.data.get("limit_at"))
    named = part.duty.named_at
    if named is not None and named <= act.at and not act.data.get("limit_at"):
        raise ValidationError(
            {"limit_at": _("The old hour is past: name the hour it must be done by now.")},
            code="limit_missing",
        )


def co_handlers_can_act(act: Act) -> None:
    """Those drawn in can be given documents, and have no part in this one."""
    units = list(act.data.get("co_handlers", ()))
    if not units:
        raise ValidationError(
            {"co_handlers": _("Choose who is to be drawn in.")}, code="co_handlers_missing"
        )
    _have_no_part(act.record, units, "co_handlers")
    _can_act(units)


def _have_no_part(document, units: list[Organisation], field: str) -> None:
    has_part = document.handlings.open().filter(organisation__in=units)
    names = "; ".join(str(part.organisation) for part in has_part.select_related("organisation"))
    if names:
        raise ValidationError(
            {field: _("Has a part in it already: %(names)s.") % {"names": names}}, code="twice"
        )


def _can_act(units: list[Organisation]) -> None:
    """They exist, are not closed, and somebody answers for each."""
    wanted = {organisation.pk for organisation in units}
    able = Organisation.objects.assignable(timezone.localdate()).filter(pk__in=wanted)
    if set(able.values_list("pk", flat=True)) != wanted:
        raise ValidationError(
            _("One of the chosen units cannot be given documents any more. Choose again."),
            code="not_assignable",
        )
    reached = {a.seat.organisation_id for a in access.holders(wanted, HANDLERS)}
    names = "; ".join(str(unit) for unit in units if unit.pk not in reached)
    if names:
        raise ValidationError(
            _("Nobody answers for %(names)s today. Have a liaison officer named there first.")
            % {"names": names},
            code="not_reachable",
        )


def limits_on_record(act: Act) -> None:
    """A term never starts anew in silence: the step tells which limits there were before (B16)."""
    part = act.record if isinstance(act.record, Handling) else None
    if part is not None and part.role == Role.CO:
        before = Duty.objects.filter(pk=part.duty_id)
    else:
        document = act.record if part is None else part.document
        before = Duty.objects.about(document).exclude(kind=Duty.Kind.CO_OPINION)
    before = before.noting_refusals().select_related("organisation")
    limits = [
        {
            "unit": duty.organisation.short_name,
            "due": _moment(duty),
            "refused": duty.refused,
        }
        for duty in before.order_by("pk")
    ]
    if limits:
        act.details["limits"] = limits


def _moment(duty: Duty) -> str:
    """The due day, with its hour where one was named."""
    if duty.named_at is not None:
        return timezone.localtime(duty.named_at).strftime("%Y-%m-%d %H:%M")
    return duty.due_on.isoformat()


def limit_is_ahead(act: Act) -> None:
    """An explicit time limit lies in the future (B16)."""
    limit = act.data.get("limit_at")
    if limit is not None and limit <= act.at:
        raise ValidationError(
            {"limit_at": _("The time limit is already past. Name a later day or hour.")},
            code="limit_past",
        )


def urgent_has_limit(act: Act) -> None:
    """An urgent document goes by an explicit limit, and it alone (B16, C12)."""
    urgent, limit = act.record.urgency != Urgency.ORDINARY, act.data.get("limit_at")
    _ordinary_has_none(urgent=urgent, limit=limit)
    if urgent and limit is None:
        raise ValidationError(
            {"limit_at": _("This document is urgent: name the day and hour it must be done by.")},
            code="limit_missing",
        )


def _ordinary_has_none(*, urgent: bool, limit) -> None:
    if limit is not None and not urgent:
        raise ValidationError(
            {
                "limit_at": _(
                    "Only an urgent document goes by a day and hour of its own. Leave this empty, "
                    "or have the urgency corrected in the registration first."
                )
            },
            code="not_urgent",
        )


def has_seat(act: Act) -> None:
    """A proposal is laid before somebody who can instruct, and that seat is filled today."""
    seat = act.data.get("laid_before")
    if seat is None:
        raise ValidationError(
            {"laid_before": _("Choose before whom it is laid.")}, code="seat_missing"
        )
    if not seat.appointments.active(timezone.localdate()).exists():
        raise ValidationError(
            {"laid_before": _("Nobody holds this post today. Choose another.")}, code="seat_empty"
        )


def has_reply(act: Act) -> None:
    """A reply has words of its own."""
    if not act.data.get("reply", "").strip():
        raise ValidationError({"reply": _("Write the reply.")}, code="reply_missing")


def has_answer(act: Act) -> None:
    """The result is told to the sender in words, unless no answer is needed (art. 24)."""
    if act.data.get("method") != AnswerMethod.NONE and not act.data.get("answer", "").strip():
        raise ValidationError({"answer": _("Write what the sender is told.")}, code="no_answer")


def nothing_is_open(act: Act) -> None:
    """No handler works on a document that is closed."""
    still = Handling.objects.filter(
        document=act.record, state__in=[HandlingState.ASSIGNED, HandlingState.ACCEPTED]
    ).select_related("organisation")
    names = "; ".join(str(part.organisation) for part in still)
    if names:
        raise ValidationError(
            _("Still being handled by: %(names)s.") % {"names": names}, code="still_open"
        )


def supplement_has_limit(act: Act) -> None:
    """A joint opinion was given in its time; what is asked beyond it needs a day of its own."""
    lead = act.record.handlings.open().filter(role=Role.LEAD).exists()
    if lead and act.data.get("limit_at") is None:
        raise ValidationError(
            {"limit_at": _("Name the day and hour by which the reply is to be supplemented.")},
            code="limit_missing",
        )
