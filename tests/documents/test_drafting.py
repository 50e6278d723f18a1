"""Drafting: recipients by list and by name alone, the order of attachments, templates, folds."""

import datetime as dt
import json
from dataclasses import replace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordination import access, charters
from coordination import actions as ground
from coordination.models import Decision, Organisation, Unit
from documents import form_rules, prose
from documents.form_rules import Rank
from documents.models import OutgoingDocument, PaperTemplate, RecipientList
from documents.outgoing import actions, paper_templates, recipient_fields, recipient_lists
from documents.outgoing.content import Recipient, digest, from_data, to_data
from documents.outgoing.layout import paper_of
from documents.prose import Paragraph
from documents.states import DocumentKind, IssuingName

from .test_outgoing_pages import go, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(office, client):
    """A browser in which somebody of the Office's desk is signed in."""
    client.force_login(office.people["clerk"])
    return client


def preset(key) -> RecipientList:
    return RecipientList.objects.get(key=key)


def picked(row) -> str:
    return f"list:{row.pk}"


def own_list(office, who="clerk", key="group_office", **more):
    """A list of a body, kept by one of its drafters."""
    fields = {"name": "常用单位", "printed_as": "", "takes": "", "members": []} | more
    row = RecipientList(organisation=office.unit(key))
    return recipient_lists.keep(office.people[who], row, **fields)


def close(unit):
    """As a decision closes a unit."""
    decision = Decision.objects.get(key="working_rules")
    Unit.objects.filter(pk=unit.pk).update(closed_on=timezone.localdate(), closed_by=decision)


def words_of(content, *cites):
    remarks = form_rules.judge(content.draft())
    return [one.words for one in remarks if not cites or one.cites in cites]


def group(office, *keys, name="各区镇"):
    members = [recipient_fields.recipient_of(office.unit(key)) for key in keys]
    return Recipient(name, members[0].rank, members=tuple(members))


# Lists -------------------------------------------------------------------------------------------
def test_the_charter_ships_lists_that_take_all_of_a_sort(office):
    towns = {one.pk for one in Organisation.objects.filter(kind="district_town")}
    found = {one.row.key: one for one in recipient_lists.offered(office.people["clerk"])}
    assert set(found) == {"towns", "members", "departments", "working_groups"}
    assert {one.pk for one in found["towns"].members} == towns
    members = {one.key for one in found["members"].members}
    assert {"market_regulation", "administrative_approval", "government_office"} <= members
    assert not {"huilong", "city_government", "streamlining"} & members
    kinds = {one.kind for one in found["working_groups"].members}
    assert kinds == {"thematic_group", "support_group"}


def test_a_charter_loaded_again_leaves_what_the_office_changed(office):
    row = preset("towns")
    office_clerk = office.people["clerk"]
    recipient_lists.keep(
        office_clerk, row, name="各镇", printed_as="各镇人民政府", takes="towns", members=[]
    )
    paper_templates.change(office_clerk, "notice", (Paragraph("新的开头："),))
    assert not [one for one in charters.load() if "list" in one.what or "template" in one.what]
    assert preset("towns").name == "各镇"
    assert paper_templates.blocks_of("notice") == (Paragraph("新的开头："),)


@pytest.mark.parametrize(
    ("section", "row", "words"),
    [
        ("recipient_lists", {"key": "x", "name": "x"}, "nobody is on it"),
        ("recipient_lists", {"key": "x", "name": "x", "takes": "all"}, "takes one of"),
        ("recipient_lists", {"key": "x", "name": "x", "members": ["nn"]}, "unknown organisation"),
        ("paper_templates", {"kind": "poem", "text": "x"}, "unknown kind"),
        ("paper_templates", {"kind": "notice", "text": " "}, "no text"),
    ],
)
def test_a_charter_with_faults_in_them_is_refused(section, row, words):
    data = {"units": [], "bodies": [], section: [row]}
    faults = [*recipient_lists.charter_faults(data), *paper_templates.charter_faults(data)]
    assert any(words in fault for fault in faults)


