"""The legal opinion on this very text (A9), and the countersignature of the units (P19)."""

import datetime as dt
import io

import pdfplumber
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from coordination import access, calendars, delegations, workflow
from coordination.models import Duty, Notice, Organisation
from documents.models import Consultation, OutgoingDocument
from documents.outgoing import actions, opinions
from documents.outgoing.consultation_routes import PATHS as ROUTES
from documents.prose import Paragraph
from documents.states import ConsultationState as C
from documents.states import Finding as F
from documents.states import PaperState as S

from .paper_driver import PATHS

pytestmark = pytest.mark.django_db
PERSONAS = (
    "leader", "deputy", "deputy2", "director", "clerk", "clerk2", "head1", "deputyhead1",
    "groupliaison1", "legal", "supervisor", "member1", "sysadmin", "secadmin", "auditor",
)  # fmt: skip
OFFICE = {"clerk", "clerk2", "director"}
NEW_TEXT = (Paragraph("现将有关事项通知如下："), Paragraph("请于年底前完成。"))


def changed(papers, paper, who="clerk", action="edit", why="", **more):
    """The text becomes another one."""
    name = PATHS[paper.route_name][0]
    fields = {"normative": True, "blocks": NEW_TEXT} | more
    content = papers.content(name, **fields)
    person = papers.people[who]
    return actions.revise(paper, action, person=person, content=content, why=why)


def lawful(papers, paper, who="clerk"):
    return papers.give(papers.ask_legal(paper, who), "legal", F.LAWFUL)


@pytest.mark.parametrize("path", PATHS)
def test_a_normative_document_goes_on_only_with_the_legal_opinion_on_its_text(papers, path):
    who = PATHS[path][1]
    paper = papers.draft(path, normative=True)
    with pytest.raises(ValidationError, match="ask for the legal opinion first"):
        papers.step(paper, "submit", who)
    row = papers.ask_legal(paper, who)
    with pytest.raises(ValidationError, match="still awaited"):
        papers.step(paper, "submit", who)
    papers.give(row, "legal", F.LAWFUL)
    assert papers.step(paper, "submit", who).state != S.DRAFT


def test_a_reform_measure_needs_it_too_and_other_papers_do_not(papers):
    with pytest.raises(ValidationError, match="legal opinion first"):
        papers.submitted(reform=True)
    assert papers.submitted().state == S.TO_SIGN
    with pytest.raises(workflow.Conflict, match=r"neither as a normative document.*art\. 9"):
        papers.ask_legal(papers.draft())


def test_the_legal_opinion_is_offered_on_what_needs_it_alone(office, papers):
    """A9: on what is marked, and on what was found wanting even when the mark is taken off."""
    plain, marked = papers.draft(subject="寻常之事"), papers.draft(reform=True)
    wanting = papers.draft(normative=True)
    papers.give(papers.ask_legal(wanting), "legal", F.UNLAWFUL, "无依据")
    actions.revise(wanting, "edit", person=office.people["clerk"], content=papers.content())
    needing = set(OutgoingDocument.objects.filter(opinions.needing()))
    assert needing == {marked, wanting}
    for paper in (plain, marked, wanting):
        steps = workflow.offered(office.people["clerk"], papers.fresh(paper))
        offered = "ask_legal_opinion" in {step.action for step in steps}
        assert offered == (paper in needing)


def test_what_was_found_lawful_needs_no_opinion_without_its_mark(office, papers):
    paper = papers.draft(normative=True)
    papers.give(papers.ask_legal(paper), "legal", F.LAWFUL)
    actions.revise(paper, "edit", person=office.people["clerk"], content=papers.content())
    assert not OutgoingDocument.objects.filter(opinions.needing()).exists()
    assert opinions.not_needed(papers.fresh(paper))


@pytest.mark.parametrize("finding", [F.AMEND, F.UNLAWFUL])
def test_an_opinion_that_does_not_find_it_lawful_holds_it_up(papers, finding):
    paper = papers.draft(normative=True)
    row = papers.ask_legal(paper)
    with pytest.raises(ValidationError, match="what should be changed"):
        papers.give(row, "legal", finding)
    papers.give(row, "legal", finding, "第二条缺少上位法依据。")
    with pytest.raises(ValidationError, match="Change the text and ask again"):
        papers.step(paper, "submit", "clerk")
    with pytest.raises(ValidationError, match="asked for already"):
        papers.ask_legal(paper)
    paper = changed(papers, paper)
    lawful(papers, paper)
    papers.step(paper, "submit", "clerk")


