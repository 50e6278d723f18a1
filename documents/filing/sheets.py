"""Printed forms of filing, always in Chinese: the list of items, and the final draft with opinions.

Rendered in the worker, with a fetcher that reaches nothing.
"""

from pathlib import Path

from django.utils import timezone

from coordination import workflow
from documents.models import FiledItem, OutgoingDocument, PaperVersion, VacatedCode
from documents.outgoing.content import from_data
from documents.outgoing.layout import paper_of
from documents.paper.web import render_html
from documents.printing import form_pdf
from documents.states import RETENTION_WRITTEN, Retention

from . import parts

STYLE = Path(__file__).parent / "sheets.css"


def items_and_vacated(year: int, retention: str) -> list:
    """The lines of a list in the order of their codes: items, and codes that are used no more."""
    items = FiledItem.objects.of(year, retention).select_related("body")
    gone = VacatedCode.objects.filter(year=year, retention=retention).select_related("body")
    return sorted([*items, *gone], key=lambda row: (row.body.order, row.body_id, row.serial))


def item_list(year: int, retention: Retention) -> bytes:
    """归档文件目录 of one year and retention period (DA/T 22-2015)."""
    rows = items_and_vacated(year, retention)
    context = {
        "rows": [(row, isinstance(row, VacatedCode)) for row in rows],
        "year": year,
        "retention": RETENTION_WRITTEN[retention],
        "fonds": rows[0].fonds if rows else "",
        "printed_on": timezone.localdate(),
    }
    return form_pdf("filing/list_sheet.html", lambda: context, STYLE)


def final_draft(paper: OutgoingDocument, version: PaperVersion) -> bytes:
    """定稿: the text as it was signed, under the opinions of whoever reviewed and signed it."""
    content = from_data(version.content)
    taken = parts.steps(paper, "outgoing")

    def context() -> dict:
        """What the sheet prints."""
        return {
            "paper": paper,
            "content": content,
            "steps": [(workflow.label_of(row), row) for row in taken],
            "signed": [row for row in taken if row.action == "sign"][-1:],
            "reading": render_html(paper_of(paper, content)),
        }

    return form_pdf("filing/draft_sheet.html", context, STYLE)
