"""Bodies and seats are founded, changed and closed by decisions, from a day (A2-A4, C3, C4)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from coordination import access, appointments, bodies, charters, rulechecks, seats, tasks, workflow
from coordination.models import (
    Appointment,
    AuditEntry,
    Body,
    Closing,
    Decision,
    Notice,
    Organisation,
    PlannedChange,
    Seat,
)
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def decision(secadmin, today):
    return bodies.enter_decision(by=secadmin, title="关于机构的通知", number="", decided_on=today)


@pytest.fixture
def plan(office, secadmin, decision):
    """Plan a change of a group, named by its key."""

    def put(key, in_force_from, **wanted):
        return bodies.plan_change(
            by=secadmin,
            organisation=office.unit(key),
            in_force_from=in_force_from,
            decision=decision,
            **wanted,
        )

    return put


@pytest.fixture
def close(office, secadmin, decision):
    """Close a group, named by its key."""

    def put(key, closed_on, to="finance"):
        return bodies.close_body(
            by=secadmin,
            body=Body.objects.get(key=key),
            closed_on=closed_on,
            successor=office.unit(to),
            decision=decision,
        )

    return put


@pytest.fixture
def found(secadmin, decision):
    """Found a thematic group."""

    def put(founded_on, name="数据共享专题组", lead_unit=None):
        return bodies.found_body(
            by=secadmin,
            kind="thematic_group",
            name=name,
            short_name=name,
            lead_unit=lead_unit,
            founded_on=founded_on,
            decision=decision,
        )

    return put


def unit(key):
    """A unit by its key, as the forms hand it over."""
    return Organisation.objects.get(key=key).unit


def holder(seat, on=None):
    """Who holds a seat on a day."""
    term = seat.appointments.active(on or timezone.localdate()).first()
    return term and term.person


def typed(today, **more):
    return {"decision_title": "通知", "decided_on": today, "password": PASSWORD, **more}


def told(code):
    alive = Notice.objects.alive().filter(code=code)
    return sorted(alive.values_list("person__username", flat=True))


def test_a_group_is_founded_with_its_posts_from_a_day(office, secadmin, decision, today):
    body = bodies.found_body(
        by=secadmin,
        kind="thematic_group",
        name="数据共享专题组",
        short_name="数据共享组",
        lead_unit=None,
        founded_on=today + DAY,
        decision=decision,
    )
    assert {seat.post for seat in body.seats.all()} == {
        "group_head",
        "group_deputy_head",
        "group_liaison",
    }
    written = [*Body.history.filter(id=body.pk), *Seat.history.filter(organisation=body)]
    assert {(row.history_user, row.history_change_reason) for row in written} == {
        (secadmin, decision.title)
    }
    assert {row.id for row in written} == {body.pk, *body.seats.values_list("pk", flat=True)}
    assert body.organisation_ptr not in Organisation.objects.existing(today)
    assert body.organisation_ptr in Organisation.objects.assignable(today + DAY)
    with pytest.raises(ValidationError, match="of this name"):
        bodies.found_body(
            by=secadmin,
            kind="thematic_group",
            name="数据共享专题组",
            short_name="x",
            lead_unit=None,
            founded_on=today,
            decision=decision,
        )


def test_another_name_is_in_force_from_its_day(office, secadmin, decision, today):
    group = office.unit("streamlining")
    old = group.name
    change = {
        "by": secadmin,
        "organisation": group,
        "name": "审批制度改革专题组",
        "short_name": "审改组",
        "lead_unit": None,
        "decision": decision,
    }
    bodies.plan_change(**change, in_force_from=today + DAY)
    assert Organisation.objects.get(pk=group.pk).name == old
    assert bodies.apply_changes(today) == 0
    assert bodies.apply_changes(today + DAY) == 1
    assert Organisation.objects.get(pk=group.pk).name == "审批制度改革专题组"
    assert Body.history.filter(key="streamlining").count() >= 2
    with pytest.raises(ValidationError, match="past"):
        bodies.plan_change(**change, in_force_from=today - DAY)


def test_a_closing_group_lists_what_is_open_and_to_whom_it_goes(
    office, secadmin, decision, today, client
):
    document = office.transferred("streamlining")
    body = Body.objects.get(key="streamlining")
    bodies.close_body(
        by=secadmin,
        body=body,
        closed_on=today + 3 * DAY,
        successor=office.unit("innovation"),
        decision=decision,
    )
    assert body.organisation_ptr not in Organisation.objects.assignable(today + 3 * DAY)
    client.force_login(office.people["clerk"])
    page = client.get(reverse("closings")).content.decode()
    assert document.title in page
    assert office.unit("innovation").name in page
    office.step(
        office.part(document, "streamlining"),
        "reassign",
        opinion="机构撤销",
        lead=office.unit("innovation"),
    )
    assert not bodies.open_in(body).exists()
    with pytest.raises(ValidationError, match="closed already"):
        bodies.close_body(
            by=secadmin,
            body=body,
            closed_on=today,
            successor=office.unit("innovation"),
            decision=decision,
        )


# Founded, and what lies within its days -----------------------------------------------------------
def test_the_head_of_the_lead_unit_heads_the_new_group_from_its_first_day(office, found, today):
    body = found(today + 5 * DAY, lead_unit=unit("finance"))
    seat = body.seats.get(post="group_head")
    assert seat.follows == office.post("member1")
    assert holder(seat, today + 4 * DAY) is None
    assert holder(seat, today + 5 * DAY) == office.people["member1"]


def test_a_lead_unit_without_a_head_gives_the_group_none_yet(office, found, plan, today):
    vacant = unit("justice")
    assert not Appointment.objects.filter(
        seat__organisation=vacant, seat__post="unit_head"
    ).exists()
    body = found(today, lead_unit=vacant)
    head = body.seats.get(post="group_head")
    assert head.follows.organisation_id == vacant.pk
    assert not head.appointments.exists()
    plan("streamlining", today, lead_unit=vacant)
    assert Body.objects.get(key="streamlining").lead_unit_id == vacant.pk


def test_entered_after_its_founding_the_group_has_its_head_from_today(office, found, today):
    seat = found(today - 9 * DAY, lead_unit=unit("finance")).seats.get(post="group_head")
    assert [term.since for term in seat.appointments.all()] == [today]


def test_nobody_serves_in_a_group_before_it_is_founded(
    office, found, secadmin, outsider, decision, today
):
    body = found(today + 5 * DAY, lead_unit=unit("finance"))
    put = {"by": secadmin, "person": outsider, "decision": decision}
    liaison = body.seats.get(post="group_liaison")
    with pytest.raises(ValidationError, match="exists from"):
        appointments.appoint(seat=liaison, since=today + 4 * DAY, **put)
    assert appointments.appoint(seat=liaison, since=today + 5 * DAY, **put)
    appointments.appoint(seat=office.post("member1"), since=today + DAY, **put)
    head = body.seats.get(post="group_head")
    assert holder(head, today + 5 * DAY) == outsider
    appointments.take_back(outsider.appointments.get(seat=office.post("member1")), by=secadmin)
    assert holder(head, today + 5 * DAY) == office.people["member1"]


# Closed: from the day, not before -----------------------------------------------------------------
def test_a_closed_group_acts_and_reads_no_more(office, close, secadmin, outsider, decision, today):
    document = office.transferred("streamlining")
    part = office.part(document, "streamlining")
    head, liaison = office.people["head1"], office.people["groupliaison1"]
    close("streamlining", today + 3 * DAY)
    assert access.may(liaison, "view", document)
    with time_machine.travel(timezone.now() + 3 * DAY, tick=False):
        assert not access.standing(liaison).seat_ids
        assert "group_head" not in access.standing(head).posts
        assert "unit_head" in access.standing(head).posts  # what he is elsewhere he stays
        assert not access.may(liaison, "view", document)
        assert workflow.offered(head, part) == []
        seat = office.seat("groupliaison1")
        with pytest.raises(ValidationError, match="closed from"):
            appointments.appoint(
                by=secadmin, seat=seat, person=outsider, since=today + 3 * DAY, decision=decision
            )
        assert seat not in Seat.objects.holding(["group_liaison"], timezone.localdate())


def test_the_rulebook_finds_what_a_closed_group_left_open(office, close, today):
    office.transferred("streamlining")
    body = close("streamlining", today + DAY).body
    assert rulechecks.groups_rest_on_a_decision(today.year) == []
    with time_machine.travel(timezone.now() + DAY, tick=False):
        [finding] = rulechecks.groups_rest_on_a_decision(today.year)
    assert (finding.article.code, finding.message) == ("A4", body.name)


def test_nobody_is_appointed_for_days_from_the_closing_on(
    office, close, secadmin, outsider, decision, today
):
    close("streamlining", today + 3 * DAY)
    put = {"by": secadmin, "seat": office.seat("deputyhead1"), "person": outsider}
    with pytest.raises(ValidationError, match="closed from"):
        appointments.appoint(since=today + 3 * DAY, decision=decision, **put)
    assert appointments.appoint(since=today + 2 * DAY, decision=decision, **put)


@pytest.mark.parametrize("begins", [3, 9])
def test_who_would_begin_after_the_closing_is_taken_back_first(
    office, close, secadmin, outsider, decision, today, begins
):
    appointments.appoint(
        by=secadmin,
        seat=office.seat("deputyhead1"),
        person=outsider,
        since=today + begins * DAY,
        decision=decision,
    )
    with pytest.raises(ValidationError, match="Take that back first"):
        close("streamlining", today + 3 * DAY)


def test_a_group_is_closed_after_its_founding_and_to_whoever_exists_then(
    found, close, office, today, client, secadmin
):
    body = found(today + 5 * DAY)
    with pytest.raises(ValidationError, match="founded on"):
        close(body.key, today + 5 * DAY)
    with pytest.raises(ValidationError, match="on that day"):
        close("streamlining", today + 4 * DAY, to=body.key)
    client.force_login(secadmin)
    url = reverse("body_close", args=[office.unit("streamlining").pk])
    data = typed(today, closed_on=today + 5 * DAY, successor=body.pk)
    assert client.post(url, data).status_code == 302
    assert Closing.objects.get().successor == body.organisation_ptr


def test_until_its_day_a_closing_group_is_shown_and_can_go_on(
    office, close, secadmin, client, today
):
    closing = close("streamlining", today + 3 * DAY)
    body = closing.body
    assert told("body_closes") == ["clerk", "clerk2", "director"]
    assert "deputyhead1" in told("post_ended")
    client.force_login(office.people["clerk"])
    notice = Notice.objects.get(code="body_closes", person=office.people["clerk"])
    assert client.post(reverse("notice", args=[notice.pk]))["Location"] == reverse("closings")
    assert "closes on" in client.get(reverse("organisation")).content.decode()
    client.force_login(secadmin)
    page = client.get(reverse("posts")).content.decode()
    url = reverse("closing_take_back", args=[body.pk])
    assert "closes on" in page
    assert url in page
    assert client.get(reverse("body_change", args=[body.pk])).status_code == 200
    assert client.get(reverse("closings")).status_code == 403  # business is not the officer's
    assert client.post(url, {"reason": "", "password": PASSWORD}).status_code == 422
    assert client.post(url, {"reason": "决定暂缓", "password": PASSWORD}).status_code == 302
    body.refresh_from_db()
    assert (body.closed_on, body.closed_by) == (None, None)
    assert not Closing.objects.exists()
    assert told("body_closes") == []
    assert told("closing_taken_back") == ["clerk", "clerk2", "director"]
    assert "deputyhead1" in told("post_goes_on")
    assert "决定暂缓" in AuditEntry.objects.get(event="closing_taken_back").subject
    assert Closing.history.filter(history_type="-").exists()


def test_a_closing_is_taken_back_before_its_day_only(office, close, secadmin, today):
    body = close("streamlining", today).body
    with pytest.raises(ValidationError, match="is closed"):
        bodies.take_back_closing(body, by=secadmin, reason="x")
    with pytest.raises(ValidationError, match="not to be closed"):
        bodies.take_back_closing(Body.objects.get(key="innovation"), by=secadmin, reason="x")
    with pytest.raises(PermissionDenied):
        bodies.take_back_closing(body, by=office.people["clerk"], reason="x")


def test_the_head_who_comes_meanwhile_has_the_group_when_it_goes_on(
    office, close, secadmin, outsider, decision, today
):
    closing = close("streamlining", today + 3 * DAY)
    appointments.appoint(
        by=secadmin,
        seat=office.post("head1"),
        person=outsider,
        since=today + 9 * DAY,
        decision=decision,
    )
    seat = office.seat("head1")
    assert seat.appointments.count() == 1
    bodies.take_back_closing(closing.body, by=secadmin, reason="暂缓")
    assert holder(seat, today + 8 * DAY) == office.people["head1"]
    assert holder(seat, today + 9 * DAY) == outsider


# Planned changes ----------------------------------------------------------------------------------
def test_a_later_change_keeps_what_an_earlier_one_plans(office, plan, secadmin, client, today):
    group = office.unit("streamlining")
    plan("streamlining", today + 5 * DAY, name="审批改革组")
    client.force_login(secadmin)
    url = reverse("body_change", args=[group.pk])
    assert 'value="审批改革组"' in client.get(url).content.decode()
    data = typed(
        today,
        name="审批改革组",
        short_name=group.short_name,
        lead_unit=office.unit("finance").pk,
        deputy_units=[u.pk for u in Body.objects.get(pk=group.pk).deputy_units.all()],
        in_force_from=today + 9 * DAY,
    )
    assert client.post(url, data).status_code == 302
    assert PlannedChange.objects.latest("pk").changes == {"lead_unit": office.unit("finance").pk}
    assert bodies.apply_changes(today + 9 * DAY) == 2
    body = Body.objects.get(key="streamlining")
    assert (body.name, body.lead_unit.key) == ("审批改革组", "finance")


def test_planned_changes_are_shown_and_can_be_taken_back(office, plan, secadmin, client, today):
    change = plan("streamlining", today + 5 * DAY, name="审批改革组")
    client.force_login(secadmin)
    url = reverse("change_take_back", args=[change.pk])
    page = client.get(reverse("posts")).content.decode()
    assert "审批改革组" in page
    assert url in page
    client.force_login(office.people["clerk"])
    assert "审批改革组" in client.get(reverse("organisation")).content.decode()
    client.force_login(secadmin)
    assert client.post(url, {"reason": "有误", "password": PASSWORD}).status_code == 302
    assert not PlannedChange.objects.exists()
    assert "有误" in AuditEntry.objects.get(event="change_taken_back").subject
    applied = plan("streamlining", today, name="审批改革组")
    with pytest.raises(ValidationError, match="in force"):
        bodies.take_back_change(applied, by=secadmin, reason="x")


def test_two_groups_never_come_to_one_name(office, plan, found, today):
    plan("streamlining", today + 5 * DAY, name="新名组")
    with pytest.raises(ValidationError, match="of this name"):
        plan("innovation", today + 9 * DAY, name="新名组")
    with pytest.raises(ValidationError, match="of this name"):
        found(today, name="新名组")
    plan("streamlining", today + 6 * DAY, name="又一名组")  # of one group they may follow


def test_one_change_that_fails_stops_neither_the_others_nor_the_sweeper(
    office, plan, secadmin, client, today
):
    lost = plan("streamlining", today + DAY, name="重名组")
    plan("innovation", today + 2 * DAY, name="创新组")
    Organisation.objects.filter(key="health").update(name="重名组")  # behind the product's back
    with time_machine.travel(timezone.now() + 2 * DAY, tick=False):
        tasks.sweep_jobs()
        tasks.sweep_jobs()
    assert Organisation.objects.get(key="innovation").name == "创新组"
    lost.refresh_from_db()
    assert lost.applied_at is None
    assert lost.failed
    client.force_login(secadmin)
    assert "could not be put into force" in client.get(reverse("posts")).content.decode()
    bodies.take_back_change(lost, by=secadmin, reason="重名")


def test_what_failed_for_a_moment_is_tried_again(plan, today, monkeypatch):
    change = plan("streamlining", today + DAY, name="新名组")
    real = bodies._put_into_force
    monkeypatch.setattr(
        bodies, "_put_into_force", lambda *args: (_ for _ in ()).throw(OperationalError("locked"))
    )
    assert bodies.apply_changes(today + DAY) == 0
    monkeypatch.setattr(bodies, "_put_into_force", real)
    assert bodies.apply_changes(today + DAY) == 1
    change.refresh_from_db()
    assert (change.failed, change.applied_at is None) == ("", False)


@pytest.mark.parametrize("key", ["coordination_group", "group_office", "finance"])
def test_what_the_rules_set_up_is_not_changed_here(plan, key, today):
    with pytest.raises(ValidationError, match="set by the rules"):
        plan(key, today, name="另一名称")


def test_a_change_says_what_it_cannot_be(office, plan, close, today):
    close("streamlining", today + 3 * DAY)
    with pytest.raises(ValidationError, match="closed from"):
        plan("streamlining", today + 3 * DAY, name="新名组")
    with pytest.raises(ValidationError, match="stands on that day"):
        plan("innovation", today, name=office.unit("innovation").name)
    with pytest.raises(ValidationError, match="own group"):
        plan("innovation", today, deputy_units=[unit("science_technology")])
    with pytest.raises(ValidationError, match="Only thematic"):
        plan("legal_affairs", today, deputy_units=[unit("finance")])


def test_with_another_lead_unit_its_head_heads_the_group(office, plan, today):
    seat, health = office.seat("head5"), office.post("head5")
    plan("social_services", today, lead_unit=unit("finance"))
    seat.refresh_from_db()
    assert seat.follows == office.post("member1")
    assert holder(seat) == office.people["member1"]
    assert holder(seat, today - DAY) == office.people["head5"]
    assert holder(health) == office.people["head5"]
    assert "appointed" in {n.code for n in Notice.objects.filter(person=office.people["member1"])}


def test_the_charter_does_not_undo_what_was_decided(office, plan, today):
    plan("social_services", today, name="民生组", lead_unit=unit("finance"))
    plan("innovation", today, deputy_units=[unit("finance")])
    assert charters.load() == []
    body = Body.objects.get(key="social_services")
    assert (body.name, body.lead_unit.key) == ("民生组", "finance")


def test_deputy_units_change_from_a_day_with_their_liaison_seats(
    office, plan, secadmin, outsider, decision, today
):
    body = Body.objects.get(key="innovation")
    old = Seat.objects.get(scope=body, organisation__key="human_resources")
    appointments.appoint(by=secadmin, seat=old, person=outsider, since=today, decision=decision)
    wanted = [unit("industry_information"), unit("finance")]
    plan("innovation", today + DAY, deputy_units=wanted)
    assert {u.key for u in body.deputy_units.all()} != {"industry_information", "finance"}
    with time_machine.travel(timezone.now() + DAY, tick=False):
        assert bodies.apply_changes() == 1
    assert {u.key for u in body.deputy_units.all()} == {"industry_information", "finance"}
    new = Seat.objects.get(scope=body, organisation__key="finance", closed_on=None)
    assert (new.post, new.opens_on, new.opened_by) == (
        "deputy_unit_liaison",
        today + DAY,
        decision,
    )
    old.refresh_from_db()
    assert (old.closed_on, old.closed_by) == (today + DAY, decision)
    assert holder(old) == outsider
    assert holder(old, today + DAY) is None


# Further seats ------------------------------------------------------------------------------------
@pytest.fixture
def add(office, secadmin, decision, today):
    """Set up a seat."""

    def put(key, post, title="另一席位", follows=None, opens_on=today):
        return seats.add_seat(
            by=secadmin,
            organisation=office.unit(key),
            post=post,
            title=title,
            follows=follows,
            opens_on=opens_on,
            decision=decision,
        )

    return put


def test_a_further_seat_is_set_up_and_appointed_to(
    office, add, secadmin, outsider, decision, today
):
    seat = add("coordination_group", "deputy_leader", "副组长（副市长）", opens_on=today + DAY)
    put = {"by": secadmin, "seat": seat, "person": outsider, "decision": decision}
    with pytest.raises(ValidationError, match="exists from"):
        appointments.appoint(since=today, **put)
    appointments.appoint(since=today + DAY, **put)
    assert "deputy_leader" in access.standing(outsider, today + DAY).posts
    assert decision.reference in AuditEntry.objects.get(event="seat_added").subject


def test_a_seat_tied_to_a_post_is_its_holders_now_and_later(
    office, add, secadmin, outsider, decision, today
):
    post = office.post("member1")
    later = appointments.appoint(
        by=secadmin, seat=post, person=outsider, since=today + 9 * DAY, decision=decision
    )
    seat = add("coordination_group", "deputy_leader", follows=post, opens_on=today + 2 * DAY)
    days = [today + n * DAY for n in (1, 2, 8, 9)]
    people = [None, office.people["member1"], office.people["member1"], outsider]
    assert [holder(seat, day) for day in days] == people
    appointments.take_back(later, by=secadmin)
    assert holder(seat, today + 9 * DAY) == office.people["member1"]
    assert [term.until for term in seat.appointments.all()] == [None]


@pytest.mark.parametrize(
    ("key", "post", "more", "words"),
    [
        ("coordination_group", "group_leader", {}, "only one"),
        ("finance", "deputy_leader", {}, "no such post"),
        ("nantong_group", "unit_head", {}, "no such post"),
        ("group_office", "office_staff", {"title": "工作人员（综合）"}, "of this title"),
        ("coordination_group", "deputy_leader", {"opens_on": dt.date(2020, 5, 1)}, "past"),
        ("group_office", "security_officer", {"follows": "member1"}, "goes with no other"),
        ("coordination_group", "deputy_leader", {"follows": "liaison1"}, "head of a unit"),
    ],
)
def test_what_seat_cannot_be_set_up(office, add, key, post, more, words):
    if "follows" in more:
        more = more | {"follows": office.post(more["follows"])}
    with pytest.raises(ValidationError, match=words):
        add(key, post, **more)


def test_a_seat_nobody_holds_is_closed(office, add, secadmin, decision, outsider, client, today):
    seat = add("coordination_group", "deputy_leader")
    appointments.appoint(by=secadmin, seat=seat, person=outsider, since=today, decision=decision)
    shut = {"by": secadmin, "closed_on": today + 3 * DAY, "decision": decision}
    with pytest.raises(ValidationError, match="End that term first"):
        seats.close_seat(seat, **shut)
    term = Appointment.objects.get(seat=seat)
    appointments.end_appointment(term, by=secadmin, until=today + 2 * DAY, decision=decision)
    seats.close_seat(seat, **shut)
    seat.refresh_from_db()
    with pytest.raises(ValidationError, match="already"):
        seats.close_seat(seat, **shut)
    with pytest.raises(ValidationError, match="closed from"):
        appointments.appoint(
            by=secadmin, seat=seat, person=outsider, since=today + 3 * DAY, decision=decision
        )
    client.force_login(secadmin)
    assert "另一席位" in client.get(reverse("posts")).content.decode()
    with time_machine.travel(timezone.now() + 3 * DAY, tick=False):
        client.force_login(secadmin)
        assert "另一席位" not in client.get(reverse("posts")).content.decode()


def test_a_member_seat_is_closed_though_its_holder_goes_on_as_head(
    office, secadmin, decision, today
):
    seat = office.seat("member1")
    seats.close_seat(seat, by=secadmin, closed_on=today, decision=decision)
    assert holder(seat) is None
    assert holder(seat.follows) == office.people["member1"]


@pytest.mark.parametrize("login", ["leader", "liaison1", "supervisor", "auditor"])
def test_a_seat_the_rules_ask_for_stays(office, secadmin, decision, today, login):
    seat = office.seat(login)
    Appointment.objects.filter(seat=seat).delete()
    with pytest.raises(ValidationError, match="rules ask"):
        seats.close_seat(seat, by=secadmin, closed_on=today, decision=decision)


def test_in_the_browser_groups_and_seats(office, secadmin, client, today):
    client.force_login(secadmin)
    data = typed(
        today, kind="thematic_group", name="新组", short_name="新组", founded_on=today, lead_unit=""
    )
    assert client.post(reverse("body_new"), data).status_code == 302
    body = Body.objects.get(name="新组")
    data = typed(today, name="更名组", short_name="更名", in_force_from=today, lead_unit="")
    assert client.post(reverse("body_change", args=[body.pk]), data).status_code == 302
    data = typed(today, closed_on=today + DAY, successor=office.unit("finance").pk)
    assert client.post(reverse("body_close", args=[body.pk]), data).status_code == 302
    body.refresh_from_db()
    assert (body.name, body.closed_on) == ("更名组", today + DAY)
    group, head = office.unit("coordination_group"), office.post("member1")
    data = typed(
        today,
        organisation=group.pk,
        post="deputy_leader",
        title="副组长（市财政局局长）",
        follows=head.pk,
        opens_on=today,
    )
    assert client.post(reverse("seat_new"), data | {"post": "unit_head"}).status_code == 422
    answer = client.post(reverse("seat_new"), data, follow=True)
    assert "Whoever heads the unit holds it." in answer.content.decode()
    seat = Seat.objects.get(title="副组长（市财政局局长）")
    url = reverse("seat_close", args=[seat.pk])
    assert url in answer.content.decode()
    assert f"Whoever holds {head} holds it till then." in client.get(url).content.decode()
    assert client.post(url, typed(today, closed_on=today + DAY)).status_code == 302
    assert Decision.objects.filter(title="通知").count() == 5


def test_only_the_security_officer_founds_changes_and_closes(
    office, plan, close, secadmin, decision, today
):
    change = plan("streamlining", today + DAY, name="新名组")
    for login in ("clerk", "director", "leader", "sysadmin", "auditor", "liaison1"):
        by = office.people[login]
        with pytest.raises(PermissionDenied):
            bodies.take_back_change(change, by=by, reason="x")
        with pytest.raises(PermissionDenied):
            seats.close_seat(office.seat("member1"), by=by, closed_on=today, decision=decision)
        with pytest.raises(PermissionDenied):
            seats.add_seat(
                by=by,
                organisation=office.unit("coordination_group"),
                post="deputy_leader",
                title="副组长",
                follows=None,
                opens_on=today,
                decision=decision,
            )


@pytest.mark.parametrize(("login", "name"), [("secadmin", "posts"), ("clerk", "organisation")])
def test_the_pages_cost_the_same_for_two_and_fourteen(
    office, plan, client, today, login, name, django_assert_max_num_queries
):
    client.force_login(office.people[login])
    client.get(reverse(name))
    counts = []
    for number in (2, 12):
        for place in range(number):
            plan("streamlining", today + (number + place) * DAY, short_name=f"简称{number}{place}")
        with django_assert_max_num_queries(20) as queries:
            client.get(reverse(name))
        counts.append(len(queries))
    assert counts[0] == counts[1]
