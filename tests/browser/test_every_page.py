"""Every page as everybody sees it: axe finds nothing, nothing scrolls sideways, in both languages."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from coordination import confirmations, storage
from coordination.models import Confirmation
from documents.models import Attachment, RecipientList, Seal
from documents.paper import samples
from documents.paper.docx import render_docx
from documents.seals import actions as seal_actions
from tests.browser.conftest import DESKTOP, PHONE
from tests.documents.filing_driver import Files
from tests.documents.paper_driver import Papers

pytestmark = pytest.mark.browser
UNFOLD = "for (const box of document.querySelectorAll('details')) box.open = true"


@pytest.fixture
def world(office):
    """Documents in several states, one of them late, with long names."""
    long = "关于进一步优化营商环境" * 12
    registered = office.register(title=long)
    proposed = office.proposed("leader", co=("finance",))
    late = office.transferred(co=("finance",), at=timezone.now() - dt.timedelta(days=40))
    handed = office.transferred("health")
    confirmations.ask_all(person=office.people["clerk"], year=timezone.localdate().year)
    asked = Confirmation.objects.get(organisation__key="market_regulation")
    papers = Papers(office)
    draft = papers.draft(normative=True)
    question = papers.ask_units(draft, "health")[0]
    papers.ask_legal(draft)
    word = SimpleUploadedFile(
        "a.docx", render_docx(replace(samples.letter(), number="启函[2026]01号" * 3))
    )
    sent = papers.sealed(subject="优化营商环境" * 20)
    data = {"issued_on": timezone.localdate(), "asks": True}
    copy = papers.step(sent, "issue", "clerk", **data).deliveries.get()
    files = Files(office)
    item = files.file(files.completed())
    return {
        "question": question,
        "list": RecipientList.objects.get(key="towns"),
        "legal": draft.consultations.get(route_name="legal_opinion"),
        "word": Attachment.objects.create(
            document=registered, file=storage.keep(word, office.people["clerk"])
        ),
        "copy": copy,
        "item": item,
        "reopened": files.reopen(files.file(files.completed("附表.txt", "正文.txt"), "Y")),
        "unfiled": files.completed("附表.txt", "正文.txt"),
        "paper": Papers(office).to_sign("in_group_name", subject="优化营商环境" * 20),
        "draft": draft,
        "numbered": Papers(office).numbered(),
        "sealed": Papers(office).sealed(subject="优化营商环境" * 20),
        "seal_request": seal_request(office),
        "asked": asked,
        "registered": registered,
        "proposed": proposed,
        "late": late,
        "handed": handed,
    }


def seal_request(office):
    """A request for the Office's seal, with long words."""
    return seal_actions.request_seal(
        person=office.people["groupliaison1"],
        seal=Seal.objects.get(organisation__kind="group_office"),
        organisation=office.unit("streamlining"),
        matter="优化营商环境培训合作协议" * 10,
        reason="与承训单位签订协议" * 20,
        copies=2,
    )


