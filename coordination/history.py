"""Who changed a record, and why: handed to the history that each save writes."""

from typing import Any


def note(record: Any, person, reason: str) -> None:
    """Name the person and the reason of the next save of `record`."""
    record._history_user, record._change_reason = person, reason[:100]
