"""Issued papers go out: copies, receipts, reports, recall, verification (P24, P25, B15, B16, C12)."""

import datetime as dt
import hashlib

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from coordination import access, calendars, delegations, jobs, workflow
from coordination.models import Duty, Job, Notice, Organisation
from coordination.workdays import SHANGHAI
from documents.models import Delivery, IssuedCopy
from documents.outgoing import receiving
from documents.outgoing.content import Recipient
from documents.outgoing.delivery_routes import DELIVERY
from documents.states import DeliveryState as S

from ..conftest import PASSWORD
from .paper_driver import Papers

pytestmark = pytest.mark.django_db
OFFICE = {"clerk", "clerk2", "director"}
PERSONAS = (
    "leader", "deputy", "director", "clerk", "clerk2", "head1", "groupliaison1", "legal",
    "supervisor", "sysadmin", "secadmin", "auditor",
)  # fmt: skip


def to(office, *keys):
    return tuple(Recipient(office.unit(key).name, "lower", office.unit(key).pk) for key in keys)


@pytest.fixture
def issued(office, papers):
    """A paper issued to finance and health, in copy to justice; `more` goes to its issue."""

    def make(**more):
        paper = papers.sealed(main=to(office, "finance", "health"), copies=to(office, "justice"))
        return papers.step(paper, "issue", "clerk", issued_on=timezone.localdate(), **more)

    return make


def copy_of(paper, key):
    return paper.deliveries.get(organisation__key=key)


def step(office, row, action, who, opinion="", **data):
    person = office.people[who] if isinstance(who, str) else who
    return workflow.advance(row, action, person=person, opinion=opinion, data=data)


def at_state(office, issued, state):
    row = copy_of(issued(asks=True), "finance")
    finance = office.liaison("finance")
    if state == S.RECALLED:
        return step(office, row, "recall", "clerk", "发错")
    if state != S.SENT:
        row = step(office, row, "receive", finance)
    if state in (S.ANSWERED, S.DONE):
        row = step(office, row, "report", finance, reply="已落实。")
    return step(office, row, "accept_report", "clerk") if state == S.DONE else row


ACTS = {
    S.SENT: {"receive": "own", "note_receipt": "office", "number_copies": "office", "recall": "office"},
    S.RECEIVED: {
        "pass_on": "own", "report": "own", "number_copies": "office", "recall": "office",
    },
    S.ANSWERED: {"accept_report": "office", "return_report": "office", "recall": "office"},
    S.DONE: {},
    S.RECALLED: {},
}  # fmt: skip


@pytest.mark.usefixtures("wordless")
@pytest.mark.parametrize("state", list(S))
def test_each_act_on_a_copy_is_for_whom_the_articles_say(office, issued, outsider, state):
    row = at_state(office, issued, state)
    assert row.state == state
    own = {
        held.person_id
        for held in access.holders([row.organisation_id], ["unit_head", "unit_liaison"])
    }
    desk = {office.people[who].pk for who in OFFICE}
    people = [office.people[who] for who in PERSONAS]
    people += [office.liaison("finance"), office.liaison("health"), outsider]
    acts = {step.action for step in DELIVERY.steps}
    for person in people:
        person.standing_cache = {}  # as within one request
        found = {step.action for step in workflow.offered(person, row)}
        assert found == {
            act
            for act, whose in ACTS[state].items()
            if person.pk in (own if whose == "own" else desk)
        }, person
        for action in acts - found:
            with pytest.raises((PermissionDenied, workflow.Conflict)):
                workflow.advance(row, action, person=person)


def test_every_recipient_of_the_roster_has_its_copy_the_moment_it_is_issued(office, issued):
    paper = issued()
    roles = dict(paper.deliveries.values_list("organisation__key", "role"))
    assert roles == {"finance": "main", "health": "main", "justice": "copy"}
    assert set(paper.deliveries.values_list("state", flat=True)) == {S.SENT}
    finance = office.liaison("finance")
    assert Notice.objects.filter(code="delivered", person=finance).count() == 1
    assert not Duty.objects.filter(title=paper.title).exists()
    waiting = Delivery.objects.filter(workflow.waiting(finance, DELIVERY))
    assert [row.document for row in waiting] == [paper]


