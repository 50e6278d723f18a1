"""The Word file: opened again, measured, and laid out by LibreOffice where it is installed."""

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from documents.paper import measures, samples
from documents.paper.content import Paper
from documents.paper.docx import render_docx
from documents.prose import Heading, Paragraph

from .office_program import converted
from .paper_ruler import measure

PLAIN = "推进政务服务标准化规范化便利化建设提高行政效能优化营商环境服务经营主体与人民群众"
# What the schema says about the order of what we write; Word refuses a file that ignores it.
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl pBdr shd tabs autoSpaceDE "
    "autoSpaceDN snapToGrid spacing ind jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b i color spacing w sz szCs lang",
    "tblPr": "tblStyle tblpPr tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook",
}


@pytest.fixture(scope="module")
def opened():
    return docx.Document(BytesIO(render_docx(samples.document())))


def styled(document, style):
    return [p for p in document.paragraphs if p.style.name == style]


def test_paper_margins_and_grid_are_the_standards(opened):
    section = opened.sections[0]
    for found, wanted in (
        (section.page_width, 210), (section.page_height, 297), (section.top_margin, 37),
        (section.bottom_margin, 35), (section.left_margin, 28), (section.right_margin, 26),
    ):  # fmt: skip
        assert found.mm == pytest.approx(wanted, abs=0.1)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:linePitch")) == "579"
    assert opened.styles["Normal"].paragraph_format.line_spacing.pt == pytest.approx(28.95)


def test_styles_are_named_and_headings_keep_their_levels(opened):
    assert len(styled(opened, "公文一级标题")) == 3
    heading = opened.styles["公文一级标题"].element
    assert heading.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    assert heading.pPr.find(qn("w:outlineLvl")).get(qn("w:val")) == "0"
    assert styled(opened, "公文一级标题")[0].text == "一、总体要求"
    title = styled(opened, "公文标题")[0]
    assert title.text.replace("\n", "") == samples.document().title
    assert title.style.font.size.pt == 22


def test_page_numbers_alternate_and_a_letter_has_none_on_page_1(opened):
    section = opened.sections[0]
    assert opened.settings.odd_and_even_pages_header_footer
    assert "PAGE" in section.footer._element.xml
    assert (
        section.footer.paragraphs[0].alignment != section.even_page_footer.paragraphs[0].alignment
    )
    letter = docx.Document(BytesIO(render_docx(samples.letter()))).sections[0]
    assert letter.different_first_page_header_footer
    assert "PAGE" not in letter.first_page_footer._element.xml


def test_it_says_who_wrote_it_in_chinese(opened):
    assert opened.core_properties.author == "启东市人民政府"
    assert opened.core_properties.title == samples.document().title
    assert 'eastAsia="zh-CN"' in opened.styles.element.xml


def test_the_signature_keeps_to_the_text(opened):
    signature = next(p for p in styled(opened, "公文署名") if p.text == "启东市人民政府")
    assert signature.paragraph_format.keep_with_next
    attachments = styled(opened, "公文附件说明")
    assert all(p.paragraph_format.keep_with_next for p in attachments)


@pytest.mark.parametrize("kind", samples.SPECIMENS)
def test_properties_stand_in_the_order_the_schema_asks_for(kind):
    paper = replace(
        samples.SPECIMENS[kind](), watermark="草稿", signatories=("王喆", "张启明", "李珺")
    )
    with zipfile.ZipFile(BytesIO(render_docx(paper))) as package:
        texts = [package.read(n).decode() for n in package.namelist() if n.endswith(".xml")]
    for text in texts:
        for tag, order in ORDERS.items():
            names = order.split()
            for body in re.findall(rf"<w:{tag}>(.*?)</w:{tag}>", text):
                flat = re.sub(
                    r"<w:(tabs|pBdr|tblBorders|rPr|tblCellMar)>.*?</w:\1>", r"<w:\1/>", body
                )
                found = [n for n in re.findall(r"<w:(\w+)", flat) if n in names]
                assert found == sorted(found, key=names.index), (tag, body)


def test_a_draft_is_marked_on_every_page_and_hostile_text_stays_text():
    bad = '</w:t><w:x a="1">&boom;\x00\ud800'
    paper = Paper(
        "general", bad, title=bad, blocks=(Paragraph(bad), Heading(1, bad)), watermark=bad
    )
    document = docx.Document(BytesIO(render_docx(paper)))
    assert '</w:t><w:x a="1">&boom;' in document.paragraphs[-1].text
    assert "textpath" in document.sections[0].header._element.xml
    assert "textpath" in document.sections[0].even_page_header._element.xml


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory):
    """One conversion by LibreOffice."""
    paper = replace(samples.document(), blocks=(Paragraph((PLAIN * 60)[: 28 * 80 - 2]),))
    return measure(converted(render_docx(paper), tmp_path_factory.mktemp("office")))


def test_an_office_program_shows_22_lines_of_28_characters(laid_out):
    assert len(laid_out) == 7  # five of text, two of enclosures
    rows = laid_out[2].lines(16)
    assert [len(row.chars) for row in rows] == [28] * 22
    assert rows[0].left == pytest.approx(28, abs=0.3)
    assert rows[0].right == pytest.approx(184, abs=0.6)
    pitch = (rows[-1].baseline - rows[0].baseline) / 21
    assert pitch == pytest.approx(225 / 22, abs=0.05)


def test_an_office_program_puts_head_and_imprint_in_their_places(laid_out):
    first, last = laid_out[0], laid_out[-1]
    mark = max(first.chars, key=lambda c: c["size"])
    assert mark["top"] == pytest.approx(72, abs=1.5)
    assert mark["colour"][0] > 0.8
    assert PLAIN[:8] in first.text
    number, rule = first.line("〔2026〕12号", 16), first.rules(red=True)[0]
    assert rule["top"] - number.bottom == pytest.approx(4, abs=1)
    assert (rule["x0"], rule["x1"]) == (pytest.approx(28, abs=1), pytest.approx(184, abs=1))
    issued = last.line("启东市人民政府办公室2026年3月6日印发", 14)
    assert issued.left == pytest.approx(28 + 14 * measures.POINT, abs=1)
    assert 240 < issued.baseline < 262
