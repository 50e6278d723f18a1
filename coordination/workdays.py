"""Working-day arithmetic (Office rules art. 16; Civil Code art. 201 and 203). Pure.

The calendar is handed in; no database is needed. The day of the start never counts (V201), days
are Asia/Shanghai dates, days off are skipped and make-up weekend days count, so the last day is
never a day off; it ends at midnight (V203).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
MARGIN = 370  # days prepared beyond the known ones
FIRST, LAST = date(1900, 1, 1).toordinal(), date(2300, 12, 31).toordinal()
BEYOND = "Working days are known for the years 1900 to 2300 only."
NAIVE = "The start must carry its time zone."


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


@dataclass(frozen=True, slots=True)
class _Span:
    """The working days from one ordinal to another: prepared once, then only looked up.

    `dues` are the days of `worked` as due dates, provisional by their own year.
    """

    first: int = 1
    last: int = 0
    worked: tuple[int, ...] = ()
    dues: tuple[DueDate, ...] = ()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Weekdays work and weekends rest, except where a State Council notice says otherwise.

    `published` are the years whose notice is entered. Safe to share between threads: the one
    thing that changes inside, the prepared span, is replaced whole.
    """

    days: Mapping[date, DayRule]
    published: frozenset[int]
    _prepared: list[_Span] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep an own copy, so that a prepared span cannot go stale."""
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        self._prepared.append(_Span())

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked."""
        rule = self.days.get(day)
        return day.weekday() < 5 if rule is None else rule.works

    def due(self, start: datetime, term: Term) -> DueDate:
        """Return the last day of `term`; the local day of `start` is not counted.

        Provisional when the notice of its year, or of a year on the way to it, is not entered.
        Raises ValueError for a moment without a time zone, a term below one day, or a day
        beyond the years 1900 to 2300. Source: Office rules art. 16, Civil Code art. 201, 203.
        """
        if start.tzinfo is None:
            raise ValueError(NAIVE)
        if term.days < 1:
            raise ValueError("A term has at least one working day.")
        local = start.astimezone(SHANGHAI)
        due = self._nth(local.toordinal(), term.days)
        if due.provisional or local.year == due.on.year:
            return due
        first_counted = local.date() + ONE_DAY
        years = range(first_counted.year, due.on.year + 1)
        return due if self.published.issuperset(years) else DueDate(due.on, provisional=True)

    def add(self, day: date, count: int) -> date:
        """The `count`-th working day strictly after `day`; before it for a negative `count`.

        Raises ValueError beyond the years 1900 to 2300.
        """
        return self._nth(day.toordinal(), count).on if count else day

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative if `last` is earlier.

        Raises ValueError beyond the years 1900 to 2300.
        """
        low, high = first.toordinal(), last.toordinal()
        worked = self._covering(min(low, high), max(low, high)).worked
        return bisect_right(worked, high) - bisect_right(worked, low)

    def lateness(self, due_on: date, done_on: date) -> int:
        """Working days from the due day to `done_on`; none when it was in time."""
        return self.between(due_on, done_on) if done_on > due_on else 0

    def strip(self, start: datetime, until: Term | DueDate | date) -> tuple[ProofDay, ...]:
        """The proof of a deadline: every day from the start to the due day, counted or skipped.

        `until` is the term or the due day it ended in. Raises ValueError as `due` does.
        """
        if start.tzinfo is None:
            raise ValueError(NAIVE)
        if isinstance(until, Term):
            until = self.due(start, until)
        last = until.on if isinstance(until, DueDate) else until
        day = start.astimezone(SHANGHAI).date()
        proof = [self._proof_day(day, "start", None)]
        ordinal = 0
        while day < last:
            day += ONE_DAY
            works = self.is_workday(day)
            ordinal += works
            proof.append(self._proof_day(day, self._reason(day), ordinal if works else None))
        return tuple(proof)

    def _nth(self, ordinal: int, count: int) -> DueDate:
        """The working day `count` places after `ordinal`, or before it; `count` is not 0."""
        span = self._prepared[0]
        if count > 0:
            place = bisect_right(span.worked, ordinal) + count - 1
            if ordinal >= span.first and place < len(span.dues):
                return span.dues[place]
        else:
            place = bisect_left(span.worked, ordinal) + count
            if ordinal <= span.last and place >= 0:
                return span.dues[place]
        at_the_end = span.last == LAST if count > 0 else span.first == FIRST
        if at_the_end and span.first <= ordinal <= span.last:
            raise ValueError(BEYOND)
        reach = max(FIRST, min(LAST, ordinal + count * 2))  # a guess; the margin grows it
        self._widen(min(ordinal, reach), max(ordinal, reach))
        return self._nth(ordinal, count)

    def _covering(self, low: int, high: int) -> _Span:
        """The prepared span, widened if it does not hold both days."""
        span = self._prepared[0]
        return span if span.first <= low and high <= span.last else self._widen(low, high)

    def _widen(self, low: int, high: int) -> _Span:
        """Prepare the days from `low` to `high`, those known before, and a margin."""
        if low < FIRST or high > LAST:
            raise ValueError(BEYOND)
        known_first, known_last = self._known(low, high)
        first = max(FIRST, min(low, known_first) - MARGIN)
        last = min(LAST, max(high, known_last) + MARGIN)
        worked = tuple(n for n in range(first, last + 1) if self.is_workday(date.fromordinal(n)))
        days = [date.fromordinal(n) for n in worked]
        dues = tuple(DueDate(day, day.year not in self.published) for day in days)
        span = self._prepared[0] = _Span(first, last, worked, dues)
        return span

    def _known(self, low: int, high: int) -> tuple[int, int]:
        """What is prepared already; at first, the years of which there is a rule or a notice."""
        span = self._prepared[0]
        if span.dues:
            return span.first, span.last
        years = self.published | {day.year for day in self.days}
        if not years:
            return low, high
        return date(min(years), 1, 1).toordinal(), date(max(years), 12, 31).toordinal()

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