def pages(office, world):
    late, part = world["late"], office.part(world["late"])
    asked, this = world["asked"], timezone.localdate().year
    request, seal = world["seal_request"].pk, world["seal_request"].seal_id
    handed = world["handed"].main_duty_id
    registered, proposed = world["registered"].pk, world["proposed"].pk
    return {
        "clerk": [
            "/", "/incoming/", "/incoming/?q=没有这个", "/incoming/new/", f"/incoming/{late.pk}/",
            f"/incoming/{registered}/", f"/incoming/{registered}/pass_review/",
            f"/incoming/{registered}/return_to_sender/", f"/incoming/{registered}/correct_registration/",
            f"/incoming/{late.pk}/recall/", "/duties/", "/duties/?show=closed",
            f"/duties/{late.main_duty_id}/", "/notices/", "/undelivered/", "/rulebook/", "/rulebook/B16/",
            "/organisation/", "/stand-ins/", "/absences/new/", "/calendar/", "/calendar/new/",
            "/calendar/count/?start=2026-12-24&days=7", "/roster/", "/roster/?by=group",
            "/roster/confirmation/", f"/roster/confirmation/{asked.pk}/",
            f"/roster/confirmation/{asked.pk}/name_for/", "/hand-overs/",
            "/bodies/closing/", "/incoming/transfer/", "/duties/urged/",
            f"/incoming/{late.pk}/circulate/", f"/incoming/{late.pk}/add_co_handlers/",
            f"/incoming/handling/{part.pk}/reassign/", f"/incoming/{registered}/merge/",
            f"/incoming/{late.pk}/paper-label/", "/incoming/statistics/",
            "/outgoing/", "/outgoing/?q=没有这个", "/outgoing/new/", "/outgoing/numbers/",
            "/outgoing/numbers/?year=1999", "/format-check/", "/outgoing/lists/",
            "/outgoing/lists/new/", f"/outgoing/lists/{world['list'].pk}/",
            f"/outgoing/lists/{world['list'].pk}/history/", "/outgoing/templates/",
            "/outgoing/templates/notice/", "/outgoing/templates/notice/history/",
            "/outgoing/templates/bill/history/", "/outgoing/new/?kind=letter",
            f"/incoming/{registered}/files/{world['word'].pk}/format/",
            f"/outgoing/{world['draft'].pk}/", f"/outgoing/{world['draft'].pk}/edit/",
            "/outgoing/received/", "/outgoing/verify/", f"/outgoing/received/{world['copy'].pk}/",
            f"/outgoing/received/{world['copy'].pk}/note_receipt/",
            f"/outgoing/{world['copy'].document_id}/distribution/",
            f"/outgoing/{world['copy'].document_id}/distribute/",
            f"/outgoing/{world['draft'].pk}/ask_to_countersign/", "/outgoing/opinions/",
            f"/outgoing/opinions/{world['question'].pk}/take_back/",
            f"/outgoing/{world['draft'].pk}/submit/", f"/outgoing/{world['numbered'].pk}/seal/",
            f"/outgoing/{world['sealed'].pk}/", f"/outgoing/{world['sealed'].pk}/issue/",
            "/seals/", f"/seals/{seal}/", "/seals/register/", "/seals/register/?q=没有这个",
            "/seals/requests/", "/seals/requests/new/", f"/seals/requests/{request}/",
            f"/outgoing/{world['numbered'].pk}/correct_slip/",
            f"/outgoing/{world['numbered'].pk}/versions/1/1/",
            "/filing/", f"/filing/?year={this}", f"/filing/?year={this}&show=missing&line=outgoing",
            f"/filing/?year={this}&show=filed", f"/filing/many/?year={this}", "/filing/retention/",
            f"/filing/new/incoming/{world['unfiled'].pk}/", f"/filing/{world['item'].pk}/",
            f"/filing/{world['reopened'].pk}/refile/",
            world["item"].incoming.get_absolute_url(),
            "/password/", "/nowhere/", "/people/", f"/incoming/{late.pk}/pass_review/",
        ],
        "director": ["/", f"/seals/requests/{request}/approve/", f"/seals/requests/{request}/refuse/",
                     "/seals/new/", f"/seals/{seal}/change/", f"/seals/{seal}/picture/",
                     f"/seals/{seal}/close/",
                     f"/filing/{world['item'].pk}/", f"/filing/{world['item'].pk}/reopen/"],
        "leader": ["/", "/incoming/", f"/incoming/{proposed}/", f"/incoming/{proposed}/instruct/",
                   f"/incoming/{proposed}/lay_further/", f"/incoming/{proposed}/return_proposal/"],
        office.liaison("market_regulation").username: [
            "/", "/incoming/", f"/incoming/{late.pk}/", f"/incoming/handling/{part.pk}/accept/",
            f"/incoming/handling/{part.pk}/hand_back/", "/duties/?show=late",
            "/outgoing/received/", f"/outgoing/received/{world['copy'].pk}/",
            "/preferences/", "/feed/", f"/roster/confirmation/{asked.pk}/",
            f"/roster/confirmation/{asked.pk}/confirm/",
        ],
        "member1": ["/"],
        "deputy": ["/stand-ins/new/", "/outgoing/sign/", f"/outgoing/{world['paper'].pk}/",
                   f"/outgoing/{world['paper'].pk}/sign/",
                   f"/outgoing/{world['paper'].pk}/pass_on/"],
        office.liaison("health").username: [
            f"/duties/{handed}/extension/", f"/outgoing/opinions/{world['question'].pk}/",
            f"/outgoing/opinions/{world['question'].pk}/give/",
        ],
        "secadmin": ["/", "/people/", "/people/new/", "/people/slips/", "/roster/import/", "/messenger/", "/posts/", "/bodies/new/",
                     f"/posts/{office.seat('deputy').pk}/appoint/", "/posts/new/",
                     f"/posts/{office.seat('member1').pk}/close/",
                     f"/appointments/{office.seat('legal').appointments.get().pk}/end/",
                     f"/appointments/{office.seat('legal').appointments.get().pk}/take-back/",
                     f"/bodies/{office.unit('streamlining').pk}/change/",
                     f"/bodies/{office.unit('streamlining').pk}/close/"],
        "legal": ["/", "/outgoing/opinions/", f"/outgoing/opinions/{world['legal'].pk}/",
                  f"/outgoing/opinions/{world['legal'].pk}/give/"],
        "auditor": ["/audit/"],
        "sysadmin": ["/system/"],
    }  # fmt: skip


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_no_page_has_a_fault(office, world, visit, locale):
    """Nothing scrolls sideways, on the phone or at the desk, with all that folds unfolded.

    axe judges once, where the page is read: the Office sits at a desk, all others have a phone.
    In English only the lengths differ.
    """
    for login, paths in pages(office, world).items():
        visitor = visit(login, viewport=PHONE, locale=locale)
        at_desk = login in ("clerk", "director")
        for path in paths:
            visitor.open(path)
            visitor.page.evaluate(UNFOLD)
            visitor.judge(axe=locale == "zh-CN" and not at_desk)
            if locale == "zh-CN":
                visitor.page.set_viewport_size(DESKTOP)
                visitor.judge(axe=at_desk)
                visitor.page.set_viewport_size(PHONE)


