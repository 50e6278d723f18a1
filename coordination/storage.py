"""Stored files: their content lies under its SHA-256 outside the web root."""

import hashlib
import os
import re
import tempfile
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from .models import StoredFile
from .pictures import inspect_picture
from .uploads import Inspected, clean_name, inspect

PRIMARY_KEY = re.compile("[0-9]{1,18}")
UNCLAIMED_FOR = timedelta(days=2)


def path_of(sha256: str) -> Path:
    """Where content with this digest lies."""
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


def keep(upload: UploadedFile, person) -> StoredFile:
    """Inspect and store an upload, for `person` only until a record claims it.

    Raises ValidationError, in words, when it is not what it says or not allowed.
    """
    return _store(inspect(upload), upload, person)


def keep_picture(upload: UploadedFile, person) -> StoredFile:
    """Store the picture of a seal, for `person` only until a record claims it.

    Raises ValidationError, in words, for what is no square PNG or plain SVG.
    """
    return _store(inspect_picture(upload), upload, person)


def keep_letter(upload: UploadedFile, person) -> StoredFile:
    """Store an e-mail as it came, for `person` only until a record claims it.

    Only for the door that reads e-mails: it has looked at every part, and none was refused.
    """
    sha256 = hashlib.sha256()
    for chunk in upload.chunks():
        sha256.update(chunk)
    name = clean_name(upload.name or "")
    size = upload.size or 0
    return _store(Inspected(name, "message/rfc822", size, sha256.hexdigest()), upload, person)


def _store(found: Inspected, upload: UploadedFile, person) -> StoredFile:
    upload.seek(0)
    write(found.sha256, upload.chunks())
    return StoredFile.objects.create(
        sha256=found.sha256,
        name=found.name,
        media_type=found.media_type,
        size=found.size,
        uploaded_by=person,
        uploaded_at=timezone.now(),
    )


def keep_made(name: str, media_type: str, content: bytes | Path, person) -> StoredFile:
    """Store what the product itself made, bytes or a file of `scratch`; it is claimed at once."""
    if isinstance(content, Path):
        sha256, size = adopt(content)
    else:
        sha256, size = hashlib.sha256(content).hexdigest(), len(content)
        write(sha256, [content])
    now = timezone.now()
    return StoredFile.objects.create(
        sha256=sha256,
        name=name,
        media_type=media_type,
        size=size,
        uploaded_by=person,
        uploaded_at=now,
        claimed_at=now,
    )


def write(sha256: str, chunks) -> None:
    """Put content under its digest; what is there already stays."""
    target = path_of(sha256)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as out:
        for chunk in chunks:
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    Path(name).replace(target)


def scratch() -> Path:
    """An empty file beside the stored ones, to be written piece by piece and then adopted."""
    directory = Path(settings.FILES_DIR)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="scratch-", dir=directory)
    os.close(handle)
    return Path(name)


def adopt(path: Path) -> tuple[str, int]:
    """Move a file of `scratch` under the digest of its content; return digest and size."""
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        os.fsync(content.fileno())
    target, size = path_of(sha256), path.stat().st_size
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.replace(target)
    return sha256, size


def claim(files, at=None) -> None:
    """Mark files as belonging to a record from now on."""
    pks = [file.pk for file in files]
    StoredFile.objects.filter(pk__in=pks).update(claimed_at=at or timezone.now())


def unclaimed(person, pks):
    """Files `person` uploaded with a form that was not accepted yet."""
    wanted = [int(pk) for pk in pks if PRIMARY_KEY.fullmatch(str(pk))]
    return StoredFile.objects.filter(uploaded_by=person, claimed_at=None, pk__in=wanted)


def sweep(now=None) -> int:
    """Delete rows of files nobody claimed in two days, and content no row names any more; also
    what a worker left half written.
    """
    before = (now or timezone.now()) - UNCLAIMED_FOR
    for left in Path(settings.FILES_DIR).glob("scratch-*"):
        if left.stat().st_mtime < before.timestamp():
            left.unlink(missing_ok=True)
    stale = StoredFile.objects.filter(claimed_at=None, uploaded_at__lt=before)
    digests = set(stale.values_list("sha256", flat=True))
    count, _ = stale.delete()
    kept = set(StoredFile.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    for sha256 in digests - kept:
        path_of(sha256).unlink(missing_ok=True)
    return count
