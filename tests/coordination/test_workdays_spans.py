"""Where the prepared span of working days could go wrong: long holidays, far years, edges."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coordination import calendars, notices_data
from coordination.workdays import SHANGHAI, Calendar, DayRule, DueDate, Term

SHIPPED = notices_data.calendar_from(notices_data.load(calendars.SHIPPED))
ONE_DAY = dt.timedelta(days=1)
anywhere = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))


def at(day):
    return dt.datetime.combine(day, dt.time(9), tzinfo=SHANGHAI)


def off(first, days):
    return {first + dt.timedelta(n): DayRule(works=False) for n in range(days)}


def brute(calendar, day, count):
    step = ONE_DAY if count > 0 else -ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= calendar.is_workday(day)
    return day


@given(st.lists(st.tuples(anywhere, st.integers(-40, 40)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_one_calendar_answers_for_any_year_in_any_order(questions):
    calendar = Calendar(SHIPPED.days, SHIPPED.published)
    for day, count in questions:
        assert calendar.add(day, count) == brute(calendar, day, count)


@given(st.integers(0, 1500), st.integers(1, 1500), st.integers(-30, 30))
@settings(max_examples=80, deadline=None)
def test_a_holiday_of_years_is_stepped_over(offset, length, count):
    start = dt.date(2021, 1, 20)
    days = off(start - dt.timedelta(offset), length)
    calendar = Calendar(days, frozenset({2021}))
    assert calendar.add(start, count) == brute(calendar, start, count)


@given(anywhere, st.integers(1, 60))
def test_forward_then_back_ends_on_the_last_working_day(day, count):
    there = SHIPPED.add(day, count)
    back = SHIPPED.add(there, -count)
    assert back == (day if SHIPPED.is_workday(day) else SHIPPED.add(day, -1))
    assert SHIPPED.add(day, 0) == day


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (dt.date(1899, 6, 1), 1),
        (dt.date(2301, 6, 1), -1),
        (dt.date(2300, 12, 31), 1),
        (dt.date(1900, 1, 1), -1),
        (dt.date(2026, 1, 1), 10**9),
        (dt.date(2026, 1, 1), -(10**9)),
    ],
)
def test_beyond_the_years_known_is_refused(day, count):
    calendar = Calendar(SHIPPED.days, SHIPPED.published)
    for _ in range(2):  # first unprepared, then with the widest span
        with pytest.raises(ValueError, match="1900 to 2300"):
            calendar.add(day, count)


def test_the_last_days_known_are_still_answered():
    calendar = Calendar({}, frozenset())
    last, first = dt.date(2300, 12, 31), dt.date(1900, 1, 1)
    assert calendar.add(dt.date(2300, 6, 1), 120) == brute(calendar, dt.date(2300, 6, 1), 120)
    assert calendar.add(last - ONE_DAY, 1) == last
    assert calendar.add(first + ONE_DAY, -1) == first


def test_a_change_of_the_callers_table_does_not_reach_the_calendar():
    days = {}
    calendar = Calendar(days, frozenset({2026}))
    days[dt.date(2026, 3, 3)] = DayRule(works=False)
    assert calendar.is_workday(dt.date(2026, 3, 3))
    with pytest.raises(TypeError):
        calendar.days[dt.date(2026, 3, 3)] = DayRule(works=False)


@pytest.mark.parametrize(
    ("start", "days", "published", "provisional"),
    [
        (dt.date(2025, 12, 30), 5, {2025, 2026}, False),
        (dt.date(2025, 12, 30), 5, {2026}, True),  # 31 December 2025 was counted unpublished
        (dt.date(2025, 12, 31), 5, {2026}, False),  # the start day itself does not count
        (dt.date(2025, 12, 30), 5, {2025}, True),
        (dt.date(2025, 12, 30), 300, {2025, 2027}, True),  # 2026 lies in between
    ],
)
def test_provisional_while_any_year_it_counts_in_is_unpublished(
    start, days, published, provisional
):
    assert Calendar({}, frozenset(published)).due(at(start), Term(days, "B16")) == DueDate(
        brute(Calendar({}, frozenset()), start, days), provisional
    )


def test_the_proof_is_the_same_from_the_term_the_due_date_or_the_day():
    start, term = at(dt.date(2026, 9, 30)), Term(3, "B16")
    due = SHIPPED.due(start, term)
    proof = SHIPPED.strip(start, term)
    assert proof == SHIPPED.strip(start, due) == SHIPPED.strip(start, due.on)
    assert [(day.day.day, day.reason, day.ordinal) for day in proof] == [
        (30, "start", None),
        *[(number, "holiday", None) for number in range(1, 8)],
        (8, "workday", 1),
        (9, "workday", 2),
        (10, "makeup", 3),
    ]
    assert (proof[1].name, proof[1].notice) == ("国庆节", "国办发明电〔2025〕7号")
    assert proof[-1].notice == proof[1].notice
    assert not any(day.provisional for day in proof)


def test_the_proof_marks_the_days_of_an_unpublished_year():
    proof = SHIPPED.strip(at(dt.date(2026, 12, 23)), Term(7, "B16"))
    assert {day.day.year: day.provisional for day in proof} == {2026: False, 2027: True}
    assert [day.reason for day in proof if day.day == dt.date(2026, 12, 26)] == ["weekend"]


def test_the_proof_needs_a_time_zone():
    naive = dt.datetime(2026, 3, 1)  # noqa: DTZ001 - the point is a naive moment
    with pytest.raises(ValueError, match="time zone"):
        SHIPPED.strip(naive, dt.date(2026, 3, 5))


@pytest.mark.parametrize(
    ("due_on", "done_on", "days"),
    [
        (dt.date(2026, 9, 30), dt.date(2026, 9, 30), 0),
        (dt.date(2026, 9, 30), dt.date(2026, 9, 1), 0),
        (dt.date(2026, 9, 30), dt.date(2026, 10, 7), 0),  # nothing but days off in between
        (dt.date(2026, 9, 30), dt.date(2026, 10, 10), 3),
    ],
)
def test_lateness_is_counted_in_working_days(due_on, done_on, days):
    assert SHIPPED.lateness(due_on, done_on) == days


def test_the_years_have_as_many_working_days_as_the_notices_give_them():
    first, last = dt.date(2019, 12, 31), dt.date(2020, 12, 31)
    counts = []
    while last.year <= 2026:
        counts.append(SHIPPED.between(first, last))
        first, last = last, last.replace(year=last.year + 1)
    assert counts == [249, 250, 249, 249, 251, 248, 248]
