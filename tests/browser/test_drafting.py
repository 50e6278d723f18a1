"""A draft in the browser: the kind's template, lists that unfold, attachments that move."""

import re

import pytest
from playwright.sync_api import expect

from coordination.models import Organisation
from documents.models import OutgoingDocument, RecipientList
from documents.outgoing import recipient_lists
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser


@pytest.fixture
def members(office):
    """A list of two departments that has no words of its own."""
    row = RecipientList(organisation=office.unit("group_office"))
    units = [office.unit("finance"), office.unit("health")]
    recipient_lists.keep(
        office.people["clerk"], row, name="常用两家", printed_as="", takes="", members=units
    )
    return row, units


def chosen(page, name):
    return page.eval_on_selector(f"#id_{name}", "box => [...box.selectedOptions].map(o => o.value)")


def test_another_kind_brings_its_text_until_something_is_written(office, visit):
    page = visit("clerk").open("/outgoing/new/")
    text = page.locator(".prose-text")
    expect(text).to_contain_text("特此通知。")
    page.select_option("#id_kind", "report")
    expect(text).to_contain_text("特此报告。")
    expect(text).not_to_contain_text("特此通知。")
    text.focus()
    page.keyboard.press("Control+z")  # undone like any other act
    expect(text).to_contain_text("特此通知。")
    page.keyboard.press("Control+End")
    page.keyboard.type("此外另行通知。")
    page.select_option("#id_kind", "letter")
    expect(text).to_contain_text("此外另行通知。")
    page.locator("button[value=template]").click()  # the server says why it stays
    expect(page.locator(".alert-warning")).to_be_visible()
    expect(page.locator(".prose-text")).to_contain_text("此外另行通知。")


def test_a_list_without_words_unfolds_and_one_with_words_stays_one(office, visit, members):
    _row, units = members
    clerk = visit("clerk")
    page = clerk.open("/outgoing/new/")
    clerk.pick("id_main", "常用两家")
    assert set(chosen(page, "main")) == {str(unit.pk) for unit in units}
    clerk.pick("id_copies", "各区镇")
    assert chosen(page, "copies") == [f"list:{RecipientList.objects.get(key='towns').pk}"]
    page.fill("#id_subject", "做好年度总结")
    page.locator("button.btn-primary[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/outgoing/\d+/$"))
    content = OutgoingDocument.objects.get().content
    assert [one["organisation"] for one in content["main"]] == [unit.pk for unit in units]
    [group] = content["copies"]
    towns = Organisation.objects.filter(kind="district_town").count()
    assert (group["name"], len(group["members"])) == ("各区镇", towns)
    assert clerk.errors == []


@pytest.mark.parametrize("window", [None, PHONE], ids=["desktop", "phone"])
def test_attachments_move_by_keyboard_and_are_kept_in_that_order(office, visit, window):
    clerk = visit("clerk", viewport=window) if window else visit("clerk")
    page = clerk.open("/outgoing/new/")
    files = [{"name": f"{n}.txt", "mimeType": "text/plain", "buffer": n.encode()} for n in "甲乙丙"]
    page.set_input_files("input[type=file]", files)
    page.locator("button[value=order]").click()
    rows = page.locator(".attachment-rows > li")
    expect(rows).to_have_count(3)
    rows.nth(2).locator("[data-move=up]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(rows.nth(0)).to_contain_text("丙.txt")
    focused = page.evaluate("document.activeElement.dataset.move")
    assert focused == "down"  # it cannot go up any more
    rows.nth(0).locator("input[type=text]").fill("分工表")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    clerk.pick("id_main", "市财政局")
    page.fill("#id_subject", "做好年度总结")
    page.keyboard.press("Enter")  # keeps the version; it moves no attachment
    page.wait_for_url(re.compile(r"/outgoing/\d+/$"))
    kept = OutgoingDocument.objects.get().content["attachments"]
    assert [one["title"] for one in kept] == ["分工表", "甲", "乙"]
    assert clerk.errors == []
