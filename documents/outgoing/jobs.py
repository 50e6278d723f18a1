"""Background jobs of the outgoing line; the makers are imported when needed, for they are heavy."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, storage
from coordination.jobs import NotReady
from coordination.models import Job
from coordination.uploads import MEDIA_TYPES
from documents.models import Delivery, IssuedCopy, OutgoingDocument, PaperNumber
from documents.signing import certificate

from . import sealing


def paper_pdf(job: Job) -> tuple[str, str, bytes]:
    """The paper as PDF/A, as it stands now."""
    return _made(job, "pdf", sealing.as_pdf)


def issued_copy(job: Job) -> tuple[str, str, bytes]:
    """The paper byte for byte as issued, made once: what recipients load, and what is compared."""
    document = OutgoingDocument.objects.for_detail().get(pk=job.params["paper"])
    name = f"{document.document_number.replace('〔', '-').replace('〕', '-')}.pdf"
    made = IssuedCopy.objects.select_related("file").filter(document=document).first()
    if made is not None:
        return name, MEDIA_TYPES["pdf"], storage.path_of(made.sha256).read_bytes()
    if document.issued_on is None:
        raise ValidationError(_("This paper is not issued yet."))
    data = _signed(sealing.as_pdf(document), document)
    with transaction.atomic():
        OutgoingDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
        made = IssuedCopy.objects.filter(document=document).first()
        if made is not None:  # another worker was first: there is one copy and no other
            return name, MEDIA_TYPES["pdf"], storage.path_of(made.sha256).read_bytes()
        file = storage.keep_made(name, MEDIA_TYPES["pdf"], data, job.person)
        IssuedCopy.objects.create(
            document=document, file=file, sha256=file.sha256, made_at=timezone.now()
        )
    return name, MEDIA_TYPES["pdf"], data


def _signed(data: bytes, document: OutgoingDocument) -> bytes:
    """The PDF under the office's certificate, where one is set up; as it is where none is.

    Raises NotReady for a certificate that cannot sign today: an unsigned copy is not issued
    instead of a signed one.
    """
    if not certificate.is_configured():
        return data
    try:
        held = certificate.load()
    except certificate.Unusable as lack:
        raise NotReady(str(lack)) from lack
    from documents.signing.apply import sign

    return sign(data, held, reason=f"印发 {document.document_number}")


def paper_docx(job: Job) -> tuple[str, str, bytes]:
    """The paper for Word and WPS, as it stands now."""
    from documents.paper.docx import render_docx

    return _made(job, "docx", lambda document: render_docx(sealing.for_word(document)))


def paper_sheet(job: Job) -> tuple[str, str, bytes]:
    """发文稿纸 of the paper as PDF."""
    from .draft_sheet import render

    return _made(job, "pdf", render, "发文稿纸")


def number_ledger(job: Job) -> tuple[str, str, bytes]:
    """发文字号登记簿 of one issuing body and year as PDF."""
    from .ledger_sheet import make

    return make(job)


def received_register(job: Job) -> tuple[str, str, bytes]:
    """收文登记簿 of one unit and year as PDF."""
    from .received_sheet import make

    return make(job)


def _made(job: Job, ending: str, make, form: str = "") -> tuple[str, str, bytes]:
    """A file of the paper; raises DoesNotExist when the job's person may print it no more."""
    papers = access.visible(job.person, OutgoingDocument.objects.for_detail(), "print")
    document = papers.get(pk=job.params["paper"])
    name = document.document_number.replace("〔", "-").replace("〕", "-") or document.pk
    return f"{name}{form}.{ending}", MEDIA_TYPES[ending], make(document)


def may_print(job: Job) -> bool:
    """Whoever may print the paper today."""
    papers = OutgoingDocument.objects.filter(pk=job.params["paper"])
    return access.visible(job.person, papers, "print").exists()


def may_see_numbers(job: Job) -> bool:
    """Whoever may see the ledger today."""
    return access.may_ever(job.person, "view", PaperNumber)


def may_see_register(job: Job) -> bool:
    """Whoever may see any copy in it today."""
    rows = Delivery.objects.numbered().filter(organisation=job.params["unit"])
    return access.visible(job.person, rows).exists()
