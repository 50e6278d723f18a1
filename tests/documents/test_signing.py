"""Issued PDFs under the office's certificate (PAdES B-B), and how any PDF's signatures are judged."""

import datetime as dt
import hashlib
import logging
import subprocess
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader, PdfWriter

from coordination import jobs, storage
from coordination.models import Job, Notice, StoredFile
from documents.models import IssuedCopy
from documents.outgoing import sealing
from documents.paper import samples
from documents.paper.pdf import render_pdf
from documents.signing import apply, certificate, verifying

from .certificates import PASSPHRASE, chain, sign_anyhow

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def plain():
    """A PDF as the product prints it."""
    return render_pdf(samples.document())


@pytest.fixture
def held(settings, tmp_path):
    """The product set up with the office's certificate, trusted by its root."""
    return chain().install(settings, tmp_path)


def make(paper):
    """Have the worker make the PDF of the issue; whether it did."""
    return jobs.run(Job.objects.get(kind="issued_copy", params__paper=paper.pk).pk)


def content_of(paper) -> bytes:
    return storage.path_of(paper.issued_copy.sha256).read_bytes()


def judged(content, tmp_path, moment=None):
    path = tmp_path / "judged.pdf"
    path.write_bytes(content)
    return verifying.signatures_of(path, moment)


def tampered(content: bytes) -> bytes:
    """With one byte changed that the signature covers: in the first page's stream."""
    place = content.index(b"stream\n") + 20
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def appended(content: bytes) -> bytes:
    """With an incremental update after the signature: the first page stands on its side."""
    writer = PdfWriter(BytesIO(content), incremental=True)
    writer.pages[0].rotate(90)
    out = BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(content)
    return out.getvalue()


def test_the_issued_pdf_is_signed_once_and_kept_as_it_was_signed(held, papers, tmp_path):
    paper = papers.issued()
    assert make(paper)
    content = content_of(paper)
    assert paper.issued_copy.sha256 == hashlib.sha256(content).hexdigest()
    (found,) = judged(content, tmp_path)
    assert found.is_sound
    assert found.trusted is True
    assert found.was_valid_then
    assert found.subject == "协调小组办公室, 启东市, CN"
    assert found.issuer == "中级证书, 启东市, CN"
    assert found.reason == f"印发 {paper.document_number}"
    assert abs(found.claimed_at - timezone.now()) < dt.timedelta(minutes=5)
    Job.objects.filter(kind="issued_copy").update(status="queued")
    assert make(paper)
    assert content_of(paper) == content
    assert IssuedCopy.objects.count() == 1


def test_another_program_finds_the_same_signature(held, plain, tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(apply.sign(plain, certificate.load(), reason="印发"))
    said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, check=True).stdout
    assert b"Signature is Valid" in said
    assert b"ETSI.CAdES.detached" in said
    assert b"Total document signed" in said


def test_a_signed_pdf_is_the_archive_pdf_with_an_invisible_signature_after_it(held, plain):
    """What PDF/A-2 asks of a signature (ISO 19005-2, 6.3.3 and 6.4), as far as it can be read."""
    signed = apply.sign(plain, certificate.load(), reason="印发")
    assert signed.startswith(plain)
    before, after = PdfReader(BytesIO(plain)), PdfReader(BytesIO(signed))
    metadata = [one.trailer["/Root"]["/Metadata"].get_data() for one in (before, after)]
    assert metadata[0] == metadata[1]
    assert b"pdfaid" in metadata[1]
    assert before.metadata == after.metadata
    assert before.trailer["/ID"][0] == after.trailer["/ID"][0]
    assert after.trailer["/Root"]["/OutputIntents"]
    form = after.trailer["/Root"]["/AcroForm"]
    assert "/NeedAppearances" not in form
    (widget,) = (one.get_object() for one in form["/Fields"])
    assert [float(one) for one in widget["/Rect"]] == [0, 0, 0, 0]
    assert widget["/F"] & 0b100111 == 0b100  # printed; not hidden, invisible, without a view
    assert not {"/A", "/AA"} & set(widget)
    assert [page.extract_text() for page in before.pages] == [
        page.extract_text() for page in after.pages
    ]


