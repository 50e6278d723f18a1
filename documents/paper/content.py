"""What stands on an official document. Pure data, the same for PDF, DOCX and the web."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from documents import prose

Layout = Literal["general", "letter", "minutes"]


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal's picture (PNG or SVG), its diameter, and the signature it is centred on.

    Without a name, or one nobody signs with, it stands on the last signature, beside the date.
    Not `drawn`, its room alone is kept where the picture is no part of the print itself.
    """

    image: bytes
    diameter_mm: float = 42.0
    over: str = ""
    drawn: bool = True


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An attachment that is printed with the document."""

    title: str
    blocks: tuple[prose.Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One document as it is to be laid out; what is empty takes no room.

    `mark` may hold line breaks; a last line of just 文件 stands to the right of the issuers above
    it, as for joint documents. `title` is broken at sensible places unless it holds breaks.
    """

    layout: Layout
    mark: str
    number: str = ""
    copy_number: str = ""
    urgency: str = ""
    signatories: tuple[str, ...] = ()
    title: str = ""
    main_recipients: str = ""
    blocks: tuple[prose.Block, ...] = ()
    attachments: tuple[str, ...] = ()
    signatures: tuple[str, ...] = ()
    dated_on: date | None = None
    seal: Seal | None = None
    proxy: str = ""
    annotation: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    copy_recipients: str = ""
    main_in_imprint: bool = False
    issued_by: str = ""
    issued_on: date | None = None
    copies: int = 0
    period: str = ""
    lead_left: str = ""
    lead_right: str = ""
    attending: str = ""
    on_leave: str = ""
    sitting_in: str = ""
    watermark: str = ""
    author: str = ""
