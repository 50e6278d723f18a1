"""Before whom a paper is laid first, and who may sign it: the seats behind the routes."""

from django.db.models import Q
from django.utils import timezone

from coordination.models import Appointment, Organisation, RuleSetting, Seat
from coordination.posts import SIGNERS, Post

C11_HEAD = "c11_head"  # which head art. 11 of the thematic groups' rules means
C11_CHOICES = ("thematic_group", "group_leader")
Kind = Organisation.Kind


def director() -> Seat | None:
    """The seat of the Office's director (B13, B14)."""
    return _seat(Post.OFFICE_DIRECTOR, the(Kind.GROUP_OFFICE))


def head(originator: Organisation) -> Seat | None:
    """The head who reviews what a thematic group drafts for the Office's name (C11).

    The article says 组长 and not whose: the charter decides, for the thematic group's own head
    unless it says so.
    """
    chosen = RuleSetting.objects.filter(key=C11_HEAD).values_list("value", flat=True).first()
    if chosen == "group_leader":
        return _seat(Post.GROUP_LEADER, the(Kind.COORDINATION_GROUP))
    return own_head(originator)


def own_head(originator: Organisation) -> Seat | None:
    """The head of the thematic group that drafted the paper."""
    return _seat(Post.GROUP_HEAD, originator)


def signing_seats():
    """The seats that sign in the coordination group's name, filled today (B13, C10)."""
    return Seat.objects.holding(SIGNERS, timezone.localdate()).select_related("organisation")


def stands_behind(paper, held: Appointment) -> bool:
    """Whether `held` may void what was signed: the seat that signed it, whoever holds it now.

    Where that seat is closed, all who sign in that name (2012 Regulations, art. 33: the body
    voids its own papers, and a body outlives its posts).
    """
    if paper.signed_under is None:
        return False
    seat, today = paper.signed_under.seat, timezone.localdate()
    closing = (seat.closed_on, seat.organisation.closed_on)
    return held.seat_id == seat.pk or any(day is not None and day <= today for day in closing)


def stood_behind(held, posts) -> Q:
    """The same rule as a condition on papers."""
    own = Q(signed_under__seat__in=held.seats(posts))
    if not held.holds(*posts):
        return own
    open_seats = Seat.objects.open(timezone.localdate())
    return own | Q(signed_under__isnull=False) & ~Q(signed_under__seat__in=open_seats)


def the(kind: str) -> Organisation:
    """The one organisation of this kind: the coordination group, or its Office."""
    return Organisation.objects.get(kind=kind)


def _seat(post: Post, organisation: Organisation) -> Seat | None:
    today = timezone.localdate()
    rows = Seat.objects.open(today).filter(post=post, organisation=organisation, scope=None)
    return rows.select_related("organisation").first()
