"""Titles are broken between words, into a trapezoid or a diamond, and nothing of them is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.paper import titles

REAL = {
    "启东市人民政府关于进一步优化营商环境的通知": [
        "启东市人民政府",
        "关于进一步优化营商环境的通知",
    ],
    "国务院办公厅关于印发《电子印章管理办法》的通知": [
        "国务院办公厅",
        "关于印发《电子印章管理办法》的通知",
    ],
    "国务院办公厅关于2024年部分节假日安排的通知": [
        "国务院办公厅",
        "关于2024年部分节假日安排的通知",
    ],
    "国务院关于加快推进政务服务标准化规范化便利化的指导意见": [
        "国务院关于加快推进政务服务",
        "标准化规范化便利化的指导意见",
    ],
    "关于报送2026年度工作总结的函": ["关于报送2026年度工作总结的函"],
}
LONG = (
    "国务院办公厅关于印发全国深化“放管服”改革优化营商环境电视电话会议重点任务分工方案的通知",
    "启东市推进政府职能转变和“放管服”改革协调小组办公室关于印发《启东市优化营商环境三年行动方案（2026—2028年）》的通知",
    "启东市人民政府办公室关于调整启东市推进政府职能转变和“放管服”改革协调小组组成人员的通知",
    "启东市人民政府办公室关于征求《启东市政务服务便利化若干措施》意见的函",
)


@pytest.mark.parametrize("title", REAL)
def test_real_titles_are_broken_as_an_office_would(title):
    assert titles.break_title(title) == REAL[title]


@pytest.mark.parametrize("title", LONG)
def test_long_titles_form_a_trapezoid_or_a_diamond_of_whole_words(title):
    lines = titles.break_title(title)
    sizes = [titles.width(line) for line in lines]
    assert "".join(lines) == title
    assert max(sizes) <= titles.LIMIT
    peak = sizes.index(max(sizes))
    assert sizes[: peak + 1] == sorted(sizes[: peak + 1])
    assert sizes[peak:] == sorted(sizes[peak:], reverse=True)
    for word in ("协调小组", "营商环境", "人民政府", "放管服", "2026", "的通知", "的函", "便利化"):
        assert title.count(word) == sum(line.count(word) for line in lines), word


def test_breaks_somebody_chose_are_kept():
    assert titles.break_title("启东市人民政府\n关于优化\n营商环境的通知") == [
        "启东市人民政府",
        "关于优化",
        "营商环境的通知",
    ]
    assert titles.break_title("  \n ") == []


@given(st.text(alphabet="的关于市《》（），。“”2026年ab印发通知甲乙", max_size=130))
def test_nothing_is_lost_and_no_line_is_too_wide(title):
    lines = titles.break_title(title)
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert all(0 < titles.width(line) <= titles.LIMIT for line in lines)