def test_a_paper_that_asks_for_action_opens_a_duty_at_each_main_recipient(office, issued, today):
    paper = issued(asks=True)
    rows = {row.organisation.key: row.duty for row in paper.deliveries.all()}
    assert rows["justice"] is None
    for key in ("finance", "health"):
        assert (rows[key].kind, rows[key].working_days) == (Duty.Kind.COMPLETE, 7)
        assert rows[key].due_on == calendars.current().add(today, 7)
        assert rows[key].organisation.key == key


def test_a_named_moment_overrides_the_seven_days(issued):
    limit = timezone.now() + dt.timedelta(days=30)
    assert copy_of(issued(asks=True, limit_at=limit), "finance").duty.due_at == limit


@pytest.mark.parametrize(
    ("asks", "days", "words"), [(True, -1, "past already"), (False, 3, "means nothing")]
)
def test_a_day_that_cannot_be_meant_is_refused_and_nothing_goes_out(issued, asks, days, words):
    with pytest.raises(ValidationError, match=words):
        issued(asks=asks, limit_at=timezone.now() + dt.timedelta(days=days))
    assert not Delivery.objects.exists()


def test_a_named_person_signs_and_reports_and_the_office_judges(office, issued):
    paper = issued(asks=True)
    row, finance = copy_of(paper, "finance"), office.liaison("finance")
    row = step(office, row, "receive", finance)
    assert (row.receiver, row.received_at is not None) == (str(finance), True)
    with pytest.raises(ValidationError, match="what was done"):
        step(office, row, "report", finance)
    row = step(office, row, "report", finance, reply="已落实。")
    row.duty.refresh_from_db()
    assert row.duty.submitted_at is not None
    row = step(office, row, "return_report", "clerk", "数据不全")
    row.duty.refresh_from_db()
    assert row.duty.submitted_at is None
    assert Notice.objects.filter(code="report_returned", person=finance).exists()
    row = step(office, row, "report", finance, reply="已补充数据。")
    row = step(office, row, "accept_report", "clerk")
    row.duty.refresh_from_db()
    assert (row.state, row.duty.outcome, row.duty.days_late) == (S.DONE, "met", 0)


def test_what_a_unit_owes_nobody_answers_in_its_name(office, issued):
    row = step(office, copy_of(issued(asks=True), "finance"), "receive", office.liaison("finance"))
    with pytest.raises(PermissionDenied):
        step(office, row, "note_answer", "clerk", reply="已落实。")
    row.duty.refresh_from_db()
    assert row.duty.closed_at is None


def test_nobody_asks_a_superior_to_report_back(office, papers):
    paper = papers.sealed("upward")
    today = timezone.localdate()
    with pytest.raises(ValidationError, match="None of the recipients reports to us"):
        papers.step(paper, "issue", "clerk", issued_on=today, asks=True)
    paper = papers.issued(main=to(office, "finance"))
    superior = office.unit("nantong_group_office")
    with pytest.raises(ValidationError, match="None of the recipients reports to us"):
        papers.step(paper, "distribute", "clerk", organisations=[superior], asks=True)
    both = [superior, office.unit("health")]
    papers.step(paper, "distribute", "clerk", organisations=both, asks=True)
    asked = dict(paper.deliveries.values_list("organisation__key", "asks"))
    assert asked == {"finance": False, "nantong_group_office": False, "health": True}


