"""Background jobs of the outgoing line."""

from coordination import access
from coordination.models import Job
from documents.models import OutgoingDocument

from . import sealing


def paper_pdf(job: Job) -> tuple[str, str, bytes]:
    """The paper as PDF/A, as it stands now."""
    document = OutgoingDocument.objects.for_detail().get(pk=job.params["paper"])
    name = f"{document.document_number or document.pk}.pdf"
    return name, "application/pdf", sealing.as_pdf(document)


def may_read_pdf(job: Job) -> bool:
    """Whoever may print the paper today."""
    papers = OutgoingDocument.objects.filter(pk=job.params["paper"])
    return access.visible(job.person, papers, "print").exists()
