"""Whoever keeps the seal a numbered paper waits for hears of it, until the last copy is sealed.

Source: Office rules art. 8 (the Office keeps the seals); 2012 Regulations art. 25. The home page
asks the route itself what waits; these notices are what reaches the keeper elsewhere.
"""

from datetime import datetime

from django.db.models import Max, Q

from coordination import access, notices
from coordination.models import Appointment, Person, Seat
from coordination.posts import OFFICE_DESK
from coordination.standings import Standing
from coordination.workflow import Act
from documents.models import OutgoingDocument
from documents.states import PaperState

from . import seals

TOLD = ("seal_waits",)


def tell(act: Act) -> None:
    """After a step: whoever is to seal the paper now is told, and nobody else is asked any more."""
    tell_of(act.record, act.at)


def tell_of(document: OutgoingDocument, at: datetime) -> None:
    """Bring the notices about the paper's seal up to what holds at `at`.

    A keeper who was told already is not told again; one who keeps its seal no more, or has
    nothing left to seal, is not asked any more.
    """
    wanted = {person.pk: person for person in _asked(document)}
    told = notices.told(document, TOLD)
    for person in Person.objects.filter(pk__in=told - set(wanted)):
        notices.end(subject=document, codes=TOLD, at=at, person=person)
    notices.notify(
        [person for pk, person in wanted.items() if pk not in told],
        "seal_waits",
        key=f"seal_waits:{document.pk}:{at.isoformat()}",
        params={"title": document.inbox_title},
        subject=document,
    )


def tell_of_all(at: datetime) -> None:
    """After a seal was set up, closed or given to another: of every paper that waits for one."""
    for document in _waiting().order_by("pk"):
        tell_of(document, at)


def to_seal(seat: Seat):
    """The papers that wait for a seal this seat keeps, each with when it was numbered (`drawn`):
    they go over to whoever takes the seat.
    """
    held = Standing(None, (Appointment(seat=seat),))
    mine = _waiting().filter(seals.KEPT_BY.records(held, OFFICE_DESK))
    drawn = Max("numbers__drawn_at", filter=Q(numbers__void=None))
    return mine.annotate(drawn=drawn).order_by("pk")


def _waiting():
    return OutgoingDocument.objects.filter(state=PaperState.NUMBERED).select_related("version")


def _asked(document: OutgoingDocument) -> list[Person]:
    """Who may put the seal on it now: its keepers, but not whoever signed it."""
    if document.state != PaperState.NUMBERED or seals.nothing_to_seal(document):
        return []
    seats = [seal.keeper for seal in seals.for_paper(document).with_keeper()]
    held = [access.holder(seat) for seat in seats]
    signed = {seals.approved_by(document)}
    if document.signed_under is not None:
        signed.add(document.signed_under.person)
    return [one.person for one in held if one is not None and one.person not in signed]
