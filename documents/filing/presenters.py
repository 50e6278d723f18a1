"""What the pages of filing show, read in as few queries as it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from coordination import access, paging, workflow
from documents import presenters as incoming
from documents.models import FiledItem, FiledPart, IncomingDocument, OutgoingDocument, RetentionRule
from documents.states import FilingState, PaperLine
from documents.timeline import Entry, entries

from . import gaps, parts
from .filters import Shown
from .retention import Table

NEWEST = paging.Order(("pk",), descending=True)
BY_CODE = paging.Order(("code",))
TONES = {FilingState.FILED: "done", FilingState.REOPENED: "waiting"}


@dataclass(frozen=True, slots=True)
class Row:
    """One document that can be filed: for how long, and what it lacks."""

    document: Any
    retention: str
    missing: list[gaps.Gap]

    @property
    def blocked(self) -> bool:
        """Whether it cannot be filed as it stands."""
        return any(gap.blocks for gap in self.missing)


def to_file(person, line: str, year: int):
    """The documents of a line and year that `person` may see, not filed yet."""
    rows = gaps.of_year(gaps.documents_of(line), line, year)
    return access.visible(person, rows)


def rows_of(documents, line: str) -> list[Row]:
    """Each document with its period and what it lacks."""
    table = Table()
    return [
        Row(one, str(period.label) if (period := table.of(one)) else "", gaps.found(one, line))
        for one in documents
    ]


def counts(person, year: int) -> dict[str, Any]:
    """How much of a year is to be filed, lacks something, is filed or reopened."""
    found: dict[str, Any] = {}
    for line in PaperLine:
        missing = Count("pk", filter=gaps.lacks_something(line))
        rows = to_file(person, line, year).order_by()
        found[line] = rows.aggregate(waiting=Count("pk"), missing=missing)
    items = access.visible(person, FiledItem.objects.of(year))
    reopened = Count("pk", filter=Q(state=FilingState.REOPENED))
    return found | items.aggregate(filed=Count("pk"), reopened=reopened)


def page(request, chosen: Mapping[str, Any]):
    """The page of documents or items that the address asks for, and its rows."""
    year, line = chosen["year"], chosen["line"]
    if chosen["show"] == Shown.FILED:
        items = access.visible(request.user, FiledItem.objects.of(year, chosen["retention"]))
        found = paging.page_of(request, items.for_register(), BY_CODE)
        return found, []
    rows = to_file(request.user, line, year)
    if chosen["show"] == Shown.MISSING:
        rows = gaps.lacking(rows, line)
    found = paging.page_of(request, rows, NEWEST)
    return found, rows_of(found.rows, line)


def complete_page(request, chosen: Mapping[str, Any]):
    """The documents of one page that lack nothing and have a period, to be filed at once."""
    line = chosen["line"]
    rows = gaps.complete(to_file(request.user, line, chosen["year"]), line)
    found = paging.page_of(request, rows, NEWEST)
    return found, [row for row in rows_of(found.rows, line) if row.retention]


def with_digests(rows: list[Row], line: str) -> list[tuple[Row, str]]:
    """Each row with the digest of its document's content."""
    documents = [row.document for row in rows]
    if line == PaperLine.OUTGOING:
        whole = OutgoingDocument.objects.select_related("version").in_bulk(
            [one.pk for one in documents]
        )
        return [(row, whole[row.document.pk].content_digest()) for row in rows]
    kept = IncomingDocument.objects.in_bulk([one.pk for one in documents])
    digests = {one.pk: digest for one, digest in incoming.with_digests(list(kept.values()))}
    return [(row, digests[row.document.pk]) for row in rows]


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything the page of one item shows to one person."""

    item: FiledItem
    tone: str
    parts: list[FiledPart]
    steps: list[workflow.Step]
    entries: list[Entry]
    vacated: list[Any]


def detail(person, item: FiledItem) -> Detail:
    """Read the page of `item` for `person`, who may see it."""
    return Detail(
        item,
        TONES[FilingState(item.state)],
        list(parts.current(item)),
        sorted(workflow.offered(person, item), key=lambda step: not step.waits),
        entries(list(workflow.trail(item)), {}),
        list(item.vacated.select_related("person")),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of the retention table: the rule in force, and those before and after it."""

    rule: RetentionRule
    stands: str  # in force, to come, past


def retention_table(today: date) -> list[Kept]:
    """Every rule there is or was, by line and kind, the latest first."""
    table = Table(today)
    shown = []
    rows = RetentionRule.objects.select_related("entered_by")
    for rule in rows.order_by("-line", "kind", "-in_force_from", "-pk"):
        if rule.in_force_from > today:
            stands = "to_come"
        else:
            stands = "in_force" if table.rules[rule.line, rule.kind] == rule else "past"
        shown.append(Kept(rule, stands))
    return shown