def test_who_sees_and_keeps_which_list(office):
    """Presets and the Office's by the Office, a body's own by its drafters; others see nothing."""
    common = own_list(office, name="办公室常用", members=[office.unit("finance")])
    own = own_list(office, "groupliaison1", "streamlining", members=[office.unit("justice")])
    assert (common.shared, own.shared) == (True, False)

    def able(who, verb):
        return set(access.visible(office.people[who], RecipientList.objects.all(), verb))

    shared = set(RecipientList.objects.filter(shared=True))
    assert able("clerk", "view") == able("clerk", "change") == shared
    for who in ("groupliaison1", "head1", "deputyhead1"):
        assert able(who, "view") == {*shared, own}
        assert able(who, "change") == {own}
    for who in ("deputy", "liaison1", "sysadmin"):
        assert not able(who, "view")
        with pytest.raises(PermissionDenied):
            access.require(office.people[who], "add", RecipientList)


def test_a_list_is_set_up_changed_put_away_and_offered_again(office, clerk):
    finance, health = office.unit("finance"), office.unit("health")
    data = {
        "organisation": office.unit("group_office").pk,
        "name": "审批部门",
        "printed_as": "各审批部门",
        "members": [finance.pk],
    }
    clerk.post(reverse("papers:list_new"), data)
    row = RecipientList.objects.get(name="审批部门")
    assert (row.printed_as, set(row.members.all())) == ("各审批部门", {finance})
    refused = clerk.post(reverse("papers:list_new"), data)
    assert refused.status_code == 422
    assert "There is a list of this name already" in refused.text
    clerk.post(row.get_absolute_url(), data | {"members": [finance.pk, health.pk]})
    row.refresh_from_db()
    assert set(row.members.all()) == {finance, health}
    assert row.history.count() > 1
    clerk.post(reverse("papers:list_away", args=[row.pk]))
    assert picked(row) not in recipient_fields.offer(office.people["clerk"]).lists
    clerk.post(reverse("papers:list_new"), data)  # another of this name, meanwhile
    answer = clerk.post(reverse("papers:list_back", args=[row.pk]), follow=True)
    assert "There is a list of this name already" in answer.text
    recipient_lists.put_away(office.people["clerk"], RecipientList.objects.latest("pk"))
    answer = clerk.post(reverse("papers:list_back", args=[row.pk]), follow=True)
    assert "is offered again" in answer.text
    assert picked(row) in recipient_fields.offer(office.people["clerk"]).lists


def test_what_a_list_said_before_stays_readable(office, clerk, client):
    data = {"name": "沿江乡镇", "printed_as": "", "takes": ""}
    whose = {"organisation": office.unit("group_office").pk}
    clerk.post(reverse("papers:list_new"), data | whose | {"members": [office.unit("finance").pk]})
    row = RecipientList.objects.get(name="沿江乡镇")
    page = reverse("papers:list_history", args=[row.pk])
    assert page in clerk.get(reverse("papers:lists")).text
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):
        recipient_lists.keep(
            office.people["clerk2"], row, **data | {"members": [office.unit("health")]}
        )
    now, before = recipient_lists.earlier_states(row)
    assert [one.organisation.key for one in now.on_it] == ["health"]
    assert [one.organisation.key for one in before.on_it] == ["finance"]
    assert (now.history_user, before.history_user) == (
        office.people["clerk2"], office.people["clerk"],
    )  # fmt: skip
    text = clerk.get(page).text
    assert text.index(office.unit("health").short_name) < text.rindex(
        office.unit("finance").short_name
    )
    client.force_login(office.liaison("finance"))
    assert client.get(page).status_code == 404


def test_of_two_who_change_a_list_the_second_is_told_and_loses_nothing(office, clerk):
    row = own_list(office, printed_as="各审批部门")
    health = office.unit("health")
    data = {"name": row.name, "printed_as": "各部门", "members": [health.pk]}
    seen = clerk.get(row.get_absolute_url()).context["form"].initial["seen"]
    assert clerk.post(row.get_absolute_url(), data | {"seen": seen}).status_code == 302
    late = data | {"printed_as": "有关部门", "seen": seen}
    refused = clerk.post(row.get_absolute_url(), late)
    assert refused.status_code == 422
    assert "changed this meanwhile" in refused.text
    assert "有关部门" in refused.text
    row.refresh_from_db()
    assert row.printed_as == "各部门"
    again = refused.context["form"]["seen"].value()
    assert clerk.post(row.get_absolute_url(), late | {"seen": again}).status_code == 302
    row.refresh_from_db()
    assert row.printed_as == "有关部门"