def test_a_changed_byte_is_told(held, plain, tmp_path):
    signed = apply.sign(plain, certificate.load(), reason="印发")
    (found,) = judged(tampered(signed), tmp_path)
    assert not found.intact
    assert not found.is_sound


@pytest.mark.parametrize("more", [appended, lambda content: content + b"\n% more"])
def test_what_was_added_after_the_signature_is_told(held, plain, tmp_path, more):
    signed = apply.sign(plain, certificate.load(), reason="印发")
    (found,) = judged(more(signed), tmp_path)
    assert found.intact
    assert not found.whole
    assert not found.is_sound


def signature_in(content: bytes) -> tuple[int, int]:
    """Where the signature's own bytes stand."""
    begin = content.index(b"/Contents <") + 11
    return begin, content.index(b">", begin)


def test_the_signature_of_another_file_put_into_this_one_is_broken(held, plain, tmp_path):
    signed = apply.sign(plain, certificate.load(), reason="印发")
    begin, end = signature_in(signed)
    for _ in range(200):  # a signature differs by a byte or two in length from time to time
        other = apply.sign(plain, certificate.load(), reason="另件")
        begun, ended = signature_in(other)
        if ended - begun == end - begin:
            break
    forged = signed[:begin] + other[begun:ended] + signed[end:]
    assert len(forged) == len(signed)
    (found,) = judged(forged, tmp_path)
    assert not found.intact
    assert not found.is_sound


def test_an_unknown_root_is_not_trusted_and_no_root_is_no_judgement(
    held, plain, tmp_path, settings
):
    stranger = sign_anyhow(plain, chain(common="协调小组办公室").archive)
    (found,) = judged(stranger, tmp_path)
    assert found.is_sound
    assert found.trusted is False
    settings.SIGNING_TRUST_ROOTS = ""
    (found,) = judged(stranger, tmp_path)
    assert found.trusted is None


@pytest.mark.parametrize("uses", [("key_encipherment",), ("key_cert_sign",)])
def test_a_certificate_not_meant_for_signing_is_not_trusted(settings, plain, tmp_path, uses):
    made = chain(uses=uses).install(settings, tmp_path)
    (found,) = judged(sign_anyhow(plain, made.archive), tmp_path)
    assert found.trusted is False


def test_an_expired_certificate_is_told_and_not_trusted(settings, plain, tmp_path):
    made = chain(days=(-300, -1)).install(settings, tmp_path)
    (found,) = judged(sign_anyhow(plain, made.archive), tmp_path)
    assert found.is_sound
    assert not found.was_valid_then
    assert found.trusted is False


def test_our_own_copy_is_judged_as_of_the_day_it_was_made(held, papers, client, office):
    paper = papers.issued()
    make(paper)
    content = content_of(paper)
    client.force_login(office.people["clerk"])
    with time_machine.travel(timezone.now() + dt.timedelta(days=900)):
        client.force_login(office.people["clerk"])
        page = post(client, content)
        assert "The certificate is trusted" in page
        assert "issued as" in page
        assert "The certificate is not trusted" in post(client, content + b"\n")


def post(client, content):
    file = SimpleUploadedFile("a.pdf", content)
    return client.post(reverse("papers:verify"), {"file": file}).text


SAYS = {
    "sound": (lambda content: content, ["issued as", "covers the whole file", "certificate is trusted"]),
    "tampered": (tampered, ["No issued paper", "signature is broken", "Do not rely"]),
    "appended": (appended, ["No issued paper", "Something was added", "do not rely"]),
}  # fmt: skip


