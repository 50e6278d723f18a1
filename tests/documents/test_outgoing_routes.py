"""Who reviews, who signs, in which order: the rows of the route table, each with its article."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from coordination import (
    access,
    bodies,
    delegations,
    handover_lists,
    seats,
    workflow,
)
from coordination.models import Notice, NumberCode, RuleSetting, Transition
from documents.models import OutgoingDocument, PaperNumber, PaperVersion, VoidedNumber
from documents.outgoing import actions, checks, numbers, signatures
from documents.outgoing.content import Enclosed, Recipient
from documents.outgoing.routes import PATHS as ROUTES
from documents.prose import Heading, Paragraph
from documents.states import DocumentKind, IssuingName
from documents.states import PaperState as S

from .paper_driver import PATHS, POINTS

pytestmark = pytest.mark.django_db
OFFICE = {"clerk", "clerk2", "director"}
GROUP = {"head1", "deputyhead1", "groupliaison1"}
SIGNERS = {"leader", "deputy", "deputy2"}
PERSONAS = (
    "leader", "deputy", "deputy2", "director", "clerk", "clerk2", "head1", "head2", "deputyhead1",
    "groupliaison1", "groupliaison2", "legal", "supervisor", "member1", "sysadmin", "secadmin",
    "auditor",
)  # fmt: skip
LAID = {  # path, state: who has it before them (the driver lays it before `deputy`)
    ("in_group_name", S.REVIEW): "director",
    ("in_group_name", S.TO_SIGN): "deputy",
    ("in_office_name", S.TO_SIGN): "director",
    ("in_office_name_from_group", S.HEAD_REVIEW): "head1",
    ("in_office_name_from_group", S.TO_SIGN): "director",
    ("upward_from_group", S.HEAD_REVIEW): "head1",
    ("upward_from_group", S.TO_SIGN): "director",
    ("upward", S.TO_SIGN): "director",
}
REVIEW = {S.REVIEW: "review", S.HEAD_REVIEW: "agree"}
BACK = {"in_group_name", "in_office_name_from_group", "upward_from_group"}  # have a reviewer


def drafters(path):
    return GROUP if "group" in path and path != "in_group_name" else OFFICE


def offered(path, state):
    """action: who, as the articles say it; written down apart from the tables."""
    asks = {"ask_to_countersign": drafters(path)}  # no legal opinion on what is not marked
    signed = dict.fromkeys(("change", "correct_slip"), OFFICE)
    signer = PATHS[path][4]
    common = {
        S.DRAFT: {action: drafters(path) for action in ("edit", "submit", "drop")} | asks,
        S.DROPPED: {"take_up": drafters(path)},
        S.SIGNED: signed | {"pass_check": OFFICE},
        S.CHECKED: signed | {"register": OFFICE},
        S.NUMBERED: signed | {"seal": {"clerk"}, "void_number": OFFICE},  # issued once sealed
        S.ISSUED: {"revoke": {signer}, "repeal": {signer}}
        | dict.fromkeys(("distribute", "urge_receipts"), OFFICE),
        S.REVOKED: {},
        S.REPEALED: {},
    }
    if state in common:
        return common[state]
    has = {LAID[path, state]}
    if state in REVIEW:
        return {
            REVIEW[state]: has,
            "revise": has,
            "return_to_drafter": has,
            "withdraw": drafters(path),
        } | asks
    found = {"sign": has, "return_to_drafter": has, "withdraw": drafters(path)} | asks
    if path in BACK:
        found["return_for_review"] = has
    if path == "in_group_name":
        found["pass_on"] = has
    return found


def states_of(path):
    route = next(route for route in ROUTES if route.name == path)
    return sorted({str(step.target) for step in route.steps})


@pytest.mark.usefixtures("wordless")
@pytest.mark.parametrize(
    ("path", "state"), [(path, S(state)) for path in PATHS for state in states_of(path)]
)
def test_each_act_in_each_state_is_for_whom_the_articles_say(office, papers, outsider, path, state):
    paper = papers.at_state(state, path)
    assert paper.state == state
    table, taken = offered(path, state), Transition.objects.count()
    acts = {step.action for route in ROUTES for step in route.steps}
    for who, person in {
        **{one: office.people[one] for one in PERSONAS},
        "outsider": outsider,
    }.items():
        person.standing_cache = {}  # as within one request; nobody changes posts here
        steps = workflow.offered(person, paper)
        found = {step.action for step in steps}
        waits = OutgoingDocument.objects.filter(workflow.waiting(person, *ROUTES))
        posts = access.standing(person).posts
        assert waits.exists() == any(posts & set(step.awaited) for step in steps), who
        assert found == {action for action, whose in table.items() if who in whose}, who
        for action in acts - found:
            refused = PermissionDenied if action in table else workflow.Conflict
            with pytest.raises(refused):
                workflow.advance(paper, action, person=person)
    assert Transition.objects.count() == taken


@pytest.mark.parametrize("path", PATHS)
def test_each_paper_goes_its_way_to_the_issue(papers, path, today):
    paper = papers.issued(path)
    assert (paper.state, paper.route_name) == (S.ISSUED, path)
    assert paper.document_number.endswith(f"〔{today.year}〕1号")
    way = [step.action for step in workflow.trail(paper)]
    reviewed = {"in_group_name": ["review"], "in_office_name_from_group": ["agree"]}
    between = reviewed.get(path, ["agree"] if path == "upward_from_group" else [])
    assert way == ["draft", "submit", *between, "sign", "pass_check", "register", "seal", "issue"]


# B13, C10: first the director, then the leader or a deputy; nobody else signs.
@pytest.mark.parametrize("login", ["director", "clerk", "head1", "member1"])
def test_in_the_groups_name_only_a_leader_or_a_deputy_can_be_chosen_to_sign(office, papers, login):
    paper = papers.submitted("in_group_name")
    with pytest.raises(ValidationError, match="leader or a deputy"):
        papers.step(paper, "review", "director", "同意。", laid_before=office.seat(login))


@pytest.mark.parametrize("login", sorted(SIGNERS))
def test_in_the_groups_name_the_one_it_is_laid_before_signs_and_no_other(office, papers, login):
    paper = papers.submitted("in_group_name")
    paper = papers.step(paper, "review", "director", "同意。", laid_before=office.seat(login))
    for other in SIGNERS - {login}:
        with pytest.raises(PermissionDenied):
            papers.step(paper, "sign", other, "同意签发。")
    assert (
        papers.step(paper, "sign", login, "同意签发。").signed_under.person == office.people[login]
    )


def test_whoever_reviewed_does_not_sign_in_whatever_post(office, papers):
    from coordination.models import Appointment

    paper = papers.to_sign("in_group_name")
    seat = office.post("deputy")
    Appointment.objects.filter(seat__in=[seat, office.seat("deputy")]).delete()
    decision = Appointment.objects.first().decision
    Appointment.objects.create(
        person=office.people["director"],
        seat=office.seat("deputy"),
        since=timezone.localdate(),
        decision=decision,
    )
    with pytest.raises(ValidationError, match="so another decides"):
        papers.step(paper, "sign", "director", "同意签发。")


def test_a_paper_passed_on_is_signed_by_the_next(office, papers):
    paper = papers.to_sign("in_group_name")
    with pytest.raises(ValidationError, match="lies there already"):
        papers.step(paper, "pass_on", "deputy", "请阅签。", laid_before=office.seat("deputy"))
    paper = papers.step(paper, "pass_on", "deputy", "请组长签。", laid_before=office.seat("leader"))
    with pytest.raises(PermissionDenied):
        papers.step(paper, "sign", "deputy", "同意签发。")
    papers.step(paper, "sign", "leader", "同意签发。")


# C11: the head of the thematic group, unless the charter means the leader of the whole group.
def test_the_charter_says_whose_head_reviews(office, papers):
    RuleSetting.objects.filter(key="c11_head").update(value="group_leader")
    paper = papers.submitted("in_office_name_from_group")
    assert paper.laid_before == office.seat("leader")
    with pytest.raises(PermissionDenied):
        papers.step(paper, "agree", "head1", "同意。")
    papers.step(paper, "agree", "leader", "同意。")
    # B15 means the group's own head whatever the charter says of C11
    assert papers.submitted("upward_from_group").laid_before == office.seat("head1")


def test_no_opinion_no_signature(papers):
    with pytest.raises(ValidationError, match="Write the opinion"):
        papers.step(papers.to_sign(), "sign", "director")


@pytest.mark.parametrize("path", ["in_office_name", "in_group_name"])
def test_a_stand_in_signs_for_the_signatory_and_both_names_are_kept(office, papers, today, path):
    principal, stand_in = (
        ("director", "clerk2") if path == "in_office_name" else ("deputy", "deputy2")
    )
    delegations.give_delegation(
        person=office.people[principal],
        seat=office.seat(principal),
        delegate=office.people[stand_in],
        acts=["outgoing:sign"],
        since=today,
        until=today + dt.timedelta(days=3),
        reason="出差",
    )
    paper = papers.to_sign(path)
    assert access.may(office.people[stand_in], "view", paper)
    paper = papers.step(paper, "sign", stand_in, "同意签发。")
    step = workflow.trail(paper).get(action="sign")
    assert (step.person, step.acting_as.person) == (
        office.people[stand_in],
        office.people[principal],
    )


ENTRUSTED = {  # act: the path and state on which it is taken, whose seat entrusts it
    "outgoing:review": ("in_group_name", S.REVIEW, "director", "clerk2"),
    "outgoing:revise": ("in_group_name", S.REVIEW, "director", "clerk2"),
    "outgoing:agree": ("in_office_name_from_group", S.HEAD_REVIEW, "head1", "deputyhead1"),
    "outgoing:sign": ("in_group_name", S.TO_SIGN, "deputy", "deputy2"),
    "outgoing:pass_on": ("in_group_name", S.TO_SIGN, "deputy", "deputy2"),
    "outgoing:return_to_drafter": ("in_group_name", S.TO_SIGN, "deputy", "deputy2"),
    "outgoing:return_for_review": ("in_group_name", S.TO_SIGN, "deputy", "deputy2"),
}


@pytest.mark.parametrize("act", ENTRUSTED)
def test_a_stand_in_reads_the_paper_the_act_is_about_and_may_take_it(office, papers, today, act):
    path, state, principal, login = ENTRUSTED[act]
    laid, stand_in = papers.at_state(state, path), office.people[login]
    other = papers.draft(path)
    delegations.give_delegation(
        person=office.people[principal],
        seat=office.seat(principal),
        delegate=stand_in,
        acts=[act],
        since=today,
        until=today,
        reason="出差",
    )
    assert access.may(stand_in, "view", laid)
    assert act.split(":")[1] in {step.action for step in workflow.offered(stand_in, laid)}
    if login == "deputy2":
        assert not access.may(stand_in, "view", other)
    waits = workflow.waiting(stand_in, *ROUTES)
    assert laid in OutgoingDocument.objects.for_inbox(waits) or act == "outgoing:revise"


def test_whoever_submitted_it_does_not_sign_it_as_a_stand_in(office, papers, today):
    delegations.give_delegation(
        person=office.people["director"],
        seat=office.seat("director"),
        delegate=office.people["clerk"],
        acts=["outgoing:sign"],
        since=today,
        until=today + dt.timedelta(days=3),
        reason="出差",
    )
    with pytest.raises(ValidationError, match="in another's name"):
        papers.step(papers.to_sign(), "sign", "clerk", "同意签发。")


def test_no_delegation_no_substitute(office, papers):
    with pytest.raises(PermissionDenied):
        papers.step(papers.to_sign(), "sign", "clerk2", "同意签发。")


# P15: errors of form keep a draft where it is.
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"blocks": ()}, "no text yet"),
        ({"title": "关于改革的通知"}, "must begin with the issuing body"),
        ({"blocks": (Paragraph("请按启协办[2026]3号文件办理。"),)}, "〔 〕"),
    ],
)
def test_no_draft_with_an_error_of_form_goes_further(papers, more, words):
    with pytest.raises(ValidationError, match=words):
        papers.submitted(**more)


def test_a_request_goes_to_one_superior(office, papers):
    units = [office.unit(key) for key in ("nantong_group", "nantong_group_office")]
    main = tuple(Recipient(unit.name, "superior", unit.pk) for unit in units)
    with pytest.raises(ValidationError, match="one main recipient"):
        papers.submitted("upward", main=main)


# P25: the signature is on this content, or it is none.
def test_a_change_after_the_signature_voids_it_and_goes_back_to_the_same_signatory(office, papers):
    for state in (S.SIGNED, S.CHECKED, S.NUMBERED):
        paper = papers.at_state(state, "in_group_name")
        number = paper.document_number
        content = papers.content(IssuingName.GROUP, subject="另一件事")
        paper = actions.revise(
            paper, "change", person=office.people["clerk"], content=content, why="主题有误"
        )
        assert (paper.state, paper.signed_version, paper.dated_on) == (S.TO_SIGN, None, None)
        assert paper.laid_before == office.seat("deputy")
        told = Notice.objects.alive().filter(code="paper_changed", object_id=paper.pk)
        assert [notice.person for notice in told] == [office.people["deputy"]]
        paper = papers.step(paper, "sign", "deputy", "同意签发。")
        paper = papers.step(paper, "pass_check", "clerk", points=POINTS)
        paper = papers.register(paper)
        assert not number or paper.document_number == number  # it keeps the number it had


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ((Paragraph("现将有关事项通知如下："), Heading(1, "总体要求")), "Paragraphs were added"),
        ((Paragraph("现将有关事项通知如下：3"), Heading(1, "总体要求"), Paragraph("请抓好落实。")), "figure"),
        ((Paragraph("现将三项有关事项通知如下："), Heading(1, "总体要求"), Paragraph("请抓好落实。")), "figure"),
        ((Paragraph("各单位应当在收到本通知之后立即研究并组织实施。"), Heading(1, "总体要求"), Paragraph("请抓好落实。")), "a slip is at most"),
        ((Paragraph("现将有关事项通知如下："), Heading(1, "总体要求"), Paragraph("请抓好落实。")), "Nothing was changed"),
    ],
)  # fmt: skip
def test_what_is_more_than_a_slip_is_signed_again(office, papers, blocks, words):
    paper = papers.signed()
    with pytest.raises(ValidationError, match=words):
        actions.revise(
            paper,
            "correct_slip",
            person=office.people["clerk"],
            content=papers.content(blocks=blocks),
            why="错字",
        )


def test_neither_addressees_nor_attachments_are_a_slip(office, papers):
    paper, clerk = papers.signed(), office.people["clerk"]
    content = checks.content_of(paper)
    other = Recipient("启东市财政局", "lower", office.unit("finance").pk)
    for changed in (
        replace(content, main=(*content.main, other)),
        replace(content, attachments=(Enclosed("清单", 1, "0" * 64, "清单.docx"),)),
        replace(content, title=content.title.replace("改革", "变革")),
    ):
        with pytest.raises(ValidationError, match="more than a slip"):
            actions.revise(paper, "correct_slip", person=clerk, content=changed, why="错字")


def test_a_slip_keeps_the_signature_and_the_signatory_is_told(office, papers):
    paper = papers.signed()
    blocks = (
        Paragraph("现将有关事项通知如下："),
        Heading(1, "总体要求"),
        Paragraph("请抓好贯彻。"),
    )
    paper = actions.revise(
        paper,
        "correct_slip",
        person=office.people["clerk"],
        content=papers.content(blocks=blocks),
        why="用词",
    )
    assert (paper.state, paper.signed_version) == (S.SIGNED, paper.version)
    assert paper.version.corrects.serial == 1
    told = Notice.objects.alive().filter(code="paper_corrected")
    assert [notice.person for notice in told] == [office.people["director"]]
    papers.step(paper, "pass_check", "clerk", points=POINTS)


def test_a_signature_on_another_content_is_refused(office, papers):
    paper = papers.to_sign("in_group_name")
    read = paper.content_digest()
    papers.step(paper, "return_for_review", "deputy", "请补充。")
    content = papers.content(IssuingName.GROUP, subject="补充后的事项")
    actions.revise(paper, "revise", person=office.people["director"], content=content)
    papers.step(paper, "review", "director", "同意。", laid_before=office.seat("deputy"))
    with pytest.raises(workflow.Conflict, match="content was changed"):
        actions.take_step(
            papers.fresh(paper), "sign", person=office.people["deputy"], opinion="同意。", seen=read
        )


def test_a_reviewer_cannot_turn_a_paper_onto_another_path(office, papers):
    paper = papers.submitted("in_group_name")
    with pytest.raises(ValidationError, match="changed in the draft only"):
        actions.revise(paper, "revise", person=office.people["director"], content=papers.content())
    assert papers.fresh(paper).version.serial == 1


def test_returned_to_the_drafter_it_says_why_and_goes_the_whole_way_again(office, papers):
    paper = papers.to_sign("in_office_name_from_group")
    with pytest.raises(ValidationError, match="Give the reason"):
        papers.step(paper, "return_to_drafter", "director")
    paper = papers.step(paper, "return_to_drafter", "director", "数据不全")
    assert (paper.state, paper.laid_before) == (S.DRAFT, None)
    told = Notice.objects.alive().filter(code="paper_returned")
    assert {notice.person for notice in told} == {office.people["groupliaison1"]}
    paper = papers.step(paper, "submit", "groupliaison1")
    assert paper.state == S.HEAD_REVIEW
    assert not told.all().exists()


def test_withdrawn_until_it_is_signed(office, papers):
    paper = papers.to_sign("in_group_name")
    paper = papers.step(paper, "withdraw", "clerk", "补充材料")
    assert paper.state == S.DRAFT
    assert Notice.objects.alive().filter(code="paper_withdrawn", person=office.people["deputy"])
    assert not Notice.objects.alive().filter(code="paper_laid")
    signed = papers.signed()
    with pytest.raises(workflow.Conflict):
        papers.step(signed, "withdraw", "clerk", "补充材料")


def test_the_check_before_the_issue_confirms_every_point(papers):
    paper = papers.signed()
    with pytest.raises(ValidationError, match="Not confirmed"):
        papers.step(paper, "pass_check", "clerk", points=POINTS[:3])


def test_a_void_number_stays_in_the_ledger_and_is_never_given_again(papers, today):
    paper = papers.numbered()
    paper = papers.step(paper, "void_number", "clerk", "登记有误")
    assert paper.document_number == ""
    paper = papers.register(paper)
    assert paper.document_number == f"启协办〔{today.year}〕2号"
    first = PaperNumber.objects.get(serial=1)
    assert (first.void.reason, numbers.number_of(paper).serial) == ("登记有误", 2)
    assert list(numbers.faults()) == []


def test_signed_again_in_another_year_it_takes_a_number_of_that_year(office, papers, today):
    paper, clerk = papers.numbered(), office.people["clerk"]
    later = timezone.now() + dt.timedelta(days=366)
    paper = actions.revise(
        paper, "change", person=clerk, content=papers.content(subject="另一件事"), why="主题有误"
    )
    for person, action, opinion, data in (
        (office.people["director"], "sign", "同意签发。", {}),
        (clerk, "pass_check", "", {"points": POINTS}),
        (clerk, "register", "", {"code": numbers.codes_for(paper)[0], "copies": 1}),
    ):
        paper = actions.take_step(
            paper, action, person=person, opinion=opinion, data=data, at=later
        )
    assert paper.dated_on.year == today.year + 1
    assert paper.document_number == f"启协办〔{today.year + 1}〕1号"
    assert PaperNumber.objects.get(year=today.year).void.reason == "重新签发后文号不再适用"
    assert list(numbers.faults()) == []


def test_letters_have_a_code_of_their_own(papers, today):
    paper = papers.numbered(kind=DocumentKind.LETTER)
    assert paper.document_number == f"启协办函〔{today.year}〕1号"
    other = NumberCode.objects.get(code="启协办")
    assert other not in numbers.codes_for(paper)


def test_it_is_issued_on_a_day_from_its_date_to_today(papers, today):
    paper = papers.sealed()
    for day, words in (
        (today - dt.timedelta(days=1), "before"),
        (today + dt.timedelta(days=1), "still"),
    ):
        with pytest.raises(ValidationError, match=words):
            papers.step(paper, "issue", "clerk", issued_on=day)


def test_revoked_from_the_start_repealed_from_a_day(papers, today):
    revoked = papers.at_state(S.REVOKED)
    assert revoked.void_from == revoked.dated_on
    paper = papers.issued()
    with pytest.raises(ValidationError, match="after the issue"):
        papers.step(paper, "repeal", "director", "已被代替", void_from=today)
    later = today + dt.timedelta(days=30)
    assert papers.step(paper, "repeal", "director", "已被代替", void_from=later).void_from == later


def reaches(person, action, paper):
    """Whether an act reaches a paper for somebody, by the condition on records alone."""
    step = workflow.route_of(paper).find(paper.state, action)
    condition = step.reach.records(access.standing(person), step.by)
    return OutgoingDocument.objects.filter(condition, pk=paper.pk).exists()


# P33: the body voids its own paper, though the post that signed it is no more.
@pytest.mark.parametrize("who", ["leader", "deputy2"])
@pytest.mark.parametrize("action", ["revoke", "repeal"])
def test_what_a_closed_post_signed_is_voided_by_whoever_signs_in_that_name(
    office, papers, today, who, action
):
    paper = papers.issued("in_group_name")
    voided = {"void_from": today + dt.timedelta(days=2)} if action == "repeal" else {}
    with pytest.raises(PermissionDenied):
        papers.step(paper, action, who, "依据已失效", **voided)
    by, signed = office.people["secadmin"], office.seat("deputy")
    decision = bodies.enter_decision(by=by, title="调整", number="", decided_on=today)
    tomorrow = today + dt.timedelta(days=1)
    seats.close_seat(signed, by=by, closed_on=tomorrow, decision=decision)
    with time_machine.travel(timezone.now() + dt.timedelta(days=1), tick=False):
        person, others = office.people[who], ("director", "clerk", "head1")
        assert access.may(person, "view", paper)
        assert reaches(person, action, paper)
        for other in others:
            assert not reaches(office.people[other], action, paper)
            with pytest.raises(PermissionDenied):
                papers.step(paper, action, other, "依据已失效", **voided)
        assert papers.step(paper, action, who, "依据已失效", **voided).void_from


# Who sees what.
def test_a_groups_draft_is_nobody_elses_until_it_is_submitted(office, papers):
    paper = papers.draft("in_office_name_from_group")
    seen = {one for one in PERSONAS if access.may(office.people[one], "view", paper)}
    assert seen == GROUP
    papers.step(paper, "submit", "groupliaison1")
    seen = {one for one in PERSONAS if access.may(office.people[one], "view", paper)}
    assert seen == GROUP | OFFICE


def test_a_leader_sees_what_was_laid_before_the_post_and_goes_on_seeing_it(office, papers):
    paper = papers.to_sign("in_group_name")
    seen = {one for one in PERSONAS if access.may(office.people[one], "view", paper)}
    assert seen == OFFICE | {"deputy"}
    papers.step(paper, "withdraw", "clerk", "补充材料")
    assert access.may(office.people["deputy"], "view", paper)


def test_what_went_out_in_the_groups_name_all_who_sign_in_it_may_read(office, papers):
    """What went out in the Office's name is the Office's."""
    out, still, offices = (
        papers.issued("in_group_name"),
        papers.sealed("in_group_name"),
        papers.issued("in_office_name"),
    )
    for who in ("leader", "deputy2"):
        rows = access.visible(office.people[who], OutgoingDocument.objects.all(), "view")
        assert set(rows) == {out}, (who, still, offices)


# What the database itself refuses.
@pytest.mark.parametrize("model", [PaperVersion, PaperNumber, VoidedNumber])
@pytest.mark.parametrize("verb", ["UPDATE {} SET person_id = person_id", "DELETE FROM {}"])
@pytest.mark.every_engine
def test_versions_and_numbers_are_append_only(papers, model, verb):
    papers.step(papers.numbered(), "void_number", "clerk", "登记有误")
    sql = verb.format(model._meta.db_table)
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        connection.cursor().execute(sql)


def behind_the_guards(table, *statements):
    """Change a table as somebody would who got past its triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            for event in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER {table}_{event}")
        for sql in statements:
            cursor.execute(sql.format(table))


