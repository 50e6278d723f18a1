"""Background jobs of this floor; the makers are imported when needed, for they are heavy."""

from coordination.models import Job


def processing_sheet(job: Job) -> tuple[str, str, bytes]:
    """公文处理单 of one document as PDF."""
    from .sheet import make

    return make(job)


def register_export(job: Job) -> tuple[str, str, bytes]:
    """The filtered register as XLSX."""
    from .export import make

    return make(job)
