"""A Paper as DOCX, for those who go on writing in Word or WPS: named styles on the 22 x 28 grid.

It bears the picture of the seal where the paper shows one, and says in its properties that this
is no legal electronic seal. Several issuers' seals, and what needs the number of pages (版记 on an
even face), are left to whoever prints.
"""

from collections.abc import Iterable
from io import BytesIO

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from documents import prose

from . import docx_closing, docx_seal, flow, measures
from . import docx_parts as parts
from .content import Paper
from .docx_parts import CHAR, FANG, HEI, KAI, LINE, RED, SONG, XBS, sound
from .titles import break_title

STYLES = {
    "公文发文机关标志": (XBS, 46, ALIGN.CENTER, 0, None),
    "公文版头": (FANG, 16, ALIGN.LEFT, 0, None),
    "公文标题": (XBS, 22, ALIGN.CENTER, 0, None),
    "公文主送机关": (FANG, 16, ALIGN.JUSTIFY, 0, None),
    "公文正文": (FANG, 16, ALIGN.JUSTIFY, 2, None),
    "公文一级标题": (HEI, 16, ALIGN.JUSTIFY, 2, 0),
    "公文二级标题": (KAI, 16, ALIGN.JUSTIFY, 2, 1),
    "公文三级标题": (FANG, 16, ALIGN.JUSTIFY, 2, 2),
    "公文四级标题": (FANG, 16, ALIGN.JUSTIFY, 2, 3),
    "公文附件说明": (FANG, 16, ALIGN.JUSTIFY, 0, None),
    "公文署名": (FANG, 16, ALIGN.RIGHT, 0, None),
    "公文附件": (HEI, 16, ALIGN.LEFT, 0, None),
    "公文表格": (FANG, 12, ALIGN.LEFT, 0, None),
    "公文版记": (FANG, 14, ALIGN.LEFT, 0, None),
    "公文页码": (SONG, 14, ALIGN.LEFT, 0, None),
}
LEVELS = {1: "公文一级标题", 2: "公文二级标题", 3: "公文三级标题", 4: "公文四级标题"}
FACES = {1: HEI, 2: KAI, 3: FANG, 4: FANG}
FOOTER_MM = 25.5


def render_docx(paper: Paper) -> bytes:
    """The document as DOCX."""
    document = docx.Document()
    _prepare(document, paper)
    _head(document, paper)
    _title(document, break_title(paper.title), 2 * LINE)
    if paper.main_recipients and not measures.recipients_in_imprint(paper):
        _add(document, "公文主送机关", paper.main_recipients.strip(flow.ENDS) + "：")
    add_blocks(document, paper.blocks)
    _attachments(document, paper)
    for place, (label, names) in enumerate(flow.lists(paper)):
        line = _add(document, "公文附件说明")
        parts.indent(line, left=5, first=-3)
        parts.set_font(line.add_run(label)._r.get_or_add_rPr(), HEI)
        line.add_run(sound(names))
        line.paragraph_format.space_before = Pt(0 if place else LINE)
    docx_closing.add_closing(document, paper)
    for number, enclosure in zip(flow.enclosure_numbers(paper), paper.enclosures, strict=True):
        _add(document, "公文附件", f"附件{number}").paragraph_format.page_break_before = True
        _title(document, break_title(enclosure.title), LINE)
        add_blocks(document, enclosure.blocks)
    docx_closing.add_imprint(document, paper)
    result = BytesIO()
    document.save(result)
    return result.getvalue()


def _add(document, style: str, text: str = ""):
    return document.add_paragraph(sound(text), style=style)


