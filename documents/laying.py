"""Effects of laying a document before a leader (拟办), and of what the leader does with it (批办).

What a leader instructed is undone by that seat alone; the Office's desk can only take it from the
handlers and lay it before the same seat again.
"""

from django.utils import timezone

from coordination import notices
from coordination.models import Seat
from coordination.posts import OFFICE_DESK
from coordination.workflow import Act

from .effects import DISPATCHING, tell_office, withdraw_parts
from .models import HandlingProposal
from .states import Role

LAYING = ("laid_before", "laid_again")


def lay_before(act: Act) -> None:
    """拟办: keep the proposal and lay it before the chosen leader."""
    data = act.data
    proposal = HandlingProposal(
        opinion=act.opinion, lead=data["lead"], limit_at=data.get("limit_at")
    )
    _lay(act, proposal, data.get("co_handlers", ()), data["laid_before"], "laid_before")
    notices.end(subject=act.record, codes=DISPATCHING, at=act.at)


def lay_further(act: Act) -> None:
    """The same proposal goes on to another leader, with the opinion of the one before."""
    last = act.record.proposals.order_by("-pk")[0]
    proposal = HandlingProposal(
        opinion=last.opinion,
        lead=last.lead,
        limit_at=last.limit_at,
        made_under=last.made_under,  # its author's still
        made_at=last.made_at,
    )
    seat = act.data["laid_before"]
    _lay(act, proposal, list(last.co_handlers.all()), seat, "laid_before")


def lay_again(act: Act) -> None:
    """The desk takes back what a leader instructed: it lies before that seat, which hears why.

    What was proposed is proposed again; a limit that is past meanwhile is left out. Where the
    leader transferred it without a proposal, those who had it are named, and the reason.
    """
    document = act.record
    parts = list(document.handlings.open().select_related("organisation"))
    seat = document.main_duty.assigned_under.seat
    last = document.proposals.order_by("-pk").first()
    if last is None:
        lead = next(part.organisation for part in parts if part.role != Role.CO)
        co_handlers = [part.organisation for part in parts if part.role == Role.CO]
        proposal = HandlingProposal(opinion=act.opinion, lead=lead)
    else:
        ahead = last.limit_at is not None and last.limit_at > act.at
        limit_at = last.limit_at if ahead else None
        co_handlers = list(last.co_handlers.all())
        proposal = HandlingProposal(opinion=last.opinion, lead=last.lead, limit_at=limit_at)
    withdraw_parts(act)
    _lay(act, proposal, co_handlers, seat, "laid_again", reason=act.opinion)


def _lay(act: Act, proposal: HandlingProposal, co_handlers, seat: Seat, code: str, **told) -> None:
    """Write the proposal, and tell whoever holds the seat it is laid before."""
    document = act.record
    proposal.document, proposal.laid_before = document, seat
    if proposal.made_under_id is None:
        proposal.made_under, proposal.made_at = act.appointment, act.at
    proposal.save()
    proposal.co_handlers.set(co_handlers)
    document.laid_before = seat
    document.save()
    holders = seat.appointments.active(timezone.localdate()).select_related("person")
    notices.notify(
        [appointment.person for appointment in holders],
        code,
        key=f"proposal:{proposal.pk}",
        params={"title": str(document), **told},
        subject=document,
    )


def end_laying(act: Act) -> None:
    """The document no longer waits on anybody's desk."""
    notices.end(subject=act.record, codes=LAYING, at=act.at)
    act.record.laid_before = None
    act.record.save()


def tell_proposal_returned(act: Act) -> None:
    """The office hears why its proposal came back."""
    tell_office(act, act.record, "proposal_returned", reason=act.opinion)


def tell_instructed(act: Act) -> None:
    """The office hears that the instruction is given."""
    tell_office(act, act.record, "instructed")


def recall(act: Act) -> None:
    """Whoever assigned it takes it from its handlers; the Office hears of a leader's recall."""
    withdraw_parts(act)
    if act.appointment.seat.post not in OFFICE_DESK:
        tell_office(act, act.record, "recalled", reason=act.opinion)
