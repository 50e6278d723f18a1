"""Statistics, labels, saved filters and frequent opinions in the browser, also on a phone."""

import pytest
from django.test import RequestFactory

from coordination import phrases
from coordination.models import Draft
from documents import labels, saved_filters
from tests.browser.conftest import DESKTOP, PHONE
from tests.documents.paper_driver import Papers

pytestmark = pytest.mark.browser
WINDOWS = [(DESKTOP, "zh-CN"), (PHONE, "zh-CN"), (PHONE, "en")]


@pytest.fixture
def world(office):
    """Two documents, one labelled; a shared filter; texts of the leader's and the Office's."""
    request = RequestFactory().post("/")
    request.user = clerk = office.people["clerk"]
    document, proposed = office.transferred(), office.proposed("leader")
    label = labels.add_label(request, "重点督办")
    labels.label_documents(request, [document], label, put=True)
    saved = saved_filters.save_filter(clerk, name="函", query="kind=letter", shared=True)
    phrases.keep(clerk, text="请按时限办理。", shared=True)
    own = phrases.keep(office.people["leader"], text="同意。", shared=False)
    return {"document": document, "proposed": proposed, "label": label, "saved": saved, "own": own}


@pytest.mark.parametrize(
    ("viewport", "locale"), WINDOWS, ids=["desktop-zh", "phone-zh", "phone-en"]
)
def test_no_page_has_a_fault(office, world, visit, viewport, locale):
    document, label, saved = world["document"], world["label"], world["saved"]
    pages = {
        "clerk": [
            "/incoming/statistics/", "/incoming/statistics/?by=month", "/incoming/statistics/?by=x",
            "/incoming/?kind=letter", "/incoming/?outcome=running&exact=1", "/incoming/labels/",
            f"/incoming/labels/{label.pk}/", f"/incoming/{document.pk}/", f"/incoming/{document.pk}/labels/",
            "/incoming/filters/", "/incoming/filters/new/?kind=letter", f"/incoming/filters/{saved.pk}/", "/phrases/",
        ],
        "leader": ["/incoming/statistics/", f"/phrases/{world['own'].pk}/", f"/incoming/{world['proposed'].pk}/instruct/"],
    }  # fmt: skip
    for login, paths in pages.items():
        visitor = visit(login, viewport=viewport, locale=locale)
        for path in paths:
            visitor.open(path)
            visitor.judge()


def test_a_frequent_opinion_is_put_in_at_the_cursor_on_a_phone(world, visit):
    visitor = visit("leader", viewport=PHONE, locale="zh-CN")
    page = visitor.open(f"/incoming/{world['proposed'].pk}/instruct/")
    field, menu = page.locator("#id_opinion"), page.locator("details[data-phrases=id_opinion]")
    start = field.input_value()
    menu.locator("summary").click()
    visitor.judge()
    button = menu.get_by_role("button", name="请按时限办理。")
    assert button.bounding_box()["height"] >= 44
    button.click()  # never entered: it goes to the end
    assert field.input_value() == start + "请按时限办理。"
    assert page.evaluate("document.activeElement.id") == "id_opinion"
    field.fill("甲乙")
    field.evaluate("field => field.setSelectionRange(1, 1)")
    menu.locator("summary").click()
    menu.get_by_role("button", name="同意。").click()
    assert field.input_value() == "甲同意。乙"
    assert field.evaluate("field => field.selectionStart") == 4
    page.locator(".draft-state", has_text="✓").wait_for()  # it counts as typed: the draft is kept


def test_the_menu_of_frequent_opinions_works_from_the_keyboard(world, visit):
    page = visit("leader").open(f"/incoming/{world['proposed'].pk}/instruct/")
    page.locator("#id_opinion").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.text") == "同意。"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert not page.locator("details[data-phrases]").evaluate("menu => menu.open")