def test_a_list_put_away_meanwhile_stays_away_when_it_is_changed(office, clerk):
    row, person = own_list(office, takes="towns"), office.people["clerk"]
    recipient_lists.put_away(person, RecipientList.objects.get(pk=row.pk))
    recipient_lists.keep(
        person, row, name="改名", printed_as="", takes="towns", members=[], seen=""
    )  # from a page opened before
    row.refresh_from_db()
    assert row.name == "改名"
    assert row.put_away_at is not None
    stale = RecipientList.objects.get(pk=row.pk)
    recipient_lists.keep(person, row, name="又改", printed_as="", takes="towns", members=[])
    recipient_lists.take_up(person, stale)
    row.refresh_from_db()
    assert (row.name, row.put_away_at) == ("又改", None)


def test_of_two_who_change_a_template_the_second_is_told_and_loses_nothing(office, clerk):
    url = reverse("papers:template", args=["bill"])
    seen = clerk.get(url).context["form"].initial["seen"]
    assert clerk.post(url, {"text": "一、案由", "seen": seen}).status_code == 302
    refused = clerk.post(url, {"text": "一、缘由", "seen": seen})
    assert refused.status_code == 422
    assert "changed this meanwhile" in refused.text
    assert "缘由" in refused.text
    again = refused.context["form"]["seen"].value()
    assert clerk.post(url, {"text": "一、缘由", "seen": again}).status_code == 302
    assert "缘由" in str(PaperTemplate.objects.get(kind="bill").blocks)


def test_a_list_has_somebody_on_it_and_no_body_has_too_many(office, clerk, monkeypatch):
    data = {"organisation": office.unit("group_office").pk, "name": "空名单"}
    answer = clerk.post(reverse("papers:list_new"), data)
    assert answer.status_code == 422
    assert "Choose who is on the list." in answer.text
    monkeypatch.setattr(recipient_lists, "MOST", 4)
    answer = clerk.post(reverse("papers:list_new"), data | {"takes": "towns"})
    assert "put one away first" in answer.text


def test_nobody_keeps_a_list_for_another_body(office, client):
    client.force_login(office.people["groupliaison1"])
    data = {"organisation": office.unit("group_office").pk, "name": "越权", "takes": "towns"}
    assert client.post(reverse("papers:list_new"), data).status_code == 422
    assert client.post(preset("towns").get_absolute_url(), data).status_code == 404
    assert not RecipientList.objects.filter(name="越权").exists()


def test_closed_members_are_left_out_with_a_word(office, clerk):
    finance, health = office.unit("finance"), office.unit("health")
    row = own_list(office, members=[finance, health])
    close(finance)
    [listed] = recipient_lists.read([row])
    assert ([*listed.members], [*listed.closed]) == ([health], [finance])
    assert "Closed, so left out: 市财政局" in " ".join(
        clerk.get(reverse("papers:lists")).text.split()
    )
    assert "closed and left out: 市财政局" in clerk.get(reverse("papers:new")).text
    close(health)
    answer = clerk.post(reverse("papers:new"), typed(office, main=[picked(row)]))
    assert answer.status_code == 422
    assert "exists any more" in answer.text


