"""Working-day arithmetic against brute force, and against two libraries for every day."""

import datetime as dt

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination import calendars, notices_data
from coordination.workdays import SHANGHAI, Calendar, DayRule, Term, deadline

SHIPPED = notices_data.calendar_from(notices_data.load(calendars.SHIPPED))
FIRST, LAST = dt.date(2020, 1, 1), dt.date(2026, 12, 31)
DAYS = [FIRST + dt.timedelta(n) for n in range((LAST - FIRST).days + 1)]
dates = st.dates(dt.date(2019, 1, 1), dt.date(2028, 12, 31))
rules = st.dictionaries(dates, st.booleans().map(lambda works: DayRule(works)), max_size=80)


def brute(calendar, start, days):
    day = start
    while days:
        day += dt.timedelta(1)
        days -= calendar.is_workday(day)
    return day


def at(day, hour=9):
    return dt.datetime.combine(day, dt.time(hour), tzinfo=SHANGHAI)


@given(rules, dates, st.integers(1, 60))
def test_due_is_the_nth_working_day_strictly_after(days, start, count):
    calendar = Calendar(days, frozenset({2020}))
    assert calendar.due(at(start), Term(count, "B16")).on == brute(calendar, start, count)


@given(rules, dates, st.integers(1, 40))
def test_going_back_undoes_going_forward(days, start, count):
    calendar = Calendar(days, frozenset())
    there = calendar.add(start, count)
    assert calendar.is_workday(there)
    assert calendar.between(start, there) == count
    assert calendar.add(there, -count) <= start
    assert calendar.between(calendar.add(there, -count), there) == count


@given(rules, dates, dates)
def test_between_counts_what_brute_force_counts(days, one, other):
    calendar = Calendar(days, frozenset())
    first, last = min(one, other), max(one, other)
    span = [first + dt.timedelta(n) for n in range(1, (last - first).days + 1)]
    expected = sum(calendar.is_workday(day) for day in span)
    assert calendar.between(first, last) == expected
    assert calendar.between(last, first) == -expected
    assert calendar.lateness(first, last) == expected


@given(dates, st.integers(1, 15))
def test_the_proof_counts_to_the_term(start, count):
    due = SHIPPED.due(at(start), Term(count, "B16"))
    proof = SHIPPED.strip(at(start), due.on)
    assert proof[0].reason == "start"
    assert not proof[0].counted
    assert [day.ordinal for day in proof if day.counted] == list(range(1, count + 1))
    assert proof[-1].day == due.on
    assert proof[-1].ordinal == count
    assert all((day.reason in ("workday", "makeup")) == day.counted for day in proof[1:])


def test_every_day_agrees_with_two_libraries():
    china = holidays.country_holidays("CN", years=range(2020, 2027), language="zh_CN")
    ours = [SHIPPED.is_workday(day) for day in DAYS]
    assert ours == [chinese_calendar.is_workday(day) for day in DAYS]
    assert ours == [china.is_working_day(day) for day in DAYS]


@pytest.mark.parametrize("days", [1, 7, 10])
def test_every_start_day_gives_the_libraries_due_date(days):
    worked = [day for day in DAYS if chinese_calendar.is_workday(day)]
    china = holidays.country_holidays("CN", years=range(2020, 2027), language="zh_CN")
    checked = 0
    for start in DAYS:
        later = (
            [day for day in worked if day > start][:days] if start > dt.date(2026, 11, 1) else None
        )
        if later is not None and len(later) < days:
            break
        due = SHIPPED.due(at(start), Term(days, "B16"))
        assert due.on == china.get_nth_working_day(start, days), start
        assert not due.provisional
        assert sum(day > start and day <= due.on for day in worked) == days
        checked += 1
    assert checked > 2500


@pytest.mark.parametrize(
    ("start", "days", "on", "provisional"),
    [
        (dt.date(2026, 9, 30), 3, dt.date(2026, 10, 10), False),  # make-up Saturday after the week
        (dt.date(2026, 2, 13), 1, dt.date(2026, 2, 14), False),  # make-up Saturday
        (dt.date(2020, 1, 23), 1, dt.date(2020, 2, 3), False),  # the extension of January 2020
        (dt.date(2022, 12, 30), 1, dt.date(2023, 1, 3), False),  # a notice that reaches back
        (dt.date(2026, 12, 23), 7, dt.date(2027, 1, 1), True),  # 2027 is not published
        (dt.date(2026, 12, 23), 6, dt.date(2026, 12, 31), False),
    ],
)
def test_known_deadlines(start, days, on, provisional):
    due = SHIPPED.due(at(start), Term(days, "B16"))
    assert (due.on, due.provisional) == (on, provisional)


def test_the_day_is_the_day_in_the_office():
    late_evening_utc = dt.datetime(2026, 3, 1, 17, tzinfo=dt.UTC)  # 01:00 on 2 March in Shanghai
    assert SHIPPED.due(late_evening_utc, Term(1, "B16")).on == dt.date(2026, 3, 3)


@pytest.mark.parametrize(
    ("start", "term"),
    [
        (dt.datetime(2026, 3, 1), Term(1, "B16")),  # noqa: DTZ001 - the point is a naive moment
        (at(dt.date(2026, 3, 1)), Term(0, "B16")),
    ],
)
def test_what_cannot_be_computed_is_refused(start, term):
    with pytest.raises(ValueError, match=r"time zone|working day"):
        SHIPPED.due(start, term)


@pytest.mark.django_db
def test_deadline_reads_the_calendar_of_the_database(charter, django_assert_max_num_queries):
    assert deadline(at(dt.date(2026, 9, 30)), 3).on == dt.date(2026, 10, 10)
    with django_assert_max_num_queries(20):
        for day in DAYS[:20]:
            deadline(at(day), 7)
