"""What the pages of copies do and show: opening, verifying, the board of a paper."""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from coordination import access, apart, calendars, duties, history, workflow
from coordination.posts import HANDLERS
from documents.models import Delivery, IssuedCopy, OutgoingDocument
from documents.paper.web import render_html
from documents.states import Addressed, DeliveryState
from documents.timeline import Entry, entries

from .content import Content, everybody, from_data
from .layout import paper_of


@dataclass(frozen=True, slots=True)
class Received:
    """The page of a copy, for whoever may see it; the text is not shown of a recalled one."""

    content: Content
    reading: str
    lamp: duties.Lamp
    steps: list[workflow.Step]
    apart: list[str]
    entries: list[Entry]
    is_made: bool


def received(person, row: Delivery) -> Received:
    """Read the page of `row` for `person`, who may see it."""
    content = from_data(row.document.content)
    steps, held_back = apart.sorted_out(person, row)
    reading = "" if is_recalled(row) else render_html(paper_of(row.document, content))
    return Received(
        content,
        reading,
        duties.lamp(row.duty, calendars.current()),
        steps,
        held_back,
        entries(list(workflow.trail(row)), {}),
        IssuedCopy.objects.filter(document=row.document_id).exists(),
    )


def is_recalled(row: Delivery) -> bool:
    """Whether the recipient reads no more than that the copy was wrong."""
    return row.state == DeliveryState.RECALLED


@transaction.atomic
def note_opened(row: Delivery, person) -> None:
    """Put on record who of the recipient opened the copy first, and when (P24)."""
    own = access.standing(person).organisations(HANDLERS)
    if row.opened_at is not None or row.organisation_id not in own:
        return
    locked = Delivery.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.opened_at is None:
        locked.opened_at, locked.opened_by = timezone.now(), person
        history.note(locked, person, "opened")
        locked.save()


def not_signed(rows) -> int:
    """How many of these copies nobody has signed for."""
    return sum(1 for row in rows if row.state == DeliveryState.SENT)


def on_paper(document: OutgoingDocument) -> list[tuple[str, str]]:
    """Whom it goes to outside this system, each with as what: they get it on paper (P25)."""
    if document.issued_on is None:
        return []
    content = from_data(document.content)
    return [
        (one.name, str(role.label))
        for role, rows in ((Addressed.MAIN, content.main), (Addressed.COPY, content.copies))
        for one in everybody(rows)
        if one.organisation is None
    ]


def with_lamps(rows) -> list[tuple[Delivery, duties.Lamp]]:
    """Each copy with the lamp of what it asks."""
    calendar, now = calendars.current(), timezone.now()
    return [(row, duties.lamp(row.duty, calendar, now)) for row in rows]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file turned out to be: the paper it is byte for byte, or none that may be seen."""

    document: OutgoingDocument | None


def verify(person, chunks) -> Verdict:
    """Compare a file with every issued PDF that `person` may see; nothing of it is kept."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    found = IssuedCopy.objects.filter(sha256=digest.hexdigest()).select_related("document").first()
    if found is None:
        return Verdict(None)
    own = access.visible(person, Delivery.objects.filter(document=found.document_id))
    seen = access.may(person, "view", found.document) or own.standing().exists()
    return Verdict(found.document if seen else None)