def test_the_register_of_lists_asks_as_much_for_many_as_for_few(office, clerk):
    counts = []
    clerk.get(reverse("papers:lists"))  # what a process reads once is read
    for more in (2, 12):
        for place in range(more):
            own_list(office, name=f"名单{more}-{place}", members=[office.unit("finance")])
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(reverse("papers:lists")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


# Recipients --------------------------------------------------------------------------------------
def test_a_list_is_printed_by_its_words_and_frozen_at_drafting(office, papers, clerk):
    towns = preset("towns")
    clerk.post(reverse("papers:new"), typed(office, main=[picked(towns)], copies=[]))
    paper = OutgoingDocument.objects.get()
    content = from_data(paper.content)
    [main] = content.main
    count = Organisation.objects.filter(kind="district_town").count()
    assert (main.name, main.organisation, len(main.members)) == ("各区镇", None, count)
    assert content.direction == "downward"
    assert paper_of(paper).main_recipients == "各区镇"
    before = paper.content_digest()
    recipient_lists.keep(
        office.people["clerk"], towns, name="各区镇", printed_as="各区镇", takes="",
        members=[office.unit("huilong")],
    )  # fmt: skip
    page = clerk.get(reverse("papers:step", args=[paper.pk, "edit"]))
    form = page.context["form"]
    assert form["main"].value() == ["had:0"]
    keys = [key for _name, rows in form.fields["main"].choices for key, _label in rows]
    assert {"had:0", picked(towns)} <= set(keys)  # as drafted, or as the list is today
    go(clerk, office, "clerk", paper, "edit", **typed(office, main=["had:0"], copies=[]))
    assert papers.fresh(paper).content_digest() == before  # nothing was changed
    both = typed(office, main=["had:0", picked(towns)], copies=[])
    assert "picked twice" in go(clerk, office, "clerk", paper, "edit", **both).text
    go(clerk, office, "clerk", paper, "edit", **typed(office, main=[picked(towns)], copies=[]))
    [main] = from_data(papers.fresh(paper).content).main
    assert [one.name for one in main.members] == ["汇龙镇人民政府"]


def test_a_slip_is_mended_whatever_became_of_the_list(office, papers, client):
    paper = papers.signed(main=(group(office, "finance", "health", name="各成员单位"),))
    content = from_data(paper.content)
    answer = go(
        client, office, "clerk", paper, "correct_slip",
        name="office", kind="notice", subject=content.subject, urgency="ordinary", main=["had:0"],
        disclosure="request", opinion="错字",
        text="现将有关事项通知如下：\n一、总体要求\n请狠抓落实。",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    paper = papers.fresh(paper)
    assert paper.signed_version_id == paper.version_id
    assert from_data(paper.content).main == content.main


def test_a_list_without_words_adds_its_members_one_by_one(office, clerk):
    finance, health = office.unit("finance"), office.unit("health")
    row = own_list(office, members=[finance, health])
    page = clerk.get(reverse("papers:new")).text
    assert f'data-members="{finance.pk} {health.pk}"' in page
    clerk.post(reverse("papers:new"), typed(office, main=[picked(row), str(finance.pk)], copies=[]))
    content = from_data(OutgoingDocument.objects.get().content)
    assert [one.organisation for one in content.main] == [finance.pk, health.pk]


def test_the_rules_of_form_judge_every_member_of_a_group(office, papers):
    superiors = group(office, "nantong_group", "nantong_group_office", name="上级机关")
    towns = group(office, "huilong", "nanyang")
    upward = papers.content(IssuingName.UPWARD, main=(superiors,), copies=(towns,))
    errors = " ".join(words_of(upward, "P15"))
    assert "has one main recipient; copy the others: 上级机关" in errors
    assert "not copied to lower bodies: 各区镇." in errors
    assert any("by consent" in words for words in words_of(papers.content(main=(towns,)), "P16"))
    alone = recipient_fields.recipient_of(office.unit("huilong"))
    twice = papers.content(main=(towns,), copies=(alone,))
    assert any("Named twice" in words and "汇龙镇" in words for words in words_of(twice, "P9"))


def test_each_member_gets_one_copy_however_often_it_is_named(office, papers):
    units = group(office, "finance", "health", name="有关单位")
    alone = recipient_fields.recipient_of(office.unit("finance"))
    paper = papers.issued(main=(units, alone), copies=(group(office, "health", "justice"),))
    sent = {row.organisation.key: row.role for row in paper.deliveries.all()}
    assert sent == {"finance": "main", "health": "main", "justice": "copy"}
    assert paper.deliveries.count() == 3


def test_members_of_a_group_can_be_asked_to_report_back(office, papers, today):
    paper = papers.sealed(main=(group(office, "finance", "health", name="有关单位"),))
    paper = papers.step(paper, "issue", "clerk", issued_on=today, asks=True)
    assert paper.deliveries.exclude(duty=None).count() == 2


def test_content_without_groups_keeps_the_digest_it_had(papers):
    data = to_data(papers.content())
    assert all("members" not in one for one in data["main"])
    with_group = papers.content(main=(Recipient("各区镇", "lower", None, (
        Recipient("汇龙镇人民政府", "lower_government", 1),)),))  # fmt: skip
    kept = json.loads(json.dumps(to_data(with_group)))
    assert from_data(kept) == with_group
    assert digest(kept) == digest(to_data(with_group))


def outside(name="江苏省××厅", rank="peer", role="main", at=0):
    return {f"outside_name_{at}": name, f"outside_rank_{at}": rank, f"outside_as_{at}": role}


def test_a_body_outside_the_system_is_named_with_its_rank(office, papers, clerk, today):
    more = outside("某某有限公司", "unrelated") | outside("江苏省政务办", "superior", "copy", 1)
    answer = clerk.post(reverse("papers:new"), typed(office, kind="letter", main=[]) | more)
    assert answer.status_code == 302
    paper = OutgoingDocument.objects.get()
    content = from_data(paper.content)
    assert content.main == (Recipient("某某有限公司", "unrelated"),)
    assert content.copies[0] == Recipient("江苏省政务办", "superior")  # a superior stands first
    assert content.direction == "lateral"
    page = clerk.get(reverse("papers:step", args=[paper.pk, "edit"]))
    shown = [(row.name.value(), row.role.value()) for row in page.context["form"].outside_rows()]
    assert shown == [("某某有限公司", "main"), ("江苏省政务办", "copy"), (None, None)]
    issued = papers.issued(main=content.main, copies=content.copies, kind=DocumentKind.LETTER)
    board = clerk.get(reverse("papers:distribution", args=[issued.pk])).text
    assert "on paper" in board
    got = {row.recipient for row in issued.deliveries.all()}
    assert got == {"某某有限公司", "江苏省政务办", office.unit("justice").name}
    assert all(name in board for name in got)


@pytest.mark.parametrize(
    ("rank", "error"),
    [("superior", "no superior|does not go to a superior"), ("lower", "copied to lower bodies")],
)
def test_the_rank_of_a_body_outside_is_judged(papers, rank, error):
    other = Recipient("某单位", str(Rank(rank)))
    name = IssuingName.UPWARD
    content = papers.content(name, main=(other,)) if rank == "lower" else None
    if content is not None:
        assert any("no superior" in words for words in words_of(content, "P15"))
        content = papers.content(name, copies=(other,))
        assert any(error in words for words in words_of(content, "P15"))
    else:
        assert not words_of(papers.content(name, main=(other,)), "P15")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (outside(rank=""), "Choose how this body stands to us."),
        (outside("启东市财政局"), "It is in this system"),
        (outside("市财政局"), "It is in this system"),
        (outside("甲公司、乙公司"), "One body in a row"),
    ],
)
def test_what_is_wrong_with_a_body_outside_is_said_beside_it(office, clerk, row, words):
    answer = clerk.post(reverse("papers:new"), typed(office) | row)
    assert answer.status_code == 422
    assert words in answer.text
    assert row["outside_name_0"] in answer.text
    assert not OutgoingDocument.objects.exists()


