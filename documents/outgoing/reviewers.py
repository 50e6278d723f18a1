"""Before whom a paper is laid first, and who may sign it: the seats behind the routes."""

from django.utils import timezone

from coordination.models import Organisation, RuleSetting, Seat
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


def the(kind: str) -> Organisation:
    """The one organisation of this kind: the coordination group, or its Office."""
    return Organisation.objects.get(kind=kind)


def _seat(post: Post, organisation: Organisation) -> Seat | None:
    today = timezone.localdate()
    rows = Seat.objects.open(today).filter(post=post, organisation=organisation, scope=None)
    return rows.select_related("organisation").first()
