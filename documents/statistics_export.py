"""The statistics as XLSX."""

from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from coordination.spreadsheets import MEDIA_TYPE, safe

from .states import Outcome
from .statistics import Row, Statistics

__all__ = ["MEDIA_TYPE", "file_name", "workbook"]


def file_name() -> str:
    """By the day it was made."""
    return f"statistics-{timezone.localdate().isoformat()}.xlsx"


def workbook(found: Statistics, asked: dict) -> bytes:
    """One sheet: the period, a heading, a line per unit, kind or period, and the sums."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("Statistics")
    sheet.append([_("Received from"), asked["since"], _("Received to"), asked["until"]])
    outcomes = [str(outcome.label) for outcome in Outcome]
    sums = [_("Together"), _("On time (per cent)"), _("Working days on the average")]
    sheet.append([found.heading, *outcomes, *sums])
    for row in found.rows():
        sheet.append(_line(row))
    sheet.append(_line(found.sum_row()))
    for number in (2, sheet.max_row):
        for cell in sheet[number]:
            cell.font = Font(bold=True)
    sheet.freeze_panes = "B3"
    for column, width in zip("ABCDEFGHIJ", (26, *[16] * 9), strict=True):
        sheet.column_dimensions[column].width = width
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _line(row: Row) -> list:
    line = row.line
    counts = [cell.count for cell in row.cells]
    return [safe(line.label), *counts, line.total, line.rate, line.average]