def test_nobody_reports_on_a_void_paper(office, papers, issued):
    paper = issued(asks=True)
    finance, health = office.liaison("finance"), office.liaison("health")
    row = step(office, copy_of(paper, "finance"), "receive", finance)
    other = step(office, copy_of(paper, "health"), "receive", health)
    other = step(office, other, "report", health, reply="已落实。")
    papers.step(paper, "revoke", "director", "依据有误")
    with pytest.raises(PermissionDenied):
        step(office, row, "report", finance, reply="已落实。")
    step(office, other, "return_report", "clerk", "已撤销")
    other.duty.refresh_from_db()
    assert (other.duty.outcome, other.duty.submitted_at is not None) == ("cancelled", True)


def test_who_was_asked_for_nothing_reports_nothing(office, issued):
    row = step(office, copy_of(issued(), "finance"), "receive", office.liaison("finance"))
    with pytest.raises(PermissionDenied):
        step(office, row, "report", office.liaison("finance"), reply="已阅。")


# B15: each level's dispatch, receipt and answer on record.
def test_a_paper_to_a_superior_goes_level_by_level(office, papers):
    paper = papers.issued("upward")
    row = copy_of(paper, "nantong_group_office")
    now = timezone.now()
    with pytest.raises(ValidationError, match="who signed for it"):
        step(office, row, "note_receipt", "clerk", received_at=now)
    with pytest.raises(ValidationError, match="between the dispatch and now"):
        step(
            office, row, "note_receipt", "clerk", receiver="王某",
            received_at=now + dt.timedelta(days=1),
        )  # fmt: skip
    row = step(office, row, "note_receipt", "clerk", receiver="王某", received_at=timezone.now())
    row = step(office, row, "note_answer", "clerk", reply="已阅，同意上报。")
    assert (row.state, row.receiver) == (S.DONE, "王某")
    government = office.unit("government_office")
    paper = papers.step(paper, "distribute", "clerk", "逐级上报", organisations=[government])
    assert list(paper.deliveries.values_list("organisation__key", flat=True)) == [
        "nantong_group_office",
        "government_office",
    ]
    assert [one.cites for one in workflow.trail(row)][1:] == ["P25 B15", "B15"]


def test_nobody_gets_a_second_copy_unless_the_first_was_recalled(office, papers, issued):
    paper = issued()
    with pytest.raises(ValidationError, match="have a copy already"):
        papers.step(paper, "distribute", "clerk", organisations=[office.unit("finance")])
    with pytest.raises(ValidationError, match="at least one recipient"):
        papers.step(paper, "distribute", "clerk", organisations=[])
    step(office, copy_of(paper, "finance"), "recall", "clerk", "发错")
    papers.step(paper, "distribute", "clerk", organisations=[office.unit("finance")])
    assert paper.deliveries.standing().filter(organisation__key="finance").count() == 1


def test_a_recalled_copy_is_read_no_more_and_nothing_is_owed(office, issued, client):
    paper = issued(asks=True)
    row, finance = copy_of(paper, "finance"), office.liaison("finance")
    with pytest.raises(ValidationError, match="Give the reason"):
        step(office, row, "recall", "clerk")
    row = step(office, row, "recall", "clerk", "发错单位")
    row.duty.refresh_from_db()
    assert row.duty.outcome == "cancelled"
    client.force_login(finance)
    page = client.get(row.get_absolute_url()).text
    assert "recalled" in page
    assert "请抓好落实。" not in page
    assert client.get(reverse("papers:delivery_pdf", args=[row.pk])).status_code == 404
    note = Notice.objects.get(code="delivery_recalled", person=finance)
    assert note.params["reason"] == "发错单位"


def test_only_whoever_has_not_signed_is_urged(office, papers, issued):
    paper = issued()
    step(office, copy_of(paper, "finance"), "receive", office.liaison("finance"))
    papers.step(paper, "urge_receipts", "clerk", "请尽快签收。")
    urged = set(Notice.objects.filter(code="delivery_urged").values_list("person", flat=True))
    assert office.liaison("health").pk in urged
    assert office.liaison("finance").pk not in urged
    for key in ("health", "justice"):
        step(office, copy_of(paper, key), "receive", office.liaison(key))
    with pytest.raises(ValidationError, match="Everybody has signed"):
        papers.step(paper, "urge_receipts", "clerk")


