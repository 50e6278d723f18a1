"""What this floor tells the ground floor when it is ready."""

from django.utils.translation import gettext_lazy as _

from coordination import registry, workflow
from coordination.integrity import number_faults
from coordination.models import Seat

from . import jobs, rulechecks
from .models import IncomingDocument, Reading
from .routes import HANDLING, INCOMING, READING
from .states import ReadingState


def register() -> None:
    """Register the routes, the pages of their records, and the background jobs."""
    rulechecks.load()
    registry.add_holdings(held_by)
    registry.add_integrity(_register_numbers)
    workflow.register(INCOMING)
    workflow.register(HANDLING)
    workflow.register(READING)
    workflow.lend("documents.incomingdocument", HANDLING, "document")
    workflow.lend("documents.incomingdocument", READING, "document")
    workflow.lend("coordination.duty", HANDLING, "duty")
    registry.add_subject("documents.reading", "documents:reading")
    registry.add_page("documents:register", _("Incoming documents"), IncomingDocument)
    registry.add_subject("documents.incomingdocument", "documents:detail")
    registry.add_job("processing_sheet", jobs.processing_sheet, jobs.may_read_sheet)
    registry.add_job("register_export", jobs.register_export, jobs.may_read_export)


def held_by(seat: Seat):
    """What of this floor moves with a seat: what is laid before it, what it is to read."""
    for document in IncomingDocument.objects.filter(laid_before=seat).order_by("pk"):
        yield registry.Holding(
            str(_("Laid before the post")),
            str(document),
            document.get_absolute_url(),
            "documents.incomingdocument",
            document.pk,
        )
    unread = Reading.objects.filter(seat=seat, state=ReadingState.UNREAD)
    for reading in unread.select_related("document").order_by("pk"):
        yield registry.Holding(
            str(_("To be read")),
            str(reading.document),
            reading.get_absolute_url(),
            "documents.reading",
            reading.pk,
        )


def _register_numbers():
    """The register of incoming documents has no gap and no double."""
    rows = IncomingDocument.objects.all()
    return number_faults(rows, "register_year", "register_serial", "register")