def test_one_more_row_is_given_and_nothing_is_kept_as_a_version(office, clerk):
    data = typed(office, subject="", arrange="outsiders") | outside()
    answer = clerk.post(reverse("papers:new"), data)
    assert answer.status_code == 200
    form = answer.context["form"]
    assert [row.name.value() for row in form.outside_rows()] == ["江苏省××厅", None]
    assert not form.errors
    assert not OutgoingDocument.objects.exists()
    kept = ground.read_draft(office.people["clerk"], "outgoing:new").data
    assert kept["outside_name_0"] == "江苏省××厅"
    assert not {"csrfmiddlewaretoken", "arrange", "kept_files"} & set(kept)


# Attachments -------------------------------------------------------------------------------------
def three(office, clerk):
    """A draft with three attachments; its file keys in order."""
    files = [SimpleUploadedFile(f"{name}.txt", name.encode()) for name in "甲乙丙"]
    clerk.post(reverse("papers:new"), typed(office, files=files))
    paper = OutgoingDocument.objects.get()
    return paper, [one["file"] for one in paper.content["attachments"]]


def titles(paper):
    return "".join(one["title"] for one in OutgoingDocument.objects.get().content["attachments"])


@pytest.mark.parametrize(
    ("places", "order"),
    [
        ((1, 2, 3), "甲乙丙"),
        ((2, 2, 3), "乙甲丙"),  # moved behind
        ((1, 2, 1), "丙甲乙"),  # moved before
        ((3, 2, 1), "丙乙甲"),
        ((9, 2, 3), "乙丙甲"),
        (("", 2, 3), "甲乙丙"),
    ],
)
def test_attachments_are_put_in_order_by_number(office, papers, clerk, places, order):
    paper, keys = three(office, clerk)
    more = {f"attached_place_{key}": str(at) for key, at in zip(keys, places, strict=True)}
    go(clerk, office, "clerk", paper, "edit", **typed(office, subject="又改了"), **more)
    assert titles(paper) == order
    listed = papers.fresh(paper).content["attachments"]
    assert all(one["file_name"] == f"{one['title']}.txt" for one in listed)


