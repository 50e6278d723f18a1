"""Reminders: on which working mornings, to whom, and each exactly once."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from coordination import access, calendars, reminders
from coordination.models import Appointment, Decision, Duty, Notice, Seat
from coordination.notices import text_of
from tests.conftest import shanghai

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("liaisons_alone")]
SENT = shanghai(2026, 3, 2, 10)  # due Wed 11 March 2026


@pytest.fixture(autouse=True)
def _units_were_asked(monkeypatch):
    """The yearly question about liaison officers is tested with the confirmations."""
    monkeypatch.setattr(reminders, "ask_for_roster", lambda now: 0)


@pytest.fixture
def document(office):
    with time_machine.travel(SENT, tick=False):
        return office.transferred(at=SENT)


def run(*day):
    """A morning's run; returns how many reminders the owners got, others who hear not counted."""
    own = Notice.objects.exclude(code__in=("late_at", "roster_missing"))
    before = own.count()
    with time_machine.travel(shanghai(*day, 8), tick=False):
        reminders.remind()
    return own.count() - before


def codes(office):
    liaison = office.liaison("market_regulation")
    return list(Notice.objects.filter(person=liaison).order_by("pk").values_list("code", flat=True))


def test_the_whole_calendar_of_one_duty(document, office):
    told = {}
    day = dt.date(2026, 3, 3)
    while day < dt.date(2026, 3, 27):
        if run(day.year, day.month, day.day):
            told[day.isoformat()] = codes(office)[-1]
        day += dt.timedelta(days=1)
    assert told == {
        "2026-03-09": "due_soon",  # two working days before
        "2026-03-11": "due_today",
        "2026-03-12": "late",  # the first working day late
        "2026-03-17": "late",  # every third after it: 13, 16, 17
        "2026-03-20": "late",
        "2026-03-25": "late",
    }


def test_assignment_is_announced_at_once_and_says_when(document, office):
    notice = Notice.objects.get(person=office.liaison("market_regulation"))
    assert notice.code == "assigned"
    assert "Wed 11 Mar 2026" in text_of(notice)


def test_running_again_adds_nothing(document, office):
    assert run(2026, 3, 9) == 1
    assert run(2026, 3, 9) == 0
    assert run(2026, 3, 9) == 0
    assert codes(office) == ["assigned", "due_soon"]


def test_nothing_is_sent_on_days_off(document):
    assert run(2026, 3, 14) == 0
    assert run(2026, 10, 1) == 0


def test_a_make_up_saturday_is_a_working_morning(office):
    sent = shanghai(2026, 9, 8, 10)
    with time_machine.travel(sent, tick=False):
        due = office.transferred(at=sent).main_duty.due_on
    assert due == dt.date(2026, 9, 17)
    assert run(2026, 9, 18) == 1
    assert run(2026, 9, 20) == 0  # Sunday, worked; the second working day late
    assert run(2026, 9, 22) == 1  # 18, 20, 21, 22: every third after the first


def test_working_days_without_a_run_are_caught_up(document, office):
    run(2026, 3, 6)
    assert run(2026, 3, 10) == 1  # the 9th was missed: two working days before comes a day later
    assert codes(office)[-1] == "due_soon"
    assert run(2026, 3, 13) == 1  # the 11th and 12th were missed; only what is true today is said
    notice = Notice.objects.filter(code="late").get()
    assert notice.params["days"] == 1
    assert "due_today" not in codes(office)


def test_a_submitted_or_closed_duty_is_not_reminded(office):
    with time_machine.travel(SENT, tick=False):
        office.replied(at=SENT, reply_at=SENT)
    assert run(2026, 3, 12) == 0


def test_notices_die_with_their_cause(document, office):
    run(2026, 3, 9)
    liaison = office.liaison("market_regulation")
    assert Notice.objects.alive().filter(person=liaison).count() == 2
    part = office.step(office.part(document), "accept", liaison)
    office.step(part, "submit_reply", liaison, reply="办理情况")
    assert not Notice.objects.alive().filter(person=liaison).exists()


def test_every_handler_of_the_unit_is_reminded_and_nobody_else(document, office):
    run(2026, 3, 11)
    told = set(Notice.objects.filter(code="due_today").values_list("person__username", flat=True))
    assert told == {office.liaison("market_regulation").username}


