"""Inspection of uploads: what a file is, by its content, or a refusal in words. Pure.

Nothing is unpacked to disk, and never more is read of an archive than a bound allows, for the
sizes an archive declares can lie.
"""

import codecs
import hashlib
import struct
import unicodedata
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
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # all that office programs write
CENTRAL_HEADER = b"PK\x01\x02"
NOT_IN_TEXT = bytes({*range(32), 127} - {*b"\t\n\f\r\x1a"})
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
    "csv": "text/csv",
}
TEXTS = ("txt", "csv")
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
)
OLE_CONTENT = {"doc": {"WordDocument"}, "xls": {"Workbook", "Book"}}
OLE_MACROS, OLE_LOCKED = "_VBA_PROJECT", "EncryptedPackage"
OLE_NAMES = {OLE_MACROS, OLE_LOCKED}.union(*OLE_CONTENT.values())
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
    last = last.encode("utf-8", "ignore").decode()  # half a surrogate pair cannot be stored
    last = " ".join(unicodedata.normalize("NFC", last).split()).rstrip(". ")
    stem, dot, extension = last.rpartition(".") if "." in last else (last, "", "")
    stem, extension = stem.strip(". ") or "file", extension.strip()
    if len(stem + dot + extension) <= NAME_LIMIT:
        return stem + dot + extension
    return stem[: NAME_LIMIT - 12].rstrip() + dot + extension[:10]


def inspect(upload) -> Inspected:
    """Return what the uploaded file is.

    Raises ValidationError, saying what to do, when it is empty, too large, of a kind not
    accepted, not what its name says, damaged, encrypted, with macros, or an archive that unpacks
    too far.
    """
    name = clean_name(upload.name or "")
    extension = name.rpartition(".")[2].lower() if "." in name else ""
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
            _("Files of this kind are not accepted. Send PDF, OFD, Office, JPG, PNG or text."),
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
    if extension in TEXTS:
        return not head.startswith(b"%PDF-") and _is_text(upload)
    if head.startswith(OLE):
        return _is_ole(upload, extension)
    return extension not in ("doc", "xls", "wps") and _is_package(upload, extension)


def _is_pdf(upload, head: bytes) -> bool:
    upload.seek(max(0, upload.size - 2048))
    return head.startswith(b"%PDF-") and b"%%EOF" in upload.read(2048)


def _is_image(upload, kind: str) -> bool:
    upload.seek(0)
    try:
        with Image.open(upload, formats=[kind]) as image:
            width, height = image.size
            if width * height > PIXEL_LIMIT:
                raise _too_many_pixels()
            image.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    return True


def _is_text(upload) -> bool:
    """Whether it is UTF-8 or GB18030 throughout, without the bytes only other files hold."""
    upload.seek(0)
    decoders = [codecs.getincrementaldecoder(name)() for name in ("utf-8", "gb18030")]
    while decoders:
        chunk = upload.read(CHUNK)
        if len(chunk.translate(None, NOT_IN_TEXT)) < len(chunk):
            return False
        decoders = [decoder for decoder in decoders if _decodes(decoder, chunk)]
        if not chunk:
            break
    return bool(decoders)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError:
        return False
    return True


def _is_ole(upload, extension: str) -> bool:
    """An old binary Office file of the right kind, without macros; an encrypted new one is OLE."""
    found = _ole_names(upload)
    if OLE_LOCKED in found:
        raise _encrypted()
    if extension in MARKERS or extension == "ofd":
        return False
    if OLE_MACROS in found:
        raise _macros()
    return extension not in OLE_CONTENT or bool(found & OLE_CONTENT[extension])


def _ole_names(upload) -> set[str]:
    """Which of the names that matter the directory of an OLE file lists, in any case."""
    upload.seek(0)
    found = set()
    while chunk := upload.read(CHUNK).lower():
        found |= {name for name in OLE_NAMES - found if _lists(chunk, name)}
    return found


def _lists(chunk: bytes, name: str) -> bool:
    """An entry is 128 aligned bytes: the name in UTF-16, at byte 64 its length with the end."""
    entry = (name.lower() + "\0").encode("utf-16-le")
    place = chunk.find(entry)
    while place >= 0:
        length = chunk[place + 64 : place + 66]
        if place % 128 == 0 and length == len(entry).to_bytes(2, "little"):
            return True
        place = chunk.find(entry, place + 1)
    return False


def _is_package(upload, extension: str) -> bool:
    """A zip-based document of the right kind, free of what makes it dangerous."""
    _check_directory(upload)
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
        return extension == "ofd" or _states_no_macros(package)


def _check_directory(upload) -> None:
    """Refuse too many members before the directory is read: each costs far more memory then."""
    upload.seek(0)
    count, rest = 0, b""
    while chunk := upload.read(CHUNK):
        count += (rest + chunk).count(CENTRAL_HEADER)
        rest = chunk[1 - len(CENTRAL_HEADER) :]
        if count > MEMBER_LIMIT:
            raise _bomb()


def _states_no_macros(package: zipfile.ZipFile) -> bool:
    """Read the types of the parts: the macro part may bear any name, its type may not.

    False where the list is too long to be one, or is written so that types could hide in it.
    """
    with package.open("[Content_Types].xml") as part:
        types = part.read(CHUNK + 1).replace(b"\0", b"").lower()  # UTF-16 reads like UTF-8
    if b"macroenabled" in types or b"vbaproject" in types:
        raise _macros()
    return len(types) <= CHUNK and b"&#" not in types and b"<!doctype" not in types


def _check_members(members: list[zipfile.ZipInfo], size: int) -> None:
    if len(members) > MEMBER_LIMIT or sum(m.file_size for m in members) > _allowed(size):
        raise _bomb()
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or path.as_posix()[1:2] == ":":
            raise ValidationError(_("This file holds paths that lead outside it."), code="paths")
        if member.flag_bits & 0x1:
            raise _encrypted()
        if path.name.lower() == "vbaproject.bin":
            raise _macros()
        if member.compress_type not in PACKINGS:
            raise zipfile.BadZipFile("packed as no office program does")


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


def _encrypted() -> ValidationError:
    return ValidationError(
        _("This file is protected by a password. Send it without."), code="encrypted"
    )


def _macros() -> ValidationError:
    return ValidationError(
        _("This file holds macros. Save it without macros and send that."), code="macros"
    )


def _too_many_pixels() -> ValidationError:
    return ValidationError(_("This image is too large. Scan it at 300 dpi."), code="pixels")