@pytest.mark.parametrize(
    ("model", "sql", "words"),
    [
        (PaperNumber, "UPDATE {} SET year = year - 1", "was changed in the ledger"),
        (PaperNumber, "DELETE FROM {} WHERE serial = 2", "the number before it is missing"),
        (VoidedNumber, "DELETE FROM {}", "its paper bears another number"),
    ],
)
@pytest.mark.every_engine
def test_a_ledger_changed_behind_the_database_is_found(papers, model, sql, words):
    paper = papers.step(papers.numbered(), "void_number", "clerk", "登记有误")
    papers.register(paper)
    papers.numbered()
    assert list(numbers.faults()) == []
    behind_the_guards(model._meta.db_table, sql)
    assert any(words in fault for fault in numbers.faults())


def test_a_number_that_no_ledger_knows_is_found(papers):
    paper = papers.checked()
    OutgoingDocument.objects.filter(pk=paper.pk).update(document_number="启协办〔2026〕9号")
    assert any("not in use in the ledger" in fault for fault in numbers.faults())


def test_several_are_signed_in_one_confirmation_each_an_approval_of_its_own(office, papers):
    rows = [papers.to_sign("in_group_name", subject=f"第{n}件事") for n in range(3)]
    seen = {paper.pk: paper.content_digest() for paper in rows}
    deputy = office.people["deputy"]
    with pytest.raises(ValidationError, match="content was changed"):
        actions.sign_many(
            person=deputy, documents=rows, seen=seen | {rows[1].pk: "other"}, opinion="同意签发。"
        )
    assert {papers.fresh(paper).state for paper in rows} == {S.TO_SIGN}
    done = actions.sign_many(person=deputy, documents=rows, seen=seen, opinion="同意签发。")
    assert {paper.state for paper in done} == {S.SIGNED}
    assert Transition.objects.filter(action="sign", person=deputy).count() == 3