def test_paper_copies_get_the_next_numbers_and_never_more_than_are_registered(office, issued):
    paper = issued()
    rows = [copy_of(paper, key) for key in ("finance", "health", "justice")]
    assert step(office, rows[0], "number_copies", "clerk", copies=3).copy_numbers == "000001–000003"
    assert step(office, rows[1], "number_copies", "clerk", copies=1).copy_numbers == "000004"
    with pytest.raises(ValidationError, match="Recall this copy"):
        step(office, copy_of(paper, "finance"), "number_copies", "clerk", "更正", copies=1)
    with pytest.raises(ValidationError, match="give the reason"):
        step(office, copy_of(paper, "health"), "number_copies", "clerk", copies=2)
    corrected = step(office, copy_of(paper, "health"), "number_copies", "clerk", "少写", copies=2)
    assert corrected.copy_numbers == "000004–000005"
    step(office, copy_of(paper, "health"), "number_copies", "clerk", "多写", copies=1)
    with pytest.raises(ValidationError, match="at most 16 are left"):
        step(office, rows[2], "number_copies", "clerk", copies=17)
    step(office, copy_of(paper, "health"), "recall", "clerk", "发错")
    last = step(office, rows[2], "number_copies", "clerk", copies=16)
    assert last.copy_numbers == "000005–000020"


# B16, C12: a report is answered for with what proves it
def test_a_report_brings_its_files_and_they_survive_a_refusal(office, issued, client):
    row, finance = copy_of(issued(asks=True), "finance"), office.liaison("finance")
    row = step(office, row, "receive", finance)
    client.force_login(finance)
    url = reverse("papers:delivery_step", args=[row.pk, "report"])
    seen = client.get(url).context["form"]["seen"].value()
    upload = SimpleUploadedFile("自查表.txt", "已自查".encode())
    refused = client.post(url, {"reply": "", "files": [upload], "seen": seen})
    assert refused.status_code == 422
    kept = refused.context["form"].kept[0]
    assert f'value="{kept.pk}" checked' in refused.text
    client.post(url, {"reply": "已自查。", "kept_files": [kept.pk], "seen": seen})
    row.refresh_from_db()
    assert (row.state, list(row.files.all())) == (S.ANSWERED, [kept])
    kept.refresh_from_db()
    assert kept.claimed_at is not None
    file = reverse("papers:delivery_file", args=[row.pk, kept.pk])
    client.force_login(office.people["clerk"])
    assert file in client.get(row.get_absolute_url()).text
    assert b"".join(client.get(file).streaming_content) == "已自查".encode()
    client.force_login(office.liaison("health"))
    assert client.get(file).status_code == 404
    other = copy_of(row.document, "health")
    assert client.get(reverse("papers:delivery_file", args=[other.pk, kept.pk])).status_code == 404


# B8, P25: without the seal no copy goes out, and after the issue none is sealed any more
def test_no_more_copies_are_given_out_than_are_sealed(office, papers, today):
    paper = papers.seal(papers.numbered(main=to(office, "finance")), copies=5)
    with pytest.raises(ValidationError, match="5 of 20 copies are sealed"):
        papers.step(paper, "issue", "clerk", issued_on=today)
    paper = papers.step(paper, "issue", "clerk", "其余留存不用", issued_on=today)
    row = copy_of(paper, "finance")
    with pytest.raises(ValidationError, match="at most 5 are left"):
        step(office, row, "number_copies", "clerk", copies=6)
    assert step(office, row, "number_copies", "clerk", copies=5).copy_numbers == "000001–000005"