def test_attachments_move_up_and_down_without_scripts(office, clerk):
    paper, (first, _second, third) = three(office, clerk)
    data = typed(office, arrange=f"up:{third}", **{f"attached_title_{third}": "改名"})
    url = reverse("papers:step", args=[paper.pk, "edit"])
    answer = clerk.post(url, data)
    assert answer.status_code == 200
    rows = answer.context["form"].attachment_rows()
    assert [row.title.value() for row in rows] == ["甲", "改名", "乙"]
    assert [row.place.value() for row in rows] == ["1", "2", "3"]
    answer = clerk.post(url, typed(office, arrange=f"up:{first}"))  # it is first already
    assert answer.context["form"].attachment_rows()[0].pk == first
    assert titles(paper) == "甲乙丙"  # nothing was kept


def test_a_rejected_form_keeps_files_names_and_order(office, clerk):
    paper, (first, second, third) = three(office, clerk)
    data = typed(
        office, subject="", removed=[first],
        files=[SimpleUploadedFile("丁.txt", b"x")],
        **{f"attached_title_{second}": "名" * 30, f"attached_place_{third}": "1"},
    )  # fmt: skip
    answer = clerk.post(reverse("papers:step", args=[paper.pk, "edit"]), data)
    assert answer.status_code == 422
    rows = answer.context["form"].attachment_rows()
    assert [row.title.value() for row in rows] == ["丙", "甲", "名" * 30, "丁"]
    assert [row.removed for row in rows] == [False, True, False, False]
    assert [row.is_kept for row in rows] == [False, False, False, True]
    new = rows[3].pk
    again = typed(
        office, removed=[first], kept_files=[new], attached_order=[third, first, second, new],
        **{f"attached_title_{second}": "名" * 30, f"attached_place_{new}": "2"},
        **{f"attached_place_{third}": "1", f"attached_place_{second}": "3"},
        **{f"attached_title_{new}": "分工表"},
    )  # fmt: skip
    go(clerk, office, "clerk", paper, "edit", **again)
    assert titles(paper) == "丙分工表" + "名" * 30


def test_a_name_too_long_is_refused_beside_the_attachment(office, clerk):
    paper, (first, *_rest) = three(office, clerk)
    answer = go(
        clerk, office, "clerk", paper, "edit",
        **typed(office, **{f"attached_title_{first}": "长" * 201}),
    )  # fmt: skip
    assert answer.status_code == 422
    assert f'href="#id_attached_title_{first}"' in answer.text


