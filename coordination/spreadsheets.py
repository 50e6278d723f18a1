"""Tables as XLSX: one sheet, a heading that stays, text that stays text."""

from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(value):
    """Text stays text: what begins like a formula must not become one. Numbers pass."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def table(title: str, headings: list[str], widths: list[int], lines: Iterable[list]) -> bytes:
    """One sheet: `headings` in bold over `lines`, columns as wide as `widths` characters."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    cells = []
    for heading in headings:
        cell = WriteOnlyCell(sheet, value=heading)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)
    for line in lines:
        sheet.append([safe(value) for value in line])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
