"""Background jobs of the outgoing line; the maker is imported when needed, for it is heavy."""

from coordination import access
from coordination.models import Job
from documents.models import OutgoingDocument

from .layout import paper_of


def paper_pdf(job: Job) -> tuple[str, str, bytes]:
    """The paper as PDF/A, as it stands now."""
    from documents.paper.pdf import render_pdf

    document = OutgoingDocument.objects.for_detail().get(pk=job.params["paper"])
    name = f"{document.document_number or document.pk}.pdf"
    return name, "application/pdf", render_pdf(paper_of(document))


def may_read_pdf(job: Job) -> bool:
    """Whoever may print the paper today."""
    papers = OutgoingDocument.objects.filter(pk=job.params["paper"])
    return access.visible(job.person, papers, "print").exists()
