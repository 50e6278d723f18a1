"""The path of a request to have something sealed that is no official paper (非公文用印, B8).

Requested by whoever deals with the Office for an organisation → approved by whoever answers for
the seal (of the Office: its director; of the coordination group: the leader or a deputy) → sealed
by its keeper. Nobody approves what they requested, and nobody seals what they approved.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination import access, notices
from coordination.apart import Apart, NotAfter
from coordination.checks import has_reason
from coordination.models import Seat
from coordination.posts import HANDLERS, OFFICE, OFFICE_DESK, SIGNERS, Post
from coordination.workflow import Act, Reach, Route, Step
from documents.checks import has_opinion
from documents.models import Seal, SealRequest, SealUse
from documents.outgoing import seals
from documents.states import SealRequestState as S

ASKERS = (*OFFICE, *HANDLERS)
APPROVERS = (Post.OFFICE_DIRECTOR, *SIGNERS)
CITES = "B8"
OWN = Reach(
    covers=lambda request, held: held.seat.organisation_id == request.organisation_id,
    records=lambda held, posts: Q(organisation__in=held.organisations(posts)),
    lent=False,
)
ANSWERS = Reach(
    covers=lambda request, held: held.seat.organisation_id == request.seal.organisation_id,
    records=lambda held, posts: Q(seal__organisation__in=held.organisations(posts)),
)
KEEPS = Reach(
    covers=lambda request, held: held.seat_id == request.seal.keeper_id,
    records=lambda held, posts: Q(seal__keeper__in=held.seats(posts)),
    lent=False,  # the seal goes with its keeper's seat; the director gives it to another
)


def answered_for():
    """The seals that can be requested: open ones of a body in which somebody approves."""
    today = timezone.localdate()
    answering = Seat.objects.open(today).filter(post__in=APPROVERS)
    return Seal.objects.open(today).filter(organisation__in=answering.values("organisation"))


@dataclass(frozen=True, slots=True)
class NotTheKeeper(Apart):
    """Whoever keeps a seal does not approve its use, in whatever post or name (B8)."""

    def why(self, act: Act) -> str:
        """That the person keeps the seal."""
        if act.record.seal.keeper_id not in access.standing(act.person).seat_ids:
            return ""
        return _("You keep this seal yourself, so another approves.")


def is_complete(act: Act) -> None:
    """It says what is to be sealed, why, and how many times."""
    request: SealRequest = act.record
    for field in ("matter", "reason"):
        if not getattr(request, field).strip():
            raise ValidationError({field: _("Fill this in.")}, code="missing")
    if request.copies < 1:
        raise ValidationError({"copies": _("Enter how many copies there are.")}, code="no_copies")


def seal_is_open(act: Act) -> None:
    """The seal is in use, and somebody answers for it."""
    if not answered_for().filter(pk=act.record.seal_id).exists():
        raise ValidationError(
            _("This seal is closed, or nobody answers for it. Request another.")
            + f" ({access.clauses(CITES)})",
            code="closed",
        )


def copies_were_approved(act: Act) -> None:
    """No more copies are sealed than were approved."""
    copies, most = act.data.get("copies") or 0, act.record.copies
    if not 1 <= copies <= most:
        words = _("1 to %(most)s copies can be sealed: so many were approved.") % {"most": most}
        raise ValidationError(
            {"copies": f"{words} ({access.clauses(CITES)})"}, code="too_many_copies"
        )


ASKED, GRANTED = ("seal_asked",), ("seal_granted",)


def tell_approvers(act: Act) -> None:
    """Whoever answers for the seal hears of the request."""
    seal = act.record.seal
    told = access.holders([seal.organisation_id], APPROVERS)
    _tell(act, [held.person for held in told], "seal_asked", organisation=_asker(act))


def _asker(act: Act) -> str:
    return act.record.organisation.short_name


def note_approval(act: Act) -> None:
    """Who approved, for the register; whoever keeps the seal hears of it."""
    request = act.record
    request.approved_under, request.approved_by = act.appointment, act.person
    request.save()
    end_asking(act)
    held = access.holder(request.seal.keeper)
    _tell(act, [held.person] if held else [], "seal_granted")


def end_asking(act: Act) -> None:
    """Nobody is asked for it any more."""
    notices.end(subject=act.record, codes=(*ASKED, *GRANTED), at=act.at)


def tell_refused(act: Act) -> None:
    """Whoever asked hears why not."""
    end_asking(act)
    _tell(act, [act.record.requested_by], "seal_refused", reason=act.opinion)


def enter_use(act: Act) -> None:
    """The seal register has it from now on; whoever asked hears that it is done."""
    request = act.record
    use = SealUse(
        seal=request.seal,
        organisation=request.organisation,
        request=request,
        matter=request.matter,
        copies=act.data["copies"],
        reason=request.reason,
        approver=request.approved_under,
        approved_by=request.approved_by,
        handled_by=request.requested_by,
    )
    seals.enter(act, use)
    end_asking(act)
    _tell(act, [request.requested_by], "seal_put", copies=use.copies)


def _tell(act: Act, persons, code: str, **params) -> None:
    notices.notify(
        persons,
        code,
        key=f"step:{act.transition.pk}:{code}",
        params={"title": act.record.matter, **params},
        subject=act.record,
    )


# fmt: off
SEAL_REQUEST = Route("seal_request", "documents.sealrequest", (
    Step("request", "", S.REQUESTED, ASKERS, CITES, gettext_lazy("Request a seal"), OWN,
         (is_complete, seal_is_open), (tell_approvers,), waits=False),
    Step("approve", S.REQUESTED, S.APPROVED, APPROVERS, CITES, gettext_lazy("Approve"), ANSWERS,
         (has_opinion, seal_is_open, NotAfter("request"), NotTheKeeper()), (note_approval,),
         form="approve"),
    Step("refuse", S.REQUESTED, S.REFUSED, APPROVERS, CITES, gettext_lazy("Refuse"), ANSWERS,
         (has_reason, NotAfter("request")), (tell_refused,)),
    Step("withdraw", S.REQUESTED, S.WITHDRAWN, ASKERS, CITES, gettext_lazy("Withdraw"), OWN,
         (has_reason,), (end_asking,), waits=False),
    Step("seal", S.APPROVED, S.SEALED, OFFICE_DESK, CITES, gettext_lazy("Seal"), KEEPS,
         (seal_is_open, NotAfter("approve"), copies_were_approved), (enter_use,), form="seal"),
    Step("decline", S.APPROVED, S.DECLINED, OFFICE_DESK, CITES,
         gettext_lazy("Do not seal: close with the reason"), KEEPS, (has_reason,),
         (tell_refused,), waits=False),
))
# fmt: on
