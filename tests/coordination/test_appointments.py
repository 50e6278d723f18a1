"""Posts change hands by decisions, from a day; what was done stays, what is open moves (A2-A4)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from coordination import access, appointments, bodies
from coordination.models import (
    Appointment,
    AuditEntry,
    Body,
    Decision,
    HandOver,
    Organisation,
    Person,
    Seat,
)
from documents import presenters
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def secadmin(office):
    return office.people["secadmin"]


@pytest.fixture
def decision(secadmin, today):
    return bodies.enter_decision(by=secadmin, title="关于任免的通知", number="", decided_on=today)


@pytest.fixture
def appoint(office, secadmin, decision, today):
    def put(login_or_seat, person, since=None, by=None, **more):
        seat = login_or_seat if isinstance(login_or_seat, Seat) else office.seat(login_or_seat)
        return appointments.appoint(
            by=by or secadmin,
            seat=seat,
            person=person,
            since=since or today,
            decision=decision,
            **more,
        )

    return put


def test_the_successor_acts_from_that_day_and_the_past_stays_with_the_predecessor(
    office, appoint, outsider, today
):
    done = office.step(
        office.proposed("deputy"), "instruct", "deputy", "同意", **office.assignment()
    )
    waiting = office.proposed("deputy")
    appoint("deputy", outsider)
    with pytest.raises(PermissionDenied):
        office.step(waiting, "instruct", "deputy", "同意", **office.assignment())
    office.step(waiting, "instruct", outsider, "同意", **office.assignment())
    line = next(e for e in presenters.detail(outsider, done).entries if "Instruct" in e.what)
    assert line.who == str(office.people["deputy"])
    before = Appointment.objects.get(person=office.people["deputy"])
    assert before.until == today - DAY
    assert AuditEntry.objects.filter(event="appointed").count() == 1


def test_a_future_appointment_waits_for_its_day_and_can_be_taken_back(
    office, appoint, outsider, secadmin, today
):
    term = appoint("deputy", outsider, today + 10 * DAY)
    assert access.standing(office.people["deputy"], today + 9 * DAY).seat_ids
    assert not access.standing(office.people["deputy"], today + 10 * DAY).seat_ids
    assert access.standing(outsider, today + 10 * DAY).seat_ids
    with pytest.raises(ValidationError, match="Take that back first"):
        appoint("deputy", office.people["member1"], today + 5 * DAY)
    appointments.take_back(term, by=secadmin)
    assert Appointment.objects.get(person=office.people["deputy"]).until is None
    assert not HandOver.objects.exists()
    with pytest.raises(ValidationError, match="begun"):
        appointments.take_back(appoint("deputy", outsider), by=secadmin)


def test_somebody_in_charge_fills_a_vacancy_only_and_shows_so(
    office, appoint, outsider, secadmin, decision, today
):
    with pytest.raises(ValidationError, match="vacancy"):
        appoint("deputy", outsider, acting=True)
    held = Appointment.objects.get(person=office.people["deputy"])
    appointments.end_appointment(held, by=secadmin, until=today, decision=decision)
    with pytest.raises(ValidationError, match="vacancy"):
        appoint("deputy", outsider, acting=True)
    held.refresh_from_db()
    held.until = today - DAY
    held.save()
    appoint("deputy", outsider, acting=True)
    document = office.step(
        office.proposed("deputy"), "instruct", outsider, "同意", **office.assignment()
    )
    line = next(e for e in presenters.detail(outsider, document).entries if "Instruct" in e.what)
    assert "in charge" in line.acting_as
    appoint("deputy", office.people["member1"], today + DAY)  # a proper one ends it
    assert Appointment.objects.get(person=outsider).until == today


def test_a_seat_that_follows_another_goes_with_it(office, appoint, outsider, today):
    head = Seat.objects.get(organisation__key="finance", post="unit_head")
    member = office.seat("member1")
    member.follows = head
    member.save()
    appoint(head, outsider)
    held = {a.seat_id for a in Appointment.objects.current(today).filter(person=outsider)}
    assert held == {head.pk, member.pk}
    assert not access.standing(office.people["member1"]).seat_ids
    appoint(head, office.people["member1"], today + DAY)
    assert access.standing(office.people["member1"], today + DAY).seat_ids == sorted(
        [head.pk, member.pk]
    )


@pytest.mark.parametrize(
    ("seat", "person", "words"),
    [
        ("auditor", "clerk", "no other post"),
        ("clerk", "auditor", "no other post"),
        ("clerk", "secadmin", "appoints themselves"),
        ("deputy", "deputy", "already"),
    ],
)
def test_who_cannot_be_appointed(office, appoint, seat, person, words):
    with pytest.raises(ValidationError, match=words):
        appoint(seat, office.people[person])


def test_only_the_security_officer_changes_posts(office, appoint, outsider, decision, today):
    for login in ("clerk", "director", "leader", "sysadmin", "auditor", "liaison1"):
        person = office.people[login]
        with pytest.raises(PermissionDenied):
            appoint("deputy", outsider, by=person)
        with pytest.raises(PermissionDenied):
            bodies.close_body(
                by=person,
                body=Body.objects.get(key="streamlining"),
                closed_on=today,
                successor=office.unit("finance"),
                decision=decision,
            )


def test_nothing_is_changed_backwards(office, appoint, outsider, secadmin, decision, today):
    with pytest.raises(ValidationError, match="past"):
        appoint("deputy", outsider, today - DAY)
    held = Appointment.objects.get(person=office.people["deputy"])
    with pytest.raises(ValidationError, match="last day"):
        appointments.end_appointment(held, by=secadmin, until=today - DAY, decision=decision)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database's own word
        Appointment.objects.create(person=outsider, seat=held.seat, since=today, decision=decision)


# Bodies -------------------------------------------------------------------------------------------
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


# In the browser -----------------------------------------------------------------------------------
def typed(today, **more):
    return {
        "decision_title": "关于任免的通知",
        "decided_on": today,
        "password": PASSWORD,
        **more,
    }


def test_pages_of_the_security_officer(office, secadmin, client, today, outsider):
    client.force_login(secadmin)
    page = client.get(reverse("posts"), {"q": "财政"}).content.decode()
    assert "财政" in page
    assert office.unit("health").name not in page
    url = reverse("appoint", args=[office.seat("deputy").pk])
    data = typed(today, person_appointed=outsider.pk, since=today)
    answer = client.post(url, data | {"password": "wrong"})
    assert answer.status_code == 422
    assert "not your password" in answer.content.decode()
    assert "关于任免的通知" in answer.content.decode()
    assert not Decision.objects.filter(title="关于任免的通知").exists()
    assert client.post(url, data).status_code == 302
    term = Appointment.objects.get(person=outsider)
    url = reverse("appointment_end", args=[term.pk])
    assert client.post(url, typed(today, until=today - DAY)).status_code == 422
    assert client.post(url, typed(today, until=today + DAY)).status_code == 302
    data = typed(
        today, kind="thematic_group", name="新组", short_name="新组", founded_on=today, lead_unit=""
    )
    assert client.post(reverse("body_new"), data).status_code == 302
    body = Body.objects.get(name="新组")
    data = typed(today, name="更名组", short_name="更名", in_force_from=today, lead_unit="")
    assert client.post(reverse("body_change", args=[body.pk]), data).status_code == 302
    data = typed(today, closed_on=today, successor=office.unit("finance").pk)
    assert client.post(reverse("body_close", args=[body.pk]), data).status_code == 302
    body.refresh_from_db()
    assert (body.name, body.closed_on) == ("更名组", today)
    future = appointments.appoint(
        by=secadmin,
        seat=office.seat("deputy2"),
        person=outsider,
        since=today + DAY,
        decision=Decision.objects.latest("pk"),
    )
    url = reverse("appointment_take_back", args=[future.pk])
    assert client.post(url).status_code == 302
    assert not Appointment.objects.filter(pk=future.pk).exists()


def test_a_new_person_changes_the_first_password_before_anything_else(
    office, secadmin, client, today
):
    client.force_login(secadmin)
    url = reverse("person_new")
    data = {"username": "xinren", "name": "新人(演示)", "password": "123"}
    answer = client.post(url, data)
    assert answer.status_code == 422
    assert "新人(演示)" in answer.content.decode()
    assert client.post(url, data | {"username": "clerk"}).status_code == 422
    answer = client.post(url, data, headers={"accept-language": "zh-hans"})
    assert "密码必须包含至少 10 个字符" in answer.content.decode()
    data["password"] = "Zhengwu-2026-office"
    assert client.post(url, data).status_code == 302
    client.logout()
    person = Person.objects.get(username="xinren")
    client.force_login(person)
    assert client.get("/")["Location"] == reverse("password_change")
    new = "Banshi-2026-office!"
    answer = client.post(
        reverse("password_change"),
        {"old_password": data["password"], "new_password1": new, "new_password2": new},
    )
    assert answer.status_code == 302
    assert client.get("/").status_code == 200


def test_a_person_is_kept_out_and_let_in_again(office, secadmin, client):
    client.force_login(secadmin)
    liaison = office.liaison("finance")
    url = reverse("person_active", args=[liaison.pk])
    client.post(url, {"disable": 1})
    liaison.refresh_from_db()
    assert not liaison.is_active
    client.post(url, {"enable": 1})
    liaison.refresh_from_db()
    assert liaison.is_active
    client.post(reverse("person_active", args=[secadmin.pk]), {"disable": 1})
    secadmin.refresh_from_db()
    assert secadmin.is_active