def _prepare(document, paper: Paper) -> None:
    """Paper, margins, grid, styles, page numbers, properties."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(measures.PAGE_WIDTH), Mm(measures.PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Mm(measures.TOP), Mm(measures.BOTTOM)
    section.left_margin, section.right_margin = Mm(measures.LEFT), Mm(measures.RIGHT)
    section.header_distance, section.footer_distance = Mm(15), Mm(FOOTER_MM)
    parts.lay_grid(section)
    _styles(document)
    parts.chinese_and_modern(document)
    document.settings.odd_and_even_pages_header_footer = True
    section.different_first_page_header_footer = paper.layout == "letter"
    for footer, odd in ((section.footer, True), (section.even_page_footer, False)):
        line = footer.paragraphs[0]
        line.style = document.styles["公文页码"]
        line.alignment = ALIGN.RIGHT if odd else ALIGN.LEFT
        parts.exact(line, 14)
        parts.indent(line, left=0 if odd else 1, right=1 if odd else 0)
        parts.page_field(line)
    if paper.watermark:
        for header in (section.header, section.even_page_header, section.first_page_header):
            parts.watermark(header, paper.watermark)
    properties = document.core_properties
    properties.title = sound(" ".join((paper.title or paper.mark).split()))[:255]
    properties.author = sound(paper.author)[:255]
    properties.language, properties.comments = "zh-CN", ""
    if paper.seal is not None and paper.seal.drawn:
        properties.comments = docx_seal.NO_LEGAL_SEAL


def _styles(document) -> None:
    normal = document.styles["Normal"]
    parts.no_spaces_between_scripts(normal)
    run = normal.element.get_or_add_rPr()
    run.append(parts.element("spacing", val=parts.SQUEEZE))
    parts.set_font(run, FANG, 16)
    form = normal.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    form.space_before = form.space_after = Pt(0)
    form.widow_control = False
    for name, (face, size, align, first, level) in STYLES.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        parts.set_font(style.element.get_or_add_rPr(), face, size)
        style.paragraph_format.alignment = align
        properties = style.element.get_or_add_pPr()
        if first:
            indent = properties.get_or_add_ind()
            for key, value in (("firstLineChars", first * 100), ("firstLine", first * CHAR)):
                indent.set(qn(f"w:{key}"), str(value))
        if level is not None:
            style.paragraph_format.keep_with_next = True
            properties.append(parts.element("outlineLvl", val=level))


def _mark(document, paper: Paper, mark: measures.Mark):
    """发文机关标志: its lines in one paragraph, 文件 of a joint mark in the last."""
    line = _add(document, "公文发文机关标志")
    words = [part.text for part in mark.lines]
    if mark.side:
        words[-1] += f"　{mark.side}"
    for place, text in enumerate(words):
        run = line.add_run(sound(text))
        if place + 1 < len(words):
            run.add_break()
        parts.set_font(run._r.get_or_add_rPr(), XBS, mark.size, RED, mark.scale)
    parts.no_grid(line)
    return line


def _head(document, paper: Paper) -> None:
    mark = measures.mark_of(paper)
    if paper.layout == "letter":
        _letter_head(document, paper, mark)
        return
    above = [text for text in (paper.copy_number, paper.urgency) if text] or [""]
    for text in above:
        line = _add(document, "公文版头", text)
        if text and text == paper.urgency:
            parts.set_font(line.runs[0]._r.get_or_add_rPr(), HEI)
    line = _mark(document, paper, mark)
    step = mark.size * measures.MARK_STEP
    before = measures.TO_MARK / measures.POINT - len(above) * LINE - (step - mark.size) / 2
    parts.exact(line, step, before=max(0.0, before))
    rows = _number_rows(document, paper)
    rows[0].paragraph_format.space_before = Pt(2 * LINE)
    parts.border(rows[-1], "bottom", 16, space=5, color=RED)


def _number_rows(document, paper: Paper) -> list:
    """The lines between the mark and the red line."""
    left, right = measures.leads(paper)
    if paper.layout == "minutes":
        first = _add(document, "公文版头", paper.period or paper.number)
        first.alignment = ALIGN.CENTER
        if not (left or right):
            return [first]
        line = _add(document, "公文版头", f"{left}\t{right}")
        parts.indent(line, left=1, right=1)
        line.paragraph_format.tab_stops.add_tab_stop(
            Mm(measures.TYPE_WIDTH - measures.CHAR), WD_TAB_ALIGNMENT.RIGHT
        )
        return [first, line]
    if not paper.signatories:
        line = _add(document, "公文版头", paper.number)
        line.alignment = ALIGN.CENTER
        return [line]
    names, rows = list(paper.signatories), []
    for start in range(0, len(names), 2):
        last, line = start + 2 >= len(names), _add(document, "公文版头")
        parts.indent(line, left=1)
        for stop in (16, 20):
            line.paragraph_format.tab_stops.add_tab_stop(Pt(stop * CHAR / 20))
        label = "\t" if start else "签发人："
        line.add_run(sound((paper.number if last else "") + "\t" + label))
        row = ["　".join(name) if len(name) == 2 else name for name in names[start : start + 2]]
        run = line.add_run(sound("　".join(row)))
        parts.set_font(run._r.get_or_add_rPr(), KAI)
        rows.append(line)
    return rows


def _letter_head(document, paper: Paper, mark: measures.Mark) -> None:
    """Mark and both red lines stand on the paper, not in the flow."""
    line = _mark(document, paper, mark)
    step = mark.size * measures.MARK_STEP
    parts.exact(line, step)
    wide = measures.PAGE_WIDTH - 2 * 20
    parts.frame(line, measures.LETTER_TOP - (step - mark.size) / 2 * measures.POINT, 20, wide)
    gap = measures.TO_RULE / measures.POINT - (step - mark.size) / 2
    parts.border(line, "bottom", 24, val="thickThinSmallGap", space=max(0, round(gap)), color=RED)
    foot = _add(document, "公文版头")
    parts.exact(foot, 1)
    foot_top = measures.PAGE_HEIGHT - measures.LETTER_FOOT - measures.DOUBLE
    parts.frame(foot, foot_top, 20, wide)
    parts.border(foot, "top", 24, val="thinThickSmallGap", color=RED)
    head = measures.head_of(paper, mark)
    left = [text for text in (paper.copy_number, paper.urgency) if text] or [""]
    for place, text in enumerate(left):
        row = _add(document, "公文版头", f"{text}\t{'' if place else paper.number}")
        row.paragraph_format.tab_stops.add_tab_stop(Mm(measures.TYPE_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        if text and text == paper.urgency:
            parts.set_font(row.runs[0]._r.get_or_add_rPr(), HEI)
        if not place:
            before = (head.number_top - measures.LEAD) / measures.POINT
            row.paragraph_format.space_before = Pt(max(0.0, before))


def _title(document, lines: list[str], before: float) -> None:
    if not lines:
        return
    title = _add(document, "公文标题")
    for place, text in enumerate(lines):
        run = title.add_run(sound(text))
        if place + 1 < len(lines):
            run.add_break()
    parts.no_grid(title)
    parts.exact(title, LINE, before=before, after=LINE)


def add_blocks(document, blocks: Iterable[prose.Block]) -> None:
    """Running text, headings with their numbers, tables."""
    for row in flow.rows(blocks):
        if row.table:
            _table(document, row)
        elif row.level and not row.rest:
            _add(document, LEVELS[row.level], row.mark + row.text)
        elif row.level:
            line = _add(document, "公文正文")
            run = line.add_run(sound(row.mark + row.text))
            parts.set_font(run._r.get_or_add_rPr(), FACES[row.level])
            line.add_run(sound(row.rest))
        else:
            _add(document, "公文正文", row.text)


def _table(document, row: flow.Row) -> None:
    lines = ([row.head] if row.head else []) + list(row.rows)
    table = document.add_table(len(lines), len(lines[0]))
    table.autofit = False
    parts.table_lines(table, 4, 4, sides=True)
    for column, share in zip(table.columns, row.shares, strict=True):
        column.width = Mm(measures.TYPE_WIDTH * share / 100)
    for line, cells in zip(table.rows, lines, strict=True):
        for cell, text, share in zip(line.cells, cells, row.shares, strict=True):
            cell.width = Mm(measures.TYPE_WIDTH * share / 100)
            paragraph = cell.paragraphs[0]
            paragraph.style = document.styles["公文表格"]
            parts.exact(paragraph, 18)
            run = paragraph.add_run(sound(text))
            if cells is row.head:
                parts.set_font(run._r.get_or_add_rPr(), HEI)
                paragraph.alignment = ALIGN.CENTER
        line._tr.get_or_add_trPr().append(parts.element("cantSplit"))
    if row.head:
        table.rows[0]._tr.get_or_add_trPr().append(parts.element("tblHeader"))


def _attachments(document, paper: Paper) -> None:
    if paper.attachments:
        docx_closing.keep_last(document)
    for place, name in enumerate(paper.attachments, start=1):
        single = len(paper.attachments) == 1
        number = "" if single else f"{place}.\t"
        line = _add(document, "公文附件说明", ("附件：" if place == 1 else "") + number + name)
        label = 3 if place == 1 else 0
        nth = 0 if single else 1.2
        parts.indent(line, left=5 + nth, first=-(label + nth))
        line.paragraph_format.keep_with_next = True
        if place == 1:
            line.paragraph_format.space_before = Pt(LINE)