def test_who_had_a_copy_before_gets_it_again_as_what_it_was(office, papers, issued):
    paper = issued()
    step(office, copy_of(paper, "finance"), "recall", "clerk", "发错版本")
    again = [office.unit("finance"), office.unit("transport")]
    papers.step(paper, "distribute", "clerk", organisations=again, outside_name="某某有限公司")
    roles = {row.recipient_short: row.role for row in paper.deliveries.standing()}
    assert roles[office.unit("finance").short_name] == "main"
    assert roles[office.unit("transport").short_name] == roles["某某有限公司"] == "further"
    with pytest.raises(ValidationError, match="have a copy already: 某某有限公司"):
        papers.step(paper, "distribute", "clerk", organisations=[], outside_name="某某有限公司")
    with pytest.raises(ValidationError, match="It is in this system"):
        papers.step(paper, "distribute", "clerk", outside_name=office.unit("water").short_name)


def test_of_a_void_paper_nobody_is_asked_for_a_receipt(office, papers, issued, client):
    paper = issued(asks=True)
    finance, row = office.liaison("finance"), copy_of(paper, "finance")
    assert Delivery.objects.filter(workflow.waiting(finance, DELIVERY)).exists()
    papers.step(paper, "revoke", "director", "依据有误")
    finance.standing_cache = {}
    assert not Delivery.objects.filter(workflow.waiting(finance, DELIVERY)).exists()
    client.force_login(finance)
    page = client.get(row.get_absolute_url()).text
    assert page.index("依据有误") < page.index('class="reading"')
    assert "Sign for it" not in page
    assert "not to be followed" in page
    answer = client.post(reverse("papers:delivery_step", args=[row.pk, "receive"]))
    assert (answer.status_code, "revoked or repealed" in answer.text) == (409, True)
    assert "Not possible as it stands" in answer.text


# P33: a repeal can name a day to come; until then the paper is in force
def test_a_paper_repealed_from_a_day_to_come_is_signed_for_until_then(
    office, papers, issued, today
):
    paper, finance = issued(), office.liaison("finance")
    later = today + dt.timedelta(days=5)
    papers.step(paper, "repeal", "director", "另行规定", void_from=later)
    waits = Delivery.objects.filter(workflow.waiting(finance, DELIVERY))
    assert waits.count() == 1
    with time_machine.travel(dt.datetime.combine(later, dt.time(10), tzinfo=SHANGHAI)):
        finance.standing_cache = {}
        assert not Delivery.objects.filter(workflow.waiting(finance, DELIVERY)).exists()
        with pytest.raises(workflow.Conflict, match="revoked or repealed"):
            step(office, copy_of(paper, "finance"), "receive", finance)
    step(office, copy_of(paper, "finance"), "receive", finance)


def test_the_board_is_the_offices_and_names_who_is_urged(office, issued, client):
    paper = issued()
    board = reverse("papers:distribution", args=[paper.pk])
    client.force_login(office.people["clerk"])
    urge = reverse("papers:step", args=[paper.pk, "urge_receipts"])
    assert urge in client.get(board).text
    step(office, copy_of(paper, "health"), "receive", office.liaison("health"))
    told = str(client.get(urge).context["form"].fields["opinion"].help_text)
    assert told.startswith("Goes to 2: ")
    named = {office.unit(key).short_name for key in ("finance", "justice")}
    assert set(told.removeprefix("Goes to 2: ").removesuffix(".").split("、")) == named
    group = papers_of_a_group(office, client)
    assert client.get(reverse("papers:distribution", args=[group.pk])).status_code == 403


def papers_of_a_group(office, client):
    """A paper a thematic group drafted; its liaison, signed in, may read it."""
    paper = Papers(office).issued("in_office_name_from_group")
    client.force_login(office.people["groupliaison1"])
    page = client.get(paper.get_absolute_url())
    assert reverse("papers:distribution", args=[paper.pk]) not in page.text
    return paper


def finance_seats(person):
    return [held.seat for held in access.standing(person).appointments]


