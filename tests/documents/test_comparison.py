"""Two versions of a text: lines find each other, words are marked, forty pages cost little."""

import random
import time

from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from documents import comparison
from documents.comparison import ADDED, CHANGED, REMOVED, SAME, changes, compare, counts
from documents.prose import Heading, Paragraph, Table

OLD = (
    Paragraph("为进一步优化营商环境，现通知如下。"),
    Heading(1, "总体要求"),
    Paragraph("到2025年，企业开办时间压减至3个工作日，成本下降12.5%。"),
    Heading(1, "主要任务"),
    Paragraph("各部门要认真梳理事项。"),
    Table((("事项", "单位"), ("开办企业", "市监局"))),
)
NEW = (
    Paragraph("为进一步优化营商环境，现通知如下。"),
    Heading(1, "工作目标", "以企业满意为准。"),
    Heading(1, "总体要求"),
    Paragraph("到2026年，企业开办时间压减至1个工作日，成本下降15%。"),
    Heading(1, "主要任务"),
    Table((("事项", "单位"), ("开办企业", "行政审批局"))),
)


def marks(spans, mark):
    return [span.text for span in spans if span.mark == mark]


def test_lines_find_each_other_and_say_what_became_of_them():
    rows = compare(OLD, NEW)
    assert [row.kind for row in rows] == [
        SAME, ADDED, SAME, CHANGED, SAME, REMOVED, SAME, CHANGED,
    ]  # fmt: skip
    assert counts(rows) == {CHANGED: 2, ADDED: 1, REMOVED: 1}
    moved = rows[4]
    assert (moved.old.number, moved.new.number) == ("二、", "三、")


def test_numbers_are_marked_whole_and_the_rest_stays_unmarked():
    row = compare(OLD, NEW)[3]
    assert marks(row.old_spans, REMOVED) == ["2025", "3", "12.5%"]
    assert marks(row.new_spans, ADDED) == ["2026", "1", "15%"]


def test_a_single_character_between_two_changes_is_no_rest():
    row = compare(
        [Paragraph("请各区县认真组织实施本方案。")], [Paragraph("请各乡镇县区严格组织实施本方案。")]
    )[0]
    assert len(marks(row.new_spans, ADDED)) <= 2


def test_a_line_that_became_a_heading_is_told_even_with_the_same_words():
    row = compare([Paragraph("加强领导")], [Heading(2, "加强领导")])[0]
    assert row.kind == CHANGED
    assert row.reshaped
    page = render_to_string("documents/_comparison.html", {"rows": [row]})
    assert "Body text" in page
    assert "Heading level 2" in page


TEXTS = st.lists(
    st.builds(Paragraph, st.text("甲乙丙丁，。12 a", max_size=30))
    | st.builds(Heading, st.sampled_from((1, 2, 3, 4)), st.text("甲乙丙", min_size=1, max_size=5)),
    max_size=8,
)


@given(TEXTS, TEXTS)
def test_both_versions_can_be_read_out_of_a_comparison(old, new):
    rows = compare(old, new)
    for version, side in ((old, "old"), (new, "new")):
        lines = [getattr(row, side) for row in rows if getattr(row, side)]
        assert lines == list(comparison._lines(version))
        for row in rows:
            if line := getattr(row, side):
                assert "".join(span.text for span in getattr(row, f"{side}_spans")) == line.text
    assert all(row.kind == SAME for row in compare(old, old))


def test_what_is_the_same_can_be_left_out():
    lines = [Paragraph(f"第{number}段，照旧。") for number in range(30)]
    changed = [*lines[:15], Paragraph("另起一段，全新内容。"), *lines[15:]]
    told = changes(compare(lines, changed))
    assert [row.kind for row in told] == ["gap", SAME, ADDED, SAME, "gap"]
    assert [row.lines for row in told if row.kind == "gap"] == [14, 14]


def paper(seed, paragraphs=90, length=280):
    """A text of some forty pages."""
    chance = random.Random(seed)
    words = [chr(0x4E00 + chance.randrange(900)) for _ in range(400)] + list("，。，；的的和")
    return [Paragraph("".join(chance.choices(words, k=length))) for _ in range(paragraphs)]


def edited(blocks, seed):
    chance = random.Random(seed)
    texts = [list(block.text) for block in blocks]
    for text in texts:
        for _ in range(20):
            text[chance.randrange(len(text))] = chr(0x4E00 + chance.randrange(900))
    return [Paragraph("".join(text)) for text in texts]


def test_forty_pages_are_compared_within_a_second():
    old = paper(1)
    long = [Paragraph("".join(block.text for block in old)[:20_000])]
    for new in (edited(old, 2), paper(3), list(reversed(old)), edited(old, 4)[10:] + old[:10]):
        began = time.process_time()
        compare(old, new)
        assert time.process_time() - began < 1
    began = time.process_time()
    compare(long, edited(long, 5))
    compare(long * 3, [Paragraph("的" * 20_000)] * 3)
    compare([Paragraph("的，" * 10_000)], [Paragraph("的，和" * 6_000)])
    compare([Paragraph(f"甲{n}") for n in range(2000)], [Paragraph(f"乙{n}") for n in range(2000)])
    assert time.process_time() - began < 4


def test_the_page_marks_in_words_and_escapes():
    rows = compare(OLD, (*NEW, Paragraph("<script>")))
    page = render_to_string("documents/_comparison.html", {"rows": rows, "old_name": "第1稿"})
    assert '<ins><span class="visually-hidden">[added: </span>2026' in page
    assert '<del><span class="visually-hidden">[removed: </span>2025' in page
    assert "Not in this version; added later." in page
    assert "No longer in this version." in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in page
    assert "empty" in render_to_string("documents/_comparison.html", {"rows": ()})
