"""What the Office does with filed items and retention periods. Views, commands, tests call these.

Locked is always the document first, then its item, then the counter of the code; several documents
in the order of their keys, their counters in the order of their names.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import access, history, workflow
from coordination.models import Organisation
from coordination.series import next_number
from coordination.workflow import Conflict
from documents.actions import all_or_none
from documents.models import FiledItem, RetentionRule
from documents.states import PaperLine

from . import codes, gaps, parts
from .retention import Table, line_of


@transaction.atomic
def file_document(
    document,
    *,
    person,
    retention: str,
    opinion: str = "",
    pages: int | None = None,
    places: Mapping[int, int] | None = None,
    seen: str | None = None,
    at: datetime | None = None,
) -> FiledItem:
    """File a document under the next code of its year, period and body (art. 27).

    Raises Conflict when it is filed already or its content changed since `seen`, PermissionDenied
    unless the person serves in the Office, ValidationError for what is missing.
    """
    return _file(
        _locked(document),
        person=person,
        retention=retention,
        opinion=opinion,
        pages=pages,
        places=places,
        seen=seen,
        at=at or timezone.now(),
    )


def _file(document, *, person, retention, opinion, pages, places, seen, at) -> FiledItem:
    line = line_of(document)
    _not_yet(document)
    if seen is not None and seen != document.content_digest():
        raise Conflict(
            _("The content was changed since you opened it. Read it again, then decide."),
            code="content_changed",
        )
    item = FiledItem(
        **{str(line): document},
        **parts.described(document, line),
        **_numbered(document, line, retention),
        pages=pages,
        filed_at=at,
        filed_by=person,
    )
    data = {"parts": parts.parts_of(document, line, places)}
    return workflow.begin(item, "file", person=person, opinion=opinion, data=data, at=at)


@transaction.atomic
def file_many(*, person, documents, seen: Mapping[int, str], at: datetime | None = None):
    """File each of `documents`, all of one line, by the retention table: all of them or none.

    Raises ValidationError naming those that cannot be filed, for something is missing or no
    period is set.
    """
    at, table = at or timezone.now(), Table()
    rows = [_locked(one) for one in sorted(documents, key=lambda one: one.pk)]
    rows.sort(key=lambda one: (table.of(one) or "", body_of(one).pk, one.pk))

    def take(document):
        period = table.of(document)
        if period is None:
            raise ValidationError(_("The retention table has no period for its kind."))
        return _file(
            document,
            person=person,
            retention=period,
            opinion="",
            pages=None,
            places=None,
            seen=seen.get(document.pk, ""),
            at=at,
        )

    return all_or_none(rows, take)


@transaction.atomic
def take_step(item: FiledItem, action: str, *, person, opinion="", seen=None, at=None):
    """Take a step of an item that needs no more than words; see workflow.advance for refusals."""
    _locked(item.document)
    return workflow.advance(item, action, person=person, opinion=opinion, seen=seen, at=at)


@transaction.atomic
def refile(
    item: FiledItem,
    *,
    person,
    retention: str,
    opinion: str = "",
    pages: int | None = None,
    places: Mapping[int, int] | None = None,
    seen: str | None = None,
    at: datetime | None = None,
) -> FiledItem:
    """File a reopened item again; it keeps its code where year, period and body are the same."""
    document = _locked(item.document)
    line = line_of(document)
    item = FiledItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    data = {
        "parts": parts.parts_of(document, line, places),
        "described": parts.described(document, line),
        "numbered": _numbered(document, line, retention, held=item),
        "pages": pages,
        "why": _reopened_for(item),
    }
    return workflow.advance(
        item, "refile", person=person, opinion=opinion, data=data, seen=seen, at=at
    )


def take_form_step(item: FiledItem, step: workflow.Step, *, person, form) -> FiledItem:
    """Take `step` with what a valid form of it holds."""
    data = dict(form.cleaned_data)
    words = {"opinion": data.get("opinion", ""), "seen": data.get("seen") or None}
    if step.action != "refile":
        return take_step(item, step.action, person=person, **words)
    return refile(
        item,
        person=person,
        retention=data["retention"],
        pages=data["pages"],
        places=form.places(),
        **words,
    )


def _reopened_for(item: FiledItem) -> str:
    last = workflow.trail(item).filter(action="reopen").last()
    return last.opinion if last else ""


def preview(document) -> list[parts.Part]:
    """What a document would be filed with, in its order."""
    return parts.parts_of(document, line_of(document))


def _locked(document) -> Any:
    """The document as it stands, locked until the transaction ends."""
    rows = type(document)._default_manager.select_for_update(of=("self",))
    return rows.get(pk=document.pk)


def _not_yet(document) -> None:
    found = FiledItem.objects.filter(**{str(line_of(document)): document}).first()
    if found is not None:
        raise Conflict(
            _("It is filed as %(code)s already.") % {"code": found.code}, code="filed_already"
        )


def body_of(document) -> Organisation:
    """The body whose files it belongs to: the issuing body, or the Office that received it."""
    if line_of(document) == PaperLine.OUTGOING:
        return document.issuer
    return Organisation.objects.get(kind=Organisation.Kind.GROUP_OFFICE)


def _numbered(document, line: str, retention: str, held: FiledItem | None = None) -> dict:
    """The code of a document, drawn in this transaction unless the one held is of its series."""
    body = body_of(document)
    fonds, letters = codes.fonds_and_letters(body)
    where: dict[str, Any] = {
        "fonds": fonds,
        "year": gaps.year_of(document, line),
        "retention": str(retention),
        "body": body,
    }
    if held is not None and all(getattr(held, name) == value for name, value in where.items()):
        return where | {"serial": held.serial, "code": held.code}
    serial = next_number(body, codes.series(fonds, retention), where["year"])
    code = codes.archival_code(fonds, where["year"], retention, letters, serial)
    return where | {"serial": serial, "code": code}


@transaction.atomic
def set_rules(
    *, person, line: str, kinds: Iterable[str], retention: str, in_force_from: date, basis: str
) -> list[RetentionRule]:
    """Set for how long kinds of papers are kept, from today or a day to come (art. 27).

    One set for the same day is replaced as long as that day has not come; whatever is filed keeps
    its period. Raises PermissionDenied, and ValidationError for a day that is past.
    """
    access.require(person, "change", RetentionRule)
    today = timezone.localdate()
    if in_force_from < today:
        raise ValidationError(
            {"in_force_from": _("What was filed stays as it was: choose today or a later day.")},
            code="past",
        )
    return [
        _set_rule(person, line, kind, retention, in_force_from, basis) for kind in kinds or ("",)
    ]


def _set_rule(person, line, kind, retention, day, basis) -> RetentionRule:
    rows = RetentionRule.objects.select_for_update()
    rule = rows.filter(line=line, kind=kind, in_force_from=day).first()
    rule = rule or RetentionRule(line=line, kind=kind, in_force_from=day)
    rule.retention, rule.basis, rule.cites = retention, basis, "P27"
    rule.entered_by = person
    history.note(rule, person, basis)
    rule.save()
    return rule
