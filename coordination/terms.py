"""The time limits in force, as the charter states them."""

from .models import TimeLimit
from .workdays import Term


def current() -> dict[str, Term]:
    """Return every limit by its key, each a Term with its articles."""
    rows = TimeLimit.objects.values_list("key", "working_days", "cites")
    return {key: Term(days, cites) for key, days, cites in rows}