def test_a_figure_opens_its_rows_and_labels_go_on_from_there(world, visit):
    visitor = visit("clerk")
    page = visitor.open("/incoming/statistics/?by=unit")
    page.get_by_role("row", name="市监局").get_by_role("link", name="1").first.click()
    assert page.locator(".count-line").first.inner_text() == "Handler in charge: 市监局"
    page.get_by_role("checkbox", name="Tick").first.check()
    page.select_option("#id_put", label="重点督办")
    page.get_by_role("button", name="Take off").click()
    assert "taken off 1 document" in page.locator(".alert").inner_text()
    assert "exact=1" in page.url
    assert page.locator(".label").count() == 0


def test_the_print_shows_table_and_chart_without_the_form(world, visit):
    page = visit("clerk").open("/incoming/statistics/")
    assert page.get_by_role("button", name="Print").is_visible()
    page.emulate_media(media="print")
    assert page.locator("svg.bars rect.bar").first.is_visible()
    assert page.locator("table.figures").is_visible()
    assert not page.locator("form.filters").is_visible()


DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  document.querySelector("h1").dispatchEvent(
    new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
LETTER = "Subject: 关于报送数据的函\nFrom: 某单位 <a@b.example>\nContent-Type: text/plain; charset=utf-8\n\n正文\n"


def test_an_e_mail_dropped_on_the_form_is_read_in_and_nothing_typed_is_lost(office, visit):
    visitor = visit("clerk", locale="zh-CN")
    page = visitor.open("/incoming/new/")
    page.fill("#id_contact", "张三 83300000")
    with page.expect_navigation():
        page.evaluate(DROP, ["来信.eml", LETTER])
    assert page.input_value("#id_title") == "关于报送数据的函"
    assert page.input_value("#id_contact") == "张三 83300000"
    assert page.input_value("#id_kind") == "letter"
    visitor.judge()


@pytest.mark.parametrize(
    ("viewport", "locale"), WINDOWS, ids=["desktop-zh", "phone-zh", "phone-en"]
)
def test_what_a_unit_keeps_of_a_part_and_what_a_judge_reads_has_no_fault(
    office, visit, viewport, locale
):
    replied, gone = office.replied(co=("finance",)), office.transferred()
    part = office.part(gone)
    office.step(gone, "recall", opinion="转错单位")
    twice = office.register()
    unit = office.liaison("market_regulation").username
    for login, paths in {
        unit: ["/incoming/", "/incoming/handling/", f"/incoming/handling/{part.pk}/"],
        "clerk": [f"/incoming/{replied.pk}/accept_reply/", f"/incoming/{gone.pk}/"],
    }.items():
        visitor = visit(login, viewport=viewport, locale=locale)
        for path in paths:
            visitor.open(path)
            visitor.judge()
    page = visitor.open(f"/incoming/{twice.pk}/merge/")
    page.fill("#id_other", replied.register_number)
    page.fill("#id_opinion", "重复登记")
    page.locator("form.form button[type=submit]").click()
    assert replied.title in page.locator(".opinion-card").inner_text()
    visitor.judge()
    page.locator("form.form button[type=submit]").click()
    page.wait_for_url(f"**/incoming/{twice.pk}/")
    visitor.judge()


def test_a_password_typed_into_a_step_is_kept_in_no_draft(office, visit):
    paper = Papers(office).to_sign("in_group_name")
    page = visit("deputy", viewport=PHONE, locale="zh-CN").open(f"/outgoing/{paper.pk}/sign/")
    page.locator("#id_password").fill("Correct-horse-1")
    page.locator("#id_opinion").fill("同意签发，请抓紧。")
    page.locator(".draft-state[data-state=saved]").wait_for()
    [draft] = Draft.objects.filter(person=office.people["deputy"])
    assert draft.data == {"opinion": "同意签发，请抓紧。"}
    assert "Correct-horse-1" not in page.evaluate(
        "JSON.stringify({...localStorage, ...sessionStorage})"
    )
