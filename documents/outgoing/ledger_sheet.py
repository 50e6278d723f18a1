"""发文字号登记簿: the ledger of numbers of one issuing body and year as PDF, for the shelf.

Every number ever drawn is in it; a void one is struck, with the reason, by whom and when.
"""

from coordination import access
from coordination.models import Job, Organisation
from documents.models import PaperNumber
from documents.printing import form_pdf


def make(job: Job) -> tuple[str, str, bytes]:
    """The background job, with what its person may see today."""
    issuer = Organisation.objects.get(pk=job.params["body"])
    year = int(job.params["year"])
    rows = rows_of(job)
    content = form_pdf("papers/ledger_sheet.html", lambda: _context(issuer, year, list(rows)))
    return f"{issuer.short_name}{year}年发文字号登记簿.pdf", "application/pdf", content


def rows_of(job: Job):
    """The numbers a job asks for, as far as its person may see them today."""
    seen = access.visible(job.person, PaperNumber.objects.all())
    rows = seen.filter(organisation=job.params["body"], year=job.params["year"])
    if job.params["code"]:
        rows = rows.filter(code=job.params["code"])
    return rows.select_related("document__signed_under__person", "person", "void__person").order_by(
        "code", "serial"
    )


def _context(issuer: Organisation, year: int, rows: list[PaperNumber]) -> dict:
    void = sum(1 for row in rows if hasattr(row, "void"))
    return {"issuer": issuer, "year": year, "rows": rows, "count": len(rows), "void": void}
