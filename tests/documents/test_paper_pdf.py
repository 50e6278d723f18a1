"""The printed page against GB/T 9704-2012, measured on the PDF itself, to one millimetre."""

import datetime as dt
import re
import socket
import subprocess
from dataclasses import replace
from io import BytesIO

import pytest
import weasyprint
from pypdf import PdfReader

from documents import printing
from documents.paper import measures, samples
from documents.paper.content import Enclosure, Paper, Seal
from documents.paper.pdf import BadSeal, page_count, render_pdf
from documents.prose import Heading, Paragraph, Table

from .paper_ruler import SMALL, TITLE, measure

PLAIN = "推进政务服务标准化规范化便利化建设提高行政效能优化营商环境服务经营主体与人民群众"
MM = pytest.approx


SERIF = "Noto-Serif-CJK-SC"  # stands in where 仿宋 and 楷体 were not fetched


def near(value):
    return pytest.approx(value, abs=1)


def notice(**changes):
    """A general document of little more than a page."""
    first = Paper(
        "general",
        "启东市人民政府文件",
        number="启政发〔2026〕12号",
        title="启东市人民政府关于进一步优化营商环境的通知",
        main_recipients="市各委办局",
        blocks=(Paragraph("现将有关事项通知如下。"),),
        signatures=("启东市人民政府",),
        dated_on=dt.date(2026, 3, 5),
        copy_recipients="市委各部门",
        issued_by="启东市人民政府办公室",
        issued_on=dt.date(2026, 3, 6),
        author="启东市人民政府",
    )
    return replace(first, **changes)