def test_urgent_papers_come_first_and_say_so(office, papers, client):
    papers.to_sign("in_group_name", subject="寻常之事")
    papers.to_sign("in_group_name", subject="紧急之事", urgency="extra_urgent")
    waiting = OutgoingDocument.objects.for_inbox(workflow.waiting(office.people["deputy"], *ROUTES))
    titles = [paper.inbox_title for paper in waiting]
    assert "紧急之事" in titles[0]
    assert titles[0].startswith("【")
    assert "寻常之事" in titles[1]


def test_a_version_changed_behind_the_database_and_a_missing_signature_are_found(papers):
    paper = papers.signed()
    assert list(signatures.faults()) == []
    behind_the_guards(PaperVersion._meta.db_table, "UPDATE {} SET content = '{{}}'")
    OutgoingDocument.objects.filter(pk=paper.pk).update(signed_version=None)
    found = list(signatures.faults())
    assert any("was changed" in fault for fault in found)
    assert any("covers another text" in fault for fault in found)


def test_what_lies_before_a_post_stands_on_its_hand_over_list(office, papers):
    paper = papers.to_sign("in_group_name")
    held = handover_lists.moving(office.seat("deputy"))
    assert ("paper_laid", paper.pk) in {(line.code, line.pk) for line in held}


@pytest.mark.parametrize(
    ("data", "words"),
    [({"code": "启协"}, "code of the issuing body"), ({"code": "启协办函"}, "code of the issuing body"),
     ({"copies": 0}, "how many copies")],
)  # fmt: skip
def test_a_number_comes_from_the_issuers_own_series_whoever_asks(papers, data, words):
    paper = papers.checked()
    code = NumberCode.objects.get(code=data.get("code", "启协办"))
    with pytest.raises(ValidationError, match=words):
        papers.step(paper, "register", "clerk", code=code, copies=data.get("copies", 1))
    assert not PaperNumber.objects.exists()