def test_an_explicit_limit_on_a_sunday_is_reminded_on_working_days(office):
    limit = shanghai(2026, 3, 15, 17)
    with time_machine.travel(SENT, tick=False):
        office.transferred(at=SENT, limit_at=limit, urgency="urgent")
    Duty.objects.update(urgent=False)
    assert run(2026, 3, 11) == 1
    assert run(2026, 3, 12) == 0
    assert run(2026, 3, 13) == 1  # Friday, the last working day before it
    assert run(2026, 3, 16) == 1  # Monday: late


def told(code):
    return sorted(
        Notice.objects.filter(code=code).values_list("person__username", flat=True).distinct()
    )


def test_late_the_head_and_the_office_hear_of_it_then_the_supervision_group(
    document, office, outsider
):
    seat = Seat.objects.get(organisation__key="market_regulation", post="unit_head")
    Appointment.objects.create(
        person=outsider,
        seat=seat,
        since=dt.date(2020, 3, 2),
        decision=Decision.objects.get(key="working_rules"),
    )
    liaison = office.liaison("market_regulation").username
    for day in (9, 11):
        run(2026, 3, day)
    assert told("due_today") == [liaison]
    run(2026, 3, 12)  # the first working day late
    assert told("late") == sorted([liaison, "outsider"])
    assert told("late_at") == ["clerk", "clerk2"]
    run(2026, 3, 17)  # the second reminder of lateness: nobody new
    assert Notice.objects.filter(code="late_at").count() == 2
    run(2026, 3, 20)  # the third
    assert told("late_at") == ["clerk", "clerk2", "supervisor"]
    notice = Notice.objects.get(code="late_at", person__username="supervisor")
    assert "late by 7 working days" in text_of(notice)
    assert notice.content_type.model == "duty"
    assert access.may(office.people["supervisor"], "view", document.main_duty)
    assert not access.may(office.people["supervisor"], "view", document)


def test_urgent_matters_are_reminded_every_working_morning_and_escalate_at_once(office):
    limit = shanghai(2026, 3, 13, 17)
    with time_machine.travel(SENT, tick=False):
        office.transferred(at=SENT, limit_at=limit, urgency="urgent")
    days = [day for day in range(3, 20) if run(2026, 3, day)]
    assert days == [3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19]
    assert told("late_at") == ["clerk", "clerk2", "supervisor"]
    assert Notice.objects.filter(code="late_at", person__username="supervisor").count() == 4
    run(2026, 3, 19)
    assert Notice.objects.filter(code="late_at", person__username="supervisor").count() == 4


def test_an_urgent_matter_escalates_as_soon_as_its_hour_is_past(office):
    limit = shanghai(2026, 3, 2, 11)
    with time_machine.travel(SENT, tick=False):
        office.transferred(at=SENT, limit_at=limit, urgency="extra_urgent")
    for minute, count in ((50, 0), (60, 0), (75, 1), (90, 1)):
        with time_machine.travel(SENT + dt.timedelta(minutes=minute), tick=False):
            reminders.remind()
        assert Notice.objects.filter(code="late").count() == count
    assert told("late_at") == ["clerk", "clerk2", "supervisor"]
    notice = Notice.objects.get(code="late")
    assert "due Mon 2 Mar 2026 11:00" in text_of(notice)
    run(2026, 3, 3)
    assert Notice.objects.filter(code="late").count() == 2


@pytest.mark.parametrize(
    "due_on", [dt.date(2026, 9, 24), dt.date(2026, 10, 9), dt.date(2026, 10, 4)]
)
def test_the_set_of_due_days_is_the_rule_for_one(charter, due_on):
    calendar = calendars.current()
    for offset in range(40):
        today = dt.date(2026, 9, 15) + dt.timedelta(offset)
        if not calendar.is_workday(today):
            continue
        found = reminders.occasions(today, due_on, calendar)
        assert found.get(due_on) == reminders.occasion(due_on, today, calendar), today


def test_the_run_leaves_its_mark(document):
    from coordination.models import Heartbeat

    run(2026, 3, 9)
    at = Heartbeat.objects.get(process="remind").at
    assert timezone.localdate(at) == dt.date(2026, 3, 9)
