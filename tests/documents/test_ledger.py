"""发文字号登记簿: narrowed by the address, printed for one issuing body and year."""

import datetime as dt
from io import BytesIO

import pdfplumber
import pytest
from django.urls import reverse
from django.utils import timezone

from coordination import jobs, storage
from coordination.models import Appointment, Job, NumberCode

from .paper_driver import PATHS

pytestmark = pytest.mark.django_db
LEDGER, PRINT = "papers:ledger", "papers:ledger_pdf"


@pytest.fixture
def drawn(office, papers):
    """Two numbers of the Office, the first of them void, and one of the group."""
    first = papers.numbered()
    papers.step(first, "void_number", "clerk", "登记有误，此号不用。")
    return papers.numbered(subject="后一件事"), papers.numbered("in_group_name", subject="小组的事")


def words_of(pdf):
    with pdfplumber.open(BytesIO(pdf)) as opened:
        assert all(page.width > page.height for page in opened.pages)
        cells = [
            cell or "" for page in opened.pages for row in page.extract_table() for cell in row
        ]
        around = [page.extract_text() for page in opened.pages]
        return "".join("".join([*cells, *around]).split())


def printed(client, **question):
    answer = client.post(reverse(PRINT, query=question))
    job = Job.objects.latest("pk")
    assert (answer.status_code, answer.url) == (302, reverse("job", args=[job.pk]))
    return job


def test_the_ledger_is_narrowed_by_body_code_and_year(office, drawn, client, today):
    client.force_login(office.people["clerk"])
    own, of_group = drawn
    code = NumberCode.objects.filter(organisation=of_group.issuer)[0].code
    for question, there, absent in (
        ({"body": own.issuer_id}, own, of_group),
        ({"body": of_group.issuer_id, "year": today.year}, of_group, own),
        ({"code": code}, of_group, own),
    ):
        text = client.get(reverse(LEDGER, query=question)).text
        assert there.document_number in text, question
        assert absent.document_number not in text, question
    for question in ({"year": "1999"}, {"body": "99999999999999999999"}, {"code": "无此代字"}):
        answer = client.get(reverse(LEDGER, query=question))
        assert answer.status_code == 200
        assert "No number fits." in answer.text


def test_the_printed_ledger_holds_every_number_the_void_ones_with_their_reason(
    office, drawn, client, today
):
    own, of_group = drawn
    client.force_login(office.people["clerk"])
    page = client.get(reverse(LEDGER, query={"body": own.issuer_id, "year": today.year}))
    assert reverse(PRINT, query={"body": own.issuer_id, "year": today.year}) in page.text.replace(
        "&amp;", "&"
    )
    job = printed(client, body=own.issuer_id, year=today.year)
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert job.result.name == f"{own.issuer.short_name}{today.year}年发文字号登记簿.pdf"
    pdf = storage.path_of(job.result.sha256).read_bytes()
    text = words_of(pdf)
    void = own.document_number.replace("2号", "1号")
    for words in (
        "发文字号登记簿", own.issuer.name, void, own.document_number, "作废：登记有误，此号不用。",
        office.people["director"].name, "共2号，其中作废1号",
    ):  # fmt: skip
        assert "".join(words.split()) in text, words
    assert of_group.document_number not in text
    assert text.index(void) < text.index(own.document_number)


def test_a_void_number_is_struck_in_print_and_on_the_page(office, drawn, client, today):
    own, _group = drawn
    void = own.document_number.replace("2号", "1号")
    client.force_login(office.people["clerk"])
    assert f"<s>{void}</s>" in client.get(reverse(LEDGER)).text
    job = printed(client, body=own.issuer_id, year=today.year)
    jobs.run(job.pk)
    job.refresh_from_db()
    with pdfplumber.open(storage.path_of(job.result.sha256)) as opened:
        page = opened.pages[0]
        numbers = [word for word in page.extract_words() if word["text"].startswith("启协办〔")]
        strokes = [*page.lines, *page.rects]

        def struck(word):
            return any(
                stroke["height"] < 2
                and word["top"] < stroke["top"] < word["bottom"]
                and stroke["x0"] < word["x1"] - 5
                and stroke["x1"] > word["x0"] + 5
                for stroke in strokes
            )

        assert [struck(word) for word in numbers] == [True, False]


def test_a_ledger_is_printed_for_one_body_and_year_alone(office, drawn, client, today):
    client.force_login(office.people["clerk"])
    for question in (
        {},
        {"year": today.year},
        {"body": drawn[0].issuer_id},
        {"body": "x", "year": "y"},
    ):
        answer = client.post(reverse(PRINT, query=question))
        assert answer.status_code == 422
        assert "Choose the issuing body and the year first" in answer.text
    assert not Job.objects.exists()


def test_whoever_left_the_office_reads_no_ledger_made_before(office, drawn, client, today):
    client.force_login(office.people["clerk"])
    job = printed(client, body=drawn[0].issuer_id, year=today.year)
    assert jobs.run(job.pk)
    assert client.get(reverse("job_file", args=[job.pk])).status_code == 200
    held = Appointment.objects.get(person=office.people["clerk"])
    held.until = timezone.localdate() - dt.timedelta(days=1)
    held.save()
    assert client.get(reverse("job_file", args=[job.pk])).status_code == 404
    client.force_login(office.people[PATHS["in_group_name"][4]])
    assert client.post(reverse(PRINT)).status_code == 403
