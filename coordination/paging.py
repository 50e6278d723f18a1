"""Pages of a register by position, not by offset: as cheap at a million rows as at one.

The key of the last row shown is in the address, so a page can be shared and the back button
works; no row is counted beyond a bound.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

ROWS = 25
COUNT_UP_TO = 1000


@dataclass(frozen=True, slots=True)
class Order:
    """A sort order: the fields that make a unique key, all ascending or all descending.

    `fields` end with the primary key; `key(row)` gives their values for one row.
    """

    fields: tuple[str, ...]
    descending: bool = False

    def key(self, row) -> list[str]:
        """The row's place in this order, as text for an address."""
        return [str(_follow(row, field)) for field in self.fields]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows, and the marks of the pages beside it (None where there is none)."""

    rows: list[Any]
    before: str | None
    after: str | None
    is_first: bool


def _follow(row, path: str):
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _beyond(order: Order, mark: str, *, upward: bool) -> Q:
    """Rows strictly after (or before) the mark in this order."""
    values = mark.split("~")
    if len(values) != len(order.fields):
        return Q()
    comparison = "gt" if upward else "lt"
    condition, equal = Q(), Q()
    for field, value in zip(order.fields, values, strict=True):
        condition |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    return condition


def page(rows: QuerySet, order: Order, *, after: str = "", before: str = "", size=ROWS) -> Page:
    """Return the page that follows the mark `after`, or precedes the mark `before`.

    A mark that does not fit (somebody edited the address) gives the first page.
    """
    backward = bool(before) and not after
    mark = before or after
    descending = order.descending != backward
    names = [f"-{field}" if descending else field for field in order.fields]
    try:
        wanted = rows.filter(_beyond(order, mark, upward=not descending)) if mark else rows
        found = list(wanted.order_by(*names)[: size + 1])
    except (ValueError, ValidationError, OverflowError):
        return page(rows, order, size=size)
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
        if not found:
            return page(rows, order, size=size)
    has_before = more if backward else bool(mark)
    has_after = True if backward else more
    return Page(
        found,
        "~".join(order.key(found[0])) if found and has_before else None,
        "~".join(order.key(found[-1])) if found and has_after else None,
        not has_before,
    )


def page_of(request, rows: QuerySet, order: Order) -> Page:
    """Return the page that the marks in the address of `request` ask for."""
    marks = {name: request.GET.get(name, "") for name in ("after", "before")}
    return page(rows, order, **marks)


def bounded_count(rows: QuerySet, up_to: int = COUNT_UP_TO) -> tuple[int, bool]:
    """Count no further than `up_to`; the flag says whether there are more."""
    count = rows.order_by()[: up_to + 1].count()
    return min(count, up_to), count > up_to
