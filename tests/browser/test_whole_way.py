"""A real public document goes the whole way through the browser, with a real worker behind it."""

import csv
import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from coordination import calendars, reminders, tasks
from coordination.models import Duty, Message, Notice, Person, QuietHours
from documents.demo.story import REAL
from documents.models import IncomingDocument
from tests.browser.conftest import PHONE, eventually

pytestmark = pytest.mark.browser
LEAD, FIRST, SECOND = "market_regulation", "finance", "health"


def real_document():
    with REAL.open(encoding="utf-8") as lines:
        return next(row for row in csv.DictReader(lines) if row["number"] == "国办发〔2025〕33号")


def flash(visitor):
    return visitor.page.locator(".alert").first.inner_text()


def test_registered_reviewed_transferred_reminded_answered_accepted_completed(
    office, visit, worker
):
    row = real_document()
    clerk = visit("clerk")
    _register_by_keyboard(clerk, row)
    document = IncomingDocument.objects.get()
    assert (document.title, document.sender_number) == (row["title"], row["number"])
    assert "收〔" in flash(clerk)
    _review_and_transfer_by_keyboard(clerk, document)
    parts = {p.organisation.key: p for p in document.handlings.select_related("organisation")}
    assert {key: p.role for key, p in parts.items()} == {LEAD: "lead", FIRST: "co", SECOND: "co"}
    _remind_through_the_worker(office, worker, document)
    for key in (FIRST, SECOND):
        _give_opinion(visit(office.liaison(key).username, viewport=PHONE), parts[key])
    _reply(visit(office.liaison(LEAD).username), document, parts[LEAD])
    _close(clerk, document)
    document.refresh_from_db()
    assert document.state == "completed"
    assert not Duty.objects.open().exists()
    assert not Notice.objects.alive().filter(code__in=["due_soon", "due_today"]).exists()
    _sheet(clerk, document)
    assert clerk.errors == []


def _register_by_keyboard(clerk, row):
    """From the register to the registered document without touching the mouse."""
    page = clerk.open("/incoming/")
    page.locator("a", has_text="Sign for and register").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/incoming/new/")
    expect(page.locator("#id_title")).to_be_focused()  # the cursor stands in the first field
    page.keyboard.type(row["title"])
    clerk.pick("id_sender", row["issuer"])
    page.locator("#id_sender_number").focus()
    page.keyboard.type(row["number"])
    page.locator("#id_kind").focus()
    page.keyboard.type("Notice")
    page.locator("#id_dated_on").focus()
    page.locator("#id_dated_on").fill(row["dated_on"])
    page.locator("button", has_text="Register").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/incoming/\d+/$"))


def _review_and_transfer_by_keyboard(clerk, document):
    page = clerk.page
    page.locator("a", has_text="Pass preliminary review").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pass_review/")
    for box in page.locator("input[name=points]").all():
        box.focus()
        page.keyboard.press("Space")
    page.locator("main button.btn-primary").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/incoming/{document.pk}/")
    page.locator("a.btn", has_text=re.compile(r"^Transfer\s*$")).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/transfer/")
    clerk.pick("id_lead", "市监局")
    clerk.pick("id_co_handlers", "市财政局", "市卫健委")
    page.locator("main button.btn-primary").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/incoming/{document.pk}/")
    assert "10 working days" in flash(clerk)


def _remind_through_the_worker(office, mail, document):
    """Let the days pass up to two working days before the end, then let the worker remind."""
    today, calendar = timezone.localdate(), calendars.current()
    duty = Duty.objects.get(pk=IncomingDocument.objects.get().main_duty_id)
    duty.started_at -= dt.timedelta(days=20)
    duty.due_on = calendar.add(today, 2)
    duty.save()
    if calendar.is_workday(today):
        tasks.remind.delay()
    else:  # on a day off the engine keeps silent by rule; the next working morning is told
        morning = timezone.now() + (calendar.add(today, 1) - today)
        reminders.remind(morning)
        Notice.objects.filter(created_at__gt=timezone.now()).update(created_at=timezone.now())
    reminded = Notice.objects.filter(duty=duty, code="due_soon")
    if calendar.is_workday(today):
        eventually(reminded.exists)
        assert reminded.get().person == office.liaison(LEAD)
    QuietHours.objects.bulk_create(  # whatever hour this runs at, nobody is asleep
        QuietHours(person=person, since=dt.time(), until=dt.time(), days_off=False)
        for person in Person.objects.all()
    )
    owed = Notice.objects.unsorted().values("person").distinct().count()
    assert owed
    eventually(_everything_is_sent, seconds=40)
    letters = "".join(path.read_text("utf-8") for path in mail.iterdir())
    assert letters.count("Message-ID: <message-") >= owed


def _everything_is_sent():
    """Have the worker deliver until nothing is left but what waits for the digest."""
    tasks.deliver_notices.delay()
    at_once = Message.objects.waiting().filter(digest=False)
    return not Notice.objects.unsorted().exists() and not at_once.exists()


def _give_opinion(liaison, part):
    """On a phone: accept, then give the opinion to the lead."""
    page = liaison.page
    page.locator("main a.row-link").first.click()
    page.locator("a.btn", has_text=re.compile(r"^Accept\s*$")).click()
    page.locator("main button.btn-primary").click()
    page.locator("a.btn", has_text="Give opinion to the lead handler").click()
    liaison.judge()
    page.locator("#id_reply").fill("经研究，我单位无不同意见。")
    page.locator("main button.btn-primary").click()
    page.wait_for_url(f"**/incoming/{part.document_id}/")
    assert "Submitted" in flash(liaison)


def _reply(lead, document, part):
    page = lead.open(f"/incoming/{document.pk}/")
    assert page.locator("blockquote", has_text="无不同意见").count() >= 2
    page.locator("a.btn", has_text=re.compile(r"^Accept\s*$")).click()
    page.locator("main button.btn-primary").click()
    page.locator("a.btn", has_text="Submit the reply").click()
    page.locator("#id_reply").fill("经会商，意见如下：同意。")
    file = {"name": "意见.txt", "mimeType": "text/plain", "buffer": "同意".encode()}
    page.locator("input[type=file]").set_input_files(file)
    assert "意见.txt" in page.locator(".drop li").inner_text()
    page.locator("main button.btn-primary").click()
    page.wait_for_url(f"**/incoming/{document.pk}/")
    assert page.locator("a", has_text="意见.txt").count() == 1


def _close(clerk, document):
    page = clerk.open(f"/incoming/{document.pk}/")
    for action in ("Accept the reply", "Answer the sender", "Complete"):
        page.locator(".acts a.btn", has_text=action).click()
        page.locator("main button.btn-primary").click()
        page.wait_for_url(f"**/incoming/{document.pk}/")
    assert "Completed" in page.locator(".lead-line").inner_text()


def _sheet(clerk, document):
    """The processing sheet comes from the worker; the page shows it without being reloaded."""
    page = clerk.page
    page.locator("button", has_text="Processing sheet").click()
    page.wait_for_url("**/jobs/*/")
    page.locator("a.btn", has_text="Download").wait_for(timeout=60_000)
    with page.expect_download() as download:
        page.locator("a.btn", has_text="Download").click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"%PDF-")
    assert download.value.suggested_filename.endswith("公文处理单.pdf")