@pytest.mark.parametrize("case", SAYS)
def test_the_page_says_what_the_signature_is_worth(held, papers, client, office, case):
    paper = papers.issued()
    make(paper)
    client.force_login(office.people["clerk"])
    change, words = SAYS[case]
    page = post(client, change(content_of(paper)))
    for said in [*words, "协调小组办公室", "no time stamp", "no legal electronic seal"]:
        assert said in page, said
    assert ("certificate is" in page) == (case != "tampered")  # broken, it is judged no further
    assert PASSPHRASE not in page


def test_without_a_certificate_all_is_as_it_was(papers, client, office):
    paper = papers.issued()
    assert make(paper)
    assert content_of(paper) == sealing.as_pdf(papers.fresh(paper))
    client.force_login(office.people["clerk"])
    page = post(client, content_of(paper))
    assert "It bears no electronic signature." in page
    assert "issued as" in page


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 /ByteRange", b"/ByteRange", b"%PDF-1.7\n" + b"/ByteRange[0 1 2 3]" * 999]
)
def test_what_is_no_pdf_is_said_to_be_none(client, office, content):
    client.force_login(office.people["clerk"])
    page = post(client, content)
    assert "cannot be read as a PDF" in page
    assert "No issued paper" in page


# A certificate that cannot sign: what the command says of it, and what becomes of an issue -----
def wrong(case, settings, folder):
    """Set the product up with a certificate that cannot sign."""
    if case in ("expired", "not yet"):
        chain(days=(-300, -1) if case == "expired" else (1, 300)).install(settings, folder)
        return
    uses = {"usage": ("key_encipherment",), "no usage": ()}.get(case, ("digital_signature",))
    chain(uses=uses).install(
        settings, folder, passphrase="x" if case == "passphrase" else PASSPHRASE
    )
    if case == "missing":
        Path(settings.SIGNING_PKCS12).unlink()
    if case == "no archive":
        Path(settings.SIGNING_PKCS12).write_bytes(b"%PDF-1.7")
    if case == "no passphrase file":
        Path(settings.SIGNING_PASSPHRASE_FILE).unlink()


WRONG = {
    "missing": ("E001", "cannot be read"),
    "no archive": ("E001", "no PKCS#12 file"),
    "passphrase": ("E001", "passphrase does not open"),
    "no passphrase file": ("E001", "cannot be read"),
    "usage": ("E001", "digital signature among its key usages"),
    "no usage": ("E001", "digital signature among its key usages"),
    "expired": ("W001", "expired on"),
    "not yet": ("W001", "not valid before"),
}


@pytest.mark.parametrize("case", WRONG)
def test_check_tells_of_a_certificate_that_cannot_sign(settings, tmp_path, case):
    wrong(case, settings, tmp_path)
    (found,) = certificate.check()
    identity, words = WRONG[case]
    assert found.id == f"documents.{identity}"
    assert words in found.msg
    assert PASSPHRASE not in str(found)


def test_check_is_asked_by_the_command(settings, tmp_path):
    wrong("passphrase", settings, tmp_path)
    with pytest.raises(SystemCheckError, match=r"documents\.E001"):
        call_command("check")
    chain().install(settings, tmp_path)
    call_command("check", stdout=StringIO())


def test_check_warns_before_a_certificate_expires_and_of_files_open_to_all(settings, tmp_path):
    chain(days=(-10, 20)).install(settings, tmp_path)
    Path(settings.SIGNING_PASSPHRASE_FILE).chmod(0o644)
    found = certificate.check()
    assert [one.id for one in found] == ["documents.W001", "documents.W002"]
    assert "19 days" in found[0].msg


def test_check_tells_of_roots_that_are_none(settings, tmp_path):
    chain().install(settings, tmp_path)
    Path(settings.SIGNING_TRUST_ROOTS).write_text("nothing")
    assert [one.id for one in certificate.check()] == ["documents.E002"]
    settings.SIGNING_PKCS12 = settings.SIGNING_TRUST_ROOTS = ""
    assert certificate.check() == []


