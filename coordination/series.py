"""Numbers without gaps: one locked counter per organisation, code and year."""

from typing import Any

from django.db import transaction

from .models import Organisation, Series


def next_number(organisation: Organisation, code: str, year: int) -> int:
    """Return the next number of the series, inside the caller's transaction.

    The counter row stays locked until the transaction ends, so a rolled-back registration gives
    its number back. Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Numbers are drawn in the transaction that uses them.")
    key: dict[str, Any] = {"organisation": organisation, "code": code, "year": year}
    Series.objects.get_or_create(**key)
    series = Series.objects.select_for_update().get(**key)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last
