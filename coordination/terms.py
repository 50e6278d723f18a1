"""The time limits in force, as the charter states them."""

from datetime import date, datetime

from .models import CutOff, TimeLimit
from .workdays import SHANGHAI, Term


def current() -> dict[str, Term]:
    """Return every limit by its key, each a Term with its articles."""
    rows = TimeLimit.objects.values_list("key", "working_days", "cites")
    return {key: Term(days, cites) for key, days, cites in rows}


def day_ends_at(day: date) -> datetime | None:
    """The moment a due day ends, where an hour is set for it; None where it ends at 24:00.

    Source: Civil Code art. 203; the hour is a dated setting of the Office.
    """
    row = CutOff.objects.filter(in_force_from__lte=day).order_by("-in_force_from").first()
    if row is None or row.hour is None:
        return None
    return datetime.combine(day, row.hour, tzinfo=SHANGHAI)