def test_a_leader_instructs_in_two_taps_on_a_phone(office, world, visit):
    visitor = visit("leader", viewport=PHONE, locale="zh-CN")
    visitor.page.locator("main a.row-link").first.click()
    agree = visitor.page.locator(".acts button.btn-primary")
    assert agree.bounding_box()["height"] >= 44
    agree.click()
    assert "已交市监局办理" in visitor.page.locator(".alert").first.inner_text()
    assert office.fresh(world["proposed"]).state == "in_handling"


def test_a_rejected_form_takes_the_reader_to_what_is_wrong(office, visit):
    visitor = visit("clerk")
    page = visitor.open("/incoming/new/")
    page.locator("#id_contact").fill("办公室 83312345")
    page.locator("main button.btn-primary").click()
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert page.locator("#id_contact").input_value() == "办公室 83312345"
    visitor.judge()


def test_what_is_typed_survives_a_closed_window(office, visit):
    visitor = visit("clerk")
    page = visitor.open("/incoming/new/")
    page.locator("#id_title").fill("写到一半的标题")
    page.locator(".draft-state", has_text="✓").wait_for()
    assert (
        visit("clerk").open("/incoming/new/").locator("#id_title").input_value() == "写到一半的标题"
    )


def test_the_login_page_and_the_lock_out(office, chromium, live_server, settings):
    from tests.browser.conftest import Visitor

    settings.AXES_ENABLED = True
    visitor = Visitor(chromium, live_server.url, "clerk", viewport=PHONE, locale="zh-CN")
    page = visitor.open("/login/")
    visitor.judge()
    for _ in range(5):
        page.fill("#id_username", "clerk")
        page.fill("#id_password", "wrong")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert not page.locator("#id_username").count()
    assert "一刻钟" in page.locator("main").inner_text()
    visitor.judge()
    visitor.context.close()