def test_taking_the_mark_off_does_not_lead_round_an_unfavourable_opinion(papers, client, office):
    paper = papers.draft(normative=True)
    papers.give(papers.ask_legal(paper), "legal", F.UNLAWFUL, "与上位法抵触。")
    paper = changed(papers, paper, normative=False)
    with pytest.raises(ValidationError, match="legal opinion first"):
        papers.step(paper, "submit", "clerk")
    client.force_login(office.people["clerk"])
    assert "legal opinion first" in client.get(paper.get_absolute_url()).text
    lawful(papers, paper)
    papers.step(paper, "submit", "clerk")


def test_taking_the_mark_off_a_paper_found_lawful_needs_no_new_opinion(papers):
    paper = papers.draft(normative=True)
    lawful(papers, paper)
    papers.step(changed(papers, paper, normative=False), "submit", "clerk")


def test_the_opinion_lapses_with_the_text_at_every_stage_before_the_signature(papers):
    paper = papers.draft("in_group_name", normative=True)
    first = lawful(papers, paper)
    paper = changed(papers, paper)
    first.refresh_from_db()
    assert first.state == C.LAPSED
    with pytest.raises(ValidationError, match="legal opinion first"):
        papers.step(paper, "submit", "clerk")
    lawful(papers, paper)
    paper = papers.step(paper, "submit", "clerk")
    paper = changed(papers, paper, "director", "revise", blocks=NEW_TEXT[:1])
    seat = papers.office.seat("deputy")
    with pytest.raises(ValidationError, match="legal opinion first"):
        papers.step(paper, "review", "director", "同意。", laid_before=seat)
    lawful(papers, paper)
    paper = papers.step(paper, "review", "director", "同意。", laid_before=seat)
    papers.step(paper, "sign", "deputy", "同意签发。")


def test_other_addressees_are_another_text_too(papers):
    paper = papers.draft(normative=True)
    row = lawful(papers, paper)
    content = papers.content(normative=True, copies=papers.content().main)
    actions.revise(paper, "edit", person=papers.people["clerk"], content=content)
    row.refresh_from_db()
    assert row.state == C.LAPSED


def test_a_change_after_the_signature_makes_the_opinion_lapse_and_a_slip_does_not(papers):
    paper = papers.draft(normative=True)
    row = lawful(papers, paper)
    paper = papers.step(paper, "submit", "clerk")
    paper = papers.step(paper, "sign", "director", "同意签发。")
    slip = papers.content(
        normative=True,
        blocks=(*papers.content().blocks[:2], Paragraph("请抓好落实工作。")),
    )
    clerk = papers.people["clerk"]
    paper = actions.revise(paper, "correct_slip", person=clerk, content=slip, why="漏字")
    row.refresh_from_db()
    assert (row.state, paper.state) == (C.GIVEN, S.SIGNED)
    paper = changed(papers, paper, "clerk", "change", "补充时限")
    row.refresh_from_db()
    assert (row.state, paper.state) == (C.LAPSED, S.TO_SIGN)
    with pytest.raises(ValidationError, match="legal opinion first"):
        papers.step(paper, "sign", "director", "同意签发。")
    lawful(papers, paper)
    papers.step(paper, "sign", "director", "同意签发。")


def test_a_question_asked_before_a_change_is_answered_on_the_new_text(papers):
    paper = papers.draft(normative=True)
    row, before = papers.ask_legal(paper), paper.version
    paper = changed(papers, paper)
    legal = papers.people["legal"]
    with pytest.raises(workflow.Conflict, match="changed since you opened it"):
        workflow.advance(row, "give", person=legal, data={"finding": F.LAWFUL}, seen=before.digest)
    row = papers.give(row, "legal", F.LAWFUL)
    assert row.version == paper.version
    assert Notice.objects.filter(code="consulted_text_changed", person=legal).exists()
    papers.step(paper, "submit", "clerk")


def test_whoever_drafted_it_gives_no_legal_opinion_on_it(office, papers):
    paper = papers.draft(normative=True)
    row = papers.ask_legal(paper)
    seat = office.seat("legal")
    held = seat.appointments.get()
    held.person = office.people["clerk"]
    held.save()
    with pytest.raises(ValidationError, match="drafted this paper yourself"):
        papers.give(row, "clerk", F.LAWFUL)


