"""收文登记簿: the papers one unit signed for in a year, as PDF, for the shelf (2012 Regulations
art. 24). Every number ever drawn is in it; that of a recalled copy is struck, with the reason.
"""

from coordination import access, workflow
from coordination.models import Job, Organisation
from documents.models import Delivery
from documents.printing import form_pdf
from documents.states import DeliveryState


def make(job: Job) -> tuple[str, str, bytes]:
    """The background job, with what its person may see today."""
    unit = Organisation.objects.get(pk=job.params["unit"])
    year = int(job.params["year"])
    rows = list(rows_of(job))
    content = form_pdf("papers/received_sheet.html", lambda: _context(unit, year, rows))
    return f"{unit.short_name}{year}年收文登记簿.pdf", "application/pdf", content


def rows_of(job: Job):
    """The copies a job asks for, in the order of their numbers, as far as its person may see."""
    seen = access.visible(job.person, Delivery.objects.for_register().numbered())
    found = seen.filter(organisation=job.params["unit"], register_year=job.params["year"])
    return found.order_by("register_serial")


def _context(unit: Organisation, year: int, rows: list[Delivery]) -> dict:
    recalls = {
        step.object_id: step
        for step in workflow.trail(*rows).filter(action="recall").select_related("person")
    }
    lines = [(row, recalls.get(row.pk)) for row in rows]
    recalled = sum(1 for row in rows if row.state == DeliveryState.RECALLED)
    return {"unit": unit, "year": year, "lines": lines, "count": len(rows), "recalled": recalled}
