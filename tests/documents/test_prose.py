"""The text of a paper as data: read strictly, numbered where it is shown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import prose
from documents.prose import Heading, NotProse, Paragraph, Table

BLOCKS = (
    Paragraph("为进一步优化营商环境，现通知如下。"),
    Heading(1, "总体要求"),
    Paragraph("坚持问题导向。"),
    Heading(1, "主要任务"),
    Heading(2, "精简审批。", "各部门要梳理事项。"),
    Heading(3, "压减材料"),
    Heading(4, "取消证明"),
    Heading(4, "共享数据"),
    Heading(2, "加强监管"),
    Heading(3, "双随机"),
    Table((("事项", "单位"), ("开办企业", "市监局"))),
)


def test_headings_are_counted_at_each_level_anew():
    marks = [mark for mark, block in prose.numbered(BLOCKS) if isinstance(block, Heading)]
    assert marks == ["一、", "二、", "（一）", "1.", "（1）", "（2）", "（二）", "1."]


def test_what_is_written_is_read_again():
    data = json.loads(json.dumps(prose.to_data(BLOCKS)))
    assert prose.parse(data) == BLOCKS
    assert prose.plain(BLOCKS).splitlines()[4] == "（一）精简审批。各部门要梳理事项。"


def test_empty_blocks_fall_out_and_short_rows_are_filled():
    data = [
        {"kind": "paragraph", "text": " \u200b "},
        {"kind": "heading", "level": 1, "text": "", "rest": "余文"},
        {"kind": "table", "rows": [["", ""], [""]]},
        {"kind": "table", "rows": [["甲", "乙"], ["丙"]], "head": False},
    ]
    assert prose.parse(data) == (Paragraph("余文"), Table((("甲", "乙"), ("丙", "")), head=False))


@pytest.mark.parametrize(
    "data",
    [
        None, {}, "text", [1], [{"kind": "script"}], [{"kind": "paragraph"}], [{"kind": "paragraph", "text": 1}],
        [{"kind": "heading", "level": 5, "text": "a"}], [{"kind": "heading", "level": "1", "text": "a"}],
        [{"kind": "table", "rows": "a"}], [{"kind": "table", "rows": [1]}], [{"kind": "table", "rows": [[1]]}],
        [{"kind": "paragraph", "text": "a" * 30_000}], [{"kind": "paragraph", "text": "a"}] * 3000,
        [{"kind": "table", "rows": [["a"] * 100] * 100}],
    ],
)  # fmt: skip
def test_anything_else_is_refused(data):
    with pytest.raises(NotProse):
        prose.parse(data)


@given(st.integers(1, 99))
def test_numbers_in_chinese_are_those_people_write(number):
    words = prose.chinese(number)
    digits = {digit: value for value, digit in enumerate(prose.DIGITS)}
    tens, ten, ones = words.rpartition("十")
    value = (digits[tens] if tens else 1) * 10 if ten else 0
    assert value + (digits[ones] if ones else 0) == number


def test_too_many_to_count_is_said():
    for number in (0, 100):
        with pytest.raises(ValueError, match="too many"):
            prose.chinese(number)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("一、总则", (1, "总则")), ("（十二） 分工", (2, "分工")), ("(三)分工", (2, "分工")), ("1.任务", (3, "任务")),
     ("2．任务", (3, "任务")), ("（2）细目", (4, "细目")), ("3.5倍增长", (0, "3.5倍增长")), ("正文", (0, "正文"))],
)  # fmt: skip
def test_typed_numbers_tell_the_level(typed, found):
    assert prose.without_number(typed) == found
