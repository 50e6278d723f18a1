"""Statistics of incoming documents: how they stand against their time limits (B3, B16, C12).

Counted by one grouped query over the register, narrowed by the register's own filter, so that
each figure can be opened: its address asks the register for exactly the rows it counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import BigIntegerField, Case, Count, DateField, F, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth, TruncQuarter, TruncYear
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination import access
from coordination.formfields import PICKER
from coordination.models import Organisation
from coordination.posts import HANDLERS

from .filters import IncomingFilter, RecordsFilter
from .models import IncomingDocument
from .outcomes import standing
from .states import DocumentKind, IncomingState, Outcome

UNIT, KIND, MONTH, QUARTER, YEAR = "unit", "kind", "month", "quarter", "year"
GROUPINGS = [
    (UNIT, gettext_lazy("Handler in charge")),
    (KIND, gettext_lazy("Document kind")),
    (MONTH, gettext_lazy("Month")),
    (QUARTER, gettext_lazy("Quarter")),
    (YEAR, gettext_lazy("Year")),
]
RETURNED = 0  # the key of the line of papers that were returned, which nobody handles
MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
KEYS: dict[str, Any] = {
    UNIT: Case(
        When(state=IncomingState.RETURNED, then=Value(RETURNED)),
        default=F("handler_id"),
        output_field=BigIntegerField(),
    ),
    KIND: F("kind"),
    MONTH: TruncMonth("received_at", output_field=DateField()),
    QUARTER: TruncQuarter("received_at", output_field=DateField()),
    YEAR: TruncYear("received_at", output_field=DateField()),
}
DONE = (Outcome.ON_TIME, Outcome.LATE)
ASKED = ("by", "since", "until", "charge", "kind", "sender", "label")


def _countable(request) -> QuerySet:
    """The units whose figures the person may ask for."""
    if access.reaches_all(request.user, "count", IncomingDocument):
        return Organisation.objects.assignable(timezone.localdate())
    held = access.standing(request.user)
    return Organisation.objects.filter(pk__in=held.organisations(HANDLERS))


class StatisticsFilter(IncomingFilter):
    """What the statistics are narrowed by, and what they are counted by."""

    by = filters.ChoiceFilter(
        label=gettext_lazy("Count by"), choices=GROUPINGS, method="leave", empty_label=None
    )
    charge = RecordsFilter(
        label=gettext_lazy("Handler in charge"),
        queryset=_countable,
        method="in_charge",
        widget=forms.SelectMultiple(attrs=PICKER),
    )

    def __init__(self, data: QueryDict, **kwargs):
        super().__init__(with_defaults(data), **kwargs)
        offered = dict(self.filters)  # type: ignore[has-type]
        self.filters = {name: offered[name] for name in ASKED if name in offered}


def with_defaults(data: QueryDict) -> QueryDict:
    """The question with what was left open: by unit, this year's documents up to today."""
    found, today = data.copy(), timezone.localdate()
    defaults = {"by": UNIT, "since": today.replace(month=1, day=1), "until": today}
    for name, value in defaults.items():
        if not found.get(name):
            found[name] = str(value)
    return found


@dataclass
class Line:
    """One line of the table: its counts, and what the register is asked for to show its rows."""

    label: str
    question: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    days: int = 0
    timed: int = 0

    @property
    def total(self) -> int:
        """All documents of the line."""
        return sum(self.counts.values())

    @property
    def rate(self) -> int | None:
        """Of those done, how many in a hundred were on time; None where none is done."""
        done = sum(self.counts.get(outcome, 0) for outcome in DONE)
        return round(100 * self.counts.get(Outcome.ON_TIME, 0) / done) if done else None

    @property
    def average(self) -> float | None:
        """Working days to completion on the average; None where none is done."""
        return round(self.days / self.timed, 1) if self.timed else None

    def add(self, outcome: str, count: int, days: int | None, timed: int) -> None:
        """Take one group of documents in."""
        self.counts[outcome] = self.counts.get(outcome, 0) + count
        if outcome in DONE:
            self.days += days or 0
            self.timed += timed


