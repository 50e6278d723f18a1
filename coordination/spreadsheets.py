"""Tables: written as XLSX, text staying text; read from XLSX or CSV, line by line."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import BadZipFile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .text import clean_text

COLUMNS = 40  # read of a line; no table here has more
CELL = 500  # characters read of a cell
BROKEN = (BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError)
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(value):
    """Text stays text: what begins like a formula must not become one. Numbers pass.

    Characters that a workbook cannot hold are left out.
    """
    if isinstance(value, str):
        value = UNWRITABLE.sub("", value)
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


def lines(data: bytes, *, limit: int) -> Iterator[tuple[int, list[str]]]:
    """The lines of a table that hold anything, with their numbers from 1, cells as text.

    XLSX (its first sheet, days as 2026-10-13) or CSV in UTF-8 or GB18030. Raises ValidationError
    in words for what is no table, and for more than `limit` lines.
    """
    found = _of_workbook(data) if data.startswith(b"PK") else lines_of_csv(data)
    for number, row in found:
        cells = [_cell(value) for value in row[:COLUMNS]]
        if number > limit:
            raise ValidationError(
                _("The table has more than %(limit)s lines. Split it.") % {"limit": limit},
                code="too_long",
            )
        if any(cells):
            yield number, cells


def lines_of_csv(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV table with their numbers, whatever ends its lines.

    Raises ValidationError in words, as `text_of` does.
    """
    rows = enumerate(csv.reader(StringIO(text_of(data), newline=None)), start=1)
    while True:
        try:
            number, row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValidationError(
                _(
                    "This is no table: a field is too long, or its quotation mark is not closed. "
                    "Save it anew as CSV."
                ),
                code="no_table",
            ) from error
        yield number, row


def text_of(data: bytes) -> str:
    """Bytes as text, UTF-8 or GB18030. Raises ValidationError in words."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValidationError(_("The file is neither UTF-8 nor GB18030 text. Save it anew as CSV."))


def _of_workbook(data: bytes) -> Iterator[tuple[int, tuple]]:
    try:
        sheet = load_workbook(BytesIO(data), read_only=True, data_only=True).worksheets[0]
        yield from enumerate(sheet.iter_rows(values_only=True), start=1)
    except BROKEN as error:
        raise ValidationError(
            _("This workbook cannot be read. Open it, save it anew as XLSX, send that.")
        ) from error


def _cell(value) -> str:
    """A cell as its reader sees it; an apostrophe that kept a formula text is taken off."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = clean_text(str(value)).strip()[:CELL]
    return text[1:] if text[:1] == "'" and safe(text[1:]) == text else text