@pytest.mark.parametrize("case", ["missing", "passphrase", "usage", "expired"])
def test_an_issue_that_cannot_be_signed_fails_visibly_and_is_tried_again(
    settings, tmp_path, papers, office, client, caplog, case
):
    wrong(case, settings, tmp_path)
    paper = papers.issued()
    files = StoredFile.objects.count()
    caplog.set_level(logging.DEBUG)
    assert not make(paper)
    assert not IssuedCopy.objects.exists()
    assert StoredFile.objects.count() == files
    job = Job.objects.get(kind="issued_copy")
    assert job.status == Job.State.FAILED
    words = WRONG[case][1]
    client.force_login(office.people["clerk"])
    page = client.get(reverse("job", args=[job.pk])).text
    assert words in page
    assert "Start again" in page
    assert Notice.objects.get(code="job_not_ready", person=job.person).params["reason"] == job.error
    assert "not made yet" in client.get(reverse("papers:distribution", args=[paper.pk])).text
    assert PASSPHRASE not in caplog.text + page + job.error
    chain().install(settings, tmp_path)
    client.post(reverse("job", args=[job.pk]))
    assert make(paper)
    assert judged(content_of(paper), tmp_path)[0].trusted is True


def test_the_archive_holds_the_very_copy_that_was_issued(held, papers, files, office, today):
    paper = papers.issued()
    assert make(paper)
    files.file(files.signed_for(paper), "D30")
    params = {"year": today.year, "retention": "", "title": "x"}
    job = jobs.enqueue("filing_package", params, office.people["clerk"])
    assert jobs.run(job.pk)
    job.refresh_from_db()
    with zipfile.ZipFile(storage.path_of(job.result.sha256)) as package:
        (name,) = [one for one in package.namelist() if one.endswith("01-正本.pdf")]
        assert package.read(name) == content_of(paper)


def test_another_of_the_office_has_the_copy_made(settings, tmp_path, papers, office, client):
    wrong("expired", settings, tmp_path)
    paper = papers.issued()
    make(paper)
    chain().install(settings, tmp_path)
    client.force_login(office.people["director"])
    done = client.post(reverse("papers:issued_pdf", args=[paper.pk]))
    assert done.status_code == 302
    job = Job.objects.latest("pk")
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert paper.issued_copy.sha256 == job.result.sha256
    assert "not made yet" not in client.get(reverse("papers:distribution", args=[paper.pk])).text


def test_what_is_not_issued_has_no_issued_pdf(held, papers, office):
    paper = papers.sealed()
    job = jobs.enqueue("issued_copy", {"paper": paper.pk}, office.people["clerk"])
    assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == (Job.State.REFUSED, "This paper is not issued yet.")
    assert not IssuedCopy.objects.exists()


def test_who_signed_is_read_without_secrets_or_network(held, plain, tmp_path, monkeypatch):
    """The reader is a process of its own that inherits nothing of what the web process knows."""
    monkeypatch.setenv("SIGNING_PASSPHRASE", PASSPHRASE)
    given = {}
    run = subprocess.run

    def watched(args, **kwargs):
        given.update(kwargs["env"])
        return run(args, **kwargs)

    monkeypatch.setattr(verifying.subprocess, "run", watched)
    assert judged(apply.sign(plain, certificate.load(), reason="印发"), tmp_path)
    assert "SIGNING_PASSPHRASE" not in given


def test_the_certificate_does_not_show_its_passphrase(held):
    loaded = certificate.load()
    assert PASSPHRASE not in repr(loaded)
    assert str(loaded.archive[:8]) not in repr(loaded)


def test_the_page_is_in_chinese_too(held, papers, client, office):
    paper = papers.issued()
    make(paper)
    client.force_login(office.people["clerk"])
    with translation.override("zh-hans"):
        file = SimpleUploadedFile("a.pdf", content_of(paper))
        page = client.post(
            reverse("papers:verify"), {"file": file}, headers={"accept-language": "zh-hans"}
        ).text
    assert "电子签名" in page
    assert "不是法律意义上的电子印章" in page
