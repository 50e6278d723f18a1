"""交接: what is open moves with the post, is listed as it stood, and both confirm it (B8)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from coordination import (
    access,
    appointments,
    bodies,
    calendars,
    delegations,
    extensions,
    handover_lists,
    handovers,
    inbox,
    workflow,
)
from coordination.models import Draft, HandOver, Notice, Seat
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MONDAY = shanghai(2026, 3, 2, 9)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def appoint(office, clock):
    secadmin = office.people["secadmin"]

    def put(login_or_seat, person, ahead=0):
        today = timezone.localdate()
        decision = bodies.enter_decision(by=secadmin, title="任免", number="", decided_on=today)
        seat = login_or_seat if isinstance(login_or_seat, Seat) else office.seat(login_or_seat)
        since = today + ahead * DAY
        post = seat.follows or seat  # what goes with a post is appointed to there
        appointments.appoint(by=secadmin, seat=post, person=person, since=since, decision=decision)
        return HandOver.objects.get(seat=seat, successor__person=person)

    return put


def unit_seat(key, post="unit_liaison"):
    return Seat.objects.get(organisation__key=key, post=post)


def listed(person, change):
    """The list as `person` is shown it."""
    return handovers.lists(person, handovers.settled(change))


def titles(person, change):
    return [line.title for line in listed(person, change)["moving"]]


def test_open_items_mandates_and_read_state_move_with_the_post(office, appoint, outsider, clock):
    laid = office.proposed("deputy")
    office.step(office.reviewed(), "circulate", opinion="参考", seats=[office.seat("deputy")])
    deputy, today = office.people["deputy"], timezone.localdate()
    delegations.give_delegation(
        person=deputy,
        seat=office.seat("deputy"),
        delegate=office.people["deputy2"],
        acts=["incoming:instruct"],
        since=today,
        until=today + 9 * DAY,
        reason="出差",
    )
    read = Notice.objects.get(person=deputy, code="laid_before")
    read.read_at = laid.received_at
    read.save()
    change = appoint("deputy", outsider)
    assert str(laid) in titles(outsider, change)
    assert len(titles(outsider, change)) == 3  # laid before, to read, entrusted
    Notice.objects.filter(code="entrusted").delete()
    assert handovers.carry_over() == 2
    assert handovers.carry_over() == 0
    mine = {n.code: n.read_at for n in Notice.objects.alive().filter(person=outsider)}
    assert mine["laid_before"] == laid.received_at
    assert mine["circulated"] is None
    assert not Notice.objects.alive().filter(person=deputy, code="laid_before").exists()
    document = office.step(laid, "instruct", "deputy2", "同意", **office.assignment())
    assert workflow.trail(document).get(action="instruct").acting_as.person == outsider


def test_a_liaisons_duties_are_carried_over_and_named_with_their_number(office, appoint, outsider):
    document = office.transferred("finance")
    change = appoint(unit_seat("finance"), outsider)
    assert titles(outsider, change) == [str(document)]
    handovers.carry_over()
    assert Notice.objects.alive().get(person=outsider, code="assigned").duty.organisation.key == (
        "finance"
    )


def test_questions_and_replies_that_wait_are_on_the_list(office, appoint, outsider):
    liaison = office.liaison("finance")
    document = office.step(
        office.proposed("deputy"), "instruct", "deputy", "同意", **office.assignment("finance")
    )
    later = calendars.current().add(document.main_duty.due_on, 3)
    extensions.ask_for_extension(document.main_duty, person=liaison, reason="需补充", due_on=later)
    other = office.replied("finance")
    unit, desk = appoint(unit_seat("finance"), outsider), office.people["clerk2"]
    words = {(line.what, line.title) for line in listed(liaison, unit)["moving"]}
    assert {what.split(",")[0] for what, _title in words} == {
        "Complete the matter",
        "Extension asked for",
        "Reply handed in",
    }
    assert ("Reply handed in, to be judged by the Office", str(other)) in words
    leader = appoint("deputy", desk)
    (line,) = listed(desk, leader)["moving"]
    assert line.what.startswith("Extension to be decided")
    assert line.url == reverse("duty", args=[document.main_duty_id])
    clerk = appoint("clerk", office.people["member1"])
    assert titles(office.people["member1"], clerk) == [str(other)]


def test_the_desks_messages_go_with_the_desk(office, appoint, outsider):
    clerk = office.people["clerk"]
    duty = office.transferred("health").main_duty
    office.replied("finance")
    office.step(
        office.part(office.transferred("justice"), "justice"),
        "hand_back",
        office.liaison("justice"),
        "非我单位职责",
    )
    office.step(office.proposed("deputy"), "return_proposal", "deputy", "再核")
    extensions.ask_for_extension(
        duty, person=office.liaison("health"), reason="需补充",
        due_on=calendars.current().add(duty.due_on, 3),
    )  # fmt: skip
    Notice.objects.filter(person=clerk, code="replied").update(read_at=timezone.now())
    told = dict(Notice.objects.alive().filter(person=clerk).values_list("code", "read_at"))
    assert set(told) == {"replied", "handed_back", "proposal_returned", "extension_asked"}
    appoint("clerk", outsider)
    handovers.carry_over()
    mine = dict(
        Notice.objects.alive()
        .filter(person=outsider)
        .exclude(code__in=["appointed", "hand_over_waits"])
        .values_list("code", "read_at")
    )
    assert mine == told
    assert set(Notice.objects.alive().filter(person=clerk).values_list("code", flat=True)) <= {
        "post_ended",
        "hand_over_waits",
    }


def test_the_list_is_kept_as_it_stood_when_the_last_day_was_over(office, appoint, outsider, clock):
    before, deputy = office.proposed("deputy"), office.people["deputy"]
    change = appoint("deputy", outsider, ahead=3)
    clock.shift(2 * DAY)
    during = office.proposed("deputy")
    assert titles(deputy, change) == [str(before), str(during)]  # alive, while deputy serves
    assert handovers.settled(change).listed is None
    clock.move_to(shanghai(2026, 3, 5, 8))
    late = office.proposed("deputy")  # before anybody looked at the list
    assert titles(deputy, change) == [str(before), str(during)]
    assert titles(outsider, change) == [str(before), str(during)]
    office.step(before, "instruct", outsider, "同意", **office.assignment())
    assert titles(deputy, change) == [str(before), str(during)]
    assert str(late) not in titles(office.people["clerk"], change)


def test_the_sweep_keeps_it_too(office, appoint, outsider, clock):
    document = office.proposed("deputy")
    change = appoint("deputy", outsider, ahead=3)
    handovers.carry_over()
    change.refresh_from_db()
    assert change.listed is None
    clock.move_to(shanghai(2026, 3, 5, 0, 1))
    handovers.carry_over()
    change.refresh_from_db()
    assert [line["pk"] for line in change.listed["moving"]] == [document.pk]


@pytest.mark.usefixtures("liaisons_alone")
def test_nobody_sees_in_it_what_the_organisation_was_given_in_a_vacancy(
    office, appoint, outsider, clock
):
    before, head = office.transferred("finance"), unit_seat("finance", "unit_head")
    secadmin, today = office.people["secadmin"], timezone.localdate()
    decision = bodies.enter_decision(by=secadmin, title="任免", number="", decided_on=today)
    term = appointments.appoint(
        by=secadmin, seat=head, person=office.people["member1"], since=today, decision=decision
    )
    appointments.end_appointment(term, by=secadmin, until=today + DAY, decision=decision)
    clock.shift(5 * DAY)
    office.transferred("finance")
    change = appoint(head, outsider)
    for person in (office.people["member1"], outsider):
        assert titles(person, change) == [str(before)]


def test_each_sees_it_in_their_time_whatever_they_hold_now(
    office, appoint, outsider, clock, client
):
    office.proposed("deputy")
    change = appoint("deputy", outsider, ahead=3)
    url, deputy = reverse("hand_over", args=[change.pk]), office.people["deputy"]
    expected = [
        (deputy, 200),
        (outsider, 404),
        (office.people["clerk"], 200),
        (office.people["head1"], 404),
    ]
    for person, status in expected:
        client.force_login(person)
        assert client.get(url).status_code == status, person
        assert client.get(reverse("hand_overs")).status_code == 200
        assert url not in client.get("/").content.decode()
    clock.shift(3 * DAY)
    assert not access.standing(deputy).appointments
    for person in (deputy, outsider):
        client.force_login(person)
        assert url in client.get("/").content.decode()
        assert url in client.get(reverse("hand_overs")).content.decode()
        page = client.get(url).content.decode()
        assert "Confirm the list" in page
        assert "signature-line" in page
        assert client.post(url, follow=True).status_code == 200
        assert url not in client.get("/").content.decode()
    change.refresh_from_db()
    assert change.given_at is not None
    assert change.taken_at is not None
    client.force_login(office.people["clerk"])
    assert "Confirm the list" not in client.get(url).content.decode()


def test_it_is_confirmed_from_the_first_day_by_the_two_and_once_each(
    office, appoint, outsider, clock
):
    change, deputy = appoint("deputy", outsider, ahead=1), office.people["deputy"]
    for person in (deputy, outsider):
        with pytest.raises(ValidationError, match="from Tue 3 Mar 2026 on"):
            handovers.confirm(change, person=person)
    with pytest.raises(PermissionDenied):
        handovers.confirm(change, person=office.people["clerk"])
    clock.shift(DAY)
    assert handovers.confirm(change, person=deputy).given_at == timezone.now()
    assert handovers.confirm(change, person=outsider).taken_at == timezone.now()
    with pytest.raises(ValidationError, match="already"):
        handovers.confirm(change, person=deputy)


def test_it_is_read_in_each_readers_words_and_linked_for_who_may_open_it(
    office, appoint, outsider, clock
):
    laid = office.proposed("deputy")
    office.step(
        office.transferred("finance"), "circulate", opinion="参考", seats=[office.seat("deputy")]
    )
    deputy, today = office.people["deputy"], timezone.localdate()
    entrusting = {
        "acts": ["incoming:instruct"],
        "since": today,
        "until": today + 9 * DAY,
        "reason": "出差",
    }
    delegations.give_delegation(
        person=deputy, seat=office.seat("deputy"), delegate=office.people["leader"], **entrusting
    )
    delegations.give_delegation(
        person=office.people["deputy2"], seat=office.seat("deputy2"), delegate=deputy, **entrusting
    )
    for key in (f"incomingdocument:{laid.pk}:instruct", "incoming:new", "handling:999:accept", "x"):
        early = shanghai(2026, 3, 2, 1)  # still the day before in UTC
        Draft.objects.create(person=deputy, key=key, data={}, saved_at=early)
    change = appoint("deputy", outsider)
    handovers.carry_over()
    moving = {line.what: line for line in listed(outsider, change)["moving"]}
    assert set(moving) == {
        "Laid before the post",
        "To be read",
        f"Entrusted to {office.people['leader']} until Wed 11 Mar 2026: Instruct handling",
    }
    assert moving["Laid before the post"].url == laid.get_absolute_url()
    assert [line.url for line in listed(deputy, change)["moving"] if line.url] == []
    stays = {(line.what, line.title) for line in listed(outsider, change)["staying"]}
    assert stays == {
        (
            "Entrusted to the person, not to the post, until Wed 11 Mar 2026: Instruct handling",
            str(office.seat("deputy2")),
        ),
        ("Unsent draft, saved Mon 2 Mar 2026", f"Instruct handling · {laid}"),
    }
    with translation.override("zh-hans"):
        assert "2026年3月11日" in "".join(line.what for line in listed(outsider, change)["moving"])


def test_what_is_owed_by_an_hour_is_listed_with_its_hour(office, appoint, outsider):
    limit = shanghai(2026, 3, 4, 15)
    office.transferred("finance", urgency="urgent", limit_at=limit)
    change = appoint(unit_seat("finance"), outsider, ahead=1)
    (line,) = listed(outsider, change)["moving"]
    assert line.what.endswith("due Wed 4 Mar 2026 15:00")


def test_a_list_kept_in_words_is_shown_as_it_was_written(office):
    kept = {"moving": [{"code": "as_written", "params": {"what": "待批示", "title": "甲"}}]}
    shown = handover_lists.lines(office.people["clerk"], kept)
    assert [(line.what, line.title, line.url) for line in shown["moving"]] == [("待批示", "甲", "")]


def test_the_home_page_names_it_among_what_waits(office, appoint, outsider):
    change = appoint("deputy", outsider)
    rows, _more = inbox.waiting(office.people["deputy"])
    assert (reverse("hand_over", args=[change.pk]), "To be confirmed") in [
        (row.url, row.what) for row in rows
    ]
    assert len(rows) == HandOver.objects.count() == 2  # the post, and the seat that goes with it


@pytest.mark.parametrize("count", [2, 14])
def test_the_page_costs_the_same_for_2_and_14_lines(
    office, appoint, outsider, client, count, django_assert_max_num_queries
):
    for _number in range(count):
        office.proposed("deputy")
        office.transferred("finance")
    changes = [appoint("deputy", outsider), appoint(unit_seat("finance"), outsider)]
    handovers.carry_over()
    client.force_login(outsider)
    for change in changes:
        url = reverse("hand_over", args=[change.pk])
        client.get(url)
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200
