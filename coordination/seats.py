"""Seats beyond those a body begins with: set up, tied to a unit's post, closed; by a decision.

A2 lets the group have several deputy leaders and members, B8 the Office several of its staff.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, audit, history, tenure
from .models import Decision, Organisation, Seat
from .posts import OFFICERS, SINGLE, Post

Kind = Organisation.Kind
GROUP = (
    Post.GROUP_HEAD,
    Post.GROUP_DEPUTY_HEAD,
    Post.GROUP_LIAISON,
)
UNIT = (Post.UNIT_HEAD, Post.UNIT_LIAISON)
POSTS: dict[str, tuple[Post, ...]] = {  # which posts there are in which kind of organisation
    Kind.COORDINATION_GROUP: (Post.GROUP_LEADER, Post.DEPUTY_LEADER, Post.GROUP_MEMBER),
    Kind.GROUP_OFFICE: (Post.OFFICE_DIRECTOR, Post.OFFICE_STAFF, *OFFICERS),
    Kind.THEMATIC_GROUP: GROUP,
    Kind.SUPPORT_GROUP: (*GROUP, Post.LEGAL_OFFICER, Post.SUPERVISOR),
    Kind.DEPARTMENT: UNIT,
    Kind.DISTRICT_TOWN: UNIT,
}
OFFERED = tuple(dict.fromkeys(post for posts in POSTS.values() for post in posts))
CITES = {
    Post.OFFICE_DIRECTOR: "A3",
    Post.OFFICE_STAFF: "B8",
    Post.GROUP_HEAD: "C3",
    Post.GROUP_DEPUTY_HEAD: "C3",
    Post.GROUP_LIAISON: "C4",
    Post.UNIT_HEAD: "A2 A14",
    Post.UNIT_LIAISON: "A16",
    Post.LEGAL_OFFICER: "A9",
    Post.SUPERVISOR: "A9",
    **dict.fromkeys(OFFICERS, "A3"),
}
NEEDED = (*OFFICERS, Post.OFFICE_STAFF, Post.LEGAL_OFFICER, Post.SUPERVISOR)  # at least one stays


def heads():
    """The posts a seat can go with: the heads of the units there are."""
    today = timezone.localdate()
    rows = Seat.objects.open(today).filter(post=Post.UNIT_HEAD, follows=None)
    return rows.select_related("organisation").order_by("organisation__order", "pk")


@transaction.atomic
def add_seat(
    *,
    by,
    organisation: Organisation,
    post: str,
    title: str,
    follows: Seat | None,
    opens_on: date,
    decision: Decision,
) -> Seat:
    """Set up a further seat of `post` from a day on; `follows`: that unit's head takes it.

    Raises PermissionDenied unless `by` is the security officer, ValidationError in words.
    """
    access.require(by, "appoint", Seat)
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    _can_add(organisation, post, title, follows, opens_on)
    seat = Seat(
        organisation=organisation,
        post=post,
        title=title,
        follows=follows,
        order=_place(organisation, post),
        cites=CITES.get(Post(post), "A2"),
        opens_on=opens_on,
        opened_by=decision,
    )
    history.note(seat, by, decision.title)
    seat.save()
    tenure.mirror(seat, opens_on, by=by, decision=decision)
    audit.record("seat_added", person=by, subject=f"{seat} {opens_on} · {decision.reference}")
    return seat


def _place(organisation: Organisation, post: str) -> int:
    """Beside the last seat of the same post there, else after all."""
    by_order = Seat.objects.order_by("-order")
    last = by_order.filter(organisation=organisation, post=post).first() or by_order.first()
    return last.order if last is not None else 0


def _can_add(organisation, post: str, title: str, follows: Seat | None, day: date) -> None:
    if post not in POSTS.get(organisation.kind, ()):
        raise ValidationError(
            {"post": _("There is no such post in this organisation.")}, code="post"
        )
    if day < timezone.localdate():
        raise ValidationError(
            {"opens_on": _("The day is past. A change begins today or later.")}, code="past"
        )
    there = Seat.objects.open(day).filter(organisation=organisation)
    if post in SINGLE and there.filter(post=post, scope=None).exists():
        raise ValidationError(
            {"post": _("There is one such seat already, and there can be only one.")}, code="single"
        )
    if there.filter(title=title).exists():
        raise ValidationError(
            {"title": _("There is a seat of this title here already.")}, code="title"
        )
    begins, closes = tenure.span(Seat(organisation=organisation))
    if not begins <= day < closes:
        raise ValidationError(
            {"opens_on": _("The organisation does not exist on that day.")}, code="day"
        )
    if follows is not None and (post in UNIT or post in OFFICERS):
        raise ValidationError({"follows": _("This post goes with no other.")}, code="follows")
    if follows is not None and not heads().filter(pk=follows.pk).exists():
        raise ValidationError({"follows": _("Choose the head of a unit.")}, code="follows")


@transaction.atomic
def close_seat(seat: Seat, *, by, closed_on: date, decision: Decision) -> None:
    """Close a seat nobody holds, from a day on; one that goes with a post may be held till then.

    Raises PermissionDenied unless `by` is the security officer, ValidationError in words.
    """
    access.require(by, "appoint", Seat)
    rows = Seat.objects.select_for_update(of=("self",)).select_related("organisation__body")
    seat = rows.get(pk=seat.pk)
    _can_close(seat, closed_on)
    tenure.close(seat, closed_on, by=by, decision=decision)
    audit.record("seat_closed", person=by, subject=f"{seat} {closed_on} · {decision.reference}")


def _can_close(seat: Seat, day: date) -> None:
    if seat.closed_on is not None:
        raise ValidationError(_("It is closed already."), code="closed")
    if day < timezone.localdate() or day < tenure.span(seat)[0]:
        raise ValidationError(
            {"closed_on": _("A seat is closed today or later, not before it was set up.")},
            code="past",
        )
    others = Seat.objects.open(day).filter(organisation=seat.organisation_id, post=seat.post)
    last = seat.post in NEEDED and not others.exclude(pk=seat.pk).exists()
    if seat.post in SINGLE or last:
        raise ValidationError(_("The rules ask for this seat. It stays."), code="needed")
    standing = seat.appointments.not_over(day).select_related("person").order_by("since").first()
    if standing is not None and seat.follows_id is None:
        raise ValidationError(
            _("%(name)s holds it. End that term first, before the seat is closed.")
            % {"name": standing.person},
            code="held",
        )
