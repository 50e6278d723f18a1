"""Lamps, lateness, and the two clocks of Office rules art. 16."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from coordination import calendars, duties
from coordination.models import Duty
from coordination.workdays import Term
from tests.conftest import shanghai

pytestmark = pytest.mark.django_db
SENT = shanghai(2026, 3, 2, 10)  # a Monday; 7 working days end on Wed 11 March, 10 on Mon 16


def lamp_on(duty, *moment):
    duty.refresh_from_db()
    return duties.lamp(duty, calendars.current(), shanghai(*moment))


@pytest.fixture
def sole(office):
    with time_machine.travel(SENT, tick=False):
        return office.transferred(at=SENT).main_duty


def test_the_sole_handler_has_seven_working_days(sole):
    assert (sole.kind, sole.working_days, sole.due_on) == ("complete", 7, dt.date(2026, 3, 11))
    assert sole.cites == "B16 C12 P24"


@pytest.mark.parametrize(
    ("day", "colour", "words"),
    [
        ((2026, 3, 2, 12), "green", "7 working days left"),
        ((2026, 3, 6, 12), "green", "3 working days left"),
        ((2026, 3, 9, 0, 1), "yellow", "2 working days left"),
        ((2026, 3, 10, 12), "yellow", "1 working day left"),
        ((2026, 3, 11, 23, 59), "yellow", "due today"),
        ((2026, 3, 12, 0, 0), "red", "late by 1 working day"),
        ((2026, 3, 14, 12), "red", "late by 2 working days"),  # a Saturday adds nothing
        ((2026, 3, 17, 12), "red", "late by 4 working days"),
    ],
)
def test_the_lamp(sole, day, colour, words):
    lamp = lamp_on(sole, *day)
    assert (lamp.colour, lamp.words) == (colour, words)


def test_the_set_based_yellow_is_the_lamps_yellow(sole):
    calendar = calendars.current()
    for offset in range(120):
        today = dt.date(2026, 9, 1) + dt.timedelta(offset)
        last = duties.yellow_until(today, calendar)
        for due_on in (today + dt.timedelta(n) for n in range(15)):
            shown = calendar.between(today, due_on) <= duties.YELLOW_AT
            assert shown == (due_on <= last), (today, due_on)


def test_lead_and_co_handlers_have_their_own_limits(office):
    with time_machine.travel(SENT, tick=False):
        document = office.transferred(co=("finance", "health"), at=SENT)
    main = document.main_duty
    assert (main.kind, main.working_days, main.due_on) == ("give_opinion", 10, dt.date(2026, 3, 16))
    others = Duty.objects.filter(kind="co_opinion")
    assert {duty.organisation.key for duty in others} == {"finance", "health"}
    assert all(duty.due_on == dt.date(2026, 3, 11) < main.due_on for duty in others)


def test_an_explicit_limit_overrides_both(office):
    limit = shanghai(2026, 3, 4, 15)
    with time_machine.travel(SENT, tick=False):
        document = office.transferred(co=("finance",), at=SENT, limit_at=limit, urgency="urgent")
    assert document.main_duty.due_at == limit
    assert document.main_duty.working_days is None
    co = Duty.objects.get(kind="co_opinion")
    assert co.due_at == shanghai(2026, 3, 3, 15)  # the working day before, same hour
    assert lamp_on(document.main_duty, 2026, 3, 4, 14, 59).words == "due today by 15:00"
    late = lamp_on(document.main_duty, 2026, 3, 4, 15, 1)
    assert (late.colour, late.words) == ("red", "late by 1 working day")


def test_a_sole_handlers_clock_rests_with_the_office_and_is_judged_by_the_submission(office):
    replied_at = shanghai(2026, 3, 11, 16)
    with time_machine.travel(SENT, tick=False):
        document = office.replied(at=SENT, reply_at=replied_at)
    duty = document.main_duty
    assert duty.closed_at is None
    assert lamp_on(duty, 2026, 3, 20, 9).words == "submitted"
    with time_machine.travel(shanghai(2026, 3, 20, 9), tick=False):
        office.step(document, "accept_reply")
    duty.refresh_from_db()
    assert (duty.outcome, duty.days_late) == ("met", 0)
    assert lamp_on(duty, 2026, 3, 20, 10).words == "closed on time"


def test_a_reply_sent_back_lets_the_sole_clock_run_on(office):
    with time_machine.travel(SENT, tick=False):
        document = office.replied(at=SENT, reply_at=shanghai(2026, 3, 11, 16))
    with time_machine.travel(shanghai(2026, 3, 13, 9), tick=False):
        document = office.step(document, "send_back", opinion="请补充数据", limit_at=None)
        assert lamp_on(document.main_duty, 2026, 3, 13, 9).words == "late by 2 working days"
        part = office.part(document)
        office.step(part, "submit_reply", office.liaison("market_regulation"), reply="已补充")
        office.step(office.fresh(document), "accept_reply")
    document.main_duty.refresh_from_db()
    assert document.main_duty.days_late == 2


def test_a_leads_opinion_ends_its_clock_and_a_supplement_has_its_own(office):
    with time_machine.travel(SENT, tick=False):
        document = office.replied(co=("finance",), at=SENT, reply_at=shanghai(2026, 3, 16, 16))
    first = document.main_duty
    assert (first.outcome, first.days_late) == ("met", 0)
    limit = shanghai(2026, 3, 20, 12)
    with time_machine.travel(shanghai(2026, 3, 18, 9), tick=False):
        document = office.step(document, "send_back", opinion="请补充", limit_at=limit)
    assert document.main_duty != first
    assert (document.main_duty.kind, document.main_duty.due_at) == ("supplement", limit)
    first.refresh_from_db()
    assert (first.outcome, first.days_late) == ("met", 0)


def test_what_is_done_on_a_day_off_after_the_due_day_is_late(office):
    sent = shanghai(2026, 9, 20, 10)
    with time_machine.travel(sent, tick=False):
        document = office.transferred(at=sent)
    duty = document.main_duty
    assert duty.due_on == dt.date(2026, 9, 30)
    assert lamp_on(duty, 2026, 10, 3, 9).words == "late by 1 working day"
    duties.close(duty, shanghai(2026, 10, 3, 9))
    assert duty.days_late == 1


def test_lateness_is_written_down_for_good(office):
    with time_machine.travel(SENT, tick=False):
        document = office.replied(at=SENT, reply_at=shanghai(2026, 3, 16, 9))
    with time_machine.travel(shanghai(2026, 3, 16, 10), tick=False):
        office.step(document, "accept_reply")
    duty = document.main_duty
    duty.refresh_from_db()
    assert duty.days_late == 3
    assert lamp_on(duty, 2026, 12, 1, 9).words == "closed 3 working days late"


def test_a_duty_has_a_term_or_a_limit_never_both_or_neither(office):
    document = office.register()
    given = {"subject": document, "title": "t", "cites": "B16", "started_at": timezone.now()}
    for wrong in ({}, {"term": Term(7, "B16"), "limit_at": timezone.now()}):
        with pytest.raises(ValueError, match="either"):
            duties.open_duty(office.unit("finance"), "complete", **given, **wrong)
