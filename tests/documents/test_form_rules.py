"""The rules of form: each can be broken, names its clause, and says what to do."""

from dataclasses import replace

import pytest

from documents import form_rules as f
from documents.form_rules import Addressee, Direction, Draft, Rank, Weight
from documents.kinds import number_is_well_formed
from documents.prose import Heading, Paragraph, Table
from documents.states import DocumentKind as Kind

CITY = Addressee("启东市人民政府", Rank.SUPERIOR)
GROUP = Addressee("南通市协调小组", Rank.SUPERIOR)
FAR = Addressee("国务院", Rank.SUPERIOR, listed=False)
UNIT = Addressee("市财政局", Rank.LOWER)
TOWN = Addressee("吕四港镇人民政府", Rank.LOWER_GOVERNMENT)
ISSUER = "启东市协调小组"
NOTICE = Draft(
    kind=Kind.NOTICE,
    direction=Direction.DOWNWARD,
    issuer=ISSUER,
    title=f"{ISSUER}关于开展专项行动的通知",
    blocks=(Heading(1, "目标"), Paragraph("提升服务。")),
    main=(UNIT,),
)
REQUEST = replace(
    NOTICE,
    kind=Kind.REQUEST,
    direction=Direction.UPWARD,
    title=f"{ISSUER}关于调整工作组的请示",
    blocks=(Paragraph("拟调整工作组。"), Paragraph("妥否，请批示。")),
    main=(CITY,),
)
REPORT = replace(
    REQUEST,
    kind=Kind.REPORT,
    title=f"{ISSUER}关于工作情况的报告",
    blocks=(Paragraph("工作情况如下。"),),
)
BROKEN = {
    "_kind_is_ours": replace(NOTICE, kind=Kind.ORDER, title=f"{ISSUER}关于处罚的令"),
    "_kind_fits_direction": replace(NOTICE, direction=Direction.UPWARD, main=(CITY,)),
    "_to_superiors_by_their_way": replace(NOTICE, main=(CITY, UNIT)),
    "_no_level_is_passed_over": replace(REQUEST, main=(FAR,)),
    "_groups_do_not_issue": replace(NOTICE, issued_by_group=True),
    "_title_is_whole": replace(NOTICE, title=f"{ISSUER}关于开展专项行动的函"),
    "_title_says_about_what": replace(NOTICE, title=f"{ISSUER}，通知"),
    "_has_text_and_addressee": replace(NOTICE, main=()),
    "_one_superior": replace(REQUEST, main=(CITY, GROUP)),
    "_no_lower_copy": replace(REQUEST, copies=(UNIT,)),
    "_nobody_twice": replace(NOTICE, copies=(UNIT,)),
    "_no_gaps": replace(NOTICE, blocks=(Paragraph("请于××前报送。"),)),
    "_one_matter": replace(REQUEST, blocks=REQUEST.blocks * 2),
    "_no_hidden_request": replace(REPORT, blocks=(Paragraph("请予批准增加经费。"),)),
    "_in_person_needs_a_reason": replace(REQUEST, main=(Addressee("市长", Rank.LEADER),)),
    "_relayed_with_an_opinion": replace(REQUEST, relays=True),
    "_governments_by_consent": replace(NOTICE, main=(TOWN,)),
    "_consent_stands_in_the_text": replace(NOTICE, authorisation="市政府第5次常务会议"),
    "_everybody_agrees": replace(NOTICE, unsettled=("市财政局",)),
    "_a_reply_replies": replace(NOTICE, kind=Kind.REPLY, title=f"{ISSUER}关于有关事项的批复"),
    "_attachments_as_listed": replace(NOTICE, attachments=("清单。",), files=("清单.docx",)),
    "_hexagonal_brackets": replace(NOTICE, blocks=(Paragraph("根据启政发[2026]第5号"),)),
    "_levels_in_order": replace(NOTICE, blocks=(Heading(1, "一"), Heading(3, "三"))),
}


def names(draft):
    return {rule.__name__ for _cites, _weight, rule in f.RULES if list(rule(draft))}


@pytest.mark.parametrize("draft", [NOTICE, REQUEST, REPORT], ids=["notice", "request", "report"])
def test_a_sound_draft_has_no_remark(draft):
    assert f.judge(draft) == []


@pytest.mark.parametrize("name", BROKEN)
def test_each_rule_finds_what_breaks_it(name):
    assert name in names(BROKEN[name])