@dataclass(frozen=True)
class Statistics:
    """The table: its lines in order, and their sum. `opens`: figures lead to the register."""

    by: str
    lines: list[Line]
    total: Line
    base: QueryDict
    opens: bool
    narrowed_by: list[str]

    @property
    def heading(self) -> str:
        """What the lines are counted by, in words."""
        return str(dict(GROUPINGS)[self.by])

    def rows(self) -> list["Row"]:
        """Each line with the addresses of its figures."""
        return [self._row(line) for line in self.lines]

    def sum_row(self) -> "Row":
        """The last line, that of the sums."""
        return self._row(self.total)

    def _row(self, line: Line) -> "Row":
        address = self._address(line) if self.opens else ""
        cells = [
            Cell(line.counts.get(key, 0), f"{address}&outcome={key}" if address else "")
            for key in Outcome
        ]
        return Row(line, cells, Cell(line.total, address))

    def _address(self, line: Line) -> str:
        """Where the register shows exactly the documents of a line."""
        question = self.base.copy()
        for name, value in line.question.items():
            question[name] = value
        return f"{reverse('documents:register')}?{question.urlencode()}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure, and the address of the rows behind it; empty where they may not be opened."""

    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table as shown: a figure per outcome, and their sum."""

    line: Line
    cells: list[Cell]
    total: Cell


def statistics(person, narrowed: StatisticsFilter, now: datetime) -> Statistics:
    """Count what `narrowed` (valid, over what `person` may count) leaves. One grouped query."""
    asked = narrowed.form.cleaned_data
    by, lines = asked["by"], {}
    total = Line(_("All together"))
    for key, outcome, count, days, timed in _grouped(narrowed.qs.counted(), by, now):
        line = lines.setdefault(key, Line(""))
        for each in (line, total):
            each.add(outcome, count, days, timed)
    every = access.reaches_all(person, "count", IncomingDocument)
    opens = not every or access.reaches_all(person, "view", IncomingDocument)
    base = _base(narrowed, [] if every else access.standing(person).organisations(HANDLERS))
    ordered = _named(by, lines, asked["since"], asked["until"])
    return Statistics(by, ordered, total, base, opens, _narrowed_by(narrowed))


def _narrowed_by(narrowed: StatisticsFilter) -> list[str]:
    """What the figures are narrowed by beside period and units, in words, for the print."""
    asked = narrowed.form.cleaned_data
    labels = {str(label.pk): label.name for label in narrowed.labels}
    words = [
        str(DocumentKind(asked["kind"]).label) if asked.get("kind") else "",
        asked.get("sender", ""),
        labels.get(asked.get("label", ""), ""),
    ]
    return [word for word in words if word]


def _grouped(rows: QuerySet, by: str, now: datetime) -> Iterable[tuple]:
    return (
        rows.annotate(key=KEYS[by], stands=standing(now))
        .values_list("key", "stands")
        .annotate(
            documents=Count("pk"),
            days=Sum("main_duty__days_taken"),
            timed=Count("main_duty__days_taken"),
        )
        .order_by()
    )


def _base(narrowed: StatisticsFilter, own: list[int]) -> QueryDict:
    """The register's question behind the whole table; a unit's is bound to its own documents."""
    asked, base = narrowed.form.cleaned_data, QueryDict("exact=1", mutable=True)
    for name in ("since", "until", "kind", "sender", "label"):
        if asked.get(name):
            base[name] = str(asked[name])
    chosen = [str(unit.pk) for unit in asked["charge"]] or [str(pk) for pk in own]
    if chosen:
        base.setlist("charge", chosen)
    return base


def _named(by: str, lines: dict[Any, Line], since: date, until: date) -> list[Line]:
    """The lines with their names, in the order of the charter, of the kinds, or of time."""
    if by == UNIT:
        return _units(lines)
    if by == KIND:
        return _kinds(lines)
    return _periods(lines, MONTHS[by], since, until)


def _units(lines: dict[Any, Line]) -> list[Line]:
    ordered = []
    for unit in Organisation.objects.filter(pk__in=[key for key in lines if key]):
        line = lines[unit.pk]
        line.label, line.question = unit.short_name, {"charge": str(unit.pk)}
        ordered.append(line)
    for key, label, question in (
        (None, _("Not assigned"), {"unassigned": "1"}),
        (RETURNED, str(IncomingState.RETURNED.label), {"state": str(IncomingState.RETURNED)}),
    ):
        if key in lines:
            lines[key].label, lines[key].question = label, question
            ordered.append(lines[key])
    return ordered


def _kinds(lines: dict[Any, Line]) -> list[Line]:
    for kind in DocumentKind:
        if kind in lines:
            lines[kind].label, lines[kind].question = str(kind.label), {"kind": str(kind)}
    return [lines[kind] for kind in DocumentKind if kind in lines]


def _periods(lines: dict[Any, Line], months: int, since: date, until: date) -> list[Line]:
    """Every period from the first to the last with documents, empty ones between included."""
    ordered, start, last = [], min(lines, default=None), max(lines, default=None)
    while start is not None and last is not None and start <= last:
        following = _later(start, months)
        line = lines.get(start, Line(""))
        line.label = period_name(start, months)
        first, end = max(start, since), min(following - timedelta(days=1), until)
        line.question = {"since": first.isoformat(), "until": end.isoformat()}
        ordered.append(line)
        start = following
    return ordered


def _later(day: date, months: int) -> date:
    """The first of the month so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def period_name(start: date, months: int) -> str:
    """A month, quarter or year as a line is called: 2026-03, 2026 Q1, 2026."""
    if months == MONTHS[YEAR]:
        return str(start.year)
    if months == MONTHS[QUARTER]:
        quarter = (start.month + 2) // 3
        return _("%(year)s Q%(quarter)s") % {"year": start.year, "quarter": quarter}
    return f"{start:%Y-%m}"
