"""What must still be true of the record: chains, numbers, files, constraints told in words."""

import hashlib
from collections.abc import Iterator

from django.db.models import Count, Max

from . import audit, chains, storage
from .models import AuditEntry, Message, StoredFile, Transition
from .registry import INTEGRITY


def faults() -> Iterator[str]:
    """Yield every fault found, in words; nothing when all is as it was written."""
    yield from _steps()
    yield from _audit()
    yield from _files()
    for check in INTEGRITY:
        yield from check()
    given_up = Message.objects.undeliverable().count()
    if given_up:
        yield f"{given_up} messages could not be delivered and were given up"


def _steps() -> Iterator[str]:
    """Each record's steps are numbered without gap, and each covers the one before it."""
    last: dict[tuple, Transition] = {}
    for row in Transition.objects.order_by("content_type_id", "object_id", "serial").iterator():
        key = (row.content_type_id, row.object_id)
        before = last.get(key)
        expected = (before.serial + 1, before.digest) if before else (1, "")
        if (row.serial, row.previous_digest) != expected or chains.digest(row) != row.digest:
            where = f"step {row.pk} ({row.action} of record {row.object_id})"
            yield f"{where} was changed or one is missing"
        last[key] = row


def _audit() -> Iterator[str]:
    """The audit trail is one unbroken chain."""
    previous = ""
    for entry in AuditEntry.objects.order_by("pk").iterator():
        if entry.previous_digest != previous or audit.digest(entry) != entry.digest:
            yield f"audit entry {entry.pk} was changed or one before it is missing"
        previous = entry.digest


def _files() -> Iterator[str]:
    """Every stored file is there and is what it was."""
    for file in StoredFile.objects.order_by("pk").iterator():
        path = storage.path_of(file.sha256)
        if not path.is_file():
            yield f"file {file.pk} ({file.name}) is missing"
            continue
        with path.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != file.sha256:
                yield f"file {file.pk} ({file.name}) was changed"


def number_faults(rows, year_field: str, serial_field: str, what: str) -> Iterator[str]:
    """Numbers of a register run from 1 without gap or double in every year."""
    found = rows.values(year_field).annotate(many=Count("pk"), last=Max(serial_field))
    for row in found.order_by(year_field):
        if row["many"] != row["last"]:
            yield f"{what} {row[year_field]}: {row['many']} numbers, but the last is {row['last']}"
