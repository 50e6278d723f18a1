"""The field for official prose: what the editor sends and what is typed without it are one text."""

import json
from pathlib import Path

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from documents import prose
from documents.prose import Heading, Paragraph, Table
from documents.prose_field import ProseField, read
from documents.typed_prose import read_lines, write_lines

LINES = json.loads((Path(__file__).parent / "typed_lines.json").read_text(encoding="utf-8"))
TEXT = (
    Paragraph("为进一步优化营商环境，现通知如下。"),
    Heading(1, "总体要求"),
    Heading(2, "精简审批。", "各部门要梳理事项。"),
    Table((("事项", "单位"), ("开办企业", "市监局"))),
    Table((("甲", "乙"),) * 2, head=False),
    Paragraph("3.5倍增长。"),
)


class PaperForm(forms.Form):
    """A form with a text."""

    text = ProseField()


def sent(blocks):
    return json.dumps({"blocks": prose.to_data(blocks)}, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("value", [sent(TEXT), write_lines(TEXT)], ids=["editor", "plain box"])
def test_the_same_text_comes_from_the_editor_and_from_the_plain_box(value):
    form = PaperForm({"text": value})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["text"] == TEXT


@pytest.mark.parametrize("case", LINES, ids=lambda case: case["typed"][:12])
def test_typed_lines_are_read_as_meant(case):
    assert prose.to_data(read_lines(case["typed"])) == case["blocks"]


WORDS = st.text("一二、（）()123.．。甲乙丙 \t\\", min_size=1, max_size=12)
HEADINGS = st.builds(Heading, st.sampled_from(prose.LEVELS), WORDS, WORDS | st.just(""))
TABLES = st.integers(2, 4).flatmap(
    lambda width: st.builds(
        Table,
        st.lists(st.tuples(*[st.text("甲1 ", max_size=3)] * width), min_size=2, max_size=3).map(
            tuple
        ),
        st.booleans(),
    )
)


@given(st.lists(st.builds(Paragraph, WORDS) | TABLES | HEADINGS, max_size=6))
def test_what_stands_in_the_plain_box_is_read_back_the_same(found):
    blocks = prose.parse(prose.to_data(found))
    if any(isinstance(block, Table) and not any(block.rows[0]) for block in blocks):
        return  # an empty first row says that there is no head
    if any(isinstance(b, Heading) and "\t" in b.text + b.rest for b in blocks):
        return  # a tab is for tables
    assert read_lines(write_lines(blocks)) == blocks


def test_the_page_carries_both_shapes_and_never_markup():
    form = PaperForm(initial={"text": (*TEXT, Paragraph("</textarea><script>"))})
    page = str(form["text"])
    assert "\n（一）精简审批。各部门要梳理事项。\n" in page
    assert "&quot;rest&quot;: &quot;各部门要梳理事项。&quot;" in page
    assert "<script" not in page
    assert 'src="/static/vendor/editor.js" defer' in str(form.media)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "Write the text."),
        (" \n\u200b", "Write the text."),
        (sent(()), "Write the text."),
        ('{"blocks":[{"kind":"paragraph"', "arrived damaged"),
        ('{"blocks":' + "[" * 100_000, "arrived damaged"),
        ('{"blocks":{}}', "arrived damaged"),
        ('{"blocks":[{"kind":"paragraph","text":"\\ud800"}]}', "arrived damaged"),
        ('{"blocks":[{"kind":"script","text":"x"}]}', "too long"),
        (sent([Paragraph("长" * 30_000)]), "at most 2000 paragraphs of 20000 characters"),
        ("长" * 30_000, "too long"),
        (sent([Heading(1, "总则")] * 100), "More than 99 headings"),
        ("\n".join(["（一）分则"] * 100), "More than 99 headings"),
    ],
)
def test_bad_input_is_refused_in_words_and_kept(value, why):
    form = PaperForm({"text": value})
    assert why in "".join(form.errors["text"])
    page = str(form["text"])
    for words in ("长" * 30_000, "\n（一）分则\n（一）分则\n", "[" * 100_000):
        if words in value:
            assert words in page.replace("（二）", "（一）")


def test_a_text_refused_for_its_length_goes_back_into_the_editor():
    long = sent([Heading(1, "总则")] * 100)
    page = str(PaperForm({"text": long})["text"])
    assert page.partition("data-prose=")[2].partition(">")[0].count("&quot;总则&quot;") == 100


def test_a_draft_of_either_shape_fills_the_field():
    for kept in (sent(TEXT), write_lines(TEXT)):
        page = str(PaperForm(initial={"text": kept})["text"])
        assert "\n（一）精简审批。各部门要梳理事项。\n" in page
        assert "&quot;text&quot;: &quot;精简审批。&quot;" in page


def test_only_another_text_counts_as_a_change():
    for initial in (TEXT, sent(TEXT)):
        assert not PaperForm({"text": sent(TEXT)}, initial={"text": initial}).has_changed()
        assert PaperForm({"text": "另文"}, initial={"text": initial}).has_changed()
    assert PaperForm({"text": '{"blocks":'}, initial={"text": TEXT}).has_changed()


def test_an_optional_text_may_be_missing():
    assert ProseField(required=False).clean(None) == ()
    assert read("") == ()
