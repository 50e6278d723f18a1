"""The yearly confirmation of liaison officers: asked as a duty, answered by the unit (A16)."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from coordination import appointments, bodies, confirmations, reminders, workflow
from coordination.models import Appointment, AuditEntry, Confirmation, Duty, Notice, Seat
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db
UNITS = Seat.objects.filter(post="unit_liaison", organisation__closed_on=None)


@pytest.fixture
def asked(office, today):
    """Every unit asked by the clerk."""
    return confirmations.ask_all(person=office.people["clerk"], year=today.year)


def of(key):
    return Confirmation.objects.get(organisation__key=key)


def take(office, key, action, who, opinion="", **data):
    person = office.people[who] if isinstance(who, str) else who
    return workflow.advance(of(key), action, person=person, opinion=opinion, data=data)


def test_every_unit_owes_its_answer_and_is_told(office, asked):
    assert len(asked) == UNITS.count() == Confirmation.objects.count()
    duty = of("finance").duty
    assert (duty.kind, duty.working_days, duty.cites) == ("confirm_liaison", 10, "A16 B8")
    notice = Notice.objects.get(person=office.liaison("finance"), code="asked_to_confirm")
    assert notice.duty == duty
    assert confirmations.ask_all(person=office.people["clerk"], year=duty.started_at.year) == []


def test_only_the_office_asks_and_only_in_the_year(office, today):
    with pytest.raises(PermissionDenied):
        confirmations.ask_all(person=office.liaison("finance"), year=today.year)
    with pytest.raises(ValidationError):
        confirmations.ask_all(person=office.people["clerk"], year=today.year + 1)


def test_confirmed_in_one_step_with_the_phone_of_today(office, asked):
    liaison = office.liaison("finance")
    row = take(office, "finance", "confirm", liaison, phone="0513-5", email=liaison.email)
    assert (row.state, row.duty.outcome) == ("confirmed", "met")
    liaison.refresh_from_db()
    assert liaison.phone == "0513-5"
    assert AuditEntry.objects.filter(event="contact_changed", subject=liaison.username).exists()
    assert not Notice.objects.alive().filter(person=liaison, code="asked_to_confirm").exists()


def test_another_unit_may_not_answer(office, asked):
    with pytest.raises(PermissionDenied):
        take(office, "finance", "confirm", office.liaison("health"))
    with pytest.raises(PermissionDenied):
        take(office, "finance", "name_another", "secadmin", name="王新", phone="1")


def test_who_is_named_takes_the_post_when_appointed_and_not_before(office, asked, today):
    liaison = office.liaison("finance")
    for wrong in ("", liaison.name):
        with pytest.raises(ValidationError):
            take(office, "finance", "name_another", liaison, name=wrong, phone="1")
    row = take(office, "finance", "name_another", liaison, name="王新", phone="0513-6")
    assert (row.state, row.name, row.duty.outcome) == ("changed", "王新", "met")
    told = set(
        Notice.objects.filter(code="another_named").values_list("person__username", flat=True)
    )
    assert told == {"secadmin", "clerk", "clerk2"}
    with pytest.raises(ValidationError, match="not appointed yet"):
        take(office, "finance", "settle", "secadmin")
    secadmin = office.people["secadmin"]
    new = appointments.create_person(
        by=secadmin, username="wangxin", name="王新", password="Long-enough-1"
    )
    appointments.appoint(
        by=secadmin,
        seat=row.seat,
        person=new,
        since=today + dt.timedelta(days=1),
        decision=bodies.enter_decision(by=secadmin, title="函", number="", decided_on=today),
    )
    assert take(office, "finance", "settle", "secadmin").state == "settled"
    assert not Notice.objects.alive().filter(code="another_named").exists()


def test_the_office_answers_for_a_unit_only_by_saying_who_told_it(office, asked):
    with pytest.raises(ValidationError):
        take(office, "health", "confirm_for", "clerk")
    row = take(office, "health", "confirm_for", "clerk", "办公室张主任电话告知")
    assert row.state == "confirmed"
    row = take(office, "health", "name_for", "clerk", "来函", name="李四", phone="1")
    assert (row.state, row.duty.outcome) == ("changed", "met")


def test_asking_again_opens_a_new_duty(office, asked):
    liaison = office.liaison("finance")
    first = take(office, "finance", "name_another", liaison, name="王新", phone="1").duty
    with pytest.raises(ValidationError):
        take(office, "finance", "ask_again", "clerk")
    row = take(office, "finance", "ask_again", "clerk", "请写全名")
    assert (row.state, row.name) == ("asked", "")
    assert row.duty != first
    assert row.duty.closed_at is None


def test_a_gap_is_filled_by_naming_somebody(office, today):
    Appointment.objects.filter(person=office.liaison("finance")).delete()
    confirmations.ask_all(person=office.people["clerk"], year=today.year)
    assert of("finance").appointment is None
    with pytest.raises(ValidationError, match="Name somebody"):
        take(office, "finance", "confirm_for", "clerk", "电话")
    assert (
        take(office, "finance", "name_for", "clerk", "电话", name="王新", phone="1").state
        == "changed"
    )


def test_unanswered_ones_are_reminded_like_any_duty_and_the_office_asked_once_a_month(office):
    with time_machine.travel(shanghai(2026, 3, 2, 9)):
        reminders.remind(timezone.now())
        reminders.remind(timezone.now())
        asked = Notice.objects.filter(code="roster_missing")
        assert {notice.person.username for notice in asked} == {"clerk", "clerk2"}
        assert len(asked) == 2
        confirmations.ask_all(person=office.people["clerk"], year=2026, working_days=5)
        due = of("finance").duty.due_on
    take(office, "health", "confirm", office.liaison("health"))
    with time_machine.travel(shanghai(due.year, due.month, due.day, 9)):
        reminders.remind(timezone.now())
    reminded = Notice.objects.filter(code="due_today").values_list(
        "duty__organisation__key", flat=True
    )
    assert "finance" in reminded
    assert "health" not in reminded
    assert Notice.objects.filter(code="roster_missing").count() == 2


def test_the_pages_from_asking_to_the_answer(office, client, today):
    client.force_login(office.people["clerk"])
    url = reverse("confirmations")
    assert "No unit was asked" in client.get(url).content.decode()
    assert client.post(url, {"working_days": "1"}).status_code == 422
    assert client.post(url, {"working_days": "10"})["Location"] == url
    page = client.get(url).content.decode()
    assert "Not answered" in page
    assert office.unit("finance").short_name in page
    row = of("finance")
    liaison = office.liaison("finance")
    client.force_login(liaison)
    assert str(row) in client.get("/").content.decode()
    assert "Still right" in client.get(row.get_absolute_url()).content.decode()
    step = reverse("confirmation_step", args=[row.pk, "confirm"])
    form = client.get(step).context["form"]
    assert form.initial["email"] == liaison.email
    data = {"phone": "x" * 31, "email": liaison.email, "seen": form.initial["seen"]}
    assert client.post(step, data).status_code == 422
    assert client.post(step, data | {"phone": "0513"})["Location"] == row.get_absolute_url()
    assert client.get(step).status_code == 302  # answered already: told so, on its page
    assert client.get(reverse("confirmation", args=[of("health").pk])).status_code == 404
    assert client.get(url + "?year=abcd").status_code == 200
    assert client.post(url, {"working_days": "10"}).status_code == 403


def test_the_list_costs_the_same_for_any_number(
    office, asked, client, django_assert_max_num_queries
):
    client.force_login(office.people["clerk"])
    client.get(reverse("confirmations"))
    with django_assert_max_num_queries(12):
        client.get(reverse("confirmations"))
    assert Duty.objects.filter(kind="confirm_liaison").count() > 30
