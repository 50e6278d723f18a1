"""Background jobs of the seals; the maker is imported when needed, for it is heavy."""

from coordination import access
from coordination.models import Job
from documents.models import SealUse


def seal_book(job: Job) -> tuple[str, str, bytes]:
    """用印登记表 of one year as PDF."""
    from .book import make

    return make(job)


def may_read_book(job: Job) -> bool:
    """Whoever may print the whole register today."""
    return access.reaches_all(job.person, "print", SealUse)
