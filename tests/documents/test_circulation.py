"""传阅: why, to whom, who has read it; remarks stay remarks, beside the main line (P24)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from coordination import access, inbox
from coordination.models import Appointment, Notice
from documents import presenters
from documents.models import IncomingDocument, Reading
from documents.states import IncomingState as S

pytestmark = pytest.mark.django_db


@pytest.fixture
def circulate(office):
    def put(document, *logins, why="供学习参考"):
        seats = [office.seat(login) for login in logins]
        return office.step(document, "circulate", opinion=why, seats=seats)

    return put


def reading(office, login):
    return Reading.objects.get(seat=office.seat(login), state__in=["unread", "read"])


def test_readers_see_it_are_told_why_and_the_line_goes_on(office, circulate):
    document = office.transferred()
    outsiders = [office.people["member1"], office.people["legal"]]
    assert not any(access.may(person, "view", document) for person in outsiders)
    document = circulate(document, "member1", "leader")
    assert document.state == S.IN_HANDLING
    member = office.people["member1"]
    assert access.may(member, "view", document)
    assert not access.may(office.people["legal"], "view", document)
    assert access.visible(member, IncomingDocument.objects.all(), "export").count() == 0
    notice = Notice.objects.get(code="circulated", person=member)
    assert notice.params["why"] == "供学习参考"
    assert [row.what for row in inbox.waiting(member)[0]] == ["To be read"]
    office.step(reading(office, "member1"), "read", "member1")
    assert inbox.waiting(member)[0] == []
    assert not Notice.objects.alive().filter(code="circulated", person=member).exists()
    shown = presenters.detail(office.people["clerk"], document).readers
    assert {str(r.reading.seat): bool(r.read) for r in shown} == {
        str(office.seat("member1")): True,
        str(office.seat("leader")): False,
    }
    assert access.may(member, "view", document)  # what was read stays readable


def test_a_leaders_remark_stays_a_remark(office, circulate):
    document = circulate(office.reviewed(), "leader")
    read = office.step(reading(office, "leader"), "read", "leader", "请市场监管局阅研。")
    office.step(read, "remark", "leader", "另送财政局。")
    document = office.fresh(document)
    assert (document.state, document.handlings.count()) == (S.TO_PROPOSE, 0)
    shown = presenters.detail(office.people["leader"], document).readers
    assert [t.opinion for t in shown[0].remarks] == ["请市场监管局阅研。", "另送财政局。"]
    with pytest.raises(ValidationError, match="Write the opinion"):
        office.step(reading(office, "leader"), "remark", "leader")


def test_only_the_seat_itself_reads_and_only_the_office_takes_back(office, circulate):
    circulate(office.reviewed(), "leader", "member1")
    for login in ("deputy", "clerk", "member1"):
        with pytest.raises(PermissionDenied):
            office.step(reading(office, "leader"), "read", login)
    with pytest.raises(PermissionDenied):
        office.step(reading(office, "leader"), "take_back", "leader")


def test_taken_back_while_unread_leaves_nothing_behind(office, circulate):
    document = circulate(office.reviewed(), "member1")
    office.step(reading(office, "member1"), "take_back", "clerk")
    member = office.people["member1"]
    assert not access.may(member, "view", document)
    assert inbox.waiting(member)[0] == []
    assert not Notice.objects.alive().filter(person=member).exists()
    circulate(document, "member1")
    office.step(reading(office, "member1"), "read", "member1")
    with pytest.raises(ValidationError, match="Not possible any more"):
        office.step(reading(office, "member1"), "take_back", "clerk")


def test_what_is_circulated_is_said_why_to_whom_and_once(office, circulate):
    document = office.reviewed()
    with pytest.raises(ValidationError, match="reason"):
        circulate(document, "leader", why=" ")
    with pytest.raises(ValidationError, match="who is to read"):
        circulate(document)
    circulate(document, "leader")
    with pytest.raises(ValidationError, match="already"):
        circulate(document, "leader", "member1")
    Appointment.objects.filter(seat=office.seat("member1")).delete()
    with pytest.raises(ValidationError, match="Nobody holds"):
        circulate(document, "member1")


def test_a_successor_finds_it_as_it_stands(office, circulate, outsider, today):
    document = circulate(office.reviewed(), "member1")
    held = Appointment.objects.get(seat=office.seat("member1"))
    held.until = today - dt.timedelta(days=1)
    held.save()
    Appointment.objects.create(person=outsider, seat=held.seat, since=today, decision=held.decision)
    assert not access.may(office.people["member1"], "view", document)
    office.step(reading(office, "member1"), "read", outsider)
    assert presenters.detail(outsider, document).readers[0].read.person == outsider


def test_in_the_pages(office, client, circulate):
    document = office.reviewed()
    client.force_login(office.people["clerk"])
    url = reverse("documents:step", args=[document.pk, "circulate"])
    form = client.get(url).context["form"]
    seats = [office.seat("leader").pk, office.seat("member1").pk]
    data = {"seats": seats, "opinion": "", "seen": form["seen"].value()}
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert answer.content.decode().count("selected") >= 2
    assert client.post(url, data | {"opinion": "供参考"}).status_code == 302
    client.force_login(office.people["leader"])
    row = reading(office, "leader")
    assert client.get(reverse("documents:reading", args=[row.pk]))["Location"] == (
        document.get_absolute_url()
    )
    page = client.get(document.get_absolute_url()).content.decode()
    assert "For you to read: 供参考" in page
    step = reverse("documents:reading_step", args=[row.pk, "read"])
    assert client.post(step, {"seen": row.content_digest()}).status_code == 302
    assert client.post(step, {"seen": row.content_digest()}).status_code == 409


def test_the_page_costs_the_same_for_2_and_14_readers(
    office, client, circulate, django_assert_max_num_queries
):
    client.force_login(office.people["clerk"])
    few = circulate(office.reviewed(), "leader", "member1")
    many = circulate(office.reviewed(), *[f"liaison{n}" for n in range(1, 15)])
    client.get(few.get_absolute_url())
    counts = []
    for document in (few, many):
        with django_assert_max_num_queries(12) as found:
            client.get(document.get_absolute_url())
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_the_office_hears_of_remarks_and_when_everybody_has_read(office, circulate):
    circulate(office.reviewed(), "leader", "member1")
    told = Notice.objects.filter(person=office.people["clerk"])
    office.step(reading(office, "member1"), "read", "member1")
    assert not told.filter(code__in=["remarked", "all_read"]).exists()
    read = office.step(reading(office, "leader"), "read", "leader", "请抓紧。")
    assert told.get(code="remarked").params["remark"] == "请抓紧。"
    assert told.filter(code="all_read").count() == 1
    office.step(read, "remark", "leader", "另送财政局。")
    assert told.filter(code="remarked").count() == 2
