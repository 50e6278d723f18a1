"""Background jobs of this floor; the makers are imported when needed, for they are heavy."""

from coordination import access
from coordination.models import Job

from .models import IncomingDocument


def processing_sheet(job: Job) -> tuple[str, str, bytes]:
    """公文处理单 of one document as PDF."""
    from .sheet import make

    return make(job)


def register_export(job: Job) -> tuple[str, str, bytes]:
    """The filtered register as XLSX."""
    from .export import make

    return make(job)


def may_read_sheet(job: Job) -> bool:
    """Whoever may print the document today."""
    documents = IncomingDocument.objects.filter(pk=job.params["document"])
    return access.visible(job.person, documents, "print").exists()


def may_read_export(job: Job) -> bool:
    """Whoever holds today the very seats held when asking: the file shows what those saw."""
    held = access.standing(job.person)
    return bool(held.seat_ids) and job.params["seats"] == held.seat_ids