def test_whoever_edited_it_gives_none_either(office, papers):
    paper = changed(papers, papers.draft(normative=True), "clerk2")
    row = papers.ask_legal(paper)
    held = office.seat("legal").appointments.get()
    held.person = office.people["clerk2"]
    held.save()
    with pytest.raises(ValidationError, match="drafted this paper yourself"):
        papers.give(row, "clerk2", F.LAWFUL)


def test_the_legal_officer_has_a_duty_of_five_working_days(papers, today):
    row = papers.ask_legal(papers.draft(normative=True))
    duty = row.duty
    assert (duty.kind, duty.working_days, duty.cites) == (Duty.Kind.LEGAL_OPINION, 5, "A9")
    assert duty.due_on == calendars.current().add(today, 5)
    legal = papers.people["legal"]
    assert access.may(legal, "view", duty)
    assert Notice.objects.filter(code="consulted", person=legal, duty=duty).count() == 1
    papers.give(row, "legal", F.LAWFUL)
    duty.refresh_from_db()
    assert (duty.outcome, duty.days_late) == ("met", 0)
    assert not Notice.objects.alive().filter(code="consulted").exists()


# P19: what concerns others is agreed with them before it goes on.
def test_units_countersign_side_by_side_each_by_its_own_day(papers, today):
    limit = timezone.now() + dt.timedelta(days=9)
    paper = papers.draft()
    rows = papers.ask_units(paper, "finance", "health", limit_at=limit)
    assert {row.duty.due_at for row in rows} == {limit}
    with pytest.raises(ValidationError, match="Not agreed yet"):
        papers.step(paper, "submit", "clerk")
    papers.give(rows[0], papers.office.liaison("finance"), F.AGREED)
    papers.give(rows[1], papers.office.liaison("health"), F.REMARKS, "建议明确时限。")
    papers.step(paper, "submit", "clerk")


def test_without_a_day_the_term_of_the_charter_holds(papers, today):
    row = papers.ask_units(papers.draft(), "finance")[0]
    assert (row.duty.kind, row.duty.working_days) == (Duty.Kind.COUNTERSIGN, 5)


def test_a_unit_that_does_not_agree_keeps_it_from_going_down_until_it_agrees(papers):
    paper = papers.draft()
    row = papers.ask_units(paper, "finance")[0]
    finance = papers.office.liaison("finance")
    row = papers.give(row, finance, F.DISAGREED, "经费未落实。")
    with pytest.raises(ValidationError, match="Not agreed yet"):
        papers.step(paper, "submit", "clerk")
    paper = changed(papers, paper, normative=False)
    assert Notice.objects.filter(code="consulted_text_changed", person=finance).exists()
    papers.give(row, finance, F.AGREED, action="give_anew")
    paper = papers.step(paper, "submit", "clerk")
    assert papers.step(paper, "sign", "director", "同意签发。").state == S.SIGNED


@pytest.mark.parametrize("name", ["upward", "in_office_name"])
def test_nobody_signs_before_the_units_asked_have_answered(papers, name):
    paper = papers.to_sign(name)
    row = papers.ask_units(paper, "finance")[0]
    with pytest.raises(ValidationError, match=r"Still to countersign|Not agreed yet"):
        papers.step(paper, "sign", "director", "同意签发。")
    workflow.advance(row, "take_back", person=papers.people["clerk"], opinion="改由电话征求")
    row.refresh_from_db()
    row.duty.refresh_from_db()
    assert (row.state, row.duty.outcome) == (C.TAKEN_BACK, "cancelled")
    papers.step(paper, "sign", "director", "同意签发。")
    assert Notice.objects.filter(code="consultation_ended").exists()


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ((), "at least one unit"),
        (("streamlining",), "Drafted it itself"),
        (("finance",), "already"),
    ],
)
def test_who_cannot_be_asked_to_countersign(papers, keys, words):
    paper = papers.draft("in_office_name_from_group")
    papers.ask_units(paper, "finance", who="groupliaison1")
    with pytest.raises(ValidationError, match=words):
        papers.ask_units(paper, *keys, who="groupliaison1")


