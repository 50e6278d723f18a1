"""A Paper as PDF/A-2u with its fonts in it; nothing outside it is fetched."""

import struct
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from django.template.loader import render_to_string
from pypdf import PdfReader
from weasyprint import CSS, HTML, Document
from weasyprint.formatting_structure.boxes import FootnoteAreaBox, LineBox
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcherResponse

from documents import printing

from . import justify, sheets
from .content import Paper, Seal

STYLE = Path(__file__).parent / "paper.css"
PNG = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 4000
VARIANT = "pdf/a-2u"


class BadSeal(ValueError):
    """The seal is neither a PNG of reasonable size nor a plain SVG."""


@cache
def _style() -> tuple[CSS, FontConfiguration]:
    """Fonts and style, read once per worker process."""
    justify.install()
    fonts = FontConfiguration()
    return CSS(string=STYLE.read_text(encoding="utf-8"), font_config=fonts), fonts


def render_pdf(paper: Paper) -> bytes:
    """The document as PDF; raises BadSeal for a seal that is no picture."""
    context = sheets.context(paper)
    fetcher = _fetcher(paper.seal)
    document = _laid_out("page", context, fetcher)
    if context["imprint"] and not context["flowing"] and paper.layout != "letter":
        document = _on_last_face(document, context, fetcher)
    return document.write_pdf(pdf_variant=VARIANT)


def page_count(content: bytes) -> int:
    """How many pages a PDF has."""
    return len(PdfReader(BytesIO(content)).pages)


def _laid_out(name: str, context: dict, fetcher: Callable) -> Document:
    style, fonts = _style()
    text = render_to_string(f"documents/paper/{name}.html", context)
    page = HTML(string=text, url_fetcher=fetcher, base_url=None)
    return page.render(stylesheets=[style], font_config=fonts)


def _on_last_face(document: Document, context: dict, fetcher: Callable) -> Document:
    """Put 版记 on the last, even face (7.4); without text there it bears no number (7.5).

    It was laid out under the end of the text. Where that is an odd page, or where it found no
    room, it moves to a face of its own, with a blank one before it if need be.
    """
    pages = list(document.pages)
    if not _lines_outside_footnotes(pages[-1]._page_box):
        pages.pop()
    elif len(pages) % 2:
        box = pages[-1]._page_box
        box.children = [child for child in box.children if not isinstance(child, FootnoteAreaBox)]
    else:
        return document
    blank, back = _laid_out("back", context, fetcher).pages
    return document.copy([*pages, back] if len(pages) % 2 else [*pages, blank, back])


def _lines_outside_footnotes(page) -> bool:
    """Whether a page holds a line of text or a picture of the document itself."""
    return any(
        isinstance(box, LineBox) and box.width > 0
        for body in page.children[0].children
        if body.element_tag == "body"
        for box in body.descendants()
    )


def _fetcher(seal: Seal | None) -> Callable:
    """A fetcher that hands over the seal and refuses all else."""
    if seal is None:
        return printing.fetch
    kind = _kind(seal.image)

    def take(url: str, *args, **kwargs):
        if url == sheets.SEAL_ADDRESS:
            return URLFetcherResponse(url, seal.image, {"Content-Type": kind})
        return printing.fetch(url)

    return take


def _kind(image: bytes) -> str:
    """The media type of a seal's picture; an SVG with a document type could hide a bomb."""
    if image.startswith(PNG) and len(image) > 24:
        if max(struct.unpack(">II", image[16:24])) > MOST_PIXELS:
            raise BadSeal(f"a seal of at most {MOST_PIXELS} pixels a side is expected")
        return "image/png"
    text = image.lstrip(b"\xef\xbb\xbf \r\n\t")
    if text.startswith((b"<svg", b"<?xml")) and b"<!" not in text.replace(b"<!--", b""):
        return "image/svg+xml"
    raise BadSeal("a seal is a PNG, or an SVG without a document type")
