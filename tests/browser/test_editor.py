"""The editor for official prose in Chromium: typing, numbers, tables, pasting, undo, no connection."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password

from coordination.models import Draft, Person
from documents import prose
from documents.prose import Heading, Paragraph, Table
from tests.browser import prose_page
from tests.browser.conftest import DESKTOP, PHONE, eventually
from tests.conftest import PASSWORD, ROOT

pytestmark = pytest.mark.browser
FIXTURES = Path(__file__).parent / "fixtures"
PASTE = """([html, text]) => {
  const clipboard = new DataTransfer();
  if (html !== null) clipboard.setData("text/html", html);
  if (text !== null) clipboard.setData("text/plain", text);
  document.querySelector(".prose-text").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true, cancelable: true }));
}"""
LONG = tuple(
    block
    for part in range(21)
    for block in (
        Heading(1, f"任务{part}"),
        Paragraph("坚持问题导向，持续优化市场化、法治化、国际化营商环境。" * 4),
        Heading(2, "精简审批。", "各部门要梳理事项。"),
        *([Heading(3, "压减材料")] * 2),
        Heading(4, "取消证明"),
        Table((("事项", "单位"), ("开办企业", "市监局"))),
    )
)


@pytest.fixture
def writer(transactional_db, settings):
    """Somebody who writes, on the page of the tests."""
    settings.ROOT_URLCONF = "tests.browser.prose_page"
    prose_page.SENT.clear()
    prose_page.START[:] = []
    return Person.objects.create(
        username="writer", name="拟稿人", password=make_password(PASSWORD), language="zh-hans"
    )


class Desk:
    """The editor in one window."""

    def __init__(self, visitor):
        self.visitor = visitor
        self.page = visitor.page
        self.text = self.page.locator(".prose-text")
        self.open()

    def open(self):
        self.visitor.open("/test/prose/")
        self.text.click()
        return self

    def type(self, *lines):
        for index, line in enumerate(lines):
            if index:
                self.page.keyboard.press("Enter")
            self.page.keyboard.type(line)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            if key in ("Home", "End", "ArrowLeft"):
                self.page.wait_for_timeout(60)  # the browser tells the editor a little later

    def tool(self, name):
        return self.page.locator(f".prose-tools [data-do={name}]")

    def paste(self, html=None, text=None):
        self.page.evaluate(PASTE, [html, text])

    def clear(self):
        self.press("Control+a", "Delete", "Alt+0")

    @property
    def blocks(self):
        return prose.parse(json.loads(self.page.locator("[name=text]").input_value())["blocks"])

    def drawn(self):
        """The numbers as Chromium draws them, which only its accessibility tree tells."""
        session = self.page.context.new_cdp_session(self.page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        session.detach()
        by_id = {node["nodeId"]: node for node in nodes}
        found = []

        def words(node):
            if node.get("role", {}).get("value") == "StaticText":
                return node["name"]["value"]
            return "".join(words(by_id[child]) for child in node.get("childIds", ()))

        box = next(
            n
            for n in nodes
            if n.get("role", {}).get("value") == "textbox" and n["name"]["value"].startswith("正文")
        )
        for child in box["childIds"]:
            if by_id[child].get("role", {}).get("value") == "paragraph":
                found.append(words(by_id[child]))
        return found


@pytest.fixture
def desk(writer, visit):
    """The editor on a desktop."""
    return Desk(visit("writer", locale="zh-CN"))


def fixture(name):
    return (FIXTURES / name).read_text(encoding="utf-8")


def test_a_paper_is_written_without_the_mouse_and_sent(desk):
    desk.type(
        "为此，现通知如下。",
        "一、总体要求",
        "坚持问题导向。",
        "（一）精简审批。各部门要梳理。",
        "1.压减材料",
        "（1）取消证明",
        "结语",
    )
    desk.press("Enter")
    desk.type("另一任务")
    desk.press("Alt+1")
    assert desk.tool("level-1").get_attribute("aria-pressed") == "true"
    written = (
        Paragraph("为此，现通知如下。"), Heading(1, "总体要求"), Paragraph("坚持问题导向。"),
        Heading(2, "精简审批。", "各部门要梳理。"), Heading(3, "压减材料"), Heading(4, "取消证明"),
        Paragraph("结语"), Heading(1, "另一任务"),
    )  # fmt: skip
    assert desk.blocks == written
    desk.press("Home", "Backspace")
    assert desk.blocks[-1] == Paragraph("另一任务")
    desk.press("Control+z")
    assert desk.blocks == written
    desk.press("Control+z")
    assert desk.blocks[-1] == Paragraph("另一任务")
    desk.press("Control+y", "Control+y", "Control+z", "End", "Enter")
    desk.type("二、")
    desk.press("Control+z")
    assert desk.blocks[-1] == Paragraph("二、")
    desk.press("Control+z")
    assert desk.blocks == written
    desk.visitor.judge()
    desk.page.get_by_role("button", name="送审").click()
    desk.page.get_by_role("heading", name="已送审").wait_for()
    assert [written] == prose_page.SENT


def test_an_input_method_writes_headings_as_keys_do(desk):
    session = desk.page.context.new_cdp_session(desk.page)

    def compose(spelled, words):
        for end in range(1, len(spelled) + 1):
            where = {"selectionStart": end, "selectionEnd": end}
            session.send("Input.imeSetComposition", {"text": spelled[:end], **where})
        session.send("Input.insertText", {"text": words})
        desk.page.wait_for_timeout(120)

    compose("yi", "一")
    desk.type("、")
    compose("zongze", "总则")
    desk.press("Enter")
    compose("(er)", "（二）")
    compose("jingjian", "精简审批。")
    compose("gebumen", "各部门")
    compose("yao", "要梳理。")
    desk.press("Enter")
    desk.type("1.")
    compose("renwu", "任务")
    desk.press("Enter")
    desk.type("3.5")
    compose("bei", "倍")
    assert desk.blocks == (
        Heading(1, "总则"),
        Heading(2, "精简审批。", "各部门要梳理。"),
        Heading(3, "任务"),
        Paragraph("3.5倍"),
    )
    desk.visitor.judge(axe=False)


def test_numbers_are_drawn_as_they_are_counted(writer, visit):
    prose_page.START[:] = LONG
    desk = Desk(visit("writer", locale="zh-CN"))
    counted = [
        number + text.text + getattr(text, "rest", "")
        for number, text in prose.numbered(LONG)
        if not isinstance(text, Table)
    ]
    drawn = desk.drawn()
    assert drawn == counted
    for number in ("十、", "十一、", "二十、", "二十一、"):
        assert any(line.startswith(number) for line in drawn)
    assert desk.blocks == LONG
    desk.press("Control+a")
    copied = desk.page.evaluate("""() => {
      const clipboard = new DataTransfer(), text = document.querySelector(".prose-text");
      text.dispatchEvent(new ClipboardEvent("copy", { clipboardData: clipboard, bubbles: true, cancelable: true }));
      return clipboard.getData("text/plain");
    }""")
    assert copied == prose.plain(LONG)
    fonts = desk.page.evaluate("""[...document.querySelectorAll(".prose-text > p")].slice(0, 4)
      .map((one) => getComputedStyle(one).fontFamily.split(",")[0])""")
    assert [
        ("黑体" in fonts[0]),
        ("仿宋" in fonts[1]),
        ("楷体" in fonts[2]),
        ("仿宋" in fonts[3]),
    ] == [True] * 4


def test_a_table_is_filled_with_the_tab_key(desk):
    desk.type("前文")
    desk.tool("table").click()
    desk.type("事项")
    for word in ("单位", "时限", "开办企业", "市监局", "1日"):
        desk.press("Tab")
        desk.type(word)
    desk.press(
        "Shift+Tab", "Shift+Tab", "Shift+Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab"
    )
    desk.type("又一行")
    table = desk.blocks[1]
    assert table.rows[:2] == (("事项", "单位", "时限"), ("开办企业", "市监局", "1日"))
    assert table.rows[3:] == (("又一行", "", ""),)
    desk.paste(text="甲\n一、乙")
    assert desk.blocks[1].rows[3][0] == "又一行甲 一、乙"
    desk.tool("delete-column").click()
    desk.tool("head").click()
    assert desk.blocks[1] == Table(
        (("单位", "时限"), ("市监局", "1日"), ("", ""), ("", "")), head=False
    )
    desk.visitor.judge()
    desk.press("Escape")
    assert desk.page.evaluate("document.activeElement.closest('[role=toolbar]') !== null")
    desk.press("ArrowRight", "Home", "Escape")
    assert desk.page.evaluate("document.activeElement.role") == "textbox"
    desk.tool("delete-table").click()
    assert desk.blocks == (Paragraph("前文"),)


def test_what_word_and_wps_put_on_the_clipboard_becomes_our_text(desk):
    asked = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.paste(fixture("word.html"), "whatever")
    assert desk.blocks == (
        Paragraph("关于进一步优化营商环境的通知"),
        Paragraph(
            "为贯彻落实国务院关于优化营商环境的决策部署，结合我市实际，现就2026年有关事项通知如下。"
        ),
        Heading(1, "总体要求"),
        Paragraph("坚持以人民为中心。"),
        Heading(2, "精简审批。", "各部门要梳理事项。"),
        Heading(3, "压减材料"),
        Paragraph("开办企业“一网通办”"),
        Paragraph("留下的话。被批注的字"),
        Heading(1, "重点任务分工"),
        Table(
            (("任务", "分工", ""), ("", "牵头", "配合"), ("企业 开办", "市监局", "税务局 人社局"))
        ),
    )
    assert "图片" in desk.page.locator(".prose-note").inner_text()
    desk.press("Control+z")
    assert desk.blocks == ()
    desk.paste(fixture("wps.html"))
    assert desk.blocks == (
        Heading(1, "工作目标"),
        Paragraph("到2026年底，办理时限压减至1个工作日。"),
        Heading(2, "分类施策"),
        Heading(3, "新办企业"),
        Heading(4, "线上办理。", "材料一次提交。"),
        Table((("序号", "事项"), ("", "开办企业"))),
        Heading(3, "第一条"),
        Heading(4, "细目"),
        Heading(3, "第二条"),
        Paragraph("说明"),
    )
    assert desk.page.locator(".prose-note").inner_text() == ""
    desk.clear()
    desk.paste(fixture("hostile.html"))
    assert [block.text for block in desk.blocks] == [
        "甲",
        "乙",
        "丙",
        "丁<script>window.ran=true</script>",
    ]
    desk.page.wait_for_timeout(300)
    assert desk.page.evaluate("window.ran") is None
    assert [url for url in asked if "/drafts/" not in url] == []
    desk.visitor.judge()


def test_plain_text_is_read_like_typed_lines_and_inside_a_line_as_words(desk):
    cases = json.loads((ROOT / "tests/documents/typed_lines.json").read_text(encoding="utf-8"))
    for case in cases:
        desk.clear()
        desk.paste(text=case["typed"] + "\n末行")
        assert prose.to_data(desk.blocks)[:-1] == case["blocks"], case["typed"]
    desk.clear()
    desk.type("详见文件")
    desk.press("ArrowLeft", "ArrowLeft")
    desk.paste("<p>（一）<b>附后</b>的</p>", "x")
    desk.paste(text="一、新")
    assert desk.blocks == (Paragraph("详见（一）附后的一、新文件"),)
    desk.paste("<img src=x>")
    assert "图片" in desk.page.locator(".prose-note").inner_text()
    desk.visitor.judge()


def test_without_a_connection_the_text_stays_in_this_browser(desk):
    shown, context = desk.page.locator(".draft-state"), desk.page.context
    desk.type("先有的话。")
    shown.filter(has_text="已保存").wait_for()
    context.set_offline(True)
    desk.type("断网后的话。")
    shown.filter(has_text="网络已断开").wait_for()
    assert "网络已断开" in desk.page.locator(".draft-alert").inner_text()
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"
    assert desk.page.evaluate(kept) == 1
    desk.page.get_by_role("button", name="送审").click()
    desk.page.wait_for_timeout(200)
    assert desk.text.inner_text() == "先有的话。断网后的话。"
    context.set_offline(False)
    shown.filter(has_text="已保存").wait_for()
    assert "断网后" in Draft.objects.get().data["text"]
    assert desk.page.evaluate(kept) == 0
    context.set_offline(True)
    desk.type("关窗前的话。")
    shown.filter(has_text="网络已断开").wait_for()
    desk.visitor.errors.clear()  # Chromium reports each lost connection as an error
    desk.page.close()
    context.set_offline(False)
    desk.page = desk.visitor.page = context.new_page()
    desk.text = desk.page.locator(".prose-text")
    desk.open()
    desk.visitor.judge()
    desk.page.get_by_role("button", name="恢复到表单").click()
    eventually(lambda: desk.text.count() and "关窗前的话。" in desk.text.inner_text())
    assert desk.page.evaluate(kept) == 0
    desk.page.evaluate("localStorage.setItem('draft:0:/drafts/x/', '{}')")
    desk.page.locator("summary", has_text="拟稿人").click()
    desk.page.get_by_role("button", name="退出").click()
    desk.page.wait_for_url("**/login/**")
    assert desk.page.evaluate(kept) == 0


def test_a_rejected_or_lost_form_keeps_the_text_until_the_server_has_it(desk):
    desk.type("一、总则")
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"
    desk.page.context.clear_cookies(name="sessionid")
    desk.page.locator(".draft-state", has_text="退出登录").wait_for()
    assert desk.page.evaluate(kept) == 1
    desk.page.goto(desk.visitor.base + "/login/")
    assert desk.page.evaluate(kept) == 1
    desk.visitor.sign_in()
    desk.open()
    desk.page.get_by_role("button", name="恢复到表单").click()
    eventually(lambda: desk.text.count() and "总则" in desk.text.inner_text())
    desk.text.click()
    desk.clear()
    desk.page.get_by_role("button", name="送审").click()
    desk.page.locator("#error-summary a").click()
    assert desk.page.evaluate("document.activeElement.role") == "textbox"
    assert desk.text.get_attribute("aria-invalid") == "true"
    desk.visitor.judge()
    assert desk.page.evaluate(kept) == 0


def test_the_pages_have_no_fault_with_a_long_text(writer, visit):
    prose_page.START[:] = LONG
    prose_page.SENT[:] = [(*LONG[:2], Heading(1, "新任务"), Paragraph("改写的话。"), *LONG[4:])]
    for viewport in (DESKTOP, PHONE):
        desk = Desk(visit("writer", locale="zh-CN", viewport=viewport))
        desk.page.locator(".prose-text td").first.click()
        desk.visitor.judge()
        if viewport == PHONE:
            assert desk.tool("add-row").bounding_box()["height"] >= 44
            desk.page.mouse.wheel(0, 1500)
            tool = desk.tool("add-row")
            eventually(lambda: 0 <= tool.bounding_box()["y"] < 60)  # noqa: B023
        desk.visitor.open("/test/difference/")
        desk.visitor.judge()


def test_without_scripts_the_same_text_is_typed_into_a_plain_box(writer, chromium, live_server):
    prose_page.START[:] = LONG[:3]
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(live_server.url + "/login/?next=/test/prose/")
    page.fill("#id_username", "writer")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    box = page.locator("#id_text")
    assert box.input_value() == prose.plain(LONG[:3])
    box.fill(box.input_value() + "\n二、新任务\n甲\t乙")
    page.get_by_role("button", name="送审").click()
    page.get_by_role("heading", name="已送审").wait_for()
    assert prose_page.SENT[-1][-2:] == (Heading(1, "新任务"), Table((("甲", "乙"),)))
    context.close()
