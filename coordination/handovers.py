"""交接清单: what is open when a post changes hands, what moves by itself, what cannot.

What is laid before a seat, circulated to it, owed by its organisation or entrusted by it belongs
to the seat, so it is the successor's from the first day. Messages are a person's; those about
what moves are carried over with their read state.
"""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import duties, history
from .calendars import current as calendar
from .models import Delegation, Draft, Duty, HandOver, Notice, Seat
from .registry import HOLDINGS
from .subjects import url_of


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: what it is, in words, and where it is shown."""

    what: str
    title: str
    url: str


def moving(seat: Seat) -> list[Line]:
    """What is open with the seat and moves with the post."""
    lines = [
        Line(holding.what, holding.title, holding.url)
        for source in HOLDINGS
        for holding in source(seat)
    ]
    owed = Duty.objects.running().filter(organisation=seat.organisation_id).order_by("due_on", "pk")
    now = timezone.now()
    lines += [
        Line(
            _("Owed, %(lamp)s") % {"lamp": duties.lamp(duty, calendar(), now).words},
            duty.title,
            url_of(duty.content_type_id, duty.object_id),
        )
        for duty in owed
    ]
    given = Delegation.objects.not_over(timezone.localdate()).filter(seat=seat)
    lines += [
        Line(_("Entrusted to %(name)s") % {"name": d.delegate}, ", ".join(d.acts), "")
        for d in given.select_related("delegate")
    ]
    return lines


def staying(hand_over: HandOver) -> list[Line]:
    """What is bound to the predecessor's person and cannot move."""
    person = hand_over.predecessor.person
    to_them = Delegation.objects.not_over(timezone.localdate()).filter(delegate=person)
    lines = [
        Line(_("Entrusted to the person, not to the post"), str(row.seat), "")
        for row in to_them.select_related("seat__organisation")
    ]
    drafts = Draft.objects.filter(person=person).order_by("key")
    lines += [Line(_("Unsent draft"), draft.key, "") for draft in drafts]
    return lines


@transaction.atomic
def confirm(hand_over: HandOver, *, person) -> HandOver:
    """Confirm the list: the predecessor as given, the successor as taken over.

    The first confirmation freezes it. Raises PermissionDenied for anybody else, ValidationError
    where it is confirmed already, or before the successor's first day.
    """
    row = (
        HandOver.objects.select_for_update()
        .select_related("seat__organisation", "predecessor__person", "successor__person")
        .get(pk=hand_over.pk)
    )
    mine = {row.predecessor.person_id: "given_at", row.successor.person_id: "taken_at"}
    if person.pk not in mine:
        raise PermissionDenied(_("This is for the two who hand over and take over."))
    field = mine[person.pk]
    if getattr(row, field) is not None:
        raise ValidationError(_("You have confirmed it already."), code="confirmed")
    if field == "taken_at" and row.successor.since > timezone.localdate():
        raise ValidationError(_("Your post has not begun yet."), code="early")
    if row.listed is None:
        row.listed = {
            "moving": [[line.what, line.title] for line in moving(row.seat)],
            "staying": [[line.what, line.title] for line in staying(row)],
        }
    setattr(row, field, timezone.now())
    history.note(row, person, field)
    row.save()
    return row


@transaction.atomic
def carry_over(today: date | None = None) -> int:
    """Give every successor who serves by now the predecessor's messages about what moved.

    Run again and again; each change of hands is carried once. Returns how many messages moved.
    """
    today = today or timezone.localdate()
    begun = HandOver.objects.begun(today).filter(carried_at=None)
    count = 0
    for row in begun.select_for_update(of=("self",)).select_related(
        "seat", "predecessor", "successor"
    ):
        count += _carry(row)
        row.carried_at = timezone.now()
        history.note(row, None, "messages carried over")
        row.save()
    return count


def _carry(row: HandOver) -> int:
    """Copies for the successor, as read or unread as they were; the predecessor's end."""
    about = {(h.model, h.pk) for source in HOLDINGS for h in source(row.seat)}
    alive = Notice.objects.alive().filter(person=row.predecessor.person_id)
    mine = [
        notice
        for notice in alive.select_related("duty", "content_type")
        if (notice.duty and notice.duty.organisation_id == row.seat.organisation_id)
        or (_label(notice), notice.object_id) in about
    ]
    for notice in mine:
        Notice.objects.get_or_create(
            key=f"{notice.key}>{row.successor.person_id}"[-160:],
            defaults={
                "person_id": row.successor.person_id,
                "code": notice.code,
                "params": notice.params,
                "duty": notice.duty,
                "content_type": notice.content_type,
                "object_id": notice.object_id,
                "created_at": notice.created_at,
                "read_at": notice.read_at,
                "sorted_at": notice.sorted_at,
            },
        )
    ended = Notice.objects.filter(pk__in=[notice.pk for notice in mine])
    ended.update(ended_at=timezone.now())
    return len(mine)


def _label(notice: Notice) -> str:
    if notice.content_type is None:
        return ""
    return f"{notice.content_type.app_label}.{notice.content_type.model}"
