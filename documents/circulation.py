"""传阅: a document goes round for reading beside the main line, and nobody is left out (P24).

Who is to read it, why, who has and who has not stands on the page of the document. A remark made
while reading never decides anything.
"""

from django.utils import timezone

from coordination import notices
from coordination.workflow import Act, follow

from .models import Reading


def circulate(act: Act) -> None:
    """Put the document before each chosen seat, and tell whoever holds it."""
    document, today = act.record, timezone.localdate()
    for seat in act.data["seats"]:
        reading = Reading(
            document=document, seat=seat, why=act.opinion, circulated_at=act.at, state=""
        )
        reading = follow(act, reading, "begin")
        held = seat.appointments.active(today).select_related("person")
        notices.notify(
            [appointment.person for appointment in held],
            "circulated",
            key=f"reading:{reading.pk}",
            params={"title": str(document), "why": reading.why},
            subject=reading,
        )


def end_notice(act: Act) -> None:
    """Read, or taken back: the notice has done its work."""
    notices.end(subject=act.record, codes=("circulated",), at=act.at)
