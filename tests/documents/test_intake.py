"""Registering from an e-mail or a scan, several transferred in one act, labels."""

import base64
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
    message["From"] = headers.pop("sender", "某数据公司 <office@data.example>")
    for name, value in headers.items():
        message[name] = value
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return SimpleUploadedFile("a.eml", message.as_bytes())


def test_a_scans_text_layer_offers_title_and_number(office):
    offered = intake.read(pdf(), office.people["clerk"])
    assert offered.fields == {
        "sender_number": "启政办〔2026〕18号",
        "title": "启东市人民政府办公室关于印发政务服务事项清单的通知",
        "kind": "notice",
        "sender": office.unit("government_office").pk,
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
    assert answer.status_code in (200, 422)
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
    assert offered.fields["sender_name"] == "某数据公司"
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
    assert answer.status_code in (200, 422)
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


def raw(subject=b"Subject: x", body=b"text", kind=b"text/plain; charset=utf-8", more=b""):
    head = subject + b"\nFrom: a@b.example\n" + more + b"MIME-Version: 1.0\nContent-Type: " + kind
    return SimpleUploadedFile("a.eml", head + b"\n\n" + body)


MARKED_UP = (
    "<html><head><style>p{}</style></head><body><p>现将<b>有关</b>情况函告如下。</p>"
    "<script>alert(1)</script><p>见通数〔2026〕7号。{mark}</p></body></html>"
)


def test_an_e_mail_of_html_alone_is_read_as_text(office):
    page = MARKED_UP.replace("{mark}", "").encode()
    offered = intake.read(raw(body=page, kind=b"text/html; charset=utf-8"), office.people["clerk"])
    assert offered.fields["remarks"] == "现将有关情况函告如下。\n见通数〔2026〕7号。"
    assert offered.fields["sender_number"] == "通数〔2026〕7号"


def test_a_mark_of_secrecy_in_html_or_in_an_attached_scan_keeps_everything_out(office):
    page = MARKED_UP.replace("{mark}", "<span>秘密<i>★</i>1年</span>").encode()
    marked = mail(files=[("附件.txt", b"x"), ("密.pdf", pdf("<p>机密★1年</p>").read())])
    both = EmailMessage()
    both["Subject"] = "函"
    both.set_content("见网页版。")
    both.add_alternative(page.decode(), subtype="html")
    for upload in (
        raw(body=page, kind=b"text/html; charset=utf-8"),
        marked,
        SimpleUploadedFile("a.eml", both.as_bytes()),
    ):
        with pytest.raises(ValidationError, match="mark of secrecy"):
            intake.read(upload, office.people["clerk"])
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Subject: 关于数据共享的函".encode("gbk"), "关于数据共享的函"),
        ("Subject: 关于数据共享的函".encode(), "关于数据共享的函"),
        (b"Subject: =?gb2312?B?" + base64.b64encode("镕基".encode("gbk")) + b"?=", "镕基"),
        (b"Subject: =?utf-8?B?/////w==?=", None),
    ],
)
def test_letters_of_a_subject_are_told_or_not_offered(office, subject, title):
    offered = intake.read(raw(subject), office.people["clerk"])
    assert (offered.fields["title"] or None) == title


def test_kind_sender_and_day_are_offered_from_what_the_mail_says(office):
    upload = mail(
        subject="关于增加编制的请示",
        sender="市 财政局 <a@b.example>",
        Date="Mon, 02 Mar 2026 09:30:00 +0800",
    )
    fields = intake.read(upload, office.people["clerk"]).fields
    assert fields["kind"] == "request_for_instructions"
    assert fields["sender"] == office.unit("finance").pk
    assert "sender_name" not in fields
    assert (
        timezone.localtime(fields["received_at"]).strftime("%Y-%m-%d %H:%M") == "2026-03-02 09:30"
    )


@pytest.mark.parametrize("date", ["Mon, 02 Mar 2099 09:30:00 +0800", "gestern", ""])
def test_a_day_still_to_come_or_unreadable_is_not_offered(office, date):
    fields = intake.read(mail(Date=date), office.people["clerk"]).fields
    assert "received_at" not in fields


def test_the_e_mail_itself_is_kept_unless_a_part_of_it_was_refused(office, client):
    clerk = office.people["clerk"]
    upload = mail(files=[("附件.txt", b"x")])
    content = upload.read()
    upload.seek(0)
    kept = intake.read(upload, clerk).kept
    assert [(file.name, file.media_type) for file in kept] == [
        ("附件.txt", "text/plain"),
        ("a.eml", "message/rfc822"),
    ]
    document = office.register()
    attachment = Attachment.objects.create(document=document, file=kept[1])
    client.force_login(clerk)
    answer = client.get(reverse("documents:download", args=[document.pk, attachment.pk]))
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment")
    refused = intake.read(mail(files=[("坏.exe", b"MZ")]), clerk)
    assert refused.kept == []


def test_reading_in_loses_nothing_that_was_typed(office, client):
    client.force_login(office.people["clerk"])
    url = reverse("documents:from_file")
    page = client.get(reverse("documents:new"))
    opened = re.search(r'name="opened_at" value="([^"]+)"', page.content.decode()).group(1)
    typed = {
        "title": "我写的标题",
        "remarks": "",
        "contact": "张三",
        "copies": "3",
        "kind": "report",
        "urgency": "urgent",
        "received_at": opened,
        "opened_at": opened,
        "secrecy": "none",
        "files": SimpleUploadedFile("先附的.txt", b"first"),
    }
    sent = "Mon, 02 Mar 2026 09:30:00 +0800"
    answer = client.post(url, typed | {"paper": mail(Date=sent)})
    form = answer.context["form"]
    shown = {name: form[name].value() for name in ("title", "contact", "copies", "urgency", "kind")}
    assert shown == {
        "title": "我写的标题",
        "contact": "张三",
        "copies": "3",
        "urgency": "urgent",
        "kind": "letter",
    }
    assert form["remarks"].value() == "请查收，见通数〔2026〕7号。"
    assert str(form["received_at"].value()) == "2026-03-02 09:30:00"
    assert {file.name for file in answer.context["kept"]} == {"先附的.txt", "a.eml"}
    typed |= {"received_at": "2026-01-05T08:00", "files": SimpleUploadedFile("b.txt", b"b")}
    answer = client.post(url, typed | {"paper": SimpleUploadedFile("a.docx", b"PK")})
    assert answer.status_code == 422
    page = answer.content.decode()
    for kept in ("我写的标题", "张三", "2026-01-05T08:00", "b.txt", "Choose an e-mail"):
        assert kept in page


def test_of_a_paper_ticked_as_classified_nothing_is_read_or_stored(office, client):
    client.force_login(office.people["clerk"])
    data = {"secrecy": "secret", "paper": mail(), "files": SimpleUploadedFile("a.txt", b"x")}
    answer = client.post(reverse("documents:from_file"), data)
    assert "Classified papers may not enter" in answer.content.decode()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("name", ["files", "paper"])
def test_an_e_mail_that_was_only_attached_is_pointed_to_reading_in(office, client, name):
    client.force_login(office.people["clerk"])
    answer = client.post(reverse("documents:new"), {name: mail()})
    assert answer.status_code == 422
    assert "have it read in beside this form" in answer.content.decode()


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
