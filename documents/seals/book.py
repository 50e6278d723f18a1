"""用印登记表: the seal register of one year as PDF, always in Chinese. Made in the worker."""

from pathlib import Path

from coordination import access
from coordination.models import Job
from documents.models import SealUse
from documents.printing import form_pdf

STYLE = Path(__file__).parent / "book.css"


def make(job: Job) -> tuple[str, str, bytes]:
    """The background job; its person must still be allowed to print the register."""
    rows = access.visible(job.person, SealUse.objects.for_register(), "print")
    year = int(job.params["year"])
    return f"{year}年用印登记表.pdf", "application/pdf", render(rows.filter(year=year), year)


def render(rows, year: int) -> bytes:
    """Return the PDF of these lines, in the order of their numbers."""
    lines = rows.order_by("serial")
    return form_pdf("seals/book.html", lambda: {"rows": lines, "year": year}, STYLE)
