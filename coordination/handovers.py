"""交接: a post changes hands; both see what is open in it, and confirm that.

What is laid before a seat, circulated to it, owed by its organisation or entrusted by it belongs
to the seat, so it is the successor's from the first day. The list is kept as it stood when the
predecessor's last day was over: until then it is theirs and alive, afterwards nothing that comes
to the seat appears in it. Messages are a person's; those about what moves are carried over with
their read state.
"""

from collections.abc import Iterator
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import access, handover_lists, history, notices
from .dates import long_day
from .handover_lists import Line
from .models import HandOver, Notice
from .posts import HANDLERS, OFFICE_DESK
from .registry import Awaited

# What is told to a post rather than to a person, so that it goes with the post.
TOLD = {
    OFFICE_DESK: (
        "replied",
        "handed_back",
        "proposal_returned",
        "instructed",
        "another_named",
        "extension_asked",
        "late_at",
        "calendar_missing",
        "roster_missing",
    ),
    HANDLERS: (
        "sent_back",
        "opinion_given",
        "reply_accepted",
        "withdrawn",
        "returned_to_sender",
        "answer",
        "extension_granted",
        "extension_refused",
        "delivered",
        "delivered_asks",
        "report_returned",
        "consulted",
        "consulted_text_changed",
    ),
}


def lists(person, row: HandOver) -> dict[str, list[Line]]:
    """Both parts of the list in words: as kept, or while the predecessor serves as it is now."""
    listed = row.listed if row.listed is not None else handover_lists.listing(row)
    return handover_lists.lines(person, listed)


@transaction.atomic
def settled(hand_over: HandOver, today: date | None = None) -> HandOver:
    """The change of hands, its list kept from the moment the predecessor's last day is over."""
    row = (
        HandOver.objects.select_for_update(of=("self",))
        .select_related(
            "seat__organisation",
            "predecessor__person",
            "predecessor__seat",
            "successor__person",
            "successor__decision",
        )
        .get(pk=hand_over.pk)
    )
    last = row.predecessor.until
    if row.listed is None and last is not None and last < (today or timezone.localdate()):
        row.listed, row.listed_at = handover_lists.listing(row), timezone.now()
        history.note(row, None, "list kept")
        row.save()
    return row


@transaction.atomic
def confirm(hand_over: HandOver, *, person) -> HandOver:
    """Confirm the list: the predecessor as given, the successor as taken over.

    Raises PermissionDenied for anybody else, ValidationError where it is confirmed already, or
    before the successor's first day.
    """
    row = settled(hand_over)
    field = _side(row, person)
    if not field:
        raise PermissionDenied(_("This is for the two who hand over and take over."))
    if getattr(row, field) is not None:
        raise ValidationError(_("You have confirmed it already."), code="confirmed")
    if not _begun(row):
        raise ValidationError(
            _("The list is confirmed from %(day)s on, when the post changes hands.")
            % {"day": long_day(row.successor.since)},
            code="early",
        )
    setattr(row, field, timezone.now())
    history.note(row, person, field)
    row.save()
    notices.end(subject=row, codes=("hand_over_waits",), person=person)
    return row


def may_confirm(row: HandOver, person) -> bool:
    """Whether `person` is one of the two, has not confirmed yet, and the post changed hands."""
    field = _side(row, person)
    return bool(field) and getattr(row, field) is None and _begun(row)


def _side(row: HandOver, person) -> str:
    """The field that `person` confirms; empty for anybody but the two."""
    sides = {row.predecessor.person_id: "given_at", row.successor.person_id: "taken_at"}
    return sides.get(person.pk, "")


def _begun(row: HandOver) -> bool:
    return row.successor.since <= timezone.localdate()


def waiting(person) -> Iterator[Awaited]:
    """The changes of hands that `person` has not confirmed yet, on either side."""
    mine = Q(predecessor__person=person.pk, given_at=None) | Q(
        successor__person=person.pk, taken_at=None
    )
    rows = HandOver.objects.begun(timezone.localdate()).filter(mine)
    for row in rows.select_related("seat__organisation", "successor").order_by("pk"):
        yield Awaited(
            _("Hand-over list: %(seat)s") % {"seat": row.seat},
            reverse("hand_over", args=[row.pk]),
            _("To be confirmed"),
            row.listed_at,
            row.successor.since,
        )


@transaction.atomic
def carry_over(today: date | None = None) -> int:
    """Keep the lists of those whose last day is over; give every successor who serves by now the
    predecessor's messages about what moved.

    Run again and again; each change of hands is carried once. Returns how many messages moved.
    """
    today = today or timezone.localdate()
    for row in HandOver.objects.ended(today).filter(listed__isnull=True):
        settled(row, today)
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
    about, codes = handover_lists.about(row.seat), _codes(row)
    alive = Notice.objects.alive().filter(person=row.predecessor.person_id)
    mine = [
        notice
        for notice in alive.select_related("duty", "content_type")
        if (notice.duty and notice.duty.organisation_id == row.seat.organisation_id)
        or (_label(notice), notice.object_id) in about
        or notice.code in codes
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


def _codes(row: HandOver) -> set[str]:
    """The messages told to this post, unless the predecessor is told them in another one still."""
    still = access.standing(row.predecessor.person).posts
    return {
        code
        for posts, codes in TOLD.items()
        if row.seat.post in posts and still.isdisjoint(posts)
        for code in codes
    }


def _label(notice: Notice) -> str:
    if notice.content_type is None:
        return ""
    return f"{notice.content_type.app_label}.{notice.content_type.model}"