def test_it_is_passed_on_to_colleagues_of_the_same_unit_alone(office, issued):
    row = step(office, copy_of(issued(), "finance"), "receive", office.liaison("finance"))
    finance = office.liaison("finance")
    head = access.holders([row.organisation_id], ["unit_head"]).first()
    with pytest.raises(ValidationError, match="at least one person"):
        step(office, row, "pass_on", finance, seats=[])
    with pytest.raises(ValidationError, match="You have it already"):
        step(office, row, "pass_on", finance, seats=list(finance_seats(finance)))
    with pytest.raises(ValidationError, match="your own unit"):
        step(office, row, "pass_on", finance, seats=[office.seat("leader")])
    step(office, row, "pass_on", finance, "请阅示。", seats=[head.seat])
    note = Notice.objects.get(code="delivery_passed_on")
    assert (note.person, note.params["word"]) == (head.person, "请阅示。")


@pytest.mark.parametrize("action", ["revoke", "repeal"])
def test_whoever_has_a_copy_sees_at_once_that_the_paper_is_void(
    office, papers, issued, client, action
):
    paper = issued(asks=True)
    more = {"void_from": timezone.localdate() + dt.timedelta(days=1)} if action == "repeal" else {}
    papers.step(paper, action, "director", "依据有误", **more)
    row, finance = copy_of(paper, "finance"), office.liaison("finance")
    assert Notice.objects.filter(code="paper_void", person=finance).exists()
    assert Duty.objects.get(pk=row.duty_id).outcome == "cancelled"
    client.force_login(finance)
    label = "Revoked" if action == "revoke" else "Repealed"
    assert label in client.get(row.get_absolute_url()).text
    assert label in client.get(reverse("papers:received")).text


def test_the_first_opening_by_the_recipient_is_on_record(office, issued, client):
    row = copy_of(issued(), "finance")
    client.force_login(office.people["clerk"])
    client.get(row.get_absolute_url())
    row.refresh_from_db()
    assert row.opened_at is None
    finance = office.liaison("finance")
    head = access.holders([row.organisation_id], ["unit_head"]).first().person
    for person in (finance, head):
        client.force_login(person)
        assert "请抓好落实。" in client.get(row.get_absolute_url()).text
    row.refresh_from_db()
    assert row.opened_by == finance
    client.force_login(office.liaison("civil_affairs"))
    assert client.get(row.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/", "/"),
        ("/outgoing/", "/outgoing/"),
        ("/outgoing/new/", "/outgoing/"),
        ("/outgoing/received/", "/outgoing/received/"),
        ("/password/", None),
    ],
)
def test_the_navigation_marks_the_nearest_page_alone(office, client, path, here):
    client.force_login(office.people["clerk"])
    marked = [item.url for item in client.get(path).context["nav"] if item.active]
    assert marked == ([here] if here else [])


def test_a_unit_signs_in_one_tap_and_reports_in_the_browser(office, issued, client):
    row = copy_of(issued(asks=True), "finance")
    client.force_login(office.liaison("finance"))
    assert row.document.short_title in client.get("/").text
    url = reverse("papers:delivery_step", args=[row.pk, "receive"])
    assert client.post(url, {"seen": row.content_digest()}).status_code == 302
    url = reverse("papers:delivery_step", args=[row.pk, "report"])
    refused = client.post(url, {"seen": row.content_digest(), "reply": ""})
    assert refused.status_code == 422
    done = client.post(url, {"seen": row.content_digest(), "reply": "已落实。"})
    assert done.status_code == 302
    client.force_login(office.people["clerk"])
    board = client.get(reverse("papers:distribution", args=[row.document_id])).text
    assert str(office.liaison("finance")) in board
    assert "2 not signed for" in board


def make_pdf(paper):
    job = Job.objects.get(kind="issued_copy", params__paper=paper.pk)
    assert jobs.run(job.pk)
    return IssuedCopy.objects.get(document=paper)


