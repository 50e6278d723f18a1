"""The page of the format check: what departs, clause by clause; hostile files refused in words."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from coordination import storage
from coordination.models import AuditEntry, Job, StoredFile
from documents import format_check
from documents.models import Attachment
from documents.paper import docx_apart, docx_reading, samples
from documents.paper.check_docx import check
from documents.paper.docx import render_docx

from .test_paper_check import DEEP, GOOD, LOLS, OUTSIDE, W, changed

pytestmark = pytest.mark.django_db
PAGE, OF_ATTACHMENT = "format_check", "documents:check_attachment"
ODD = replace(samples.document(), number="启政办发[2026]01号")


def upload(data, name="某文.docx"):
    return SimpleUploadedFile(name, data)


def post(client, data, name="某文.docx"):
    return client.post(reverse(PAGE), {"file": upload(data, name)})


def attached(office, data, name="来文.docx"):
    document = office.register()
    file = storage.keep(upload(data, name), office.people["clerk"])
    return Attachment.objects.create(document=document, file=file)


def test_departures_are_listed_with_clause_and_place_and_nothing_is_kept(office, client):
    client.force_login(office.people["groupliaison1"])
    answer = post(client, render_docx(ODD))
    assert answer.status_code == 200
    assert [finding.clause for finding in answer.context["findings"]] == ["7.2.5"]
    assert "hexagonal brackets" in answer.text
    assert "<q>启政办发[2026]01号</q>" in answer.text
    assert not StoredFile.objects.exists()
    assert not Job.objects.exists()


def test_a_paper_that_keeps_the_standard_is_told_so(office, client):
    client.force_login(office.people["clerk"])
    answer = post(client, GOOD)
    assert "Nothing was found that departs from the standard." in answer.text


@pytest.mark.parametrize("kind", samples.SPECIMENS)
def test_read_apart_is_read_alike(kind):
    paper = replace(samples.SPECIMENS[kind](), number="启政[26]1号", title="某事")
    data = render_docx(paper)
    assert format_check.check_upload(upload(data)) == check(data)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.docx", "empty"),
        (b"%PDF-1.7 %%EOF", "a.pdf", "Choose a Word file (.docx)."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.doc", "Choose a Word file (.docx)."),
        (b"no archive", "a.docx", "not a sound DOCX file"),
        (GOOD[:2000], "a.docx", "not a sound DOCX file"),
        (changed(GOOD, "word/bomb.xml", b" " * 40_000_000), "a.docx", "unpacks to far more"),
        (changed(GOOD, "word/vbaProject.bin", b"x"), "a.docx", "macros"),
        (changed(GOOD, "../evil.xml", b"x"), "a.docx", "lead outside"),
        (changed(GOOD, "word/document.xml", LOLS), "a.docx", "not a sound Word file"),
        (changed(GOOD, "word/document.xml", OUTSIDE), "a.docx", "not a sound Word file"),
        (changed(GOOD, "word/styles.xml", OUTSIDE), "a.docx", "not a sound Word file"),
        (changed(GOOD, "word/document.xml", DEEP), "a.docx", "not a sound Word file"),
    ],
)  # fmt: skip
def test_what_is_no_sound_word_file_is_refused_in_words(office, client, data, name, words):
    client.force_login(office.people["clerk"])
    answer = post(client, data, name)
    assert answer.status_code == 422
    assert words in answer.text
    assert "root:" not in answer.text
    assert "findings" not in answer.context


def test_no_file_and_one_too_large_are_refused_in_words(office, client, settings):
    client.force_login(office.people["clerk"])
    answer = client.post(reverse(PAGE))
    assert (answer.status_code, "This field is required." in answer.text) == (422, True)
    settings.MAX_UPLOAD_BYTES = 1024
    answer = post(client, GOOD)
    assert answer.status_code == 422
    assert "This file is larger than" in answer.text


def written(paragraphs, data=GOOD):
    """The file with so many paragraphs for its text."""
    body = "<w:p><w:r><w:t>一</w:t></w:r></w:p>" * paragraphs
    text = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return changed(data, "word/document.xml", text)


def test_a_file_of_endless_paragraphs_is_refused(office, client):
    long = written(docx_reading.PARAGRAPHS + 1)
    client.force_login(office.people["clerk"])
    answer = post(client, long)
    assert answer.status_code == 422
    assert "too long or too involved" in answer.text


def test_a_file_that_keeps_its_reader_busy_is_stopped(office, client, monkeypatch):
    busy = [sys.executable, "-c", "while True: pass"]
    run = subprocess.run
    monkeypatch.setattr(format_check, "SECONDS", 0.5)
    monkeypatch.setattr(format_check.subprocess, "run", lambda args, **more: run(busy, **more))
    client.force_login(office.people["clerk"])
    begun = time.monotonic()
    answer = post(client, GOOD)
    assert answer.status_code == 422
    assert "too long or too involved" in answer.text
    assert time.monotonic() - begun < 10


def test_the_process_apart_may_take_only_so_much_of_memory_and_processor():
    code = (
        "import resource, documents.paper.docx_apart as apart; apart.main('/dev/null');"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == [str(docx_apart.MEMORY), str(docx_apart.SECONDS)]


def test_a_style_that_is_searched_again_for_every_paragraph_is_stopped(office, client, monkeypatch):
    monkeypatch.setattr(format_check, "SECONDS", 3)
    style = '<w:style w:type="paragraph" w:default="1" w:styleId="a">' + "<w:x/>" * 300_000
    styles = f"<w:styles {W}>{style}</w:style></w:styles>"
    hostile = written(15_000, changed(GOOD, "word/styles.xml", styles))
    client.force_login(office.people["clerk"])
    begun = time.monotonic()
    assert "too long or too involved" in post(client, hostile).text
    assert time.monotonic() - begun < 15


def test_it_is_in_the_navigation_of_drafters_and_linked_from_the_draft(office, client):
    link = f'href="{reverse(PAGE)}"'
    for who, there in (
        ("clerk", True),
        ("groupliaison1", True),
        ("deputy", False),
        ("auditor", False),
    ):
        client.force_login(office.people[who])
        assert (link in client.get("/").text) == there, who
    client.force_login(office.people["clerk"])
    assert client.get(reverse("papers:new")).text.count(link) == 2  # navigation and form


def test_the_preliminary_review_checks_an_attachment_in_place(office, client):
    word = attached(office, render_docx(ODD))
    document = word.document
    other = storage.keep(upload(b"text", "a.txt"), office.people["clerk"])
    plain = Attachment.objects.create(document=document, file=other)
    client.force_login(office.people["clerk"])
    url = reverse(OF_ATTACHMENT, args=[document.pk, word.pk])
    step = reverse("documents:step", args=[document.pk, "pass_review"])
    text = client.get(step).text
    assert url in text
    assert reverse(OF_ATTACHMENT, args=[document.pk, plain.pk]) not in text
    back = reverse("documents:step", args=[document.pk, "return_to_sender"])
    assert url not in client.get(back).text
    answer = client.get(url)
    assert [finding.clause for finding in answer.context["findings"]] == ["7.2.5"]
    assert document.get_absolute_url() in answer.text
    read = AuditEntry.objects.get(event="format_checked")
    assert (read.person, read.subject) == (office.people["clerk"], word.file.name)
    assert client.get(reverse(OF_ATTACHMENT, args=[document.pk, plain.pk])).status_code == 404
    another = office.register()
    assert client.get(reverse(OF_ATTACHMENT, args=[another.pk, word.pk])).status_code == 404
    client.force_login(office.liaison("justice"))
    assert client.get(url).status_code == 404


def test_an_attachment_that_is_no_sound_word_file_is_told_so(office, client):
    word = attached(office, changed(GOOD, "word/document.xml", LOLS))
    client.force_login(office.people["clerk"])
    answer = client.get(reverse(OF_ATTACHMENT, args=[word.document_id, word.pk]))
    assert answer.status_code == 422
    assert "not a sound Word file" in answer.text
