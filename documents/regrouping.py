"""Effects of changing who handles a document while it is being handled: cancel, reassign, split.

Whoever takes over gets the limit anew (B16: it runs from the transfer); whoever becomes a lead
by a split keeps the day of the first transfer as its start.
"""

from datetime import datetime, time

from coordination import calendars, duties, notices, terms
from coordination.models import Duty
from coordination.workdays import SHANGHAI
from coordination.workflow import Act

from .deadlines import Limit, co_limit, limits
from .effects import assign, cancel_duty, end_part, open_duty
from .models import Handling
from .states import Role, Urgency

KINDS = {
    Role.SOLE: Duty.Kind.COMPLETE,
    Role.LEAD: Duty.Kind.GIVE_OPINION,
    Role.CO: Duty.Kind.CO_OPINION,
}


def cancel_part(act: Act) -> None:
    """A co-handler's part is not needed any more."""
    end_part(act, act.record, act.opinion)


def reassign_part(act: Act) -> None:
    """Another unit takes the part over, in the same role, with its limit anew."""
    part = act.record
    document, role = part.document, Role(part.role)
    end_part(act, part, act.opinion)
    explicit = act.data.get("limit_at") or _still_ahead(part, act)
    given = limits(
        terms.current(),
        joint=role != Role.SOLE,
        sent_at=act.at,
        explicit=explicit if role != Role.CO else None,
        calendar=calendars.current(),
    )
    limit = given.main
    if role == Role.CO:
        limit = Limit(at=explicit) if explicit else _before_the_lead(act, document.main_duty)
    new = assign(act, document, act.data["lead"], role, KINDS[role], limit)
    if role != Role.CO:
        document.handler, document.main_duty = new.organisation, new.duty
        document.save()


def _still_ahead(part: Handling, act: Act) -> datetime | None:
    """The part's explicit limit, if it has one that is still to come."""
    hour = part.duty.named_at if part.duty else None
    return hour if hour is not None and hour > act.at else None


def _before_the_lead(act: Act, lead: Duty) -> Limit:
    """A co-handler's limit that begins now and ends before the lead's."""
    term = terms.current()["co_opinion"]
    calendar = calendars.current()
    if lead.named_at is None and calendar.due(act.at, term).on < lead.due_on:
        return Limit(term)
    end = lead.due_at or datetime.combine(lead.due_on, time(23, 59), tzinfo=SHANGHAI)
    if duties.is_late(lead, act.at):
        return Limit(term)
    return Limit(at=co_limit(act.at, end, calendar))


def add_co_handlers(act: Act) -> None:
    """More units are drawn in; a single handler becomes the lead, counted from its transfer."""
    document = act.record
    part = document.handlings.open().exclude(role=Role.CO).select_related("duty").get()
    if part.role == Role.SOLE:
        _make_lead(act, part)
    for organisation in act.data["co_handlers"]:
        limit = _before_the_lead(act, part.duty)
        assign(act, document, organisation, Role.CO, Duty.Kind.CO_OPINION, limit)
    notices.end(subject=document, codes=("replied", "handed_back"), at=act.at)


def _make_lead(act: Act, part: Handling) -> None:
    """A single handler owes an opinion as the lead now, not completion (B16).

    An urgent document keeps its hour; a later day that was granted is not lost.
    """
    document, old = part.document, part.duty
    hour = old.named_at if old and document.urgency != Urgency.ORDINARY else None
    limit = Limit(at=hour) if hour else Limit(terms.current()["joint"])
    cancel_duty(act, part)
    part.role = Role.LEAD
    part.duty = open_duty(
        act,
        document,
        part.organisation,
        Duty.Kind.GIVE_OPINION,
        limit,
        since=part.assigned_at,
        granted=old,
    )
    part.save()
    document.main_duty = act.record.main_duty = part.duty
    document.save()