def test_what_was_issued_is_verified_byte_for_byte(office, papers, issued, client):
    paper = issued()
    row, finance = copy_of(paper, "finance"), office.liaison("finance")
    client.force_login(finance)
    assert "being made" in client.get(row.get_absolute_url()).text
    copy = make_pdf(paper)
    answer = client.get(reverse("papers:delivery_pdf", args=[row.pk]))
    data = b"".join(answer.streaming_content)
    assert hashlib.sha256(data).hexdigest() == copy.sha256
    url = reverse("papers:verify")

    def judged(content):
        return client.post(url, {"file": SimpleUploadedFile("a.pdf", content)}).text

    assert f"issued as {paper.document_number}" in judged(data)
    assert "in force" in judged(data)
    assert "No issued paper" in judged(data + b" ")
    papers.step(paper, "revoke", "director", "依据有误")
    assert "Revoked" in judged(data)
    client.force_login(office.liaison("civil_affairs"))  # has no copy, so learns nothing
    assert "No issued paper" in judged(data)
    assert client.post(url).status_code == 422
    assert not receiving.verify(finance, [b"x"]).document


def test_the_issued_pdf_is_made_once_and_never_changed(issued):
    paper = issued()
    copy = make_pdf(paper)
    job = Job.objects.get(kind="issued_copy")
    Job.objects.filter(pk=job.pk).update(status="queued")
    assert jobs.run(job.pk)
    assert IssuedCopy.objects.get(document=paper).sha256 == copy.sha256
    for act in (
        lambda: IssuedCopy.objects.update(sha256="0" * 64),
        lambda: IssuedCopy.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
            act()


ENTRUSTED = ("delivery:receive", "delivery:pass_on", "delivery:report")


@pytest.mark.parametrize("act", ENTRUSTED)
def test_a_stand_in_of_the_unit_acts_on_its_copy(office, issued, today, act):
    action = act.split(":")[1]
    row = at_state(office, issued, S.SENT if action == "receive" else S.RECEIVED)
    liaison = office.liaison("finance")
    stand_in = access.holders([row.organisation_id], ["unit_head"]).first().person
    delegations.give_delegation(
        person=liaison,
        seat=office.seat(liaison.username),
        delegate=stand_in,
        acts=[act],
        since=today,
        until=today,
        reason="出差",
    )
    assert access.may(stand_in, "view", row)
    assert action in {step.action for step in workflow.offered(stand_in, row)}


def test_the_clerk_issues_with_a_request_in_the_browser(office, papers, client):
    paper = papers.sealed(main=to(office, "finance"))
    client.force_login(office.people["clerk"])
    url = reverse("papers:step", args=[paper.pk, "issue"])
    data = {
        "issued_on": timezone.localdate().isoformat(),
        "asks": "on",
        "password": PASSWORD,
        "seen": paper.content_digest(),
    }
    assert client.post(url, data).status_code == 302
    assert copy_of(paper, "finance").duty is not None
    url = reverse("papers:step", args=[paper.pk, "distribute"])
    more = {"organisations": [office.unit("health").pk], "seen": paper.content_digest()}
    assert client.post(url, more).status_code == 302
    assert copy_of(paper, "health").role == "further"


@pytest.mark.parametrize("page", ["received", "distribution"])
def test_registers_of_copies_cost_the_same_for_2_and_for_14(
    office, papers, client, django_assert_max_num_queries, page
):
    paper = papers.issued(main=to(office, "finance", "health"))
    client.force_login(office.people["clerk"])
    args = [] if page == "received" else [paper.pk]
    url = reverse(f"papers:{page}", args=args)
    with django_assert_max_num_queries(12) as few:
        client.get(url)
    papers.step(paper, "distribute", "clerk", organisations=list(departments(12)))
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert client.get(url).text.count("<tr>") == 15


def departments(number):
    rows = Organisation.objects.filter(kind="department").exclude(key__in=["finance", "health"])
    return rows.order_by("order")[:number]


def test_whoever_received_nothing_reads_so(office, client):
    client.force_login(office.liaison("civil_affairs"))
    assert "Nothing was sent yet." in client.get(reverse("papers:received")).text