def test_a_day_that_is_past_is_refused(papers):
    with pytest.raises(ValidationError, match="past already"):
        papers.ask_units(papers.draft(), "finance", limit_at=timezone.now() - dt.timedelta(1))


def test_after_the_signature_an_opinion_changes_nothing_any_more(papers):
    paper = papers.to_sign()
    row = papers.ask_units(paper, "finance")[0]
    finance = papers.office.liaison("finance")
    row = papers.give(row, finance, F.AGREED)
    papers.step(paper, "sign", "director", "同意签发。")
    with pytest.raises(ValidationError, match="signed or dropped"):
        papers.give(row, finance, F.DISAGREED, "不同意。", action="give_anew")


def test_dropping_a_draft_ends_what_was_asked(papers):
    paper = papers.draft(normative=True)
    rows = [papers.ask_legal(paper), *papers.ask_units(paper, "finance")]
    papers.step(paper, "drop", "clerk", "不再需要")
    for row in rows:
        row.refresh_from_db()
        assert row.state == C.TAKEN_BACK
        assert Duty.objects.get(pk=row.duty_id).outcome == "cancelled"


def questions(papers):
    """One question of each kind, and one countersignature given."""
    paper = papers.draft(normative=True)
    asked, given = papers.ask_units(paper, "finance", "health")
    health = papers.office.liaison("health")
    given = papers.give(given, health, F.AGREED)
    return papers.ask_legal(paper), asked, given


def test_each_act_on_a_question_is_for_whom_the_articles_say(office, papers, outsider):
    legal, asked, given = questions(papers)
    finance, health = office.liaison("finance"), office.liaison("health")
    heads = {"finance": {}, "health": {}}
    for key in heads:
        held = access.holders([office.unit(key).pk], ["unit_head", "unit_liaison"])
        heads[key] = {row.person_id for row in held}
    clerks = {office.people[who].pk for who in OFFICE}
    table = {
        legal: {"give": {office.people["legal"].pk}, "take_back": clerks},
        asked: {"give": heads["finance"], "take_back": clerks},
        given: {"give_anew": heads["health"]},
    }
    people = [office.people[who] for who in PERSONAS] + [finance, health, outsider]
    for row, acts in table.items():
        for person in people:
            found = {step.action for step in workflow.offered(person, row)}
            assert found == {act for act, whose in acts.items() if person.pk in whose}, person
            for action in {"give", "give_anew", "take_back", "lapse", "end", "ask"} - found:
                with pytest.raises((PermissionDenied, workflow.Conflict)):
                    workflow.advance(row, action, person=person)
            waits = Consultation.objects.filter(workflow.waiting(person, *ROUTES), pk=row.pk)
            assert waits.exists() == ("give" in found)


ENTRUSTED = ("consultation:give", "consultation:give_anew")


@pytest.mark.parametrize("act", ENTRUSTED)
def test_a_stand_in_answers_for_a_unit_under_a_mandate(office, papers, today, act):
    _legal, asked, given = questions(papers)
    row = asked if act == "consultation:give" else given
    key = "finance" if row is asked else "health"
    seat = office.seat(office.liaison(key).username)
    stand_in = access.holders([seat.organisation_id], ["unit_head"]).first().person
    other = access.holders(
        [office.unit("health").pk if row is asked else office.unit("finance").pk], ["unit_liaison"]
    )
    delegations.give_delegation(
        person=office.liaison(key),
        seat=seat,
        delegate=stand_in,
        acts=[act],
        since=today,
        until=today,
        reason="出差",
    )
    assert access.may(stand_in, "view", row)
    assert not any(access.may(held.person, "view", row) for held in other)
    papers.give(row, stand_in, F.AGREED, action=act.split(":")[1])


def test_whoever_is_asked_sees_the_text_and_not_the_paper_with_what_others_wrote(
    office, papers, client
):
    paper = papers.to_sign("in_group_name")
    row = papers.ask_units(paper, "finance")[0]
    finance = office.liaison("finance")
    assert not access.may(finance, "view", paper)
    client.force_login(finance)
    assert client.get(paper.get_absolute_url()).status_code == 404
    page = client.get(row.get_absolute_url()).text
    assert "请抓好落实。" in page
    assert "同意。" not in page  # what the director wrote when reviewing
    assert paper.short_title in client.get("/").text
    assert paper.short_title in client.get(reverse("papers:consultations")).text