def test_a_number_of_another_body_does_not_stay_on_a_paper_that_changes_its_name(office, papers):
    paper, clerk = papers.numbered(), office.people["clerk"]
    content = papers.content(subject="另一件事")
    paper = actions.revise(paper, "change", person=clerk, content=content, why="主题有误")
    paper = papers.step(paper, "return_to_drafter", "director", "改以协调小组名义")
    content = papers.content(IssuingName.GROUP)
    paper = actions.revise(paper, "edit", person=clerk, content=content)
    paper = papers.step(paper, "submit", "clerk")
    paper = papers.step(paper, "review", "director", "同意。", laid_before=office.seat("deputy"))
    paper = papers.step(paper, "sign", "deputy", "同意签发。")
    paper = papers.register(papers.step(paper, "pass_check", "clerk", points=POINTS))
    assert paper.document_number.startswith("启协〔")
    assert [number.code for number in PaperNumber.objects.filter(void=None)] == ["启协"]
    assert list(numbers.faults()) == []


def test_a_dropped_paper_leaves_its_number_void(office, papers):
    paper = papers.numbered()
    content = papers.content(subject="另一件事")
    actions.revise(paper, "change", person=office.people["clerk"], content=content, why="有误")
    papers.step(paper, "return_to_drafter", "director", "不发了")
    assert Notice.objects.alive().filter(code="paper_returned").exists()
    paper = papers.step(paper, "drop", "clerk", "不再需要")
    assert (paper.document_number, PaperNumber.objects.get().void.reason) == ("", "不再需要")
    assert not Notice.objects.alive().filter(code="paper_returned").exists()


