"""Pages: query budgets, what forms keep and refuse, what is said afterwards, side doors."""

import datetime as dt
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordination import calendars, extensions
from coordination.models import Draft, StoredFile
from documents.models import IncomingDocument
from documents.states import IncomingState as S
from tests.coordination.test_uploads import DOCX, PDF, package

pytestmark = pytest.mark.django_db
BUDGET = 12
HOME = 16  # one question for each kind of record that can wait for somebody


@pytest.fixture
def clerk(office, client):
    client.force_login(office.people["clerk"])
    return client


def form(**more):
    data = {
        "title": "关于数据共享需求的函",
        "sender_name": "某单位",
        "sender": "",
        "sender_number": "某函〔2026〕1号",
        "kind": "letter",
        "dated_on": "2026-01-05",
        "received_at": "2026-01-06T09:30",
        "copies": "1",
        "urgency": "ordinary",
        "secrecy": "none",
    }
    return data | more


def submit(client, url, data, **kwargs):
    """Open a step's form, then send it with what was opened."""
    seen = re.search(r'name="seen" value="(\w+)"', client.get(url).content.decode())[1]
    return client.post(url, data | {"seen": seen}, **kwargs)


def queries(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len([q for q in found.captured_queries if "SAVEPOINT" not in q["sql"]])


def test_a_page_costs_the_same_for_two_and_fourteen_rows(office, client):
    urls = ("/", "/incoming/", "/duties/", "/notices/", "/incoming/?lamp=red&q=营商")
    counts = []
    for extra in (2, 12):
        for _ in range(extra):
            office.transferred()
            office.reviewed()
        found = {}
        for person in (office.people["clerk"], office.liaison("market_regulation")):
            client.force_login(person)
            for url in urls:
                client.get(url)
                found[person.username, url] = queries(client, url)
        counts.append(found)
    assert counts[0] == counts[1]
    for (_who, url), count in counts[0].items():
        assert count <= (HOME if url == "/" else BUDGET), url


def test_the_detail_page_costs_the_same_for_two_and_fourteen_handlers(office, client):
    keys = [
        "finance",
        "health",
        "justice",
        "civil_affairs",
        "transport",
        "water",
        "agriculture",
        "commerce",
    ]
    keys += ["audit_office", "statistics", "veterans", "emergency", "taxation"]
    small, large = office.transferred(co=keys[:1]), office.transferred(co=keys)
    for login in ("clerk", "handler"):
        person = office.people["clerk"] if login == "clerk" else office.liaison("market_regulation")
        client.force_login(person)
        client.get(f"/incoming/{small.pk}/")
        counts = [queries(client, f"/incoming/{d.pk}/") for d in (small, large)]
        assert counts[0] == counts[1]
        assert counts[0] <= BUDGET


# Registration ------------------------------------------------------------------------------------
def test_a_document_is_registered_with_its_files(clerk, office):
    content = package(DOCX)
    upload = SimpleUploadedFile("../..\\报告\u202e.docx", content)
    answer = clerk.post("/incoming/new/", form(files=[upload]), follow=True)
    document = IncomingDocument.objects.get()
    assert answer.redirect_chain[0][0] == f"/incoming/{document.pk}/"
    assert (
        f"Registered as {document.register_number}. Next: the preliminary review."
        in answer.content.decode()
    )
    file = document.attachments.get().file
    assert (file.name, bool(file.claimed_at)) == ("报告.docx", True)
    download = clerk.get(f"/incoming/{document.pk}/files/{document.attachments.get().pk}/")
    assert download["Content-Disposition"].startswith("attachment")
    assert download["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in download["Content-Security-Policy"]
    assert b"".join(download.streaming_content) == content


def test_a_rejected_form_keeps_all_that_was_typed_files_included(clerk):
    sound, bad = SimpleUploadedFile("好.pdf", PDF), SimpleUploadedFile("坏.pdf", b"MZ")
    answer = clerk.post(
        "/incoming/new/", form(title="", contact="张三 83312345", files=[sound, bad])
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "张三 83312345" in page
    assert "坏.pdf: This is not a sound PDF file" in page
    kept = StoredFile.objects.get()
    assert f'name="kept_files" value="{kept.pk}" checked' in page
    clerk.post("/incoming/new/", form(kept_files=[kept.pk]))
    assert IncomingDocument.objects.get().attachments.get().file == kept


def test_nobody_takes_another_persons_upload(clerk, office, client):
    clerk.post("/incoming/new/", form(title="", files=[SimpleUploadedFile("a.pdf", PDF)]))
    stolen = StoredFile.objects.get()
    client.force_login(office.people["clerk2"])
    client.post("/incoming/new/", form(kept_files=[stolen.pk, "x", "9" * 40]))
    assert not IncomingDocument.objects.get().attachments.exists()


def test_a_probable_duplicate_is_warned_of_and_can_be_confirmed(clerk):
    clerk.post("/incoming/new/", form())
    page = clerk.post("/incoming/new/", form(title="另一个标题")).content.decode()
    assert "may be registered already" in page
    assert "另一个标题" in page
    assert IncomingDocument.objects.count() == 1
    clerk.post("/incoming/new/", form(title="另一个标题", duplicate_confirmed="on"))
    assert IncomingDocument.objects.count() == 2


@pytest.mark.parametrize("level", ["confidential", "secret", "top_secret"])
def test_classified_papers_are_refused_and_leave_nothing(clerk, office, level):
    Draft.objects.create(
        person=office.people["clerk"],
        key="incoming:new",
        data={"title": "x"},
        saved_at=timezone.now(),
    )
    upload = SimpleUploadedFile("密.pdf", PDF)
    answer = clerk.post("/incoming/new/", form(secrecy=level, files=[upload]))
    assert "confidential documents officer" in answer.content.decode()
    assert not IncomingDocument.objects.exists()
    assert not StoredFile.objects.exists()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("sender_name", "", "Choose the sender"),
        ("title", "甲" * 301, "at most 300"),
        ("dated_on", "2026-01-07", "cannot be dated after"),
        ("dated_on", "0001-01-01", "between 1949"),
        ("received_at", "2999-01-01T00:00", "between 1949"),
        ("received_at", "2199-01-01T00:00", "still to come"),
        ("received_at", "1949-10-01T00:00", "more than a year ago"),
        ("received_at", "yesterday", "valid date"),
        ("copies", "0", "greater than or equal to 1"),
        ("copies", "99999999999999999999", "less than or equal"),
        ("kind", "nonsense", "valid choice"),
        ("sender", "999999", "valid choice"),
        ("sender", "甲", "valid choice"),
        ("title", "\u202e\u200b", "required"),
    ],
)
def test_bad_input_is_refused_in_words(clerk, field, value, why):
    answer = clerk.post("/incoming/new/", form(**{field: value}))
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not IncomingDocument.objects.exists()


def test_a_draft_is_kept_while_typing_and_given_back(clerk, office):
    saved = clerk.post(
        "/drafts/incoming:new/", json.dumps({"title": "写到一半"}), content_type="application/json"
    )
    assert saved.status_code == 200
    assert "写到一半" in clerk.get("/incoming/new/").content.decode()
    clerk.post("/drafts/incoming:new/", {"discard": "1", "next": "//evil.example"})
    assert "写到一半" not in clerk.get("/incoming/new/").content.decode()
    for body in (
        "[1]",
        "nonsense",
        json.dumps({"a": "x" * 1_100_000}),
        json.dumps({"a": "\x00"}),
        json.dumps({"\x00": "a"}),
        '{"title": NaN}',
        '{"title": 1}',
        '{"title": null}',
        '{"title": {"a": "b"}}',
        '{"title": [["a"]]}',
        '{"title": "\\ud800"}',
        '{"title": ["a", "\\udfff"]}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"title": ' + "[" * 900 + "]" * 900 + "}",
    ):
        answer = clerk.post("/drafts/k/", body, content_type="application/json")
        assert answer.status_code in (400, 413)
    assert not Draft.objects.exists()


# Steps -------------------------------------------------------------------------------------------
def test_a_transfer_says_to_whom_and_until_when(clerk, office):
    document = office.reviewed()
    lead = office.unit("market_regulation")
    answer = submit(clerk, f"/incoming/{document.pk}/transfer/", {"lead": lead.pk}, follow=True)
    due = office.fresh(document).main_duty.due_on
    page = answer.content.decode()
    assert "With 市监局 now, due" in page
    assert f"{due.day} " in page
    assert "7 working days. They have been notified." in page


def test_a_refused_step_keeps_what_was_typed(clerk, office):
    document = office.reviewed(urgency="urgent")
    lead = office.unit("finance")
    answer = submit(
        clerk, f"/incoming/{document.pk}/transfer/", {"lead": lead.pk, "opinion": "请尽快办理"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请尽快办理" in page
    assert f'<option value="{lead.pk}" selected' in page
    assert "name the day and hour" in page


def test_a_step_taken_without_having_opened_it_is_refused(clerk, office):
    document = office.reviewed()
    data = {"lead": office.unit("finance").pk}
    assert clerk.post(f"/incoming/{document.pk}/transfer/", data).status_code == 409
    assert office.fresh(document).state == S.TO_PROPOSE


def test_the_second_of_two_sees_what_happened_and_keeps_the_words(clerk, office, client):
    document = office.proposed("director")
    client.force_login(office.people["director"])
    seen = re.search(
        r'name="seen" value="(\w+)"',
        client.get(f"/incoming/{document.pk}/instruct/").content.decode(),
    )[1]
    office.step(document, "withdraw_proposal", opinion="收回")
    office.step(
        office.fresh(document), "propose_handling", opinion="新的拟办", laid_before=office.seat("director"),
        **office.assignment("finance"),
    )  # fmt: skip
    data = {"opinion": "我的批示意见", "lead": office.unit("finance").pk, "seen": seen}
    answer = client.post(f"/incoming/{document.pk}/instruct/", data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "changed since you opened it" in page
    assert "我的批示意见" in page
    assert office.fresh(document).state == S.AWAITING_INSTRUCTION


def test_the_page_says_who_is_to_act_next(clerk, office):
    expected = [
        (office.register(), "Next: Office staff."),
        (office.proposed("leader"), "Next: 协调小组组长."),
        (office.transferred("finance", co=("health",)), "Next: 市财政局, 市卫健委."),
        (office.at_state(S.TO_ANSWER), "Next: Office staff."),
    ]
    for document, words in expected:
        assert words in clerk.get(f"/incoming/{document.pk}/").content.decode(), words
    closed = office.at_state(S.COMPLETED)
    assert "Next:" not in clerk.get(f"/incoming/{closed.pk}/").content.decode()


def test_an_unknown_step_and_a_past_one_are_told_in_words(clerk, office):
    document = office.transferred()
    for action in ("nonsense", "pass_review", "take_reply"):
        answer = clerk.get(f"/incoming/{document.pk}/{action}/")
        assert answer.status_code == 409
        assert "In handling" in answer.content.decode()


def test_a_handlers_reply_carries_files(office, client):
    document = office.transferred()
    client.force_login(office.liaison("market_regulation"))
    part = office.part(document)
    submit(client, f"/incoming/handling/{part.pk}/accept/", {})
    data = {"reply": "已办", "files": [SimpleUploadedFile("附.pdf", PDF)]}
    answer = submit(client, f"/incoming/handling/{part.pk}/submit_reply/", data, follow=True)
    assert "附.pdf" in answer.content.decode()
    assert part.attachments.get().file.claimed_at


def test_a_file_taken_off_is_not_served_any_more(clerk, office):
    clerk.post("/incoming/new/", form(files=[SimpleUploadedFile("a.pdf", PDF)]))
    document = IncomingDocument.objects.get()
    attachment = document.attachments.get()
    url = f"/incoming/{document.pk}/correct_registration/"
    submit(clerk, url, form(opinion="传错文件", removed=[attachment.pk]))
    assert clerk.get(f"/incoming/{document.pk}/files/{attachment.pk}/").status_code == 404
    assert attachment.history.count() == 2


def test_a_correction_through_the_form(clerk, office):
    document = office.register(sender_name="某单位")
    page = clerk.get(f"/incoming/{document.pk}/correct_registration/").content.decode()
    assert document.title in page
    url = f"/incoming/{document.pk}/correct_registration/"
    submit(clerk, url, form(title="改正", opinion="标题有误"))
    assert office.fresh(document).title == "改正"


# The register ------------------------------------------------------------------------------------
def test_the_register_is_narrowed_by_each_filter(clerk, office):
    finance = office.transferred("finance", title="关于财政的请示", kind="request_for_instructions")
    office.replied("health")
    returned = office.at_state(S.RETURNED)
    ago = timezone.now() - dt.timedelta(days=30)
    late = office.transferred("justice", at=ago)

    def found(query):
        page = clerk.get(f"/incoming/?{query}").content.decode()
        return set(map(int, re.findall(r'href="/incoming/(\d+)/"', page)))

    assert found("q=财政") == {finance.pk}
    assert found("q=财政 请示") == {finance.pk}
    assert found("q=政财") == set()
    assert found("state=returned") == {returned.pk}
    assert found("lamp=red") == {late.pk}
    assert found("lamp=green") == {finance.pk}
    assert found("lamp=yellow") == set()
    assert found(f"unit={office.unit('finance').pk}") == {finance.pk}
    assert found("kind=request_for_instructions") == {finance.pk}
    assert found(f"until={timezone.localdate(ago)}") == {late.pk}
    assert finance.pk in found(f"since={timezone.localdate() - dt.timedelta(days=2)}")
    assert found("sender=某单") == set(IncomingDocument.objects.values_list("pk", flat=True))
    assert found("sort=due") >= {late.pk, finance.pk}
    assert late.pk not in found("mine=on")


@pytest.mark.parametrize(
    "query",
    ["q=" + "x" * 300, "state=x", "since=x", "since=0001-01-01", "until=9999-12-31", "unit=x",
     "after=x", "after=~~", "before=99999999999999999999999", "after=-1", "sort=x", "q=%22%27*)(", "q=%F0%9F%98%80",
     "sort=due&after=2026-01-01~1", "sort=due&after=x~y", "lamp=x", "q=。"],
)  # fmt: skip
def test_no_question_breaks_the_register(clerk, office, query):
    office.transferred()
    assert clerk.get(f"/incoming/?{query}").status_code == 200


def test_pages_follow_each_other_without_loss_or_repeat(clerk, office):
    pks = [office.register().pk for _ in range(60)]
    seen, url = [], "/incoming/"
    while url:
        page = clerk.get(url).content.decode()
        seen += map(int, re.findall(r'href="/incoming/(\d+)/"', page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = "/incoming/" + following[1].replace("&amp;", "&") if following else None
    assert seen == sorted(pks, reverse=True)
    back = re.search(r'rel="prev" href="([^"]+)"', page)[1].replace("&amp;", "&")
    page = clerk.get("/incoming/" + back).content.decode()
    assert list(map(int, re.findall(r'href="/incoming/(\d+)/"', page))) == seen[25:50]


def test_side_doors_show_a_unit_only_its_own(office, client):
    secret = office.transferred("justice", title="隔壁的标题")
    office.transferred("finance")
    client.force_login(office.liaison("finance"))
    for url in (
        "/",
        "/incoming/",
        "/incoming/?q=隔壁",
        "/duties/",
        "/notices/",
        f"/incoming/?unit={office.unit('justice').pk}",
    ):
        assert "隔壁的标题" not in client.get(url).content.decode(), url
    export = client.post("/incoming/export/")
    assert export.status_code == 200
    from io import BytesIO

    from openpyxl import load_workbook

    sheet = load_workbook(BytesIO(export.content)).active
    assert [row[2] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["某单位"]
    assert client.get(f"/duties/{secret.main_duty_id}/").status_code == 404


def test_the_export_is_what_is_filtered_and_never_a_formula(clerk, office):
    from io import BytesIO

    from openpyxl import load_workbook

    office.register(title="=1+1", sender_name="+甲")
    office.transferred(title="其他")
    answer = clerk.post("/incoming/export/?state=registered")
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[0][:3] == ("Register number", "Title", "Sender")
    assert [row[1:3] for row in rows[1:]] == [("'=1+1", "'+甲")]


def test_a_long_export_is_made_by_the_worker(clerk, office, monkeypatch):
    from documents import export

    monkeypatch.setattr(export, "AT_ONCE", 1)
    office.register()
    office.register()
    answer = clerk.post("/incoming/export/?q=营商环境")
    assert answer.status_code == 302
    from coordination.models import Job

    job = Job.objects.get()
    from coordination import jobs

    jobs.run(job.pk)
    file = clerk.get(f"/jobs/{job.pk}/file/")
    assert file["Content-Type"].endswith("sheet")


def test_private_pages_are_never_stored_and_nothing_inline_is_allowed(clerk, office):
    answer = clerk.get("/")
    assert "no-store" in answer["Cache-Control"]
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    page = answer.content.decode()
    assert "<script>" not in page
    assert " style=" not in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page)


def test_an_idle_session_ends(clerk, office, settings):
    clerk.get("/")
    settings.SESSION_IDLE_SECONDS = -1
    assert clerk.get("/").status_code == 302


def test_the_product_speaks_chinese_unless_asked_otherwise(clerk, office):
    assert "待我办理" in clerk.get("/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "待我办理" in clerk.get("/", headers={"accept-language": ""}).content.decode()
    clerk.post("/language/", {"language": "en", "next": "/"})
    assert "Waits for me" in clerk.get("/").content.decode()


def test_notices_are_read_and_lead_to_their_subject(office, client):
    document = office.transferred()
    client.force_login(office.liaison("market_regulation"))
    page = client.get("/notices/").content.decode()
    pk = re.search(r'action="/notices/(\d+)/"', page)[1]
    answer = client.post(f"/notices/{pk}/")
    assert answer["Location"] == f"/incoming/{document.pk}/"
    assert "unread" not in client.get("/notices/").content.decode()


def test_an_error_of_ours_is_told_in_the_products_look(clerk, office, monkeypatch):
    def broken(person):
        raise RuntimeError("a fault nobody thought of")

    monkeypatch.setattr("coordination.inbox.waiting", broken)
    clerk.raise_request_exception = False
    answer = clerk.get("/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "出错了" in page
    assert "Something went wrong" in page
    assert "nobody thought of" not in page


def test_all_that_waits_is_one_list_of_every_kind(office, client, django_assert_max_num_queries):
    liaison = office.liaison("market_regulation")
    for _n in range(12):
        duty = office.transferred().main_duty
    extensions.ask_for_extension(
        duty,
        person=liaison,
        reason="核查",
        due_on=calendars.current().add(duty.due_on, 3),
    )
    client.force_login(liaison)
    assert reverse("waiting") in client.get("/").content.decode()
    page = client.get(reverse("waiting"))
    assert len(page.context["waiting"]) == 12
    client.force_login(office.people["clerk"])
    with django_assert_max_num_queries(HOME):
        page = client.get(reverse("waiting"))
    assert [row.what for row in page.context["waiting"]] == ["Asked for, to be decided"]


def test_what_was_read_from_a_file_is_sent_to_the_register(office, client):
    client.force_login(office.people["clerk"])
    page = client.get(reverse("documents:new")).content.decode()
    assert f'<form method="post" action="{reverse("documents:new")}"' in page
    assert client.get(reverse("documents:from_file"))["Location"] == reverse("documents:new")
