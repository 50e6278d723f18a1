"""What this floor tells the ground floor when it is ready."""

from django.core import checks
from django.utils.translation import gettext_lazy as _

from coordination import lending, registry, workflow
from coordination.integrity import number_faults
from coordination.models import Seat
from coordination.posts import DRAFTERS, HANDLERS, OFFICE, OFFICE_DESK

from . import jobs, rulechecks
from .filed import HELD, why_held
from .filing import codes as archival
from .filing import integrity as filing_integrity
from .filing import jobs as filing_jobs
from .filing.routes import FILING
from .models import (
    Consultation,
    Delivery,
    FiledItem,
    Handling,
    IncomingDocument,
    OutgoingDocument,
    Reading,
)
from .outgoing import jobs as paper_jobs
from .outgoing import numbers, paper_templates, recipient_lists, signatures, unit_numbers
from .outgoing.consultation_routes import PATHS as CONSULTATIONS
from .outgoing.delivery_routes import DELIVERY
from .outgoing.distribution import COPY_JOB
from .outgoing.reviewers import C11_CHOICES, C11_HEAD
from .outgoing.routes import PATHS
from .routes import HANDLING, INCOMING, READING
from .seals import registration as seals
from .signing import certificate
from .states import DocumentKind, HandlingState, IncomingState, ReadingState, Role


def register() -> None:
    """Register the routes, the pages of their records, and the background jobs."""
    rulechecks.load()
    checks.register(certificate.check)
    registry.add_holdings(held_by, HOLDING_WORDS)
    registry.add_draft("incoming:new", _("Sign for and register"), OFFICE)
    registry.add_integrity(_register_numbers)
    registry.add_integrity(numbers.faults)
    registry.add_integrity(signatures.faults)
    registry.add_integrity(unit_numbers.faults)
    registry.add_charter_check(_charter)
    workflow.register(INCOMING)
    workflow.register(HANDLING)
    workflow.register(READING)
    for path in (*PATHS, *CONSULTATIONS, DELIVERY):
        workflow.register(path)
    registry.add_subject("documents.outgoingdocument", "papers:detail")
    registry.add_subject("documents.consultation", "papers:consultation")
    registry.add_subject("documents.delivery", "papers:delivery")
    lending.lend("documents.incomingdocument", HANDLING, "document")
    lending.lend("documents.incomingdocument", READING, "document")
    lending.lend("coordination.duty", HANDLING, "duty")
    registry.add_subject("documents.reading", "documents:reading")
    registry.add_page("documents:register", _("Incoming documents"), IncomingDocument)
    registry.add_page("papers:register", _("Outgoing documents"), OutgoingDocument)
    registry.add_page("papers:received", _("Papers received"), Delivery)
    registry.add_page("papers:consultations", _("Opinions asked"), Consultation)
    registry.add_page("format_check", _("Format check"), OutgoingDocument, verb="add")
    registry.add_subject("documents.incomingdocument", "documents:detail")
    registry.add_subject("documents.handling", "documents:part")
    registry.add_job("processing_sheet", jobs.processing_sheet, jobs.may_read_sheet)
    registry.add_draft("outgoing:new", _("Draft a document"), DRAFTERS)
    registry.add_job("paper_pdf", paper_jobs.paper_pdf, paper_jobs.may_print)
    registry.add_job(COPY_JOB, paper_jobs.issued_copy, paper_jobs.may_print)
    registry.add_job("paper_docx", paper_jobs.paper_docx, paper_jobs.may_print)
    registry.add_job("paper_sheet", paper_jobs.paper_sheet, paper_jobs.may_print)
    registry.add_job("number_ledger", paper_jobs.number_ledger, paper_jobs.may_see_numbers)
    registry.add_job("received_register", paper_jobs.received_register, paper_jobs.may_see_register)
    registry.add_job("register_export", jobs.register_export, jobs.may_read_export)
    for part in (recipient_lists, paper_templates):
        registry.add_charter_check(part.charter_faults)
        registry.add_charter_load(part.load_charter)
    seals.register()
    _register_filing()


def _register_filing() -> None:
    """Filing: its route, its charter rows, its jobs; and what is filed is read only."""
    workflow.register(FILING)
    registry.add_subject("documents.fileditem", "filing:item")
    registry.add_page("filing:year", _("Filing"), FiledItem)
    registry.add_charter_check(archival.charter_faults)
    registry.add_charter_load(archival.load_charter)
    registry.add_integrity(filing_integrity.faults)
    registry.add_job("filing_list", filing_jobs.item_list, filing_jobs.may_read)
    registry.add_job("filing_package", filing_jobs.package, filing_jobs.may_read)
    for model in HELD:
        registry.add_hold(model, why_held)


HOLDING_WORDS = {
    "paper_laid": _("Before the post for review or signature"),
    "laid_before": _("Laid before the post"),
    "to_read": _("To be read"),
    "submitted": _("Reply handed in, to be judged by the Office"),
    "to_accept": _("Reply awaiting acceptance"),
}


def held_by(seat: Seat):
    """What of this floor moves with a seat: laid before it, to read, handed in, to be judged."""
    laid = IncomingDocument.objects.filter(laid_before=seat).order_by("pk")
    yield from _documents("laid_before", laid, ("propose_handling", "lay_further"))
    if seat.post in OFFICE_DESK:
        replied = IncomingDocument.objects.filter(state=IncomingState.REPLIED).order_by("pk")
        yield from _documents("to_accept", replied, ("take_reply",))
    for paper in OutgoingDocument.objects.filter(laid_before=seat).order_by("pk")[
        : registry.LISTED
    ]:
        yield registry.Holding(
            "paper_laid", str(paper), paper.inbox_since, "documents.outgoingdocument", paper.pk
        )
    unread = Reading.objects.filter(seat=seat, state=ReadingState.UNREAD)
    for reading in unread.select_related("document").order_by("pk"):
        yield registry.Holding(
            "to_read",
            str(reading.document),
            reading.circulated_at,
            "documents.reading",
            reading.pk,
        )
    if seat.post in HANDLERS:
        handed_in = Handling.objects.filter(
            organisation=seat.organisation_id, state=HandlingState.SUBMITTED
        ).exclude(role=Role.CO)
        for part in handed_in.select_related("document").order_by("pk"):
            yield registry.Holding(
                "submitted",
                str(part.document),
                part.assigned_at,
                "documents.incomingdocument",
                part.document_id,
            )


def _documents(code: str, rows, actions: tuple[str, ...]):
    """Documents, each since the last of `actions` was taken on it."""
    documents = list(rows[: registry.LISTED])
    steps = workflow.trail(*documents).filter(action__in=actions)
    since = dict(steps.values_list("object_id", "at"))  # the last one stands
    for document in documents:
        yield registry.Holding(
            code,
            str(document),
            since.get(document.pk, document.received_at),
            "documents.incomingdocument",
            document.pk,
        )


def _register_numbers():
    """The register of incoming documents has no gap and no double."""
    rows = IncomingDocument.objects.all()
    return number_faults(rows, "register_year", "register_serial", "register")


def _charter(data: dict):
    """What is wrong with the charter's codes and settings."""
    for row in data.get("number_codes", ()):
        for kind in row.get("kinds", ()):
            if kind not in DocumentKind.values:
                yield f"code {row['code']}: unknown kind {kind}"
    for row in data.get("settings", ()):
        if row["key"] == C11_HEAD and row["value"] not in C11_CHOICES:
            yield f"setting {C11_HEAD}: one of {', '.join(C11_CHOICES)}"
