"""What is printed of an outgoing paper: Word file, draft sheet, minutes; from the page's buttons."""

import datetime as dt
from io import BytesIO
from itertools import pairwise

import docx
import pdfplumber
import pytest
from django.urls import reverse
from django.utils import timezone

from coordination import delegations, jobs, storage
from coordination.models import Appointment, Job
from documents.outgoing import actions, draft_sheet
from documents.outgoing.content import Recipient
from documents.outgoing.layout import paper_of
from documents.paper.check_docx import check
from documents.paper.docx import render_docx
from documents.paper.pdf import render_pdf
from documents.states import DocumentKind

from .office_program import converted
from .paper_driver import POINTS
from .paper_ruler import measure

pytestmark = pytest.mark.django_db
FORMS = {"paper_pdf": "pdf", "paper_docx": "docx", "paper_sheet": "sheet"}


def words_of(pdf):
    with pdfplumber.open(BytesIO(pdf)) as opened:
        return "".join("".join((page.extract_text() or "").split()) for page in opened.pages)


def copies(office):
    unit = office.unit("finance")
    return (Recipient(unit.name, "lower", unit.pk),)


def superiors(office):
    unit = office.unit("nantong_group_office")
    return (Recipient(unit.name, "superior", unit.pk),)


def made(job):
    row = Job.objects.get(pk=job.pk)
    assert row.status == "done", row.error
    return row.result.name, storage.path_of(row.result.sha256).read_bytes()


@pytest.mark.parametrize(("kind", "page"), FORMS.items())
def test_each_button_makes_its_form_and_the_worker_asks_again_who_may_print(
    office, papers, client, kind, page
):
    paper = papers.issued()
    client.force_login(office.people["clerk"])
    url = reverse(f"papers:{page}", args=[paper.pk])
    assert f'formaction="{url}"' in client.get(paper.get_absolute_url()).text
    answer = client.post(url)
    job = Job.objects.exclude(kind="issued_copy").get()
    assert (answer.status_code, answer.url) == (302, reverse("job", args=[job.pk]))
    assert jobs.run(job.pk)
    name, content = made(job)
    number = paper.document_number.replace("〔", "-").replace("〕", "-")
    assert (
        name
        == {"pdf": f"{number}.pdf", "docx": f"{number}.docx", "sheet": f"{number}发文稿纸.pdf"}[
            page
        ]
    )
    assert content.startswith(b"PK" if page == "docx" else b"%PDF")
    other = jobs.enqueue(kind, {"paper": paper.pk, "title": "x"}, office.liaison("justice"))
    assert not jobs.run(other.pk)
    assert Job.objects.get(pk=other.pk).result is None
    held = Appointment.objects.get(person=office.people["clerk"])
    held.until = timezone.localdate() - dt.timedelta(days=1)
    held.save()
    assert client.get(reverse("job_file", args=[job.pk])).status_code == 404


def test_the_word_file_shows_in_an_office_program_what_the_paper_holds(office, papers, tmp_path):
    paper = papers.issued("upward", copies=superiors(office))
    text = words_of(converted(render_docx(paper_of(papers.fresh(paper))), tmp_path))
    signatory = office.people["director"].name
    for words in (
        paper.title, paper.document_number, "签发人：", signatory, "抄送：", "共印20份",
        f"{paper.issuer.name}", "一、总体要求",
    ):  # fmt: skip
        assert "".join(words.split()) in text, words


def test_the_word_file_keeps_the_standard_and_a_draft_says_that_it_is_one(office, papers):
    paper = papers.draft(copies=copies(office))
    drafted = docx.Document(BytesIO(render_docx(paper_of(paper))))
    marks = [drafted.sections[0].header, drafted.sections[0].even_page_header]
    assert all('string="草稿"' in mark._element.xml for mark in marks)
    paper = papers.issued(copies=copies(office))
    data = render_docx(paper_of(papers.fresh(paper)))
    assert check(data) == []
    issued = docx.Document(BytesIO(data)).sections[0]
    assert "草稿" not in issued.header._element.xml + issued.even_page_header._element.xml


def test_the_word_file_of_a_changed_paper_is_a_draft_again(office, papers):
    paper = papers.numbered()
    changed = papers.content(subject="另一件事")
    paper = actions.revise(
        paper, "change", person=office.people["clerk"], content=changed, why="事由有误"
    )
    assert paper_of(paper).watermark == "草稿"


def test_the_draft_sheet_holds_the_fields_of_the_standard(office, papers):
    paper = papers.issued("in_group_name", copies=copies(office), urgency="urgent")
    text = words_of(draft_sheet.render(papers.fresh(paper)))
    for words in (
        f"{paper.issuer.name}发文稿纸", f"发文字号{paper.document_number}", "缓急", "签发", "同意签发。",
        "核稿", "同意。", "标题", "主送", "抄送", office.unit("finance").name, "附件", "公开属性",
        "依申请公开", "拟稿单位", "拟稿人", office.people["clerk"].name, "校对", "份数", "办理经过",
    ):  # fmt: skip
        assert "".join(words.split()) in text, words
    for absent in ("密级", "主题词", "会签", "合法性"):
        assert absent not in text


