"""Which articles the organisation itself keeps today: registered with the rulebook."""

from django.utils import timezone

from .models import Appointment, Body, Duty, Organisation, Seat
from .posts import Post
from .rulebook import Finding, article, register_check


def _vacant(posts, code: str) -> list[Finding]:
    """A finding for every existing seat of `posts` that nobody holds today."""
    today = timezone.localdate()
    held = Appointment.objects.active(today).values("seat_id")
    existing = Organisation.objects.existing(today)
    seats = Seat.objects.open(today).filter(post__in=posts, organisation__in=existing)
    return [
        Finding(article(code), f"{seat.organisation.name}: {seat.title}")
        for seat in seats.exclude(pk__in=held).select_related("organisation")
    ]


@register_check("A2")
def one_leader(year: int) -> list[Finding]:
    """The group has its one leader (A2)."""
    return _vacant([Post.GROUP_LEADER], "A2")


@register_check("A3")
def an_office_with_its_director(year: int) -> list[Finding]:
    """The Office has its director (A3)."""
    return _vacant([Post.OFFICE_DIRECTOR], "A3")


@register_check("A4")
def groups_rest_on_a_decision(year: int) -> list[Finding]:
    """Groups are closed by a decision only; nothing stays open in a closed one (A4)."""
    closed = Body.objects.filter(closed_on__lte=timezone.localdate())
    left = Duty.objects.open().filter(organisation__in=closed).order_by("organisation__order")
    names = dict.fromkeys(left.values_list("organisation__name", flat=True))
    return [Finding(article("A4"), name) for name in names]


@register_check("A16")
def every_unit_has_a_liaison(year: int) -> list[Finding]:
    """Every member unit has named a liaison officer (A16)."""
    return _vacant([Post.UNIT_LIAISON], "A16")


@register_check("C3")
def every_group_has_its_head(year: int) -> list[Finding]:
    """Each thematic group has its one head (C3)."""
    return _vacant([Post.GROUP_HEAD], "C3")


@register_check("C4")
def every_group_has_its_liaisons(year: int) -> list[Finding]:
    """Each group and each deputy unit has named its liaison officer (C4)."""
    return _vacant([Post.GROUP_LIAISON, Post.DEPUTY_UNIT_LIAISON], "C4")


def load() -> None:
    """Make sure the checks above are registered; importing this module did it."""