def test_uploads_are_named_and_ordered_before_anything_is_kept(office, clerk):
    files = [SimpleUploadedFile(f"{name}.txt", name.encode()) for name in "甲乙"]
    answer = clerk.post(reverse("papers:new"), typed(office, files=files, arrange="order"))
    assert answer.status_code == 200
    first, second = answer.context["form"].attachment_rows()
    clerk.post(
        reverse("papers:new"),
        typed(
            office, kept_files=[first.pk, second.pk], attached_order=[first.pk, second.pk],
            **{f"attached_place_{second.pk}": "1", f"attached_title_{second.pk}": "名单"},
        ),
    )  # fmt: skip
    assert titles(None) == "名单甲"


def test_nobody_attaches_another_persons_upload(office, clerk, client):
    answer = clerk.post(
        reverse("papers:new"),
        typed(office, files=[SimpleUploadedFile("甲.txt", b"x")], arrange="order"),
    )
    [row] = answer.context["form"].attachment_rows()
    client.force_login(office.people["clerk2"])
    client.post(reverse("papers:new"), typed(office, kept_files=[row.pk]))
    assert OutgoingDocument.objects.get().content["attachments"] == []


# Templates ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("notice", "特此通知。"),
        ("request_for_instructions", "妥否，请批示。"),
        ("report", "特此报告。"),
        ("letter", "特此函达。"),
        ("official_reply", "此复。"),
        ("opinions", "提出如下意见"),
        ("circular", "特此通报。"),
        ("minutes", "纪要如下"),
    ],
)
def test_the_charter_ships_a_template_for_the_common_kinds(office, clerk, kind, words):
    page = clerk.get(reverse("papers:new") + f"?kind={kind}")
    form = page.context["form"]
    assert form["kind"].value() == kind
    assert words in prose.plain(form["text"].value())


def test_no_template_breaks_a_rule_of_form_by_itself(papers):
    for kind, blocks in paper_templates.all_blocks().items():
        name = IssuingName.UPWARD if kind in ("report", "request_for_instructions") else "office"
        content = papers.content(name, blocks=blocks)
        draft = content.draft()
        remarks = form_rules.judge(replace(draft, kind=DocumentKind(kind)))
        texts = [one.words for one in remarks if one.cites in ("G7", "P19")]
        assert len(texts) == 1, kind
        assert "gaps of the template" in texts[0]
        asks = [one for one in remarks if "asks for" in one.words]
        assert not asks, kind


@pytest.mark.parametrize("text", ["", "template"])
def test_another_kind_brings_its_text_while_nothing_is_written(office, clerk, text):
    if text:
        page = clerk.get(reverse("papers:new")).context["form"]
        text = prose_of(page["text"].value())
    answer = clerk.post(
        reverse("papers:new"), typed(office, kind="report", text=text, arrange="template")
    )
    assert answer.status_code == 200
    assert "特此报告。" in answer.context["form"]["text"].value()
    assert "特此报告。" in answer.text


def prose_of(blocks):
    return '{"blocks":' + json.dumps(prose.to_data(blocks), ensure_ascii=False) + "}"


def test_what_was_written_is_never_overwritten(office, clerk):
    answer = clerk.post(reverse("papers:new"), typed(office, kind="report", arrange="template"))
    assert answer.status_code == 200
    assert "请于12月10日前报送。" in answer.context["form"]["text"].value()
    assert "You have written something, so it stays" in answer.text
    damaged = typed(office, kind="report", text='{"blocks":[{', arrange="template")
    answer = clerk.post(reverse("papers:new"), damaged)
    assert answer.context["form"]["text"].value() == '{"blocks":[{'


