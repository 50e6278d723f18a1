"""Many documents for measuring: believable rows made in bulk, not by playing each step."""

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from coordination import calendars, duties, history
from coordination.models import (
    Appointment,
    Decision,
    Duty,
    Organisation,
    Person,
    Seat,
    Series,
)
from coordination.posts import Post
from coordination.workdays import Term

from ..actions import SERIES_CODE
from ..models import Handling, IncomingDocument, IncomingDocumentShare
from ..search import grams
from ..states import HandlingState, IncomingState, Role
from .story import SHAPES, TOPICS

BATCH = 2000
TERM = Term(7, "B16 C12")


def grow_to(total: int) -> None:
    """Add documents until there are `total`; most of them completed, one in a hundred open.

    The same total again adds nothing.
    """
    clerk = Person.objects.get(username="clerk")
    units = list(Organisation.objects.assignable(timezone.localdate()).order_by("order"))
    office = Organisation.objects.get(kind=Organisation.Kind.GROUP_OFFICE)
    for start in range(IncomingDocument.objects.count(), total, BATCH):
        with transaction.atomic():
            _batch(start, min(BATCH, total - start), clerk, units, office)


def grow_people_to(total: int) -> None:
    """Enter persons with a post in a unit until there are `total`; the same again adds none."""
    decision = Decision.objects.get(key="working_rules")
    units = list(Organisation.objects.assignable(timezone.localdate()).order_by("order"))
    for n in range(Person.objects.count(), total):
        unit = units[n % len(units)]
        person = Person.objects.create(username=f"person{n}", name=f"人员{n}（演示）")
        seat = Seat(
            organisation=unit, post=Post.GROUP_MEMBER, title=f"成员{n}", cites="A2", order=1000 + n
        )
        history.note(seat, None, "demo")
        seat.save()
        term = Appointment(person=person, seat=seat, since=decision.decided_on, decision=decision)
        history.note(term, None, "demo")
        term.save()


def _batch(start: int, size: int, clerk, units, office) -> None:
    now = timezone.now()
    year = timezone.localdate().year
    series, _ = Series.objects.select_for_update().get_or_create(
        organisation=office, code=SERIES_CODE, year=year
    )
    documents = []
    for n in range(start, start + size):
        shape, kind = SHAPES[n % len(SHAPES)]
        sender = units[n * 7 % len(units)]
        series.last += 1
        document = IncomingDocument(
            register_year=year,
            register_serial=series.last,
            sender=sender,
            sender_name=sender.name,
            sender_number=f"{sender.short_name}〔{year}〕{n + 1000}号",
            kind=kind,
            title=f"{sender.name}{shape.format(topic=TOPICS[n % len(TOPICS)])}（{n}）",
            received_at=now - timedelta(hours=n % 4000),
            received_by=clerk,
            state=IncomingState.IN_HANDLING if n % 100 == 0 else IncomingState.COMPLETED,
            handler=units[n * 11 % len(units)],
        )
        document.search_terms = grams(
            document.title, sender.name, document.sender_number, document.register_number
        )
        documents.append(document)
    series.save()
    documents = bulk_create_with_history(documents, IncomingDocument, batch_size=500)
    _parts(documents, now)


def _parts(documents, now) -> None:
    """Each document's duty, part and share."""
    content_type = ContentType.objects.get_for_model(IncomingDocument)
    calendar = calendars.current()
    owed = [_duty(document, content_type, calendar, now) for document in documents]
    owed = bulk_create_with_history(owed, Duty, batch_size=500)
    parts = [
        Handling(
            document=document,
            organisation=document.handler,
            role=Role.SOLE,
            state=HandlingState.SETTLED if duty.closed_at else HandlingState.ACCEPTED,
            duty=duty,
            assigned_at=document.received_at,
        )
        for document, duty in zip(documents, owed, strict=True)
    ]
    bulk_create_with_history(parts, Handling, batch_size=500)
    for document, duty in zip(documents, owed, strict=True):
        document.main_duty = duty
    bulk_update_with_history(documents, IncomingDocument, ["main_duty"], batch_size=500)
    _share(documents, content_type)


def _duty(document, content_type, calendar, now) -> Duty:
    """What the handler owed: met where the document is completed, one in eight of them late."""
    due = calendar.due(document.received_at, TERM)
    done = document.state == IncomingState.COMPLETED
    start = duties.local_day(document.received_at)
    took = calendar.add(start, 1 + document.register_serial * 3 % 8) - start
    done_at = min(now, document.received_at + took)
    done_on = duties.local_day(done_at)
    return Duty(
        organisation=document.handler,
        kind=Duty.Kind.COMPLETE,
        title=document.title,
        content_type=content_type,
        object_id=document.pk,
        cites=TERM.cites,
        started_at=document.received_at,
        working_days=TERM.days,
        due_on=due.on,
        provisional=due.provisional,
        closed_at=done_at if done else None,
        outcome=Duty.Outcome.MET if done else "",
        days_late=calendar.lateness(due.on, done_on) if done else None,
        days_taken=calendar.between(start, done_on) if done else None,
    )


def _share(documents, content_type) -> None:
    """What the transfer would have shown to each handler."""
    permission = Permission.objects.get(content_type=content_type, codename="view_incomingdocument")
    shares = [
        IncomingDocumentShare(
            group_id=document.handler.group_id, permission=permission, content_object=document
        )
        for document in documents
    ]
    IncomingDocumentShare.objects.bulk_create(shares, batch_size=1000)