def text_of(lines):
    """One paragraph that fills so many lines."""
    characters = lines * 28 - 2
    return Paragraph((PLAIN * (characters // len(PLAIN) + 1))[:characters])


@pytest.fixture(scope="module")
def specimen():
    return measure(render_pdf(samples.document()))


@pytest.mark.parametrize(("lines", "pages"), [(24, 2), (45, 3), (850, 40)])
def test_a_full_page_has_22_lines_of_28_characters_in_156_by_225_mm(lines, pages):
    content = render_pdf(
        notice(blocks=(text_of(lines),), issued_by="", copy_recipients="", issued_on=None)
    )
    found = measure(content)
    assert len(found) == page_count(content) == pages
    for page in found[1:]:
        rows = page.lines()
        if page is not found[-1]:
            assert [len(row.chars) for row in rows] == [28] * 22
            assert rows[-1].bottom == MM(262, abs=0.5)
        assert (page.width, page.height) == (MM(210, abs=0.1), MM(297, abs=0.1))
        assert rows[0].top == MM(37, abs=0.5)
        assert rows[0].left == MM(28, abs=0.1)
        assert rows[0].right == MM(184, abs=0.1)


def test_glyphs_of_another_font_do_not_widen_their_lines():
    rare = Paragraph(PLAIN.replace("服务", "喆堃").replace("优化", "珺镕") * 30)
    page = measure(render_pdf(notice(blocks=(rare,))), slice(1, 2))[0]
    rows = page.lines()
    assert "Noto-Serif-CJK-SC" in rows[3].fonts
    assert rows[3].fonts["FandolFang"] in (0, 24)  # 仿宋 may not have been fetched
    assert [len(row.chars) for row in rows] == [28] * 22
    assert rows[-1].bottom == MM(262, abs=0.5)


def test_lines_that_end_early_for_a_comma_reach_the_edge_all_the_same():
    assert weasyprint.__version__ == "70.0", "see documents/paper/justify.py"
    comma = Paragraph("优化营商环境工作，" * 90)
    rows = measure(render_pdf(notice(blocks=(comma,))), slice(1, 2))[0].lines()
    assert not any(row.text[0] in "，。" for row in rows)
    assert 27 in {len(row.chars) for row in rows}
    assert [row.right for row in rows] == [MM(184, abs=0.3)] * len(rows)


def test_the_head_stands_where_the_standard_says(specimen):
    page = specimen[0]
    copy, urgency = page.lines()[:2]
    assert (copy.text, urgency.text) == ("000001", "加急")
    assert (copy.top, copy.left, urgency.top) == (near(37), near(28), near(37 + measures.PITCH))
    mark = next(line for line in page.lines(47.24) if "文件" in line.text)
    assert mark.top == near(37 + 35)
    assert mark.middle == near(106)
    assert mark.chars[0]["colour"][0] > 0.8
    number = page.line("〔2026〕12号")
    assert number.middle == near(106)
    assert number.top - mark.bottom == near(2 * measures.PITCH + measures.LEAD)
    (rule,) = page.rules(red=True)
    assert rule["top"] - number.bottom == near(4)
    assert (rule["x0"], rule["x1"]) == (near(28), near(184))
    title = page.lines(TITLE)
    assert title[0].top - rule["bottom"] == near(2 * measures.PITCH + 1.3)
    assert [line.middle for line in title] == [near(106)] * len(title)
    to = page.line("各镇（街道）")
    assert to.left == near(28)
    assert to.centre - title[-1].centre == near(2 * measures.PITCH)
    assert page.line("为贯彻落实").at("为") == near(28 + 2 * measures.CHAR)


def test_a_long_name_stands_in_two_lines_of_full_size():
    name = "启东市人民政府推进政府职能转变和“放管服”改革协调小组办公室文件"
    page = measure(render_pdf(replace(samples.document(), mark=name)), slice(1))[0]
    red = [c for c in page.chars if c["colour"][0] > 0.8]
    lines = [[c for c in red if c["top"] == top] for top in sorted({c["top"] for c in red})]
    assert ["".join(c["text"] for c in line) for line in lines] == [
        "启东市人民政府推进政府职能转变",
        "和“放管服”改革协调小组办公室文件",
    ]
    assert measures.mark_of(replace(samples.document(), mark=name)).size == measures.MARK_SMALLEST
    for line in lines:
        assert (line[0]["x0"] + line[-1]["x1"]) / 2 == near(106)
        assert line[-1]["x1"] - line[0]["x0"] <= measures.MARK_WIDTH + 0.5


def test_headings_are_in_hei_kai_and_fang(specimen):
    second = specimen[1]
    assert set(second.line("一、总体要求").fonts) == {"Noto-Sans-CJK-SC"}
    assert set(second.line("（一）压实").fonts) in ({"FandolKai", "FandolFang"}, {SERIF})
    assert set(second.line("（1）逐项").fonts) in ({"FandolFang"}, {SERIF})


def test_page_numbers_stand_7_mm_below_right_on_odd_left_on_even_pages(specimen):
    for place, page in enumerate(specimen[:-1], start=1):
        line = page.lines(SMALL)[-1]
        assert line.text == f"—{place}—"
        assert line.baseline - 0.267 * SMALL * measures.POINT == near(262 + 7)
        if place % 2:
            assert line.right == near(184 - measures.CHAR)
        else:
            assert line.left == near(28 + measures.CHAR)


def test_the_imprint_closes_the_last_even_face(specimen):
    assert len(specimen) % 2 == 0
    page = specimen[-1]
    assert "— " not in page.text
    first, *middle, last = page.rules()
    assert [round(r["bottom"] - r["top"], 2) for r in (first, *middle, last)] == [
        0.35,
        0.25,
        0.25,
        0.35,
    ]
    assert last["bottom"] == MM(262, abs=0.3)
    assert {(round(r["x0"]), round(r["x1"])) for r in page.rules()} == {(28, 184)}
    copies, wrapped, issued, total = page.lines(SMALL)
    assert copies.left == near(28 + 14 * measures.POINT)
    assert wrapped.left == near(copies.at("市"))
    assert wrapped.text.endswith("。")
    assert issued.text == "启东市人民政府办公室2026年3月6日印发"
    assert issued.right == near(184 - 14 * measures.POINT)
    assert total.text == "共印80份"


def test_beside_a_long_issuing_body_the_day_of_issue_stays_whole():
    body = "启东市推进政府职能转变和“放管服”改革协调小组办公室"
    page = measure(render_pdf(notice(issued_by=body)))[-1]
    [line] = [line for line in page.lines(SMALL) if "印发" in line.text]
    assert line.text.endswith("2026年3月6日印发")
    assert line.right == near(184 - 14 * measures.POINT)
    name = "".join(line.text for line in page.lines(SMALL)).replace("2026年3月6日印发", "")
    assert body in name


@pytest.mark.parametrize(("lines", "pages"), [(1, 2), (8, 2), (20, 2), (24, 4), (40, 4)])
def test_the_last_page_is_even_and_bears_the_imprint(lines, pages):
    content = render_pdf(notice(blocks=(text_of(lines),)))
    assert page_count(content) == pages
    assert "抄送" in measure(content, slice(-1, None))[0].text


@pytest.mark.parametrize(("watermark", "lines"), [("", 1), ("", 24), ("草稿", 1), ("草稿", 24)])
def test_an_imprint_with_no_text_on_its_page_is_not_numbered(watermark, lines):
    found = measure(render_pdf(notice(blocks=(text_of(lines),), watermark=watermark)))
    *before, page = found
    assert not page.lines()
    assert page.lines(SMALL)[0].text == "抄送：市委各部门。"
    assert "—" not in page.text
    if lines == 24:
        assert before[-1].text == watermark
        assert len(found) == 4


def test_an_imprint_longer_than_a_page_loses_no_name():
    many = "、".join(f"启东市第{n}单位" for n in range(300))
    pages = measure(render_pdf(notice(copy_recipients=many)))
    text = re.sub(r"—\d+—", "", "".join(page.text for page in pages))
    assert "启东市第0单位" in text
    assert "启东市第299单位。" in text
    assert text.count("单位") == 300


@pytest.mark.parametrize("sealed", [True, False])
def test_signature_and_date_are_never_alone_on_a_page(sealed):
    for lines in range(4, 13):
        paper = notice(
            blocks=(Paragraph("前言。"), text_of(lines)),
            seal=Seal(samples.SEAL) if sealed else None,
        )
        for page in measure(render_pdf(paper), slice(0, 2)):
            if "2026年3月5日" in page.text:
                above = [
                    row for row in page.lines() if PLAIN[:4] in row.text or row.text in PLAIN * 2
                ]
                assert above, lines


def test_a_seal_is_centred_over_signature_and_date_and_near_the_text(specimen):
    page = next(page for page in specimen if "2026年3月5日" in page.text and page.curves)
    date = page.line("2026年3月5日")
    signature = next(line for line in page.lines() if line.text == "启东市人民政府")
    assert date.right == near(184 - 4 * measures.CHAR)
    assert signature.middle == MM(date.middle, abs=0.3)
    ring = max(page.curves, key=lambda c: c["x1"] - c["x0"])
    assert (ring["x0"] + ring["x1"]) / 2 == MM(date.middle, abs=0.5)
    middle = (signature.top + date.bottom) / 2
    assert 1 < middle - (ring["top"] + ring["bottom"]) / 2 < 6
    above = page.line("联络员名单")
    assert 0 < ring["top"] - above.bottom < measures.PITCH + measures.LEAD


@pytest.mark.parametrize("size", [30.0, 38.0, 42.0, 45.0, 58.0])
def test_the_seal_of_any_size_begins_within_a_line_of_the_text(size):
    closing = measures.closing_of(notice(seal=Seal(samples.SEAL, size)))
    assert 0 <= closing.seal_top <= measures.PITCH
    assert closing.blank >= 1


def test_without_a_seal_the_date_begins_two_characters_behind_the_signature():
    page = measure(render_pdf(notice()))[0]
    signature = next(line for line in page.lines() if line.text == "启东市人民政府")
    date = page.line("2026年3月5日")
    assert signature.right == near(184 - 2 * measures.CHAR)
    assert date.left - signature.left == MM(2 * measures.CHAR, abs=0.2)
    assert date.baseline - signature.baseline == MM(measures.PITCH, abs=0.1)
    text = page.line("现将有关事项")
    assert signature.baseline - text.baseline == MM(2 * measures.PITCH, abs=0.1)


def test_a_date_longer_than_the_signature_stands_two_characters_in():
    page = measure(render_pdf(notice(signatures=("市府办",), dated_on=dt.date(2026, 11, 24))))[0]
    signature, date = page.line("市府办"), page.line("2026年11月24日")
    assert date.right == near(184 - 2 * measures.CHAR)
    assert date.left - signature.left == MM(2 * measures.CHAR, abs=0.2)


def test_a_proxy_seal_says_whose_it_is():
    paper = notice(
        signatures=("启东市“放管服”改革协调小组",),
        proxy="启东市人民政府办公室",
        seal=Seal(samples.SEAL),
    )
    page = measure(render_pdf(paper))[0]
    proxy, date = page.line("启东市人民政府办公室（代章）"), page.line("2026年3月5日")
    assert proxy.middle == MM(date.middle, abs=0.5)


def test_several_issuers_seals_do_not_touch_and_each_covers_its_name():
    names = ("启东市人民政府办公室", "启东市行政审批局", "启东市市场监督管理局")
    paper = notice(signatures=names, seal=Seal(samples.SEAL, over=names[1]))
    page = next(p for p in measure(render_pdf(paper)) if names[1] in p.text)
    ring = max(page.curves, key=lambda c: c["x1"] - c["x0"])
    first = page.line(names[0])
    over = next(c for c in first.chars[len(names[0]) :])
    assert ring["x0"] > first.chars[len(names[0]) - 1]["x1"]
    assert over["x0"] < ring["x1"]
    assert ring["x1"] < 184
    last = page.line(names[2])
    assert last.top > ring["bottom"]
    assert page.line("2026年3月5日").middle == MM(last.middle, abs=0.3)


def test_upward_papers_name_their_signatories_two_a_line():
    paper = notice(signatories=("张启明", "王喆", "欧阳建"))
    page = measure(render_pdf(paper))[0]
    first = page.line("签发人：张启明")
    last = page.line("欧阳建")
    assert last.text.startswith("启政发〔2026〕12号")
    assert last.left == near(28 + measures.CHAR)
    assert last.at("欧阳建") == MM(first.at("张"), abs=0.3)
    assert first.right == near(184 - measures.CHAR)
    (rule,) = page.rules(red=True)
    assert rule["top"] - last.bottom == near(4)


def test_the_names_of_attachments_wrap_under_their_first_character():
    names = ("启东市优化营商环境三年行动方案重点任务分工及完成时限一览表", "联络员名单")
    lines = [
        line for page in measure(render_pdf(notice(attachments=names))) for line in page.lines()
    ]
    first, wrapped, second = (
        next(line for line in lines if w in line.text)
        for w in ("附件：1.", "及完成时限一览表", "2.联络员名单")
    )
    assert first.left == near(28 + 2 * measures.CHAR)
    assert wrapped.left == MM(first.at("启"), abs=0.2)
    assert second.at("联") == MM(first.at("启"), abs=0.2)
    alone = measure(render_pdf(notice(attachments=names[1:])))[0]
    assert alone.line("附件：联络员名单").left == near(28 + 2 * measures.CHAR)


def test_enclosures_begin_a_page_each_before_the_imprint(specimen):
    pages = [page for page in specimen if page.lines() and page.lines()[0].text.startswith("附件")]
    assert [page.lines()[0].text for page in pages] == ["附件1", "附件2"]
    for page in pages:
        head, title = page.lines()[0], page.lines(TITLE)[0]
        assert (head.top, head.left) == (near(37), near(28))
        assert set(head.fonts) <= {"Noto-Sans-CJK-SC", "FandolFang", SERIF}
        assert title.baseline - head.baseline == near(2 * measures.PITCH)
        assert title.middle == near(106)


def test_a_long_list_of_recipients_moves_to_the_imprint_so_that_page_1_shows_text():
    many = "、".join(["启东市行政审批局"] * 25)
    pages = measure(render_pdf(notice(main_recipients=many, blocks=(text_of(10),))))
    assert PLAIN[:10] in pages[0].text
    assert "主送：启东市行政审批局" in pages[-1].text
    assert len([r for r in pages[-1].rules() if r["bottom"] - r["top"] < 0.3]) == 1
    few = measure(render_pdf(notice(main_recipients="市财政局")))
    assert few[0].line("市财政局：").left == near(28)


def test_a_letter_has_two_double_lines_of_170_mm_and_no_number_on_page_1():
    paper = replace(samples.letter(), blocks=(text_of(40),))
    first, second, *_ = measure(render_pdf(paper))
    mark = next(line for line in first.lines(42.52) if "办公室" in line.text)
    assert mark.top == near(30)
    upper = min(r["top"] for r in first.rects)
    assert upper - mark.bottom == near(4)
    assert {(round(r["x0"]), round(r["x1"])) for r in first.rects} == {(20, 190)}
    assert max(r["bottom"] for r in first.rects) == MM(297 - 20, abs=0.2)
    number = first.line("〔2026〕7号")
    assert number.right == near(184)
    assert number.top - upper - measures.DOUBLE == near(measures.GAP)
    assert "—" not in first.text
    assert second.lines(SMALL)[-1].text == "—2—"
    foot = 297 - 20 - measures.DOUBLE - measures.GAP
    assert foot - measures.PITCH < first.lines()[-1].bottom < foot + 0.5
    assert not second.rects


def test_a_letter_of_one_page_stays_on_it_with_its_copies_at_the_foot():
    (page,) = measure(render_pdf(samples.letter()))
    assert "印发" not in page.text
    assert page.lines(SMALL)[-1].text == "抄送：市行政审批局。"
    assert page.lines(SMALL)[-1].bottom == near(262 - (9.8 - 14 * measures.POINT) / 2)


def test_minutes_have_period_and_issuer_above_the_line_and_lists_after_the_text():
    paper = replace(samples.minutes(), attending="、".join(["张启明", "王喆", "李珺"] * 6))
    first, second = measure(render_pdf(paper))
    (rule,) = first.rules(red=True)
    period, lead = first.line("第3期"), first.line("2026年5月18日")
    assert period.middle == near(106)
    assert lead.right == near(184 - measures.CHAR)
    assert lead.left == near(28 + measures.CHAR)
    assert rule["top"] - lead.bottom == near(4)
    everything = first.lines() + second.lines()
    attending = next(line for line in everything if line.text.startswith("出席："))
    assert attending.left == near(28 + 2 * measures.CHAR)
    assert "Noto-Sans-CJK-SC" in attending.fonts
    wrapped = everything[everything.index(attending) + 1]
    assert wrapped.left == MM(attending.chars[3]["x0"], abs=0.3)
    assert "分送" in second.text


@pytest.mark.parametrize("layout", ["general", "letter", "minutes"])
def test_every_layout_carries_a_table_inside_the_text_area(layout):
    wide = Table((("序号", "事项", "单位"), *((str(n), PLAIN, "市" * 30) for n in range(30))))
    paper = notice(layout=layout, blocks=(Heading(1, "任务"), wide, text_of(30)))
    pages = measure(render_pdf(paper))
    assert len(pages) > 2
    for page in pages:
        inside = [c for c in page.chars if abs(c["size"] - 12) < 0.1]
        assert all(c["x0"] > 27.9 and c["x1"] < 184.1 and c["bottom"] < 272 for c in inside)
    assert sum("序号" in page.text for page in pages) >= 2


def test_a_watermark_lies_across_every_page():
    pages = measure(render_pdf(replace(samples.document(), watermark="已撤销")))
    assert all(sum(c["size"] > 100 for c in page.chars) == 3 for page in pages)


@pytest.mark.parametrize("layout", ["general", "letter", "minutes"])
def test_hostile_text_is_printed_and_reaches_nothing(layout):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        home = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        bad = (
            f'</p><img src="{home}"><link rel=stylesheet href="{home}"><style>@import url({home});'
            f'p{{background:url("{home}")}}</style><img src="file:///etc/passwd"><img src="seal:image">'
            "{{ 7|add:7 }}{% now 'Y' %}"
        )
        svg = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{home}"/></svg>'.encode()
        paper = Paper(
            layout, bad, number=bad, copy_number=bad, urgency=bad, signatories=(bad,), title=bad,
            main_recipients=bad, blocks=(Heading(1, bad, bad), Paragraph(bad), Table(((bad,), (bad,)))),
            attachments=(bad,), signatures=(bad,), dated_on=dt.date(2026, 1, 1), seal=Seal(svg, over=bad),
            proxy=bad, annotation=bad, enclosures=(Enclosure(bad, (Paragraph(bad),)),),
            copy_recipients=bad, issued_by=bad, period=bad, lead_left=bad, lead_right=bad,
            attending=bad, on_leave=bad, sitting_in=bad, watermark=bad, author=bad,
        )  # fmt: skip
        content = render_pdf(paper)
        with pytest.raises(BlockingIOError):
            listener.accept()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "root:" not in text
    assert "@import" in text


@pytest.mark.parametrize(
    "image",
    [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<!DOCTYPE svg [<!ENTITY a 'a'>]><svg/>",
     b"<?xml version='1.0'?><!DOCTYPE x><svg/>",
     b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\1\0\0" * 2 + b"\x08\x06\0\0\0"],
)  # fmt: skip
def test_what_is_no_seal_is_refused(image):
    with pytest.raises(BadSeal):
        render_pdf(notice(seal=Seal(image)))


def test_it_is_an_archive_pdf_in_chinese_with_its_fonts_in_it(tmp_path):
    path = tmp_path / "paper.pdf"
    path.write_bytes(render_pdf(samples.document()))
    reader = PdfReader(path)
    assert reader.metadata.title == samples.document().title
    assert reader.metadata.author == "启东市人民政府"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    meta = reader.trailer["/Root"]["/Metadata"].get_data()
    assert b'pdfaid:part="2"' in meta or b"<pdfaid:part>2<" in meta
    rows = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True).stdout.decode()
    found = rows.splitlines()[2:]
    assert found
    assert all(" yes yes yes " in row for row in found)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "file:///etc/passwd", "data:text/css,x"])
def test_nothing_outside_a_form_is_fetched(url):
    with pytest.raises(printing.NothingToFetch):
        printing.fetch(url)
