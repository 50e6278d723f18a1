"""What an e-mail or a scanned paper offers for its registration: title, sender, number, files.

Everything offered is shown in the form to be checked; nothing is registered by itself.
"""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext as _

from coordination import storage, uploads
from coordination.formfields import MAX_FILES
from coordination.models import StoredFile
from coordination.text import clean_text

NUMBER = re.compile(
    r"(?:^|[^\u4e00-\u9fff])[见按据]?([\u4e00-\u9fff]{1,12}〔\d{4}〕\d{1,5}号)", re.M
)
KINDS = "决议|决定|命令|公报|公告|通告|意见|通知|通报|报告|请示|批复|议案|函|纪要"
ENDS_AS_TITLE = re.compile(rf"({KINDS})(（.*）)?$")
CLASSIFIED_MARK = re.compile(r"(绝密|机密|秘密)\s*[★☆]")
SECONDS = 5  # to read a first page
TITLE_LINES = 4
# Whatever the reader of mails breaks on, nesting without end included.
UNREADABLE = (*uploads.BROKEN, AttributeError, NameError, AssertionError, MessageError)


@dataclass(slots=True)
class Offered:
    """Fields for the registration form, files kept for it, and what could not be taken over."""

    fields: dict = field(default_factory=dict)
    kept: list[StoredFile] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def read(upload: UploadedFile, person) -> Offered:
    """Read an .eml or a .pdf and keep its files for `person`'s registration.

    Raises ValidationError, in words, for another kind of file, a broken one, or a paper that
    bears a mark of secrecy: of that nothing is stored.
    """
    name = (upload.name or "").lower()
    if upload.size is None or upload.size > settings.MAX_UPLOAD_BYTES:
        raise ValidationError(_("This file is too large."), code="large")
    if name.endswith(".eml"):
        return _read_mail(upload, person)
    if name.endswith(".pdf"):
        return _read_paper(upload, person)
    raise ValidationError(_("Choose an e-mail (.eml) or a PDF."), code="kind")


def _read_paper(upload: UploadedFile, person) -> Offered:
    text = _first_page(upload)
    _refuse_classified(text)
    offered = Offered(fields=from_text(text))
    offered.kept.append(storage.keep(upload, person))
    if not offered.fields:
        offered.refused.append(_("The scan has no text that could be offered; type the title."))
    return offered


def _first_page(upload: UploadedFile) -> str:
    """The text layer of a PDF's first page, read in a process of its own; empty without one."""
    with NamedTemporaryFile(suffix=".pdf") as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        upload.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - our own module, and a path of our own making
                [sys.executable, "-m", "documents.first_page", copy.name],
                cwd=settings.BASE_DIR,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ""
    return clean_text(done.stdout.decode("utf-8", "replace"))


def from_text(text: str) -> dict:
    """Title and number as they stand on the first page of an official document, where found."""
    lines = [re.sub(r"\s+", "", line) for line in text.splitlines()]
    lines = [line for line in lines if line]
    found = {}
    place = next((n for n, line in enumerate(lines) if NUMBER.search(line)), None)
    if place is not None:
        found["sender_number"] = NUMBER.search(lines[place]).group(1)  # type: ignore[union-attr]
    title = _title(lines[place + 1 :] if place is not None else lines)
    if title:
        found["title"] = title[:300]
    return found


def _title(lines: list[str]) -> str:
    """The first lines that together end as a title does, before the line of recipients."""
    for start, line in enumerate(lines[:12]):
        if line.endswith(("：", ":")):
            break
        for count in range(1, TITLE_LINES + 1):
            title = "".join(lines[start : start + count])
            if "关于" in title and ENDS_AS_TITLE.search(title):
                return title
    return ""


def _refuse_classified(text: str) -> None:
    if CLASSIFIED_MARK.search(text):
        raise ValidationError(
            _(
                "This paper bears a mark of secrecy, so it may not enter this system. Nothing was "
                "stored. Hand it to the confidential documents officer."
            ),
            code="classified",
        )


def _read_mail(upload: UploadedFile, person) -> Offered:
    try:
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(upload.read())
        subject, sender = str(message["subject"] or ""), parseaddr(str(message["from"] or ""))
        body = message.get_body(preferencelist=("plain",))
        text = body.get_content() if body is not None else ""
        parts = [(_name_of(part), _bytes_of(part)) for part in message.iter_attachments()]
    except UNREADABLE as error:
        raise ValidationError(
            _("This e-mail cannot be read. Save it anew, or register it by hand."), code="broken"
        ) from error
    if not subject and not parts:
        raise ValidationError(_("This is not an e-mail."), code="broken")
    _refuse_classified(f"{subject}\n{text}")
    offered = Offered(
        fields={
            "title": " ".join(clean_text(subject).split())[:300],
            "sender_name": clean_text(sender[0])[:120],
            "contact": clean_text(sender[1])[:80],
            "remarks": clean_text(text).strip()[:2000],
        }
    )
    number = NUMBER.search(f"{subject}\n{text}")
    if number:
        offered.fields["sender_number"] = number.group(1)
    _keep_parts(parts, person, offered)
    return offered


def _name_of(part: EmailMessage) -> str:
    return uploads.clean_name(part.get_filename() or "attachment")


def _bytes_of(part: EmailMessage) -> bytes:
    """An attachment as it was sent; what is itself a mail, as that mail."""
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        return content
    inner = part.get_payload()
    enclosed = inner[0] if isinstance(inner, list) and inner else part
    return enclosed.as_bytes() if isinstance(enclosed, EmailMessage) else b""


def _keep_parts(parts: list[tuple[str, bytes]], person, offered: Offered) -> None:
    """Keep the attachments that may be kept; say which may not, and why."""
    for name, content in parts[:MAX_FILES]:
        file = SimpleUploadedFile(name, content)
        try:
            if name.lower().endswith(".pdf"):
                _refuse_classified(_first_page(file))
            offered.kept.append(storage.keep(file, person))
        except ValidationError as error:
            offered.refused += [f"{name}: {words}" for words in error.messages]
    if len(parts) > MAX_FILES:
        offered.refused.append(_("At most %(count)s files.") % {"count": MAX_FILES})
