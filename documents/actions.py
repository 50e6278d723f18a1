"""What people do with incoming documents. Views, commands and tests call these."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from coordination import audit, history, storage
from coordination.models import Organisation, StoredFile
from coordination.series import next_number
from coordination.workflow import Step, advance, begin

from . import checks
from .models import Attachment, IncomingDocument
from .states import Urgency

REGISTRATION = (
    "sender",
    "sender_name",
    "sender_number",
    "kind",
    "title",
    "dated_on",
    "received_at",
    "copies",
    "urgency",
    "contact",
    "remarks",
)
SERIES_CODE = "incoming"


def said_in(form) -> tuple[str, str, dict[str, Any]]:
    """What a valid form of a step holds: the opinion, the digest of what was read, the rest; with
    the `files` it keeps.
    """
    data = dict(form.cleaned_data) | {"files": getattr(form, "kept", [])}
    return data.pop("opinion", ""), data.pop("seen", ""), data


@transaction.atomic
def register_document(
    *, person, data: dict, files: Iterable[StoredFile] = (), at: datetime | None = None
) -> IncomingDocument:
    """Sign for and register a document under the next number of the year's register.

    Source: Office rules art. 8, 2012 Regulations art. 24. `data` holds the fields of
    REGISTRATION; `at` is the moment of registration (now unless told). Raises PermissionDenied
    unless the person serves in the Office.
    """
    at = at or timezone.now()
    office = Organisation.objects.get(kind=Organisation.Kind.GROUP_OFFICE)
    year = timezone.localtime(data["received_at"]).year
    document = IncomingDocument(
        **{name: data[name] for name in REGISTRATION if name in data},
        received_by=person,
        register_year=year,
        register_serial=next_number(office, SERIES_CODE, year),
    )
    document = begin(document, "register", person=person, at=at)
    _attach(document, files, at)
    return document


@transaction.atomic
def correct_registration(
    document: IncomingDocument,
    *,
    person,
    data: dict,
    reason: str,
    files: Iterable[StoredFile] = (),
    removed: Iterable[Attachment] = (),
    seen: str | None = None,
) -> IncomingDocument:
    """Correct what was registered; the reason and the old values stay on record.

    A leader who had the old content open is told so when instructing.
    """
    at = timezone.now()
    document = advance(
        document, "correct_registration", person=person, opinion=reason, seen=seen, at=at
    )
    for name in REGISTRATION:
        if name in data:
            setattr(document, name, data[name])
    history.note(document, person, reason)
    document.save()
    for attachment in removed:
        attachment.removed_at = at
        attachment.save()
    _attach(document, files, at)
    return document


def _attach(document: IncomingDocument, files: Iterable[StoredFile], at: datetime) -> None:
    files = list(files)
    for file in files:
        Attachment.objects.create(document=document, file=file)
    storage.claim(files, at)


def take_form_step(record, step: Step, *, person, form):
    """Take `step` with what a valid form of it holds. Raises what workflow.advance raises."""
    opinion, seen, data = said_in(form)
    if step.action == "correct_registration":
        files, removed = data.pop("files"), data.pop("removed", ())
        return correct_registration(
            record,
            person=person,
            data=data,
            reason=opinion,
            files=files,
            removed=removed,
            seen=seen,
        )
    return take_step(record, step.action, person=person, opinion=opinion, data=data, seen=seen)


@transaction.atomic
def transfer_many(
    *, person, documents, seen: dict[int, str], opinion: str = "", **assignment
) -> list[IncomingDocument]:
    """Transfer each of `documents` to the same handlers in one act: all of them or none.

    `seen` holds the content digest each was ticked on; a day and hour counts for the urgent ones
    alone. Raises PermissionDenied, and ValidationError naming the documents that cannot go.
    """
    checks.can_be_handlers(assignment["lead"], list(assignment.get("co_handlers", ())))

    def take(document: IncomingDocument):
        hour = assignment.get("limit_at") if document.urgency != Urgency.ORDINARY else None
        return take_step(
            document,
            "transfer",
            person=person,
            opinion=opinion,
            data=assignment | {"limit_at": hour},
            seen=seen.get(document.pk, ""),
        )

    return all_or_none(_lock(document.pk for document in documents).values(), take)


def all_or_none(records: Iterable[Any], take: Callable[[Any], Any]) -> list[Any]:
    """Take the same act on each of `records`, in the caller's transaction.

    Raises ValidationError that names every record on which it is refused, and why.
    """
    done, refused = [], []
    for record in records:
        try:
            done.append(take(record))
        except ValidationError as error:
            refused.append(f"{record.reference}: {' '.join(error.messages)}")
    if refused:
        raise ValidationError(refused)
    return done


@transaction.atomic
def take_step(record, action: str, *, person, opinion="", data=None, seen=None, at=None):
    """Take one step of a document or of a handler's part; see workflow.advance for refusals.

    Whatever the step, documents are locked before their parts, several in the order of their
    keys, so that no two steps wait for each other.
    """
    data, keys = dict(data or {}), {getattr(record, "document_id", record.pk)}
    if action == "relate" and data.get("other"):
        data["other"] = data["other"].survivor()
    other = record.survivor() if action == "unmerge" else data.get("other")
    locked = _lock(keys | {other.pk} if other else keys)
    if data.get("other"):
        data["other"] = locked[other.pk]
    return advance(record, action, person=person, opinion=opinion, data=data, seen=seen, at=at)


def _lock(keys: Iterable[int]) -> dict[int, IncomingDocument]:
    """Lock these documents until the transaction ends; return them as they stand now."""
    rows = IncomingDocument.objects.select_for_update(of=("self",)).filter(pk__in=set(keys))
    return {row.pk: row for row in rows.order_by("pk")}


def note_download(request, attachment: Attachment) -> None:
    """Write into the audit trail who took which file."""
    subject = f"{attachment.document.register_number} {attachment.file.name}"
    audit.record_request(request, "file_downloaded", subject=subject)
