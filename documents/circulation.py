"""传阅: a document goes round for reading beside the main line, and nobody is left out (P24).

Who is to read it, why, who has and who has not stands on the page of the document. A remark made
while reading never decides anything.
"""

from django.utils import timezone

from coordination import notices
from coordination.workflow import Act, follow

from .effects import tell_office
from .models import Reading
from .states import ReadingState


def circulate(act: Act) -> None:
    """Put the document before each chosen seat, and tell whoever holds it."""
    for seat in act.data["seats"]:
        reading = Reading(
            document=act.record, seat=seat, why=act.opinion, circulated_at=act.at, state=""
        )
        follow(act, reading, "begin")


def tell_reader(act: Act) -> None:
    """Whoever holds the seat hears what there is to read, and why."""
    reading = act.record
    held = reading.seat.appointments.active(timezone.localdate()).select_related("person")
    notices.notify(
        [appointment.person for appointment in held],
        "circulated",
        key=f"reading:{act.transition.pk}",
        params={"title": str(reading.document), "why": reading.why},
        subject=reading,
    )


def end_notice(act: Act) -> None:
    """Read, or taken back: the notice has done its work."""
    notices.end(subject=act.record, codes=("circulated",), at=act.at)


def tell_remark(act: Act) -> None:
    """The Office's desk hears what was remarked; it stays a remark and decides nothing."""
    if not act.opinion:
        return
    reading = act.record
    tell_office(act, reading.document, "remarked", who=str(reading.seat), remark=act.opinion[:200])


def tell_all_read(act: Act) -> None:
    """The Office's desk hears when nobody is left who has not read."""
    document = act.record.document
    if not document.readings.filter(state=ReadingState.UNREAD).exists():
        tell_office(act, document, "all_read")