def test_only_the_office_changes_a_template_and_its_history_stays(office, clerk, client):
    url = reverse("papers:template", args=["bill"])
    assert clerk.post(url, {"text": "一、案由\n××。"}).status_code == 302
    assert clerk.post(url, {"text": "一、案由\n××。\n二、方案"}).status_code == 302
    row = PaperTemplate.objects.get(kind="bill")
    assert row.changed_by == office.people["clerk"]
    assert row.history.count() == 2
    assert (
        "Nothing was changed."
        in clerk.post(url, {"text": "一、案由\n××。\n二、方案"}, follow=True).text
    )
    page = clerk.get(reverse("papers:template_history", args=["bill"])).text
    assert page.count("一、案由") == 2
    client.force_login(office.people["groupliaison1"])
    assert client.post(url, {"text": "别的"}).status_code == 403
    assert client.get(reverse("papers:template_history", args=["bill"])).status_code == 200
    assert client.get(reverse("papers:template", args=["poem"])).status_code in (403, 404)


def test_a_step_that_is_no_draft_is_not_arranged(office, papers, client):
    paper = papers.to_sign()
    answer = go(client, office, "director", paper, "sign", arrange="template")
    assert answer.status_code == 404
    answer = go(client, office, "clerk", paper, "edit", arrange="template")
    assert answer.status_code == 409


def test_nothing_that_is_sent_to_arrange_breaks_the_form(office, clerk):
    paper, (first, *_rest) = three(office, clerk)
    names = ("kind", "main", "copies", "text", "removed", "kept_files", "attached_order", "answers")
    for value in ("", "x", "9" * 40, "\0", "\ud800", "up:x", "😀", "-1", "[]"):
        more = {**outside(), f"attached_title_{first}": value, f"attached_place_{first}": value}
        data = dict.fromkeys((*names, *more), value.encode("utf-8", "replace").decode())
        for arrange in ("template", "outsiders", "order", value or "x"):
            for url in (reverse("papers:new"), reverse("papers:step", args=[paper.pk, "edit"])):
                answer = clerk.post(url, data | {"arrange": arrange.encode("utf-8", "replace")})
                assert answer.status_code == (400 if "\0" in value else 200), (value, arrange)
    assert paper.versions.count() == 1


# Folds -------------------------------------------------------------------------------------------
def test_rare_fields_are_folded_until_they_are_filled_or_refused(office, papers, clerk):
    folds = clerk.get(reverse("papers:new")).context["form"].folds()
    assert [fold.is_open for fold in folds] == [False] * len(folds)
    paper = papers.draft(reform=True, authorisation="市政府同意")
    page = clerk.get(reverse("papers:step", args=[paper.pk, "edit"]))
    opened = {one.name for fold in page.context["form"].folds() if fold.is_open
              for one in fold.fields}  # fmt: skip
    assert opened == {"authorisation", "normative", "reform"}
    answer = clerk.post(reverse("papers:new"), typed(office, answers="收〔2026〕99999号"))
    folds = [fold for fold in answer.context["form"].folds() if fold.is_open]
    assert [one.name for fold in folds for one in fold.fields] == ["answers"]
    assert answer.text.count('<details class="fold" open>') == 1


def test_every_field_of_the_form_stands_on_the_page(office, papers, clerk):
    paper = papers.draft()
    for page in (
        clerk.get(reverse("papers:new")),
        clerk.get(reverse("papers:step", args=[paper.pk, "edit"])),
    ):
        form = page.context["form"]
        named = {name for name in form.fields if name not in ("removed",)}
        missing = {name for name in named if f'name="{name}"' not in page.text}
        assert not missing


def test_a_list_named_in_a_draft_is_refused_to_nobody_else(office, client):
    """A list of another body is no choice, whatever key is sent."""
    own = own_list(office, "groupliaison1", "streamlining", members=[office.unit("justice")])
    client.force_login(office.people["clerk"])
    answer = client.post(reverse("papers:new"), typed(office, main=[picked(own)]))
    assert answer.status_code == 422
    assert not OutgoingDocument.objects.exists()


def test_too_many_of_a_name_are_refused_by_the_database_too(office):
    own_list(office, members=[office.unit("justice")])
    with pytest.raises(IntegrityError), transaction.atomic():
        RecipientList.objects.create(organisation=office.unit("group_office"), name="常用单位")
    with pytest.raises(ValidationError):
        own_list(office, members=[office.unit("justice")])
    assert actions.originators(office.people["clerk"])
