"""The pages of outgoing documents: drafted, read, signed and numbered in the browser's forms."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from coordination import actions as ground
from coordination import delegations, inbox
from coordination.models import AuditEntry, Body, Organisation
from documents.models import OutgoingDocument
from documents.outgoing import actions, presenters
from documents.prose import Paragraph
from documents.states import PaperState as S

from ..conftest import PASSWORD
from .paper_driver import POINTS

pytestmark = pytest.mark.django_db


def typed(office, **more):
    return {
        "originator": office.unit("group_office").pk,
        "name": "office",
        "kind": "notice",
        "subject": "做好年度改革总结",
        "urgency": "ordinary",
        "main": [office.unit("market_regulation").pk, office.unit("finance").pk],
        "copies": [office.unit("justice").pk],
        "text": json.dumps(
            {"blocks": [{"kind": "paragraph", "text": "请于12月10日前报送。"}]}, ensure_ascii=False
        ).replace('{"blocks": ', '{"blocks":'),
        "disclosure": "request",
    } | more


def go(client, office, who, paper, action, **data):
    client.force_login(office.people[who])
    url = reverse("papers:step", args=[paper.pk, action])
    seen = paper.content_digest()
    return client.post(url, {"seen": seen, **data}, follow=True)


def test_a_paper_is_drafted_signed_numbered_and_issued_in_the_browser(
    office, papers, client, today
):
    client.force_login(office.people["clerk"])
    answer = client.post(reverse("papers:new"), typed(office), follow=True)
    assert answer.status_code == 200
    paper = OutgoingDocument.objects.get()
    assert paper.title.endswith("关于做好年度改革总结的通知")
    assert "请于12月10日前报送。" in answer.text
    for who, action, data in (
        ("clerk", "submit", {}),
        ("director", "sign", {"opinion": "同意签发。", "password": PASSWORD}),
        ("clerk", "pass_check", {"points": POINTS}),
        ("clerk", "register", {"code": "", "copies": "20"}),
        ("clerk", "seal", {"seal": "", "copies": "20", "password": PASSWORD}),
        ("clerk", "issue", {"issued_on": today.isoformat(), "password": PASSWORD}),
    ):
        for chosen in {"code", "seal"} & data.keys():
            page = client.get(reverse("papers:step", args=[paper.pk, action]))
            data[chosen] = page.context["form"].fields[chosen].queryset.get().pk
        answer = go(client, office, who, papers.fresh(paper), action, **data)
        assert answer.status_code == 200, (action, answer.text)
    paper = papers.fresh(paper)
    assert (paper.state, paper.document_number) == (S.ISSUED, f"启协办〔{today.year}〕1号")
    assert f"启协办〔{today.year}〕1号" in client.get(reverse("papers:ledger")).text


def test_brackets_typed_around_an_annotation_are_not_printed_twice(office, client):
    client.force_login(office.people["clerk"])
    client.post(reverse("papers:new"), typed(office, annotation="（此件公开发布）"))
    assert OutgoingDocument.objects.get().content["annotation"] == "此件公开发布"


def test_a_signature_asks_for_the_password(office, papers, client):
    paper = papers.to_sign()
    answer = go(
        client, office, "director", paper, "sign", opinion="同意。", password="Wrong-horse-1"
    )
    assert answer.status_code == 422
    assert "This is not your password." in answer.text
    assert papers.fresh(paper).state == S.TO_SIGN


# like the sign-in: wrong ones are on record, and after five even the right one waits
def test_the_password_of_a_signature_is_not_guessed(office, papers, client):
    paper, wrong = papers.to_sign(), {"opinion": "同意。", "password": "Wrong-horse-1"}
    change = {"new_password1": "Other-horse-1", "new_password2": "Other-horse-1"}
    for _ in range(5):
        answer = go(client, office, "director", paper, "sign", **wrong)
        assert "This is not your password." in answer.text
    right = {"opinion": "同意。", "password": PASSWORD}
    answer = go(client, office, "director", paper, "sign", **right)
    assert (answer.status_code, "Too many wrong passwords" in answer.text) == (422, True)
    refused = client.post(reverse("password_change"), change | {"old_password": PASSWORD})
    assert "Too many wrong passwords" in refused.text  # nor is it guessed where it is changed
    tries = AuditEntry.objects.filter(event="password_refused", succeeded=False)
    assert {entry.person for entry in tries} == {office.people["director"]}
    assert tries.count() == 5
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        assert go(client, office, "director", paper, "sign", **right).status_code == 200
    assert papers.fresh(paper).state == S.SIGNED


def test_what_was_typed_is_shown_when_the_paper_was_passed_on_meanwhile(office, papers, client):
    paper = papers.to_sign("in_group_name")
    papers.step(paper, "pass_on", "deputy", "请组长签。", laid_before=office.seat("leader"))
    client.force_login(office.people["deputy"])
    url = reverse("papers:step", args=[paper.pk, "return_to_drafter"])
    answer = client.post(url, {"opinion": "第三部分请重写"})
    assert answer.status_code == 403
    assert "第三部分请重写" in answer.text
    assert f"It lies before: {office.seat('leader')}" in answer.text


def test_the_course_says_before_whom_a_paper_was_laid(office, papers, client):
    paper = papers.to_sign("in_group_name")
    papers.step(paper, "pass_on", "deputy", "请组长签。", laid_before=office.seat("leader"))
    client.force_login(office.people["clerk"])
    shown = client.get(paper.get_absolute_url()).context["detail"].entries
    noted = [one.note for one in shown if one.note]
    seats = [office.seat(who) for who in ("leader", "deputy", "director")]
    assert noted == [f"→ {seat}" for seat in seats]


def test_of_steps_at_one_moment_the_last_laid_it(office, papers):
    with time_machine.travel(timezone.now(), tick=False):
        paper = papers.submitted("in_group_name")
        papers.step(paper, "review", "director", "同意。", laid_before=office.seat("deputy"))
    shown = presenters.detail(office.people["clerk"], papers.fresh(paper)).entries
    assert [one.note for one in shown] == [
        f"→ {office.seat('deputy')}", f"→ {office.seat('director')}", "",
    ]  # fmt: skip


def test_who_signs_several_sees_whose_they_are_and_what_was_said(office, papers, client):
    paper = papers.submitted("in_group_name")
    papers.step(paper, "review", "director", "已核，数据属实。", laid_before=office.seat("deputy"))
    client.force_login(office.people["deputy"])
    page = client.get(reverse("papers:sign_many")).text
    assert f"{paper.originator} · {paper.issuer.short_name}" in page
    assert "已核，数据属实。" in page


def test_who_signs_reads_what_the_reviewer_wrote_and_what_is_wanted(office, papers, client):
    paper = papers.submitted("in_group_name")
    papers.step(paper, "review", "director", "已核，数据属实。", laid_before=office.seat("deputy"))
    client.force_login(office.people["deputy"])
    page = client.get(reverse("papers:step", args=[paper.pk, "sign"])).text
    assert page.index("已核，数据属实。") < page.index("id_password")
    back = client.get(reverse("papers:step", args=[paper.pk, "return_to_drafter"]))
    assert back.context["form"].fields["opinion"].required
    assert "Give the reason." in client.post(back.request["PATH_INFO"], {"opinion": ""}).text


def test_no_password_is_kept_as_a_draft_whatever_the_browser_sends(office, papers, client):
    paper, deputy = papers.to_sign("in_group_name"), office.people["deputy"]
    client.force_login(deputy)
    key = f"outgoingdocument:{paper.pk}:sign"
    typed_so_far = json.dumps({"opinion": "同意签发。", "password": PASSWORD})
    url = reverse("draft", args=[key])
    assert client.post(url, typed_so_far, content_type="application/json").status_code == 200
    assert ground.read_draft(deputy, key).data == {"opinion": "同意签发。"}


def test_a_rejected_draft_keeps_what_was_typed(office, client):
    client.force_login(office.people["clerk"])
    answer = client.post(
        reverse("papers:new"), typed(office, subject="", annotation="此件公开发布")
    )
    assert answer.status_code == 422
    assert "此件公开发布" in answer.text
    assert not OutgoingDocument.objects.exists()


def test_who_was_faster_is_told_to_whoever_comes_second(office, papers, client):
    paper = papers.to_sign()
    old = paper.content_digest()
    papers.step(paper, "sign", "director", "同意签发。")
    answer = go(
        client, office, "director", paper, "sign", opinion="同意。", password=PASSWORD, seen=old
    )
    assert answer.status_code == 409


@pytest.mark.parametrize("action", ["seal", "issue", "revoke", "repeal"])
def test_what_cannot_be_undone_asks_for_the_password(office, papers, client, today, action):
    at = {"seal": papers.numbered, "issue": papers.sealed}
    paper = at.get(action, papers.issued)()
    who, day = "clerk" if action in at else "director", today.isoformat()
    data = {"issued_on": day, "void_from": day, "opinion": "依据有误", "password": "Wrong-horse-1"}
    answer = go(client, office, who, paper, action, **data)
    assert "This is not your password." in answer.text
    assert papers.fresh(paper).state == paper.state


def test_what_was_written_is_shown_to_whoever_comes_second(office, papers, client):
    paper = papers.draft()
    old = paper.content_digest()
    changed = papers.content(subject="别人改的")
    actions.revise(paper, "edit", person=office.people["clerk2"], content=changed)
    answer = go(client, office, "clerk", paper, "edit", **typed(office), seen=old)
    assert answer.status_code == 409
    assert "请于12月10日前报送。" in answer.text
    papers.step(paper, "submit", "clerk2")
    answer = go(client, office, "clerk", papers.fresh(paper), "edit", **typed(office))
    assert answer.status_code == 409  # the step itself is gone
    assert "请于12月10日前报送。" in answer.text


def test_a_title_that_does_not_fit_is_told_at_the_subject(office, client):
    client.force_login(office.people["clerk"])
    issuer = Organisation.objects.filter(kind="group_office")
    Body.objects.filter(pk__in=issuer).update(name="很长的机关名称" * 17)
    answer = client.post(reverse("papers:new"), typed(office, subject="事" * 199))
    assert answer.status_code == 422
    assert "characters too long" in answer.text


def test_attachments_are_uploaded_listed_and_taken_off(office, papers, client):
    client.force_login(office.people["clerk"])
    files = [SimpleUploadedFile(f"{name}.txt", name.encode()) for name in ("分工表", "名单")]
    client.post(reverse("papers:new"), typed(office, files=files))
    paper = OutgoingDocument.objects.get()
    assert [one["title"] for one in paper.content["attachments"]] == ["分工表", "名单"]
    first, second = paper.content["attachments"]
    answer = go(
        client, office, "clerk", paper, "edit",
        **typed(
            office,
            removed=[first["file"]],
            **{f"attached_title_{second['file']}": "联络员名单"},
        ),
    )  # fmt: skip
    assert answer.status_code == 200
    paper = papers.fresh(paper)
    [kept] = paper.content["attachments"]
    assert (kept["title"], kept["file_name"]) == ("联络员名单", "名单.txt")
    url = reverse("papers:download", args=[paper.pk, kept["file"]])
    assert b"".join(client.get(url).streaming_content) == "名单".encode()
    assert client.get(reverse("papers:download", args=[paper.pk, first["file"]])).status_code == 404
    client.force_login(office.people["groupliaison1"])
    assert client.get(url).status_code == 404


def test_nobody_is_told_of_changes_of_their_own(office, papers, client):
    paper = papers.submitted("in_group_name")
    content = papers.content("group", subject="改过的事")
    actions.revise(paper, "revise", person=office.people["director"], content=content)
    client.force_login(office.people["director"])
    assert "Since you last decided" not in client.get(paper.get_absolute_url()).text
    client.force_login(office.people["clerk"])
    assert "Since you last decided" in client.get(paper.get_absolute_url()).text


def test_an_urgent_paper_goes_before_all_else_on_the_home_page(office, papers, client):
    office.proposed("deputy")
    papers.to_sign("in_group_name", subject="寻常之事")
    papers.to_sign("in_group_name", subject="紧急之事", urgency="urgent")
    client.force_login(office.people["deputy"])
    text = client.get("/").text
    assert text.index("紧急之事") < text.index("寻常之事")
    waiting, _more = inbox.waiting(office.people["deputy"])
    assert "紧急之事" in waiting[0].title


def test_whoever_signed_before_sees_what_changed_since(office, papers, client):
    paper = papers.signed()
    content = papers.content(
        blocks=(Paragraph("现将有关事项通知如下："), Paragraph("请于年底前完成。"))
    )
    actions.revise(paper, "change", person=office.people["clerk"], content=content, why="补充时限")
    client.force_login(office.people["director"])
    text = client.get(paper.get_absolute_url()).text
    assert "Changed since you last decided on it (version 1)" in text
    assert "请于年底前完成。" in text
    url = reverse("papers:compare", args=[paper.pk, 1, 2])
    assert "请于年底前完成。" in client.get(url).text


def test_a_leader_signs_those_ticked_on_one_page(office, papers, client):
    rows = [papers.to_sign("in_group_name", subject=f"第{n}件事") for n in range(3)]
    client.force_login(office.people["deputy"])
    url = reverse("papers:sign_many")
    assert client.get(url).text.count('name="papers"') == 3
    data = {
        "papers": [rows[0].pk, rows[2].pk],
        "seen": [f"{paper.pk}:{paper.content_digest()}" for paper in rows],
        "opinion": "同意签发。",
    }
    answer = client.post(url, data | {"password": "Wrong-horse-1"})
    assert answer.status_code == 422
    assert answer.text.count(" checked") == 2
    assert client.post(url, data | {"password": PASSWORD}).status_code == 302
    assert [papers.fresh(paper).state for paper in rows] == [S.SIGNED, S.TO_SIGN, S.SIGNED]
    other = papers.to_sign("in_group_name")
    papers.step(other, "pass_on", "deputy", "请签。", laid_before=office.seat("leader"))
    refused = client.post(url, data | {"papers": [other.pk], "password": PASSWORD})
    assert refused.status_code == 422


def test_a_stand_in_who_may_only_return_it_is_not_asked_to_sign(office, papers, client, today):
    papers.to_sign("in_group_name")
    for act, shown in (("outgoing:return_to_drafter", 0), ("outgoing:sign", 1)):
        delegations.give_delegation(
            person=office.people["deputy"],
            seat=office.seat("deputy"),
            delegate=office.people["deputy2"],
            acts=[act],
            since=today,
            until=today,
            reason="出差",
        )
        client.force_login(office.people["deputy2"])
        assert client.get(reverse("papers:sign_many")).text.count('name="papers"') == shown


def test_whoever_has_nothing_to_sign_reads_so(office, client):
    client.force_login(office.people["leader"])
    assert "Nothing waits for your signature." in client.get(reverse("papers:sign_many")).text


@pytest.mark.parametrize("page", ["papers:register", "papers:ledger"])
def test_registers_ask_the_same_number_of_times_for_2_and_for_14_rows(
    office, papers, client, django_assert_max_num_queries, page
):
    client.force_login(office.people["clerk"])
    for _ in range(2):
        papers.numbered()
    with django_assert_max_num_queries(12) as few:
        client.get(reverse(page))
    for _ in range(12):
        papers.numbered()
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(reverse(page)).text.count("<tr>") == 15


def test_the_page_for_signing_several_costs_the_same_for_2_and_for_14(
    office, papers, client, django_assert_max_num_queries
):
    client.force_login(office.people["deputy"])
    for _ in range(2):
        papers.to_sign("in_group_name")
    with django_assert_max_num_queries(12) as few:
        client.get(reverse("papers:sign_many"))
    for _ in range(12):
        papers.to_sign("in_group_name")
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(reverse("papers:sign_many")).text.count('name="papers"') == 14


def test_the_page_of_a_paper_stays_within_its_queries(
    office, papers, client, django_assert_max_num_queries
):
    paper = papers.to_sign("in_group_name")
    client.force_login(office.people["deputy"])
    with django_assert_max_num_queries(17):
        assert client.get(paper.get_absolute_url()).status_code == 200
