"""Working-day arithmetic (Office rules art. 16; Civil Code art. 201-203). Pure.

The calendar is handed in; no database is needed. The day of the start never counts, days are
Asia/Shanghai dates, days off are skipped and make-up weekend days count. The last day ends at
midnight.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
MARGIN = 370  # days looked at beyond the known ones before the span is widened
FIRST, LAST = date(1900, 1, 1), date(2300, 12, 31)


@dataclass(frozen=True, slots=True)
class Term:
    """A limit as the rules state it: ``Term(7, cites="B16 C12")``."""

    days: int
    cites: str


@dataclass(frozen=True, slots=True)
class DueDate:
    """The last day of a term; provisional while a year it runs through is not published."""

    on: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class DayRule:
    """What a notice says of a day: worked or off, the holiday's name, the notice's number."""

    works: bool
    name: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ProofDay:
    """One day in the proof of a deadline: counted, as the how-manieth, or skipped, and why.

    `reason` is start, workday, weekend, holiday or makeup.
    """

    day: date
    counted: bool
    ordinal: int | None
    reason: str
    name: str = ""
    notice: str = ""
    provisional: bool = False


@dataclass(frozen=True)
class Calendar:
    """Weekdays work and weekends rest, except where a State Council notice says otherwise.

    `published` are the years whose notice is entered.
    """

    days: Mapping[date, DayRule]
    published: frozenset[int]
    _span: list = field(default_factory=list, init=False, repr=False, compare=False)

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked."""
        rule = self.days.get(day)
        return day.weekday() < 5 if rule is None else rule.works

    def due(self, start: datetime, term: Term) -> DueDate:
        """Return the last day of `term`; the local day of `start` is not counted.

        Raises ValueError for a moment without a time zone or a term below one day.
        """
        if start.tzinfo is None:
            raise ValueError("The start must carry its time zone.")
        if term.days < 1:
            raise ValueError("A term has at least one working day.")
        first = start.astimezone(SHANGHAI).date()
        on = self.add(first, term.days)
        return DueDate(on, self._is_provisional(first, on))

    def _is_provisional(self, first: date, on: date) -> bool:
        if first.year == on.year:
            return on.year not in self.published
        return any(year not in self.published for year in range(first.year, on.year + 1))

    def add(self, day: date, count: int) -> date:
        """The `count`-th working day strictly after `day`; before it for a negative `count`.

        Raises ValueError beyond the years 1900 to 2300.
        """
        if count == 0:
            return day
        if count > 0:
            reach = day + timedelta(days=count * 2 + 30)
            worked = self._worked(day, reach)
            return date.fromordinal(worked[bisect_right(worked, day.toordinal()) + count - 1])
        reach = day + timedelta(days=count * 2 - 30)
        worked = self._worked(reach, day)
        return date.fromordinal(worked[bisect_left(worked, day.toordinal()) + count])

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative if `last` is earlier."""
        if last < first:
            return -self.between(last, first)
        worked = self._worked(first, last)
        return bisect_right(worked, last.toordinal()) - bisect_right(worked, first.toordinal())

    def lateness(self, due_on: date, done_on: date) -> int:
        """Working days from the due day to `done_on`; none when it was in time."""
        return max(0, self.between(due_on, done_on)) if done_on > due_on else 0

    def _worked(self, first: date, last: date) -> list[int]:
        """Ordinals of the working days of a span that covers both days; kept and widened."""
        span = self._span
        if span and span[0] <= first and last <= span[1]:
            return span[2]
        if not FIRST <= first <= last <= LAST:
            raise ValueError("Working days are known for the years 1900 to 2300 only.")
        known = (span[0], span[1]) if span else (first, last)
        low = max(FIRST, min(first, known[0]) - timedelta(days=MARGIN))
        high = min(LAST, max(last, known[1]) + timedelta(days=MARGIN))
        ordinals = range(low.toordinal(), high.toordinal() + 1)
        worked = [n for n in ordinals if self.is_workday(date.fromordinal(n))]
        span[:] = [low, high, worked]
        return worked

    def strip(self, start: datetime, due_on: date) -> tuple[ProofDay, ...]:
        """The proof of a deadline: every day from the start to the due day, counted or skipped."""
        day = start.astimezone(SHANGHAI).date()
        proof = [self._proof_day(day, "start", None)]
        ordinal = 0
        while day < due_on:
            day += ONE_DAY
            works = self.is_workday(day)
            ordinal += works
            proof.append(self._proof_day(day, self._reason(day), ordinal if works else None))
        return tuple(proof)

    def _reason(self, day: date) -> str:
        weekend = day.weekday() >= 5
        if self.is_workday(day):
            return "makeup" if weekend else "workday"
        return "holiday" if day in self.days else "weekend"

    def _proof_day(self, day: date, reason: str, ordinal: int | None) -> ProofDay:
        rule = self.days.get(day, DayRule(works=False))
        unknown = day.year not in self.published
        return ProofDay(day, ordinal is not None, ordinal, reason, rule.name, rule.notice, unknown)


def deadline(start: datetime, working_days: int) -> DueDate:
    """The due date `working_days` after the aware moment `start`, by the database's calendar.

    The start day is not counted; provisional when the year's calendar is not published.
    Source: Office rules art. 16, Civil Code art. 201.
    """
    from . import calendars

    return calendars.current().due(start, Term(working_days, "B16 V201"))
