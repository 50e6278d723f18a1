"""Whether what is filed is still what was filed, and every code there."""

import hashlib
from collections.abc import Iterator

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from coordination import storage, workflow
from documents.models import FiledItem, FiledPart, VacatedCode
from documents.states import FilingState

from . import parts

SERIES = ("fonds", "year", "retention", "body")


def faults() -> Iterator[str]:
    """Gaps among the codes, and items whose parts are not what was filed."""
    yield from gap_faults()
    for item in FiledItem.objects.for_detail().order_by("pk").iterator(chunk_size=200):
        yield from _item_faults(item)


def gap_faults() -> Iterator[str]:
    """Items and vacated codes of a series run from 1 without gap."""
    found: dict[tuple, list[int]] = {}
    for model in (FiledItem, VacatedCode):
        rows = model.objects.order_by().values_list(*SERIES)
        for *key, many, last in rows.annotate(many=Count("pk"), last=Max("serial")):
            counted = found.setdefault(tuple(key), [0, 0])
            counted[0], counted[1] = counted[0] + many, max(counted[1], last)
    for (fonds, year, retention, body), (many, last) in sorted(found.items()):
        if many != last:
            yield _("%(series)s: %(many)s codes, but the last is %(last)s") % {
                "series": f"{fonds} {year} {retention} {body}",
                "many": many,
                "last": last,
            }


def _item_faults(item: FiledItem) -> Iterator[str]:
    kept = list(parts.current(item))
    last = workflow.trail(item).filter(action__in=("file", "refile")).last()
    if last is None or last.details.get("parts") != parts.listing_digest(kept):
        yield _("%(code)s: its parts are not those it was filed with") % {"code": item.code}
    for part in kept:
        part.item = item
        why = _part_fault(part)
        if why:
            yield _("%(code)s, part %(place)s (%(title)s): %(why)s") % {
                "code": item.code,
                "place": part.place,
                "title": part.title,
                "why": why,
            }


def _part_fault(part: FiledPart) -> str:
    """What is wrong with one part; a reopened item's document may change until it is refiled."""
    if part.file is None:
        if part.item.state == FilingState.REOPENED or parts.source_digest(part) == part.sha256:
            return ""
        return _("what it is made from was changed")
    path = storage.path_of(part.sha256)
    if not path.is_file():
        return _("its file is missing")
    with path.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != part.sha256:
            return _("its file was changed")
    return ""