def test_no_rule_is_left_without_an_example():
    assert {rule.__name__ for _cites, _weight, rule in f.RULES} == set(BROKEN)


# P15, B15: a request in the Office's name is told of the name it is issued in, not of its kind
def test_what_goes_to_a_superior_goes_upward_whatever_its_kind():
    for draft in (NOTICE, REQUEST, REPORT):
        wrong = replace(draft, direction=Direction.LATERAL, main=(CITY,))
        assert [one.cites for one in f.judge(wrong)] == ["P15 B15"], draft.kind
    assert f.judge(replace(NOTICE, copies=(CITY,))) == []


# P14, B15: level by level; in a special case whoever is passed over gets a copy
def test_a_level_is_passed_over_only_with_a_copy_to_it():
    [found] = f.judge(replace(REQUEST, main=(FAR,)))
    assert (found.weight, found.cites) == (Weight.ERROR, "P14 B15")
    assert f.judge(replace(REQUEST, main=(FAR,), copies=(CITY,))) == []
    beside = Addressee("江苏省政府办公厅", Rank.SUPERIOR, listed=False)
    assert f.judge(replace(REQUEST, main=(FAR,), copies=(beside,))) == [found]


def test_a_title_names_its_kind_once():
    [found] = f.judge(replace(REQUEST, title=f"{ISSUER}关于解决经费的请示的请示"))
    assert (found.weight, found.cites) == (Weight.WARNING, "P9")
    assert f.judge(replace(NOTICE, title=f"{ISSUER}关于印发《试点工作通知》的通知")) == []


def test_errors_come_before_warnings_and_name_their_clause():
    found = f.judge(replace(REQUEST, copies=(UNIT,), blocks=(Paragraph("请阅。"),)))
    assert [remark.weight for remark in found] == [Weight.ERROR, Weight.WARNING]
    assert {remark.cites for remark in found} == {"P15"}
    assert "市财政局" in found[0].words


@pytest.mark.parametrize(
    "more",
    [
        {"title": ""}, {"title": "关于开展专项行动的通知"}, {"blocks": ()},
        {"attachments": ("甲", "乙"), "files": ("甲.pdf",)}, {"attachments": (" ",), "files": ("a",)},
        {"kind": Kind.REPORT, "title": f"{ISSUER}关于情况的报告"}, {"title": f"{ISSUER}关于转发〔2026〕5号（2026）6号的通知"},
    ],
)  # fmt: skip
def test_every_way_of_breaking_a_rule_is_an_error(more):
    assert any(remark.weight == Weight.ERROR for remark in f.judge(replace(NOTICE, **more)))


def test_what_mends_a_fault_takes_its_line_away():
    assert f.judge(replace(BROKEN["_relayed_with_an_opinion"], tendency="建议同意。")) == []
    leader = replace(BROKEN["_in_person_needs_a_reason"], reason_in_person="3月2日交办")
    assert f.judge(leader) == []
    consent = replace(
        BROKEN["_governments_by_consent"],
        authorisation="市政府同意",
        blocks=(Paragraph("经市政府同意，现通知如下。"),),
    )
    assert f.judge(consent) == []
    reply = replace(BROKEN["_a_reply_replies"], answers=Kind.REQUEST)
    assert f.judge(reply) == []
    table = replace(NOTICE, blocks=(Table((("文号",), ("启政发〔2026〕5号",))),))
    assert f.judge(table) == []


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("启东市协调小组办公室关于做好总结的通知", "关于做好总结的通知"),
        ("协调小组关于转发《关于改革的意见》的通知", "关于转发《关于改革的意见》的通知"),
        ("启东市政务服务工作要点", "启东市政务服务工作要点"),
        ("协调小组会议纪要关于", "协调小组会议纪要关于"),
    ],
)
def test_a_list_shows_a_title_without_the_issuing_body(title, short):
    assert f.short_title(title) == short


@pytest.mark.parametrize("subject", ["开展专项行动", "关于开展专项行动", "关于开展专项行动的"])
def test_a_title_is_built_once_whatever_was_typed(subject):
    assert f.built_title(ISSUER, subject, Kind.NOTICE) == NOTICE.title


def test_numbers_are_well_formed_or_not():
    for number in ("启政发〔2026〕5号", "启放管服办发〔2026〕123号"):
        assert number_is_well_formed(number)
    for number in (
        "启政发[2026]5号",
        "启政发〔2026〕05号",
        "启政发〔2026〕第5号",
        "启政发〔26〕5号",
    ):
        assert not number_is_well_formed(number)