@pytest.mark.parametrize(
    ("path", "post"),
    [
        ("in_group_name", "director"),
        ("in_office_name_from_group", "head1"),
        ("upward_from_group", "head1"),
    ],
)
def test_nothing_is_sent_before_an_empty_seat(office, papers, path, post):
    from coordination.models import Appointment

    draft, paper = papers.draft(path), papers.to_sign(path)
    gone = Appointment.objects.filter(seat=office.seat(post))
    gone.update(until=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(ValidationError, match="at present"):
        papers.step(draft, "submit", PATHS[path][1])
    signer = PATHS[path][4]
    with pytest.raises(ValidationError, match="at present"):
        papers.step(paper, "return_for_review", signer, "请再审。")


def test_news_ends_with_what_it_asked_for(papers):
    paper = papers.signed()
    alive = Notice.objects.alive().filter(object_id=paper.pk)
    assert set(alive.values_list("code", flat=True)) == {"paper_signed"}
    papers.step(paper, "pass_check", "clerk", points=POINTS)
    assert not alive.all().exists()


def test_an_upward_paper_is_reviewed_and_signed_as_the_rules_call_it(papers):
    names = {
        path: workflow.label_of(workflow.trail(papers.signed(path)).get(action="sign"))
        for path in PATHS
    }
    assert names["upward"] == names["upward_from_group"] == "Review and sign"
    assert set(names.values()) == {"Sign", "Review and sign"}
