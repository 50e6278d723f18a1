"""A Word file from elsewhere is judged by the standard; a hostile one is refused in words."""

import zipfile
from dataclasses import replace
from io import BytesIO

import docx
import pytest
from django.core.exceptions import ValidationError
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from documents.paper import samples
from documents.paper.check_docx import check
from documents.paper.docx import render_docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def clauses(findings):
    return {finding.clause for finding in findings}


def saved(document):
    result = BytesIO()
    document.save(result)
    return result.getvalue()


def changed(data, name, content):
    """The package with one part replaced or added."""
    result = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return result.getvalue()


@pytest.mark.parametrize("kind", samples.SPECIMENS)
def test_what_we_write_ourselves_keeps_the_standard(kind):
    assert check(render_docx(samples.SPECIMENS[kind]())) == []


def test_a_plain_word_file_is_found_to_depart_clause_by_clause():
    document = docx.Document()
    document.add_paragraph("启政办[2026]第01号")
    title = document.add_paragraph()
    title.alignment = ALIGN.CENTER
    run = title.add_run("关于开展检查的有关事宜")
    run.font.size = Pt(20)
    document.add_paragraph("各单位:")
    document.add_paragraph("一、总体要求")
    document.add_paragraph("请认真落实。")
    document.add_paragraph("附件：工作方案。")
    document.add_paragraph("二〇二六年三月五日")
    found = check(saved(document))
    assert clauses(found) == {
        "5.1", "5.2.1", "5.2.2", "7.2.4", "7.2.5", "7.3.1", "7.3.2", "7.3.3", "7.3.4", "7.3.5",
        "7.3.5.4", "7.5",
    }  # fmt: skip
    assert all(finding.text for finding in found)
    number = next(finding for finding in found if finding.clause == "7.2.5")
    assert number.place == "启政办[2026]第01号"


@pytest.mark.parametrize(
    ("number", "right"),
    [("启政办发〔2026〕1号", True), ("启政办发[2026]1号", False), ("启政办发〔2026〕01号", False),
     ("启政办发〔2026〕第1号", False), ("启政办发〔26〕1号", False), ("启政办发【2026】1号", False),
     ("启政办发（2026）1号", False)],
)  # fmt: skip
def test_the_number_needs_hexagonal_brackets_and_a_full_year(number, right):
    found = check(render_docx(replace(samples.document(), number=number)))
    assert ("7.2.5" not in clauses(found)) == right


def test_fonts_by_style_by_run_and_by_theme_are_seen():
    document = docx.Document(BytesIO(render_docx(samples.document())))
    body = next(p for p in document.paragraphs if p.text.startswith("为贯彻落实"))
    body.runs[0]._r.get_or_add_rPr().append(
        docx.oxml.parse_xml(f'<w:rFonts {W} w:eastAsia="宋体"/>')
    )
    (finding,) = check(saved(document))
    assert (finding.clause, "宋体" in finding.text) == ("5.2.2", True)
    document.styles["公文正文"].font.size = Pt(14)
    assert "5.2.2" in clauses(check(saved(document)))
    for font in document.styles["公文标题"].element.iter(qn("w:rFonts")):
        font.set(qn("w:eastAsiaTheme"), "minorEastAsia")
    assert "7.3.1" in clauses(check(saved(document)))


def test_margins_paper_and_line_height_are_measured():
    document = docx.Document(BytesIO(render_docx(samples.letter())))
    assert check(saved(document)) == []
    section = document.sections[0]
    section.top_margin, section.page_width = Mm(25.4), Mm(215.9)
    document.styles["Normal"].paragraph_format.line_spacing = Pt(30)
    found = check(saved(document))
    assert clauses(found) == {"5.1", "5.2.1", "5.2.3"}
    assert "21" in next(f for f in found if f.clause == "5.2.3").text


@pytest.mark.parametrize("missing", ["dated_on", "signatures", "number", "title"])
def test_missing_elements_are_named(missing):
    empty = {"dated_on": None, "signatures": (), "number": "", "title": ""}[missing]
    paper = replace(samples.document(), seal=None, **{missing: empty})
    wanted = {"dated_on": "7.3.5", "signatures": "7.3.5", "number": "7.2.5", "title": "7.3.1"}
    assert wanted[missing] in clauses(check(render_docx(paper)))


def test_an_empty_file_says_so():
    document = docx.Document()
    (finding,) = check(saved(document))
    assert finding.clause == "7.3.3"


GOOD = render_docx(samples.letter())
LOLS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    f'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><w:document {W}><w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    f"<w:document {W}><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>"
)
DEEP = f"<w:document {W}>" + "<w:body>" * 5000 + "</w:body>" * 5000 + "</w:document>"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"PK\x03\x04", b"%PDF-1.7 %%EOF", GOOD[:2000], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        changed(GOOD, "word/document.xml", LOLS),
        changed(GOOD, "word/document.xml", LOLS.encode("utf-16")),
        changed(GOOD, "word/document.xml", OUTSIDE),
        changed(GOOD, "word/document.xml", DEEP),
        changed(GOOD, "word/document.xml", "<a"),
        changed(GOOD, "word/document.xml", "<a/>"),
        changed(GOOD, "word/styles.xml", LOLS),
        changed(GOOD, "word/footer1.xml", OUTSIDE),
        changed(GOOD, "word/vbaProject.bin", b"x"),
        changed(GOOD, "../evil.xml", b"x"),
        changed(GOOD, "word/bomb.xml", b" " * 40_000_000),
    ],
)  # fmt: skip
def test_what_is_no_sound_word_file_is_refused_in_words(data):
    with pytest.raises(ValidationError) as refused:
        check(data)
    assert len(refused.value.messages[0]) > 20


def test_styles_that_go_in_circles_and_odd_numbers_do_no_harm():
    document = docx.Document(BytesIO(GOOD))
    one, two = document.styles["公文正文"].element, document.styles["公文标题"].element
    one.find(qn("w:basedOn")).set(qn("w:val"), two.get(qn("w:styleId")))
    two.find(qn("w:basedOn")).set(qn("w:val"), one.get(qn("w:styleId")))
    document.sections[0]._sectPr.find(qn("w:docGrid")).set(qn("w:linePitch"), "many")
    assert isinstance(check(saved(document)), list)
