"""The end of a DOCX: signature, date, annotation, 版记."""

from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt

from . import docx_parts as parts
from . import docx_seal, flow, measures
from .content import Paper, Seal
from .docx_parts import LINE, sound
from .titles import width

SMALL_LINE = 27.8  # points: one line of 4号
KEPT_LINES = 8
THICK, THIN = 1.0, 0.7  # points: 0.35 and 0.25 mm


def add_closing(document, paper: Paper) -> None:
    """Signature and date with room for the seal; they keep to the text before them."""
    dated = paper.dated_on if paper.layout != "minutes" or paper.signatures else None
    if paper.signatures or dated:
        keep_last(document)
        if len(paper.signatures) > 1 and paper.seal is not None:
            _joint(document, paper)
        else:
            _single(document, paper, measures.day(dated) if dated else "")
    if paper.annotation:
        line = document.add_paragraph(sound(f"（{paper.annotation}）"), style="公文正文")
        line.paragraph_format.keep_together = True


def keep_last(document) -> None:
    """Keep the last paragraph with what follows; a long one would drag whole pages along."""
    last = document.paragraphs[-1] if document.paragraphs else None
    if last is not None and width(last.text) < KEPT_LINES * measures.CHARACTERS:
        last.paragraph_format.keep_with_next = True


def _single(document, paper: Paper, dated: str) -> None:
    closing = measures.closing_of(paper)
    for place, name in enumerate(closing.signatures):
        line = document.add_paragraph(sound(name), style="公文署名")
        if closing.seal_mm:
            right = closing.date_right + (width(dated) - width(name)) / 2
        elif closing.signature_shift < 0:
            right = closing.date_right + width(dated) + 2 - width(name)
        else:
            right = 2.0
        parts.indent(line, right=max(0.0, right))
        line.paragraph_format.keep_with_next = True
        if not place:
            line.paragraph_format.space_before = Pt(closing.blank * LINE)
    if dated:
        line = document.add_paragraph(dated, style="公文署名")
        parts.indent(line, right=closing.date_right)
        if not closing.signatures:
            line.paragraph_format.space_before = Pt(closing.blank * LINE)
        if paper.seal is not None and paper.seal.drawn:
            _seal(line, paper.seal, closing, dated)


def _seal(line, seal: Seal, closing: measures.Closing, dated: str) -> None:
    """The seal over signature and date, its middle that of the date (7.3.5.1)."""
    middle = measures.TYPE_WIDTH - (closing.date_right + width(dated) / 2) * measures.CHAR
    above = (closing.blank + len(closing.signatures)) * measures.PITCH
    above -= 0 if closing.signatures else closing.blank * measures.PITCH
    docx_seal.put(line, seal, middle - seal.diameter_mm / 2, closing.seal_top - above)


def _joint(document, paper: Paper) -> None:
    """Several issuers side by side, each with room for its seal; the date under the last."""
    a_row, names = measures.seals_a_row(paper), list(paper.signatures)
    rows = [names[start : start + a_row] for start in range(0, len(names), a_row)]
    table = document.add_table(len(rows), a_row)
    parts.table_lines(table, 0, 0, sides=False)
    size = paper.seal.diameter_mm if paper.seal else 42.0
    for row, found in zip(table.rows, rows, strict=True):
        row.height, row.height_rule = Mm(size + measures.SEALS_APART), WD_ROW_HEIGHT_RULE.EXACTLY
        for cell, name in zip(row.cells[a_row - len(found) :], found, strict=True):
            last = name == names[-1] and found is rows[-1]
            line = cell.paragraphs[0]
            line.style, line.alignment = document.styles["公文署名"], ALIGN.CENTER
            line.add_run(sound(name))
            line.paragraph_format.space_before = Pt((1.2 if last else 1.7) * LINE)
            if last and paper.dated_on:
                cell.add_paragraph(measures.day(paper.dated_on), style="公文署名")
                cell.paragraphs[-1].alignment = ALIGN.CENTER


def add_imprint(document, paper: Paper) -> None:
    """版记 in a frame at the foot of the last page; a letter's has no lines."""
    found = flow.imprint(paper)
    if not found:
        return
    rows = [[f"{label}：{names}。" for label, names in found["sent"]]] if found["sent"] else []
    if found.get("issued"):
        rows.append([f"{found['by']}\t{found['on']}"])
    if found.get("copies"):
        rows.append([f"\t共印{found['copies']}份"])
    lined = paper.layout != "letter"
    if lined:
        _rule(document, THICK)
    for place, row in enumerate(rows, start=1):
        for text in row:
            _entry(document, text)
        if lined:
            _rule(document, THICK if place == len(rows) else THIN)
    parts.exact(document.add_paragraph(), 1)


def _rule(document, thickness: float) -> None:
    """A line as wide as the type area."""
    line = document.add_paragraph(style="公文版记")
    parts.frame_at_foot(line, measures.TYPE_WIDTH)
    parts.no_grid(line)
    parts.fill(line, thickness)


def _entry(document, text: str) -> None:
    """One entry, one character of 4号 in on both sides; wrapped lines stand behind the colon."""
    line = document.add_paragraph(sound(text), style="公文版记")
    parts.frame_at_foot(line, measures.TYPE_WIDTH)
    parts.no_grid(line)
    parts.exact(line, SMALL_LINE)
    hanging = "：" in text[:3]
    form = line.paragraph_format
    form.left_indent = Pt(14 * (4 if hanging else 1))
    form.first_line_indent = Pt(-14 * 3 if hanging else 0)
    form.right_indent = Pt(14)
    stop = Mm(measures.TYPE_WIDTH - 14 * measures.POINT)
    form.tab_stops.add_tab_stop(stop, WD_TAB_ALIGNMENT.RIGHT)