def test_the_form_gives_the_opinion_and_keeps_what_was_typed(office, papers, client):
    row = papers.ask_units(papers.draft(), "finance")[0]
    client.force_login(office.liaison("finance"))
    url = reverse("papers:consultation_step", args=[row.pk, "give"])
    page = client.get(url)
    seen = row.content_digest()
    assert seen in page.text
    refused = client.post(url, {"finding": "disagreed", "opinion": "", "seen": seen})
    assert refused.status_code == 422
    assert "what should be changed" in refused.text
    assert 'value="disagreed"' in refused.text
    other = client.post(url, {"finding": "lawful", "opinion": "可以。", "seen": seen})
    assert other.status_code == 422
    assert "可以。" in other.text
    done = client.post(url, {"finding": "remarks", "opinion": "建议明确时限。", "seen": seen})
    assert done.status_code == 302
    client.force_login(office.people["clerk"])
    page = client.get(row.document.get_absolute_url()).text
    assert "建议明确时限。" in page
    assert "Agreed, with remarks" in page


def test_the_drafter_asks_in_the_browser(office, papers, client):
    paper = papers.draft(normative=True)
    client.force_login(office.people["clerk"])
    url = reverse("papers:step", args=[paper.pk, "ask_to_countersign"])
    data = {"organisations": [office.unit("finance").pk], "opinion": "请核经费。"}
    assert client.post(url, data | {"seen": paper.content_digest()}).status_code == 302
    assert paper.consultations.get().question == "请核经费。"
    assert "ask for the legal opinion first" in client.get(paper.get_absolute_url()).text
    url = reverse("papers:step", args=[paper.pk, "ask_legal_opinion"])
    assert client.post(url, {"seen": paper.content_digest()}).status_code == 302
    assert "still awaited" in client.get(paper.get_absolute_url()).text


def test_after_the_signature_a_unit_reads_the_text_it_answered_on(office, papers, client):
    paper = papers.to_sign()
    row = papers.ask_units(paper, "finance")[0]
    papers.give(row, office.liaison("finance"), F.AGREED)
    paper = papers.step(paper, "sign", "director", "同意签发。")
    client.force_login(office.liaison("finance"))
    assert "请抓好落实。" in client.get(row.get_absolute_url()).text


def test_the_register_of_opinions_costs_the_same_for_2_and_for_14(
    office, papers, client, django_assert_max_num_queries
):
    client.force_login(office.liaison("finance"))
    url = reverse("papers:consultations")
    assert "No opinion was asked yet." in client.get(url).text
    for _ in range(2):
        papers.ask_units(papers.draft(), "finance")
    with django_assert_max_num_queries(12) as few:
        client.get(url)
    for _ in range(12):
        papers.ask_units(papers.draft(), "finance")
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(url).text.count("<tr>") == 15
    assert client.get(url, {"state": "given"}).text.count("Nothing fits.") == 1


def test_the_page_of_a_paper_costs_the_same_for_2_opinions_and_for_9(
    office, papers, client, django_assert_max_num_queries
):
    paper = papers.draft()
    papers.ask_units(paper, "finance", "health")
    client.force_login(office.people["clerk"])
    with django_assert_max_num_queries(17) as few:
        client.get(paper.get_absolute_url())
    units = [unit.key for unit in departments()]
    papers.ask_units(paper, *units)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(paper.get_absolute_url()).status_code == 200


def departments():
    """Seven more departments."""
    rows = Organisation.objects.filter(kind="department").exclude(key__in=["finance", "health"])
    return list(rows.order_by("order")[:7])


def test_the_draft_sheet_prints_the_opinions_that_stand(office, papers):
    from documents.outgoing import draft_sheet

    paper = papers.draft(normative=True)
    finance, health = papers.ask_units(paper, "finance", "health")
    papers.give(finance, office.liaison("finance"), F.REMARKS, "建议明确时限。")
    papers.give(papers.ask_legal(paper), "legal", F.LAWFUL)
    text = pdf_text(draft_sheet.render(paper))
    assert "原则同意，有意见：建议明确时限。" in text
    assert "合法性审查" in text
    assert office.liaison("finance").name in text
    assert health.organisation.name not in text


def pdf_text(data):
    """The words of a PDF, without spaces."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return "".join("".join((page.extract_text() or "").split()) for page in pdf.pages)
