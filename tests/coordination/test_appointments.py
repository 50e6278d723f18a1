"""Posts change hands by decisions, from a day; what was done stays, what is open moves (A2-A4)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from coordination import access, appointments, bodies, handovers
from coordination.dates import long_day
from coordination.models import (
    Appointment,
    AuditEntry,
    Body,
    Decision,
    HandOver,
    Notice,
    Person,
    Seat,
)
from documents import presenters
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def decision(secadmin, today):
    return bodies.enter_decision(by=secadmin, title="关于任免的通知", number="", decided_on=today)


@pytest.fixture
def appoint(office, secadmin, decision, today):
    def put(login_or_seat, person, since=None, by=None, **more):
        seat = login_or_seat if isinstance(login_or_seat, Seat) else office.post(login_or_seat)
        return appointments.appoint(
            by=by or secadmin,
            seat=seat,
            person=person,
            since=since or today,
            decision=decision,
            **more,
        )

    return put


@pytest.fixture
def held(office):
    """The term of whoever holds a seat today, and another day."""

    def find(login, on=None):
        return Appointment.objects.current(on or timezone.localdate()).get(seat=office.seat(login))

    return find


@pytest.fixture
def terms(office):
    """All terms of the seat of a login as (person, since, until)."""

    def find(login):
        rows = office.seat(login).appointments.order_by("since")
        return [(row.person.username, row.since, row.until) for row in rows]

    return find


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
    before = Appointment.objects.get(seat=office.seat("deputy"), person=office.people["deputy"])
    assert before.until == today - DAY
    assert AuditEntry.objects.filter(event="appointed").count() == 1


def test_a_future_appointment_waits_for_its_day_and_can_be_taken_back(
    office, appoint, outsider, secadmin, today, terms
):
    term = appoint("deputy", outsider, today + 10 * DAY)
    assert access.standing(office.people["deputy"], today + 9 * DAY).seat_ids
    assert not access.standing(office.people["deputy"], today + 10 * DAY).seat_ids
    assert access.standing(outsider, today + 10 * DAY).seat_ids
    with pytest.raises(ValidationError, match="Take that back first"):
        appoint("deputy", office.people["member1"], today + 5 * DAY)
    gone = term.pk
    appointments.take_back(term, by=secadmin, reason="名字写错")
    assert [until for _who, _since, until in terms("deputy")] == [None]
    assert not HandOver.objects.exists()
    last = Appointment.history.filter(id=gone).latest()
    assert (last.history_type, last.history_user, last.history_change_reason) == (
        "-",
        secadmin,
        "taken back: 名字写错",
    )


def test_somebody_in_charge_fills_a_vacancy_only_and_shows_so(
    office, appoint, outsider, secadmin, decision, today, held
):
    with pytest.raises(ValidationError, match="vacancy"):
        appoint("leader", outsider, acting=True)
    term = held("leader")
    appointments.end_appointment(term, by=secadmin, until=today, decision=decision)
    with pytest.raises(ValidationError, match="vacancy"):
        appoint("leader", outsider, acting=True)
    term.refresh_from_db()
    term.until = today - DAY
    term.save()
    appoint("leader", outsider, acting=True)
    document = office.step(
        office.proposed("leader"), "instruct", outsider, "同意", **office.assignment()
    )
    line = next(e for e in presenters.detail(outsider, document).entries if "Instruct" in e.what)
    assert "in charge" in line.acting_as
    appoint("leader", office.people["legal"], today + DAY)  # a proper one ends it
    assert Appointment.objects.get(person=outsider).until == today


def test_a_seat_that_follows_another_goes_with_it(office, appoint, outsider, today):
    head = Seat.objects.get(organisation__key="finance", post="unit_head")
    member = office.seat("member1")
    assert member.follows == head
    appoint(head, outsider)
    now = Appointment.objects.current(today).filter(person=outsider)
    assert {term.seat_id for term in now} == {head.pk, member.pk}
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


def test_nothing_is_changed_backwards(office, appoint, outsider, secadmin, decision, today, held):
    with pytest.raises(ValidationError, match="past"):
        appoint("deputy", outsider, today - DAY)
    term = held("leader")
    with pytest.raises(ValidationError, match="last day"):
        appointments.end_appointment(term, by=secadmin, until=today - DAY, decision=decision)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database's own word
        Appointment.objects.create(person=outsider, seat=term.seat, since=today, decision=decision)


# What was before comes back ----------------------------------------------------------------------
def test_taken_back_the_predecessor_ends_as_an_earlier_decision_had_it(
    office, appoint, outsider, secadmin, decision, today, held, terms
):
    term = held("deputy")
    post = Appointment.objects.get(seat=office.post("deputy"))
    last = today + 60 * DAY
    appointments.end_appointment(post, by=secadmin, until=last, decision=decision)
    successor = appoint("deputy", outsider, today + 10 * DAY)
    term.refresh_from_db()
    assert (term.until, term.ended_by) == (today + 9 * DAY, successor.decision)
    appointments.take_back(successor, by=secadmin)
    for one in (term, post):
        one.refresh_from_db()
        assert (one.until, one.ended_by) == (last, decision)
    assert terms("deputy") == [("deputy", term.since, last)]


def test_what_ended_before_the_successor_stays_ended(
    office, appoint, outsider, secadmin, decision, today, held
):
    term = held("leader")
    appointments.end_appointment(term, by=secadmin, until=today + 9 * DAY, decision=decision)
    successor = appoint("leader", outsider, today + 10 * DAY)
    appointments.take_back(successor, by=secadmin)
    term.refresh_from_db()
    assert term.until == today + 9 * DAY


def test_whoever_comes_later_is_taken_back_first_also_on_a_following_seat(
    office, appoint, outsider, secadmin, decision, today, held
):
    successor = appoint("deputy", outsider, today + 10 * DAY)
    follower = Appointment.objects.get(seat=office.seat("deputy"), person=outsider)
    follower.until = today + 29 * DAY
    follower.save()
    later = Appointment.objects.create(
        person=office.people["legal"],
        seat=office.seat("deputy"),
        since=today + 30 * DAY,
        decision=decision,
    )
    with pytest.raises(ValidationError, match="Take that back first") as refusal:
        appointments.take_back(successor, by=secadmin)
    assert office.people["legal"].name in refusal.value.messages[0]
    appointments.end_appointment(successor, by=secadmin, until=today + 50 * DAY, decision=decision)
    follower.refresh_from_db()
    later.refresh_from_db()
    assert (follower.until, later.until) == (today + 29 * DAY, None)


def test_an_end_touches_no_following_seat_that_ends_earlier(
    office, secadmin, decision, today, held
):
    follower = held("deputy")
    follower.until = today + 5 * DAY
    follower.save()
    post = Appointment.objects.get(seat=office.post("deputy"))
    appointments.end_appointment(post, by=secadmin, until=today + 20 * DAY, decision=decision)
    follower.refresh_from_db()
    assert follower.until == today + 5 * DAY


# Seats that go with a post ------------------------------------------------------------------------
def test_who_holds_the_following_seat_already_simply_goes_on(
    office, appoint, secadmin, today, decision, held, terms
):
    post = office.post("deputy")
    Appointment.objects.filter(seat=post).delete()  # a deputy leader who heads no unit yet
    before = terms("deputy")
    term = appoint(post, office.people["deputy"])
    assert terms("deputy") == before
    appointments.end_appointment(term, by=secadmin, until=today + 9 * DAY, decision=decision)
    assert held("deputy").until == today + 9 * DAY


def test_the_following_seat_lasts_as_long_as_the_post(office, appoint, today, held, terms):
    post = office.post("deputy")
    Appointment.objects.filter(seat=post).delete()
    follower = held("deputy")
    follower.until = today + 9 * DAY
    follower.save()
    appoint(post, office.people["deputy"])
    assert terms("deputy")[1:] == [("deputy", today + 10 * DAY, None)]


def test_nobody_is_appointed_to_a_following_seat_by_itself(office, appoint, outsider):
    with pytest.raises(ValidationError, match="Appoint to that post"):
        appoint(office.seat("deputy"), outsider)


def test_what_goes_with_a_post_ends_and_is_taken_back_with_it(
    office, appoint, outsider, secadmin, decision, today, held
):
    with pytest.raises(ValidationError, match="goes with"):
        appointments.end_appointment(held("deputy"), by=secadmin, until=today, decision=decision)
    appoint("deputy", outsider, today + DAY)
    with pytest.raises(ValidationError, match="goes with"):
        appointments.take_back(held("deputy", today + DAY), by=secadmin)


def test_whoever_holds_such_a_seat_without_the_post_is_ended_there(
    office, secadmin, decision, today, held
):
    Appointment.objects.filter(seat=office.post("deputy")).delete()
    appointments.end_appointment(held("deputy"), by=secadmin, until=today, decision=decision)
    assert held("deputy").until == today


def test_the_forms_say_which_seats_go_along(office, secadmin, client, today):
    client.force_login(secadmin)
    post, seat = office.post("deputy"), office.seat("deputy")
    term = Appointment.objects.get(seat=post)
    for url in (reverse("appoint", args=[post.pk]), reverse("appointment_end", args=[term.pk])):
        assert f"With this post go: {seat}." in client.get(url).content.decode()
    answer = client.get(reverse("appoint", args=[seat.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("appoint", args=[post.pk]), 302)]
    assert "goes with this post" in answer.content.decode()


# A mistake is mended ------------------------------------------------------------------------------
def test_a_wrong_appointment_is_taken_back_on_its_first_day(
    office, appoint, outsider, secadmin, today, terms
):
    document = office.proposed("deputy")
    term = appoint("deputy", outsider)
    handovers.carry_over()
    assert Notice.objects.alive().filter(person=outsider, code="laid_before").exists()
    appointments.take_back(term, by=secadmin, reason="姓名有误")
    assert [until for _who, _since, until in terms("deputy")] == [None]
    assert not Appointment.objects.filter(person=outsider).exists()
    mine = Notice.objects.alive().filter(person=office.people["deputy"], code="laid_before")
    assert mine.get().object_id == document.pk
    assert not Notice.objects.alive().filter(person=outsider, code="laid_before").exists()
    office.step(document, "instruct", "deputy", "同意", **office.assignment())
    entry = AuditEntry.objects.get(event="appointment_taken_back")
    assert "姓名有误" in entry.subject


def test_carried_once_more_when_the_same_person_comes_after_all(
    office, appoint, outsider, secadmin
):
    office.proposed("deputy")
    appointments.take_back(appoint("deputy", outsider), by=secadmin)
    for _again in range(2):
        term = appoint("deputy", outsider)
        handovers.carry_over()
        alive = Notice.objects.alive().filter(code="laid_before")
        assert [notice.person for notice in alive] == [outsider]
        appointments.take_back(term, by=secadmin)
        assert [notice.person for notice in alive.all()] == [office.people["deputy"]]


def test_who_acted_on_the_first_day_is_ended_not_undone(
    office, appoint, outsider, secadmin, client, today
):
    document = office.proposed("deputy")
    term = appoint("deputy", outsider)
    office.step(document, "instruct", outsider, "同意", **office.assignment())
    with pytest.raises(ValidationError, match="End the term today instead"):
        appointments.take_back(term, by=secadmin)
    client.force_login(secadmin)
    url = reverse("appointment_take_back", args=[term.pk])
    answer = client.post(url, {"reason": "有误", "password": PASSWORD}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(reverse("appointment_end", args=[term.pk]), 302)]
    assert "has acted as" in page
    assert f'value="{today.isoformat()}"' in page


def test_once_begun_yesterday_it_is_not_taken_back(office, secadmin, held):
    with pytest.raises(ValidationError, match="begun"):
        appointments.take_back(held("leader"), by=secadmin)


def test_a_last_day_to_come_can_be_changed_and_lifted(
    office, appoint, outsider, secadmin, decision, today, client
):
    term = Appointment.objects.get(seat=office.post("deputy"))

    def end(until):
        decided = bodies.enter_decision(by=secadmin, title="函", number="", decided_on=today)
        appointments.end_appointment(term, by=secadmin, until=until, decision=decided)
        return set(Appointment.objects.filter(person=term.person).values_list("until", flat=True))

    assert end(today + 30 * DAY) == {today + 30 * DAY}
    assert end(today + 10 * DAY) == {today + 10 * DAY}
    client.force_login(secadmin)
    page = client.get(reverse("posts"), {"q": "市人民政府办公室"}).content.decode()
    assert reverse("appointment_end", args=[term.pk]) in page
    assert end(today + 40 * DAY) == {today + 40 * DAY}
    assert end(None) == {None}
    told = Notice.objects.alive().filter(person=term.person)
    assert set(told.values_list("code", flat=True)) == {"post_goes_on"}
    with pytest.raises(ValidationError, match="Give the last day"):
        end(None)
    end(today + 10 * DAY)
    with pytest.raises(ValidationError, match="already"):
        end(today + 10 * DAY)
    appoint("deputy", outsider, today + 20 * DAY)
    with pytest.raises(ValidationError, match="Take that back first"):
        end(today + 5 * DAY)


def test_in_the_browser_a_last_day_is_set_changed_and_lifted(office, secadmin, client, today):
    client.force_login(secadmin)
    term = Appointment.objects.get(seat=office.seat("legal"))
    url = reverse("appointment_end", args=[term.pk])
    for until in (today + 9 * DAY, today + 3 * DAY, ""):
        assert client.post(url, typed(today, until=until)).status_code == 302
        term.refresh_from_db()
        assert term.until == (until or None)


# A term lies within its decision and its body -----------------------------------------------------
def test_a_first_term_begins_no_earlier_than_it_was_decided(
    office, outsider, secadmin, today, appoint
):
    seat = Seat.objects.get(title="副组长（市政府办公室副主任）")
    decided = bodies.enter_decision(by=secadmin, title="函", number="", decided_on=today - 10 * DAY)
    put = {"by": secadmin, "seat": seat, "person": outsider, "decision": decided}
    with pytest.raises(ValidationError, match="before it was decided"):
        appointments.appoint(since=today - 11 * DAY, **put)
    assert appointments.appoint(since=today - 10 * DAY, **put).since == today - 10 * DAY


def test_no_term_lies_before_the_founding_of_its_body(office, outsider, secadmin, decision):
    old = bodies.enter_decision(by=secadmin, title="函", number="", decided_on=dt.date(2019, 1, 1))
    seat = Seat.objects.get(title="副组长（市政府办公室副主任）")
    with pytest.raises(ValidationError, match="exists from"):
        appointments.appoint(
            by=secadmin, seat=seat, person=outsider, since=dt.date(2020, 3, 1), decision=old
        )


# Somebody guards ----------------------------------------------------------------------------------
def test_the_last_security_officer_ends_only_by_a_successor(
    office, appoint, outsider, secadmin, decision, today
):
    term = Appointment.objects.get(person=secadmin)
    with pytest.raises(ValidationError, match="no security officer"):
        appointments.end_appointment(term, by=secadmin, until=today + DAY, decision=decision)
    successor = appoint("secadmin", outsider, today + DAY)
    term.refresh_from_db()
    assert term.until == today
    appointments.take_back(successor, by=secadmin)
    assert access.standing(secadmin, today + DAY).seat_ids


def test_the_only_security_officer_does_not_take_themselves_back(
    office, appoint, outsider, secadmin, today
):
    Appointment.objects.filter(person=secadmin).update(until=today - DAY)
    term = Appointment.objects.create(
        person=outsider,
        seat=office.seat("secadmin"),
        since=today,
        decision=Decision.objects.first(),
    )
    with pytest.raises(ValidationError, match="no security officer"):
        appointments.take_back(term, by=outsider)
    assert Appointment.objects.filter(pk=term.pk).exists()


def test_two_security_officers_may_become_one(office, outsider, secadmin, decision, today):
    other = Seat.objects.create(
        organisation=office.unit("group_office"),
        post="security_officer",
        title="安全管理员（二）",
        cites="A3",
    )
    second = appointments.appoint(
        by=secadmin, seat=other, person=outsider, since=today, decision=decision
    )
    appointments.end_appointment(second, by=secadmin, until=today + DAY, decision=decision)
    term = Appointment.objects.get(person=secadmin)
    with pytest.raises(ValidationError, match="no security officer"):
        appointments.end_appointment(term, by=secadmin, until=today + 2 * DAY, decision=decision)


# All hear of it -----------------------------------------------------------------------------------
def told(person):
    alive = Notice.objects.alive().filter(person=person)
    return sorted(alive.values_list("code", flat=True))


def test_all_concerned_hear_of_a_change_and_of_its_taking_back(
    office, appoint, outsider, secadmin, today, client
):
    head = office.post("liaison39")
    term = appoint(head, outsider, today + 5 * DAY)
    before = office.people["liaison39"]
    assert told(outsider) == ["appointed", "hand_over_waits"]
    assert told(before) == ["hand_over_waits", "post_ended"]
    notice = Notice.objects.get(person=outsider, code="hand_over_waits")
    client.force_login(outsider)
    opened = client.post(reverse("notice", args=[notice.pk]))
    assert opened["Location"] == reverse("hand_over", args=[HandOver.objects.get().pk])
    appointments.take_back(term, by=secadmin)
    assert told(outsider) == ["appointment_taken_back"]
    assert told(before) == ["post_goes_on"]


def test_the_waiting_list_is_forgotten_by_whoever_confirms_it(office, appoint, outsider, today):
    appoint("liaison39", outsider)
    change = HandOver.objects.get()
    handovers.confirm(change, person=outsider)
    assert told(outsider) == ["appointed"]
    assert told(office.people["liaison39"]) == ["hand_over_waits", "post_ended"]


# The decision behind it ---------------------------------------------------------------------------
def test_the_decision_is_seen_with_title_number_and_day(office, secadmin, outsider, client, today):
    client.force_login(secadmin)
    data = typed(
        today, decision_number="启政干〔2026〕9号", person_appointed=outsider.pk, since=today
    )
    assert client.post(reverse("appoint", args=[office.seat("legal").pk]), data).status_code == 302
    reference = f"{long_day(today)} 启政干〔2026〕9号 关于任免的通知"
    assert reference in client.get(reverse("posts")).content.decode()
    subject = AuditEntry.objects.get(event="appointed").subject
    assert f"{today.isoformat()} 启政干〔2026〕9号 关于任免的通知" in subject
    client.force_login(office.people["clerk"])
    page = client.get(reverse("organisation")).content.decode()
    assert reference in page
    assert f"Founded by: {long_day(dt.date(2020, 3, 2))}" in page


def test_a_refused_change_leaves_no_decision_behind(office, secadmin, client, today):
    client.force_login(secadmin)
    data = typed(today, person_appointed=office.people["auditor"].pk, since=today)
    answer = client.post(reverse("appoint", args=[office.seat("legal").pk]), data)
    assert answer.status_code == 422
    assert "no other post" in answer.content.decode()
    assert not Decision.objects.filter(title="关于任免的通知").exists()


def test_only_where_somebody_ends_the_page_says_so(office, secadmin, outsider, client, today):
    client.force_login(secadmin)
    vacant = Seat.objects.get(title="副组长（市政府办公室副主任）")
    data = typed(today, person_appointed=outsider.pk, since=today)
    page = client.post(reverse("appoint", args=[vacant.pk]), data, follow=True).content.decode()
    assert "ends the day before" not in page
    assert "Appointed." in page
    data["person_appointed"] = office.people["clerk"].pk
    page = client.post(reverse("appoint", args=[office.seat("legal").pk]), data, follow=True)
    assert f"{office.people['legal'].name} ends the day before" in page.content.decode()


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
    url = reverse("appoint", args=[office.seat("legal").pk])
    data = typed(today, person_appointed=outsider.pk, since=today + DAY)
    answer = client.post(url, data | {"password": "wrong"})
    assert answer.status_code == 422
    assert "not your password" in answer.content.decode()
    assert "关于任免的通知" in answer.content.decode()
    assert not Decision.objects.filter(title="关于任免的通知").exists()
    assert client.post(url, data).status_code == 302
    term = Appointment.objects.get(person=outsider)
    url = reverse("appointment_take_back", args=[term.pk])
    page = client.get(url).content.decode()
    assert f"{office.people['legal'].name} goes on as before." in page
    assert client.post(url, {"reason": "有误", "password": "wrong"}).status_code == 422
    assert client.post(url, {"reason": "有误", "password": PASSWORD}).status_code == 302
    assert not Appointment.objects.filter(pk=term.pk).exists()


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


def test_nobody_else_enters_persons_or_gives_passwords(office, secadmin, outsider):
    kept = outsider.password
    for by in (office.people["clerk"], office.people["sysadmin"], office.people["leader"]):
        with pytest.raises(PermissionDenied):
            appointments.create_person(by=by, username="xinren", name="新人", password=PASSWORD)
        with pytest.raises(PermissionDenied):
            appointments.give_first_passwords([outsider], by=by)
        with pytest.raises(PermissionDenied):
            appointments.set_active(outsider, by=by, active=False)
    outsider.refresh_from_db()
    assert (outsider.password, outsider.is_active) == (kept, True)
    assert not Person.objects.filter(username="xinren").exists()


def test_a_first_password_is_for_somebody_else(secadmin, outsider):
    kept = secadmin.password
    with pytest.raises(ValidationError, match="Your own password"):
        appointments.give_first_passwords([outsider, secadmin], by=secadmin)
    secadmin.refresh_from_db()
    assert secadmin.password == kept


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