def test_every_opinion_is_on_the_sheet_in_order_returned_ones_too(office, papers):
    paper = papers.submitted("in_group_name")
    paper = papers.step(paper, "return_to_drafter", "director", "时限写得不清。")
    paper = papers.step(paper, "submit", "clerk")
    seat = office.seat("deputy")
    paper = papers.step(paper, "review", "director", "第一次核稿。", laid_before=seat)
    paper = papers.step(paper, "return_for_review", "deputy", "请再核数字。")
    paper = papers.step(paper, "review", "director", "数字已核。", laid_before=seat)
    before = words_of(draft_sheet.render(papers.fresh(paper)))
    paper = papers.step(paper, "sign", "deputy", "同意签发。")
    text = words_of(draft_sheet.render(papers.fresh(paper)))
    course = text[text.index("时限写得不清。") :]
    places = [
        course.index(words)
        for words in ("时限写得不清。", "第一次核稿。", "请再核数字。", "数字已核。", "同意签发。")
    ]
    assert places == sorted(places)
    assert before.count("同意签发。") == 0
    assert text.count("第一次核稿。") == 1  # in the course alone: it was returned
    assert text.count("数字已核。") == 2
    assert text.count("同意签发。") == 2
    signed = f"{office.seat('deputy').title}{office.people['deputy'].name}"
    assert "".join(signed.split()) in text


def test_a_void_signature_stands_in_the_course_alone(office, papers):
    paper = papers.step(papers.signed(), "pass_check", "clerk", points=POINTS)
    changed = papers.content(subject="另一件事")
    actions.revise(paper, "change", person=office.people["clerk"], content=changed, why="事由有误")
    text = words_of(draft_sheet.render(papers.fresh(paper)))
    assert text.count("同意签发。") == 1
    assert "事由有误" in text


def test_a_signature_under_a_delegation_is_marked_as_such_on_the_sheet(office, papers, today):
    delegations.give_delegation(
        person=office.people["deputy"],
        seat=office.seat("deputy"),
        delegate=office.people["deputy2"],
        acts=["outgoing:sign"],
        since=today,
        until=today,
        reason="出差",
    )
    paper = papers.to_sign("in_group_name")
    paper = papers.step(paper, "sign", "deputy2", "同意签发。")
    assert paper.signed_under.person == office.people["deputy"]
    text = words_of(draft_sheet.render(papers.fresh(paper)))
    whose, who = office.people["deputy"].name, office.people["deputy2"].name
    assert text.count(f"代{whose}（") == 2  # in the cell of the signature and in the course
    assert f"）{who}" in text
    assert "代" not in words_of(render_pdf(paper_of(papers.fresh(paper))))


def test_hostile_text_reads_nothing_on_the_draft_sheet(papers):
    hostile = '<img src="file:///etc/passwd">'
    paper = papers.draft(annotation="x", title=f"启东{hostile}关于某事的通知")
    text = words_of(draft_sheet.render(paper))
    assert '<imgsrc="file:///etc/passwd">' in text
    assert "root:" not in text


def test_minutes_are_printed_as_minutes(office, papers):
    paper = papers.issued(kind=DocumentKind.MINUTES, copies=copies(office))
    (first, *_rest, last) = measure(render_pdf(paper_of(papers.fresh(paper))))
    red = [char for char in first.chars if char["colour"][0] > 0.7]
    assert "".join(char["text"] for char in red) == f"{paper.issuer.name}会议纪要"
    number, lead = first.line(paper.document_number), first.line(paper.issuer.short_name)
    assert number.middle == pytest.approx(106, abs=0.5)  # the middle of the type area
    assert lead.text.startswith(paper.issuer.short_name)
    assert all(one["x1"] <= two["x0"] + 0.1 for one, two in pairwise(lead.chars))
    day = paper.dated_on
    assert lead.text.endswith(f"{day.year}年{day.month}月{day.day}日")
    assert number.baseline < lead.baseline
    (rule,) = first.rules(red=True)
    assert rule["top"] - lead.bottom == pytest.approx(4, abs=0.5)
    assert red[0]["top"] == pytest.approx(37 + 35, abs=1)  # 10.3
    body = first.text + last.text
    assert f"分送：{office.unit('market_regulation').name}" in body
    assert office.unit("finance").name in body
    assert "抄送" not in body
    assert body.count(f"{day.year}年{day.month}月{day.day}日") == 2  # above the line and 印发
    assert not first.curves


def test_the_word_file_of_minutes_keeps_the_standard_too(papers):
    paper = papers.issued(kind=DocumentKind.MINUTES)
    assert check(render_docx(paper_of(papers.fresh(paper)))) == []
