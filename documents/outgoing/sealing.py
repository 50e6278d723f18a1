"""How a seal gets onto the PDF of a paper: the one place where that happens.

What exists here is a picture, or a marked place where none was uploaded. Neither is a legal
electronic seal: that comes from a seal service under 《电子印章管理办法》. To use one, write a
class with the method of `SealService` and put it into `SERVICE`: lay the paper out with
`BLANK` in the place of the seal (documents/paper/measures.py says where it is), hand the bytes to
the service, return what it gives back. Nothing else in the product knows how a seal is applied.
"""

from dataclasses import replace
from typing import Protocol

from coordination import storage
from documents.models import OutgoingDocument, SealUse
from documents.paper.content import Paper, Seal

from . import seals
from .layout import paper_of

_FRAME = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 420">%s</svg>'
BLANK = _FRAME % b""
MARKED_PLACE = _FRAME % (
    b'<circle cx="210" cy="210" r="207" fill="none" stroke="#e60012" stroke-width="6" '
    b'stroke-dasharray="22 14"/><text x="210" y="236" fill="#e60012" font-size="72" '
    b'text-anchor="middle" font-family="SimHei, Noto Sans CJK SC">\xe5\x8d\xb0</text>'
)


class SealService(Protocol):
    """What applies seals to PDFs."""

    def apply(self, paper: Paper, use: SealUse) -> bytes:
        """Return the PDF of `paper` bearing the seal of `use`, at the place the standard gives."""


class Printed:
    """The picture of the seal as it was on the day of use, or the marked place."""

    def apply(self, paper: Paper, use: SealUse) -> bytes:
        """Print the seal with the paper."""
        return _printed(paper, picture(use), use.diameter_mm)


SERVICE: SealService = Printed()


def picture(use: SealUse) -> bytes:
    """The picture of the seal as it was on the day of use, or the marked place."""
    path = storage.path_of(use.image.sha256) if use.image else None
    return path.read_bytes() if path is not None and path.is_file() else MARKED_PLACE


def as_pdf(document: OutgoingDocument) -> bytes:
    """The paper as it stands: sealed, or with room for the seal it is to bear, or a draft.

    What is printed to be sealed has the same lines in the same places as what bears the seal.
    """
    paper = paper_of(document)
    use = seals.shown(document)
    if use is not None:
        return SERVICE.apply(paper, use)
    room = _room(document)
    return _printed(paper, BLANK, room) if room else _printed(paper)


def for_word(document: OutgoingDocument) -> Paper:
    """The paper as its Word file shows it: with the picture of its seal, or the room for it.

    No seal service is asked: what one applies holds for the PDF alone.
    """
    paper, use, room = paper_of(document), seals.shown(document), _room(document)
    if use is not None:
        return replace(paper, seal=Seal(picture(use), use.diameter_mm))
    return replace(paper, seal=Seal(BLANK, room, drawn=False)) if room else paper


def _room(document: OutgoingDocument) -> float:
    """How many millimetres the seal takes that a signed paper is to bear; 0 where it bears none."""
    if document.signed_version_id is None or document.kind in seals.UNSEALED:
        return 0.0
    seal = seals.for_paper(document).first()
    return seal.diameter_mm if seal else 42.0


def _printed(paper: Paper, picture: bytes = b"", diameter_mm: float = 42) -> bytes:
    from documents.paper.pdf import render_pdf  # heavy: only the worker needs it

    seal = Seal(picture, diameter_mm) if picture else None
    return render_pdf(replace(paper, seal=seal))
