"""What the pages of copies do and show: opening, verifying, the board of a paper."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, apart, calendars, duties, history, workflow
from coordination.models import Transition
from coordination.posts import HANDLERS
from coordination.workdays import Calendar
from documents.models import Delivery, IssuedCopy, OutgoingDocument
from documents.paper.web import render_html
from documents.signing import certificate, verifying
from documents.states import DeliveryState
from documents.timeline import Entry, entries

from . import seals
from .content import Content, from_data
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
    voided: Transition | None


def received(person, row: Delivery) -> Received:
    """Read the page of `row` for `person`, who may see it."""
    content = from_data(row.document.content)
    steps, held_back = apart.sorted_out(person, row)
    reading = "" if is_recalled(row) else _reading(row, content)
    return Received(
        content,
        reading,
        _lamp(row, calendars.current(), timezone.now()),
        steps,
        held_back,
        entries(list(workflow.trail(row)), {}),
        IssuedCopy.objects.filter(document=row.document_id).exists(),
        _voided(row.document),
    )


def _voided(document: OutgoingDocument) -> Transition | None:
    """The step by which the paper was revoked or repealed: by whom, why."""
    if document.void_from is None:
        return None
    return workflow.trail(document).filter(action__in=("revoke", "repeal")).last()


def _lamp(row: Delivery, calendar: Calendar, now: datetime) -> duties.Lamp:
    """The lamp of what a copy asks; nothing is asked by one that was recalled or a void paper."""
    asks = not is_recalled(row) and not row.document.is_void
    return duties.lamp(row.duty if asks else None, calendar, now)


def _reading(row: Delivery, content: Content) -> str:
    """The text with the seal it was issued under; its picture at an address of the copy's own."""
    use = seals.shown(row.document)
    seal = None
    if use is not None:
        seal = reverse("papers:delivery_seal", args=[row.pk]) if use.image_id else ""
    return render_html(paper_of(row.document, content), seal)


def is_recalled(row: Delivery) -> bool:
    """Whether the recipient reads no more than that the copy was wrong."""
    return row.state == DeliveryState.RECALLED


@transaction.atomic
def note_opened(row: Delivery, person, at: datetime | None = None) -> None:
    """Put on record who of the recipient opened the copy first, and when: now unless told (P24)."""
    own = access.standing(person).organisations(HANDLERS)
    if row.opened_at is not None or row.organisation_id not in own:
        return
    locked = Delivery.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.opened_at is None:
        locked.opened_at, locked.opened_by = at or timezone.now(), person
        history.note(locked, person, "opened")
        locked.save()


def not_signed(rows) -> int:
    """How many of these copies nobody has signed for."""
    return sum(1 for row in rows if row.state == DeliveryState.SENT)


def with_lamps(rows) -> list[tuple[Delivery, duties.Lamp]]:
    """Each copy with the lamp of what it asks."""
    calendar, now = calendars.current(), timezone.now()
    return [(row, _lamp(row, calendar, now)) for row in rows]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file turned out to be: the paper it is byte for byte, or none that may be seen; and
    the signatures it bears, whatever it is. `fault`: why nothing is said of signatures.
    """

    document: OutgoingDocument | None
    signatures: tuple[verifying.Signature, ...] = ()
    fault: str = ""


def verify(person, chunks) -> Verdict:
    """Compare a file with every issued PDF that `person` may see, and judge its signatures;
    nothing of it is kept.

    Of a copy that is ours the certificate is judged as of the day the copy was made, which is on
    record here; of any other file as of now, for nobody vouches for the moment it names.
    """
    digest = hashlib.sha256()
    with NamedTemporaryFile(suffix=".pdf") as copy:
        for chunk in chunks:
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        found = _issued(person, digest.hexdigest())
        try:
            moment = found.made_at if found else None
            signatures, fault = verifying.signatures_of(Path(copy.name), moment), ""
        except verifying.Unreadable:
            signatures, fault = (), _("The file cannot be read as a PDF.")
        except certificate.Unusable as lack:
            signatures, fault = (), str(lack)
    return Verdict(found.document if found else None, signatures, fault)


def _issued(person, sha256: str) -> IssuedCopy | None:
    """The issued copy of this digest, if `person` may see the paper or has a copy of it."""
    found = IssuedCopy.objects.filter(sha256=sha256).select_related("document").first()
    if found is None:
        return None
    own = access.visible(person, Delivery.objects.filter(document=found.document_id))
    seen = access.may(person, "view", found.document) or own.standing().exists()
    return found if seen else None
