"""What an e-mail or a scanned paper offers for its registration: title, sender, number, files.

Everything offered is shown in the form to be checked; nothing is registered by itself.
"""

import re
import subprocess
import sys
from dataclasses import dataclass, field
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination import storage
from coordination.formfields import MAX_FILES
from coordination.models import Organisation, StoredFile
from coordination.text import clean_text

from .forms import LEFT_LYING
from .kinds import ENDINGS
from .letters import BROKEN, Letter
from .search import plain

NUMBER = re.compile(
    r"(?:^|[^\u4e00-\u9fff])[见按据]?([\u4e00-\u9fff]{1,12}〔\d{4}〕\d{1,5}号)", re.M
)
ENDS_AS_TITLE = re.compile(rf"({'|'.join(ENDINGS)})(（.*）)?$")
CLASSIFIED_MARK = re.compile(r"(绝密|机密|秘密)\s*[★☆]")
SECONDS = 5  # to read a first page
TITLE_LINES = 4


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
    title = offered.fields.get("title", "")
    signed = _sender(title.partition("关于")[0])
    offered.fields |= _kind(title) | (signed if "sender" in signed else {})
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
        letter = Letter(upload.read())
    except BROKEN as error:
        raise ValidationError(
            _("This e-mail cannot be read. Save it anew, or register it by hand."), code="broken"
        ) from error
    if not letter.subject and not letter.parts and not letter.address:
        raise ValidationError(_("This is not an e-mail."), code="broken")
    _refuse_classified(f"{letter.subject}\n{letter.text}\n{letter.hidden_text}")
    title = clean_text(letter.subject)[:300]
    offered = Offered(
        fields={
            "title": title,
            "contact": clean_text(letter.address)[:80],
            "remarks": clean_text(letter.text).strip()[:2000],
        }
        | _sender(clean_text(letter.sender)[:120])
        | _kind(title)
    )
    now, sent_at = timezone.now(), letter.sent_at
    if sent_at is not None and now - LEFT_LYING < sent_at <= now:
        offered.fields["received_at"] = timezone.localtime(sent_at)
    number = NUMBER.search(f"{letter.subject}\n{letter.text}")
    if number:
        offered.fields["sender_number"] = number.group(1)
    _keep_parts(letter.parts, person, offered)
    if not offered.refused:
        offered.kept.append(storage.keep_letter(upload, person))
    return offered


def _keep_parts(parts: list[tuple[str, bytes]], person, offered: Offered) -> None:
    """Keep the attachments that may be kept; say which may not, and why.

    One that bears a mark of secrecy keeps the whole e-mail out.
    """
    files = [(name, SimpleUploadedFile(name, content)) for name, content in parts[:MAX_FILES]]
    for name, file in files:
        if name.lower().endswith(".pdf"):
            _refuse_classified(_first_page(file))
    for name, file in files:
        try:
            offered.kept.append(storage.keep(file, person))
        except ValidationError as error:
            offered.refused += [f"{name}: {words}" for words in error.messages]
    if len(parts) > MAX_FILES:
        offered.refused.append(_("At most %(count)s files.") % {"count": MAX_FILES})


def _kind(title: str) -> dict:
    """The kind a title ends with, as official titles do."""
    ending = ENDS_AS_TITLE.search(title)
    return {"kind": str(ENDINGS[ending.group(1)])} if ending else {}


def _sender(name: str) -> dict:
    """The organisation called so, by its name or its short one; otherwise the name as it stands."""
    if not name:
        return {}
    units = Organisation.objects.existing(timezone.localdate())
    wanted = plain(name)
    for unit in units:
        if wanted in (plain(unit.name), plain(unit.short_name)):
            return {"sender": unit.pk}
    return {"sender_name": name}


def fill(typed: dict, offered: dict) -> dict:
    """What the form begins with: what was typed, and what is offered where nothing was."""
    if typed.get("sender") or typed.get("sender_name"):
        offered = {k: v for k, v in offered.items() if k not in ("sender", "sender_name")}
    return offered | {name: value for name, value in typed.items() if value}
