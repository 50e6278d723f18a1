"""Archival codes: 全宗号-WS·年度-保管期限-机构-件号 (DA/T 22-2015), and what they are made of."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from coordination.models import Organisation, RuleSetting
from coordination.rulebook import parse
from documents.models import RetentionRule
from documents.states import DocumentKind, PaperLine, Retention

FONDS, BODY = "fonds", "archive_body:"
LETTERS = re.compile("[0-9A-Z]{1,10}")


def archival_code(fonds: str, year: int, retention: str, letters: str, serial: int) -> str:
    """档号, as it stands on the item and in every list."""
    return f"{fonds}-WS·{year}-{retention}-{letters}-{serial:04d}"


def series(fonds: str, retention: str) -> str:
    """The name of the counter of one fonds and retention period; body and year go beside it."""
    return f"filed:{fonds}:{retention}"


def fonds_and_letters(body: Organisation) -> tuple[str, str]:
    """The fonds number and the letters of the body, as the charter sets them.

    Raises ValidationError, saying what to do, where one is not set.
    """
    keys = (FONDS, f"{BODY}{body.key}")
    found = dict(RuleSetting.objects.filter(key__in=keys).values_list("key", "value"))
    for key in keys:
        if key not in found:
            raise ValidationError(
                _("The charter sets no “%(key)s”, so there is no archival code for %(body)s.")
                % {"key": key, "body": body},
                code="no_code",
            )
    return found[keys[0]], found[keys[1]]


def charter_faults(data: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the settings and the retention table of a charter."""
    for row in data.get("settings", ()):
        ours = row["key"] == FONDS or row["key"].startswith(BODY)
        if ours and not LETTERS.fullmatch(row["value"]):
            yield f"setting {row['key']}: one to ten capital letters and digits"
    for row in data.get("retention", ()):
        yield from _row_faults(row)


def _row_faults(row: dict[str, Any]) -> Iterator[str]:
    if row["line"] not in PaperLine.values:
        yield f"retention: unknown line {row['line']}"
    if row["period"] not in Retention.values:
        yield f"retention: unknown period {row['period']}"
    for kind in row.get("kinds", ()):
        if kind not in DocumentKind.values:
            yield f"retention: unknown kind {kind}"
    try:
        parse(row["cites"])
    except KeyError as error:
        yield f"retention: {error}"


def load_charter(data: dict[str, Any], put: Callable[[Any, dict, dict], Any]) -> None:
    """Put the rows of the retention table as the charter states them."""
    for row in data.get("retention", ()):
        values = {"retention": row["period"], "cites": row["cites"], "basis": row["basis"]}
        for kind in row.get("kinds") or ("",):
            key = {"line": row["line"], "kind": kind, "in_force_from": row["in_force_from"]}
            put(RetentionRule, key, values)
