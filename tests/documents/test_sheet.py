"""公文处理单: every opinion, name and date is on the paper; nothing outside it is read."""

import datetime as dt
import subprocess

import pytest
from django.utils import timezone

from coordination import access, jobs
from coordination.models import Appointment, Job
from documents import printing, sheet

pytestmark = pytest.mark.django_db


def text_of(content, tmp_path):
    path = tmp_path / "sheet.pdf"
    path.write_bytes(content)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


@pytest.fixture
def document(office):
    document = office.proposed(
        "deputy", co=("finance",), title="关于营商环境的<b>请示</b>", remarks="备注内容"
    )
    document = office.step(
        document, "instruct", "deputy", "同意，请抓紧办理。", **office.assignment(co=("finance",))
    )
    co = office.step(office.part(document, "finance"), "accept", office.liaison("finance"))
    office.step(co, "give_opinion", office.liaison("finance"), reply="财政局无不同意见。")
    lead = office.liaison("market_regulation")
    part = office.step(office.part(document), "accept", lead)
    office.step(part, "submit_reply", lead, reply="市监局意见如下。")
    document = office.step(office.fresh(document), "accept_reply", opinion="采纳。")
    return office.step(document, "answer_sender", method="letter", answer="已办，特此答复。")


def test_every_opinion_name_and_date_is_on_it(document, office, tmp_path):
    text = text_of(sheet.render(document), tmp_path)
    for words in (
        "公文处理单", document.register_number, "某单位", "关于营商环境的<b>请示</b>", "备注内容",
        "拟请承办。", "同意，请抓紧办理。", "财政局无不同意见。", "市监局意见如下。", "采纳。",
        "已办，特此答复。", office.people["deputy"].name, office.people["clerk"].name,
        office.liaison("finance").name, "（10个工作日）", "初审通过",
    ):  # fmt: skip
        assert "".join(words.split()) in text, words
    day = document.received_at.astimezone().year
    assert f"{day}年" in text


def test_it_is_a_tagged_a4_archive_pdf_with_its_fonts_in_it(document, tmp_path):
    path = tmp_path / "s.pdf"
    path.write_bytes(sheet.render(document))
    info = subprocess.run(["pdfinfo", str(path)], capture_output=True, check=True).stdout.decode()
    assert "(A4)" in info
    meta = subprocess.run(["pdfinfo", "-meta", str(path)], capture_output=True, check=True).stdout
    assert b"pdfaid" in meta
    fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True).stdout.decode()
    rows = fonts.splitlines()[2:]
    assert rows
    assert all(" yes " in row for row in rows)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "file:///etc/passwd", "data:text/css,x"])
def test_nothing_outside_the_sheet_is_fetched(url):
    with pytest.raises(printing.NothingToFetch):
        printing.fetch(url)


def test_hostile_text_reads_nothing(office, tmp_path):
    hostile = '<img src="file:///etc/passwd"><link rel=stylesheet href="http://127.0.0.1:9/a">'
    document = office.register(title=hostile, remarks=hostile)
    text = text_of(sheet.render(document), tmp_path)
    assert '<imgsrc="file:///etc/passwd">' in text
    assert "root:" not in text


def test_the_worker_makes_it_for_whoever_may_print_today(document, office):
    job = jobs.enqueue(
        "processing_sheet", {"document": document.pk, "title": "x"}, office.liaison("finance")
    )
    assert jobs.run(job.pk)
    result = Job.objects.get(pk=job.pk).result
    assert result.name.endswith("公文处理单.pdf")
    other = jobs.enqueue(
        "processing_sheet", {"document": document.pk, "title": "x"}, office.liaison("justice")
    )
    assert not jobs.run(other.pk)
    assert Job.objects.get(pk=other.pk).status == "failed"


@pytest.mark.parametrize("login", ["clerk", "liaison"])
def test_a_sheet_made_while_in_post_is_not_read_after_it(document, office, client, login):
    person = office.people["clerk"] if login == "clerk" else office.liaison("finance")
    params = {"document": document.pk, "title": "x"}
    seats = access.standing(person).seat_ids
    made = [
        jobs.enqueue("processing_sheet", params, person),
        jobs.enqueue("register_export", {"query": "", "title": "x", "seats": seats}, person),
    ]
    client.force_login(person)
    for job in made:
        assert jobs.run(job.pk)
        assert client.get(f"/jobs/{job.pk}/file/").status_code == 200
    held = Appointment.objects.get(person=person)
    held.until = timezone.localdate() - dt.timedelta(days=1)
    held.save()
    for job in made:
        assert client.get(f"/jobs/{job.pk}/file/").status_code == 404
