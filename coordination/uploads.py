"""Inspection of uploads: what a file is, by its content, or a refusal in words. Pure.

Nothing is unpacked to disk, and never more is read of an archive than a bound allows, for the
sizes an archive declares can lie.
"""

import hashlib
import lzma
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image

from .text import clean_text

NAME_LIMIT = 120
UNPACKED_LIMIT = 500 * 1024 * 1024
RATIO_LIMIT = 200
MEMBER_LIMIT = 5000
PIXEL_LIMIT = 100_000_000
CHUNK = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": OFFICE + "wordprocessingml.document",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "pptx": OFFICE + "presentationml.presentation",
    "ofd": "application/ofd",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "wps": "application/vnd.ms-works",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain",
}
MARKERS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    RuntimeError,
    OverflowError,
    MemoryError,
    LookupError,
    TypeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    Image.DecompressionBombError,
)
IMAGES = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG"}


@dataclass(frozen=True, slots=True)
class Inspected:
    """What an upload was found to be."""

    name: str
    media_type: str
    size: int
    sha256: str


def clean_name(name: str) -> str:
    """Return a safe file name: no path, no invisible or direction marks, bounded, never empty."""
    last = clean_text(name).replace("\\", "/").rsplit("/", 1)[-1]
    last = "".join(" " if char in '\n\t<>:"|?*' else char for char in last)
    last = " ".join(last.split()).strip(". ")
    stem, dot, extension = last.rpartition(".")
    if not dot:
        return last[:NAME_LIMIT] or "file"
    return f"{stem[: NAME_LIMIT - 12].strip() or 'file'}.{extension[:10]}"


def inspect(upload) -> Inspected:
    """Return what the uploaded file is.

    Raises ValidationError, saying what to do, when it is empty, too large, of a kind not
    accepted, not what its name says, damaged, encrypted, or an archive that unpacks too far.
    """
    name = clean_name(upload.name or "")
    extension = name.rpartition(".")[2].lower()
    if not upload.size:
        raise ValidationError(_("This file is empty. Choose the right one."), code="empty")
    if upload.size > settings.MAX_UPLOAD_BYTES:
        limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
        raise ValidationError(
            _("This file is larger than %(limit)s MB. Compress or split it.") % {"limit": limit},
            code="too_large",
        )
    if extension not in MEDIA_TYPES:
        raise ValidationError(
            _("Files of this kind are not accepted. Send PDF, OFD, Word, Excel, an image or text."),
            code="kind",
        )
    if not _reads_as(upload, extension):
        raise ValidationError(
            _("This is not a sound %(kind)s file. Open it, save it anew as %(kind)s, send that.")
            % {"kind": extension.upper()},
            code="not_genuine",
        )
    upload.seek(0)
    digest = hashlib.file_digest(upload, "sha256").hexdigest()
    return Inspected(name, MEDIA_TYPES[extension], upload.size, digest)


def _reads_as(upload, extension: str) -> bool:
    """Whether the content is what the extension says; whatever a reader breaks on is not."""
    upload.seek(0)
    head = upload.read(4096)
    try:
        return _is_genuine(upload, head, extension)
    except BROKEN:
        return False


def _is_genuine(upload, head: bytes, extension: str) -> bool:
    if extension == "pdf":
        return _is_pdf(upload, head)
    if extension in IMAGES:
        return _is_image(upload, IMAGES[extension])
    if extension == "txt":
        return _is_text(upload)
    if extension in ("doc", "xls", "wps"):
        return head.startswith(OLE)
    return _is_package(upload, extension)


def _is_pdf(upload, head: bytes) -> bool:
    upload.seek(max(0, upload.size - 2048))
    return head.startswith(b"%PDF-") and b"%%EOF" in upload.read(2048)


def _is_image(upload, kind: str) -> bool:
    upload.seek(0)
    with Image.open(upload, formats=[kind]) as image:
        width, height = image.size
        if width * height > PIXEL_LIMIT:
            raise ValidationError(_("This image is too large. Scan it at 300 dpi."), code="pixels")
        image.verify()
    return True


def _is_text(upload) -> bool:
    upload.seek(0)
    content = upload.read()
    if b"\x00" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _is_package(upload, extension: str) -> bool:
    """A zip-based document of the right kind, free of what makes it dangerous."""
    upload.seek(0)
    with zipfile.ZipFile(upload) as package:
        members = package.infolist()
        _check_members(members, upload.size)
        names = {member.filename for member in members}
        if extension == "ofd":
            if "OFD.xml" not in names:
                return False
        elif not {"[Content_Types].xml", MARKERS[extension]} <= names:
            return False
        _check_sizes(package, members, upload.size)
    return True


def _check_members(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MEMBER_LIMIT or sum(m.file_size for m in members) > _allowed(size):
        raise _bomb()
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            raise ValidationError(_("This file holds paths that lead outside it."), code="paths")
        if member.flag_bits & 0x1:
            raise ValidationError(
                _("This file is protected by a password. Send it without."), code="encrypted"
            )
        if path.name.lower() == "vbaproject.bin":
            raise ValidationError(
                _("This file holds macros. Save it without macros and send that."), code="macros"
            )


def _check_sizes(package: zipfile.ZipFile, members: list[zipfile.ZipInfo], size: int) -> None:
    """Read every member up to the bound: declared sizes can lie, and damage shows here."""
    left = _allowed(size)
    for member in members:
        with package.open(member) as part:
            while chunk := part.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _bomb()


def _allowed(size: int) -> int:
    return min(UNPACKED_LIMIT, max(size * RATIO_LIMIT, CHUNK))


def _bomb() -> ValidationError:
    return ValidationError(
        _("This file unpacks to far more than a document holds. It was not accepted."), code="bomb"
    )
