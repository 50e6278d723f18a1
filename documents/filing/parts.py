"""What a filed item consists of, and in which order (DA/T 22-2015, 5.2; 2012 Regulations art. 27).

正本 before 定稿, the text before its attachments; a reply before the document it answers, the
processing sheet before the received document. Papers and sheets are made when they are printed;
what they are made from cannot change any more, and its digest is kept.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coordination import workflow
from coordination.models import StoredFile
from documents.filed import FILABLE, STILL, remark_of
from documents.models import FiledItem, FiledPart, PaperVersion
from documents.outgoing.content import digest, from_data
from documents.states import HandlingState, PaperLine, PartRole

LONGEST = 400  # characters of a title


@dataclass(frozen=True, slots=True)
class Part:
    """One part before it is kept."""

    role: PartRole
    title: str
    sha256: str
    file: StoredFile | None = None
    version: PaperVersion | None = None

    @property
    def role_label(self):
        """What it is, in the reader's language."""
        return self.role.label


def described(document, line: str) -> dict[str, Any]:
    """What lists print of a document: title, author, number, date, remark."""
    if line == PaperLine.OUTGOING:
        author, number, day = document.issuer.name, document.document_number, document.dated_on
    else:
        author, number, day = document.sender_name, document.sender_number, document.dated_on
    return {
        "title": document.title,
        "author": author,
        "document_number": number,
        "dated_on": day,
        "remark": remark_of(document),
    }


def parts_of(document, line: str, places: Mapping[int, int] | None = None) -> list[Part]:
    """The parts of a document in their order; `places` orders its own files, by their keys."""
    if line == PaperLine.OUTGOING:
        return _of_paper(document)
    return _of_received(document, places or {})


def _of_paper(document) -> list[Part]:
    version = document.version
    content = from_data(version.content)
    files = StoredFile.objects.in_bulk([one.file for one in content.attachments])
    return [
        Part(PartRole.ORIGINAL, content.title, version.digest, version=version),
        Part(PartRole.FINAL_DRAFT, content.title, steps_digest(document, line="outgoing"),
             version=document.signed_version),
        *(Part(PartRole.ENCLOSURE, one.title, one.sha256, file=files.get(one.file))
          for one in content.attachments),
    ]  # fmt: skip


def own_files(document, places: Mapping[int, int]) -> list[StoredFile]:
    """The files of a received document, as they came or in the order that was chosen."""
    rows = document.attachments.current().filter(handling=None).select_related("file")
    files = [row.file for row in rows.order_by("pk")]
    return sorted(files, key=lambda file: places.get(file.pk, len(files)))


def _of_received(document, places: Mapping[int, int]) -> list[Part]:
    replies = document.answered_by.filter(state__in=FILABLE).select_related("version")
    files = own_files(document, places)
    done = document.attachments.current().filter(handling__state=HandlingState.SETTLED)
    return [
        *(Part(PartRole.REPLY, str(reply), reply.version.digest, version=reply.version)
          for reply in replies.order_by("dated_on", "pk")),
        Part(PartRole.SHEET, "公文处理单", steps_digest(document, line="incoming")),
        *(Part(PartRole.RECEIVED, file.name, file.sha256, file=file) for file in files[:1]),
        *(Part(PartRole.ENCLOSURE, file.name, file.sha256, file=file) for file in files[1:]),
        *(Part(PartRole.HANDLERS, f"{row.handling.organisation.short_name} {row.file.name}",
               row.file.sha256, file=row.file)
          for row in done.select_related("file", "handling__organisation").order_by("pk")),
    ]  # fmt: skip


def steps(document, line: str) -> list:
    """The steps a sheet is made from: all that led to the item, not what voids it later."""
    records = [document]
    if line == PaperLine.INCOMING:
        records += document.handlings.all()
    return list(workflow.trail(*records).exclude(action__in=STILL))


def steps_digest(document, line: str) -> str:
    """SHA-256 of the digests of those steps, each of which covers the step before it."""
    text = "\n".join(row.digest for row in steps(document, line))
    return hashlib.sha256(text.encode()).hexdigest()


def keep(item: FiledItem, parts: list[Part]) -> None:
    """Put the parts on record as those of the item's present edition."""
    FiledPart.objects.bulk_create(
        FiledPart(
            item=item,
            edition=item.edition,
            place=place,
            role=part.role,
            title=part.title[:LONGEST],
            file=part.file,
            version=part.version,
            sha256=part.sha256,
        )
        for place, part in enumerate(parts, start=1)
    )


def listing_digest(parts) -> str:
    """SHA-256 of which parts there are, in their order."""
    rows = [[str(part.role), part.title[:LONGEST], part.sha256] for part in parts]
    return digest({"parts": rows})


def current(item: FiledItem):
    """The parts an item has now, in their order."""
    rows = FiledPart.objects.filter(item=item, edition=item.edition)
    return rows.select_related("file", "version__document__issuer").order_by("place")


def source_digest(part: FiledPart) -> str:
    """The digest of what a part that is made when printed would be made from today."""
    if part.role in (PartRole.ORIGINAL, PartRole.REPLY):
        return digest(part.version.content) if part.version else ""
    return steps_digest(part.item.document, part.item.line)
