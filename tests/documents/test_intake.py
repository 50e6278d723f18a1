"""Registering from an e-mail or a scan, several transferred in one act, labels."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from weasyprint import HTML

from coordination import storage
from coordination.models import StoredFile, Transition
from documents import actions, intake
from documents.models import Attachment, IncomingDocument

pytestmark = pytest.mark.django_db
PAGE = """<p>启政办〔2026〕18号</p><h1>启东市人民政府办公室关于印发<br>政务服务事项清单的通知</h1>
<p>各镇人民政府：</p><p>现将清单印发给你们。</p>"""


def pdf(html=PAGE, name="扫描件.pdf"):
    return SimpleUploadedFile(name, HTML(string=html).write_pdf(), "application/pdf")


def mail(
    subject="关于报送数据共享需求的函", text="请查收，见通数〔2026〕7号。", files=(), **headers
):
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = headers.get("sender", "市数据局 <office@data.example>")
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return SimpleUploadedFile("a.eml", message.as_bytes())


def test_a_scans_text_layer_offers_title_and_number(office):
    offered = intake.read(pdf(), office.people["clerk"])
    assert offered.fields == {
        "sender_number": "启政办〔2026〕18号",
        "title": "启东市人民政府办公室关于印发政务服务事项清单的通知",
    }
    assert [file.name for file in offered.kept] == ["扫描件.pdf"]


HEAD = b"Subject: =?utf-8?b?5Ye9?=\r\nFrom: a@data.example\r\n"


def nested(depth):
    """Multiparts in multiparts."""
    head = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    return HEAD + head + b"\r\nx"


@pytest.mark.parametrize(
    "data",
    [
        b"Subject: x\r\nFrom: " + b"(" * 3000 + b"\r\n\r\nx",
        nested(2000),
        HEAD + b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800 x",
        HEAD + b"Content-Type: text/plain; charset=hex\r\n\r\n00",
        HEAD + b"Content-Type: text/plain; charset=nonsense\r\n\r\nx",
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx"
        + b"\r\n--b\r\nContent-Type: text/plain; charset=unicode_escape\r\n"
        + b"Content-Disposition: attachment; filename=..\r\n\r\n\\ud800\r\n--b--\r\n",
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx"
        + b"\r\n--b\r\nContent-Type: message/rfc822\r\n"
        + b"Content-Disposition: attachment; filename=a.txt\r\n\r\nSubject: y\r\n\r\nz\r\n--b--\r\n",
    ],
    ids=["comments", "nesting", "escapes", "hex", "charset", "attachment", "mail"],
)
def test_a_mail_made_to_break_readers_is_read_or_refused_in_words(office, client, data):
    client.force_login(office.people["clerk"])
    upload = SimpleUploadedFile("a.eml", data)
    answer = client.post(reverse("documents:from_file"), {"paper": upload}, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "cannot be read" in page or "Check every field" in page


def test_an_attached_text_is_kept_byte_for_byte(office):
    data = HEAD + (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nx"
        b"\r\n--b\r\nContent-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename=a.txt\r\n\r\n1tA=\r\n--b--\r\n"
    )
    offered = intake.read(SimpleUploadedFile("a.eml", data), office.people["clerk"])
    assert storage.path_of(offered.kept[0].sha256).read_bytes() == "中".encode("gb18030")


def test_a_scan_without_text_is_kept_and_says_so(office):
    offered = intake.read(pdf("<p></p>"), office.people["clerk"])
    assert (offered.fields, len(offered.kept), len(offered.refused)) == ({}, 1, 1)


def test_an_e_mail_offers_subject_sender_words_and_attachments(office):
    files = [("附件.txt", "内容".encode()), ("坏.exe", b"MZ\x90"), ("../../x.txt", b"path")]
    offered = intake.read(mail(files=files), office.people["clerk"])
    assert offered.fields["title"] == "关于报送数据共享需求的函"
    assert offered.fields["sender_name"] == "市数据局"
    assert offered.fields["contact"] == "office@data.example"
    assert offered.fields["sender_number"] == "通数〔2026〕7号"
    assert [file.name for file in offered.kept] == ["附件.txt", "x.txt"]
    assert len(offered.refused) == 1
    assert "exe" in offered.refused[0]


@pytest.mark.parametrize(
    "upload",
    [
        lambda: mail(subject="机密★1年 关于某事的通知"),
        lambda: pdf("<p>秘密★1年</p><h1>关于某事的通知</h1>"),
    ],
)
def test_a_paper_with_a_mark_of_secrecy_leaves_nothing(office, upload):
    with pytest.raises(ValidationError, match="mark of secrecy"):
        intake.read(upload(), office.people["clerk"])
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("a.docx", b"PK"),
        SimpleUploadedFile("a.eml", b""),
        SimpleUploadedFile("a.eml", b"\x00\xff\xfe no mail at all"),
        SimpleUploadedFile("a.pdf", b"%PDF-1.4 broken"),
        SimpleUploadedFile("a.pdf", b""),
        SimpleUploadedFile(
            "a.eml", b"Subject: =?utf-8?b?////?=\nContent-Type: text/plain; charset=nope\n\nx"
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(office, upload, client):
    client.force_login(office.people["clerk"])
    answer = client.post(reverse("documents:from_file"), {"paper": upload}, follow=True)
    assert answer.status_code == 200
    assert (
        "alert-warning" in answer.content.decode() or "Check every field" in answer.content.decode()
    )
    assert not IncomingDocument.objects.exists()


def test_from_file_to_registration_in_the_pages(office, client):
    client.force_login(office.people["clerk"])
    answer = client.post(reverse("documents:from_file"), {"paper": pdf()})
    page = answer.content.decode()
    assert "关于印发政务服务事项清单的通知" in page
    kept = re.search(r'name="kept_files" value="(\d+)"', page).group(1)
    data = {
        "title": "启东市人民政府办公室关于印发政务服务事项清单的通知",
        "sender": office.unit("government_office").pk,
        "kind": "notice",
        "received_at": "2026-11-02 09:00",
        "copies": 1,
        "urgency": "ordinary",
        "secrecy": "none",
        "kept_files": kept,
    }
    assert client.post(reverse("documents:new"), data).status_code == 302
    assert IncomingDocument.objects.get().attachments.get().file.name == "扫描件.pdf"


def ticked(documents):
    return {
        "documents": [document.pk for document in documents],
        "seen": [f"{document.pk}:{document.content_digest()}" for document in documents],
    }


def test_the_page_of_several_carries_what_each_document_held(office, client):
    documents = [office.reviewed() for _ in range(2)]
    file = storage.keep(SimpleUploadedFile("a.txt", b"x"), office.people["clerk"])
    Attachment.objects.create(document=documents[0], file=file)
    client.force_login(office.people["clerk"])
    page = client.get(reverse("documents:transfer_many")).content.decode()
    for document in documents:
        assert f'value="{document.pk}:{document.content_digest()}"' in page


@pytest.mark.parametrize("seen", ["old", "none", "junk"])
def test_one_changed_meanwhile_is_named_and_nothing_goes(office, client, seen):
    documents = [office.reviewed() for _ in range(3)]
    data = ticked(documents) | {"lead": office.unit("finance").pk}
    changed = documents[1]
    actions.correct_registration(
        changed, person=office.people["clerk2"], data={"title": "改正后的标题"}, reason="标题有误"
    )
    if seen != "old":
        data["seen"] = [
            data["seen"][0],
            data["seen"][2],
            *(["x", f"{changed.pk}:"] if seen == "junk" else []),
        ]
    client.force_login(office.people["clerk"])
    url = reverse("documents:transfer_many")
    answer = client.post(url, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"{changed.register_number}: The content was changed since you opened it" in page
    assert f"{documents[0].register_number}: " not in page
    assert page.count(" checked") == 3
    assert {office.fresh(document).state for document in documents} == {"to_propose"}
    assert (
        client.post(
            url, data | ticked([office.fresh(document) for document in documents])
        ).status_code
        == 302
    )


def test_a_faster_colleague_is_told_of_by_register_number(office, client):
    documents = [office.reviewed() for _ in range(2)]
    data = ticked(documents) | {"lead": office.unit("finance").pk}
    office.step(documents[0], "transfer", "clerk2", **office.assignment("health"))
    client.force_login(office.people["clerk"])
    answer = client.post(reverse("documents:transfer_many"), data)
    page = answer.content.decode()
    assert f"{documents[0].register_number}: Not possible any more" in page
    assert page.count(" checked") == 1
    assert office.fresh(documents[1]).state == "to_propose"


def test_what_is_wrong_with_the_handlers_is_said_once_and_of_no_document(office, client):
    documents = [office.reviewed() for _ in range(2)]
    finance = office.unit("finance").pk
    client.force_login(office.people["clerk"])
    data = ticked(documents) | {"lead": finance, "co_handlers": [finance]}
    answer = client.post(reverse("documents:transfer_many"), data)
    page = answer.content.decode()
    assert "cannot be a co-handler too" in page
    assert f"{documents[0].register_number}: " not in page


def test_an_hour_counts_for_the_urgent_among_several(office, client):
    documents = [office.reviewed(), office.reviewed(urgency="urgent")]
    client.force_login(office.people["clerk"])
    hour = timezone.localtime() + timedelta(days=30)
    data = ticked(documents) | {
        "lead": office.unit("finance").pk,
        "limit_at": hour.strftime("%Y-%m-%dT%H:%M"),
    }
    assert client.post(reverse("documents:transfer_many"), data).status_code == 302
    plain, urgent = (office.fresh(document).main_duty for document in documents)
    assert (plain.working_days, plain.due_at) == (7, None)
    assert urgent.working_days is None


def test_several_are_transferred_in_one_act_and_each_is_its_own_record(office, client):
    documents = [office.reviewed() for _ in range(3)]
    client.force_login(office.people["clerk"])
    url = reverse("documents:transfer_many")
    page = client.get(url).content.decode()
    assert all(document.title in page for document in documents)
    data = ticked(documents[:2]) | {"lead": office.unit("finance").pk}
    answer = client.post(url, data | {"documents": []})
    assert "Tick at least one" in answer.content.decode()
    answer = client.post(url, data, follow=True)
    for document in documents[:2]:
        assert f"{document.register_number}: with 市财政局" in answer.content.decode()
    states = [office.fresh(document).state for document in documents]
    assert states == ["in_handling", "in_handling", "to_propose"]
    assert Transition.objects.filter(action="transfer").count() == 2
    duties = {office.fresh(document).main_duty_id for document in documents[:2]}
    assert len(duties) == 2


def test_all_are_transferred_or_none(office, client):
    documents = [office.reviewed(), office.reviewed(urgency="urgent")]
    client.force_login(office.people["clerk"])
    data = ticked(documents) | {"lead": office.unit("finance").pk}
    answer = client.post(reverse("documents:transfer_many"), data | {"opinion": "请一并办理"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert documents[1].register_number in page
    assert "请一并办理" in page
    assert page.count("checked") >= 2
    assert {office.fresh(document).state for document in documents} == {"to_propose"}


def test_the_label_opens_the_record_at_the_product_s_own_address(office, client, settings):
    document = office.transferred()
    client.force_login(office.people["clerk"])
    page = client.get(reverse("documents:paper_label", args=[document.pk])).content.decode()
    assert document.register_number in page
    code = client.get(reverse("documents:paper_label_code", args=[document.pk]))
    assert code["Content-Type"] == "image/svg+xml"
    assert b"<svg" in code.content
    settings.ALLOWED_HOSTS = ["*"]
    url = reverse("documents:paper_label_code", args=[document.pk])
    assert client.get(url, headers={"host": "other.example"}).content == code.content
    settings.SITE_URL = "https://office.example"
    assert client.get(url).content != code.content
    client.force_login(office.liaison("health"))
    assert client.get(reverse("documents:paper_label_code", args=[document.pk])).status_code == 404


def test_whoever_only_reads_is_not_offered_to_print(office, client):
    document = office.reviewed()
    office.step(document, "circulate", opinion="参考", seats=[office.seat("legal")])
    client.force_login(office.people["legal"])
    page = client.get(document.get_absolute_url()).content.decode()
    assert "Processing sheet" not in page
    client.force_login(office.people["clerk"])
    assert "Processing sheet" in client.get(document.get_absolute_url()).content.decode()
