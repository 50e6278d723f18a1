"""Inspection of pictures that are printed: a square PNG or a plain SVG, by its content. Pure.

An SVG is a program as much as a picture, so only shapes, their measures and their colours are let
through: nothing that runs, loads, links or could hide another document.
"""

import hashlib
import math
import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from lxml import etree
from PIL import Image

from .uploads import BROKEN, Inspected, clean_name

MOST_BYTES = 1024 * 1024
FEWEST_PIXELS, MOST_PIXELS = 300, 4000
MOST_ELEMENTS = 5000
UNEVEN = 0.05  # how far the sides of a square may differ
SVG = "http://www.w3.org/2000/svg"
SHAPES = re.compile(
    "svg|g|defs|title|desc|path|circle|ellipse|rect|line|polyline|polygon|text|tspan"
)
ATTRIBUTES = re.compile(
    "id|version|viewBox|width|height|x|y|dx|dy|c[xy]|rx?|ry|[xy][12]|d|points|transform|rotate|"
    "(fill|clip)-rule|(fill-|stroke-)?opacity|fill|color|preserveAspectRatio|"
    "stroke(-width|-dasharray|-dashoffset|-linecap|-linejoin|-miterlimit)?|"
    "font-(family|size|style|weight)|text-anchor|letter-spacing|dominant-baseline|"
    "textLength|lengthAdjust"
)


def inspect_picture(upload) -> Inspected:
    """Return what the uploaded picture is.

    Raises ValidationError, saying what to do, for all that is no square PNG or plain SVG.
    """
    name = clean_name(upload.name or "")
    if not upload.size or upload.size > MOST_BYTES:
        raise ValidationError(_("A picture of a seal has at most 1 MB. Save it smaller."))
    upload.seek(0)
    content = upload.read()
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        _judge_png(upload)
        media_type, extension = "image/png", "png"
    else:
        _judge_svg(content)
        media_type, extension = "image/svg+xml", "svg"
    if name.rpartition(".")[2].lower() != extension:
        name = clean_name(f"{name}.{extension}")
    return Inspected(name, media_type, len(content), hashlib.sha256(content).hexdigest())


def _judge_png(upload) -> None:
    try:
        for read in ("verify", "load"):
            upload.seek(0)
            with Image.open(upload, formats=["PNG"]) as image:
                width, height = image.size
                if max(width, height) <= MOST_PIXELS:
                    getattr(image, read)()
    except (*BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _no_picture() from error
    if min(width, height) < FEWEST_PIXELS or max(width, height) > MOST_PIXELS:
        raise ValidationError(
            _("A picture of a seal has %(least)s to %(most)s pixels a side. Scan it at 600 dpi.")
            % {"least": FEWEST_PIXELS, "most": MOST_PIXELS}
        )
    _judge_sides(width, height)


def _judge_svg(content: bytes) -> None:
    text = content.lstrip(b"\xef\xbb\xbf \r\n\t")
    instructions = content.count(b"<?") - text.startswith(b"<?xml ")
    if not text.startswith((b"<svg", b"<?xml ")) or instructions or b"\0" in content:
        raise _no_picture()
    if b"<!" in content.replace(b"<!--", b""):  # a document type could hide a bomb
        raise _no_picture()
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _no_picture() from error
    if root.tag != f"{{{SVG}}}svg":
        raise _no_picture()
    strange = next(_strange(root), "")
    if strange:
        raise ValidationError(
            _("The SVG holds “%(what)s”, which no picture of a seal needs. Save it as plain SVG.")
            % {"what": strange[:40]}
        )
    _judge_sides(*_sides(root))


def _strange(root) -> Iterator[str]:
    """What is neither a shape nor a measure or colour of one."""
    for count, element in enumerate(root.iter(), start=1):
        if element.tag is etree.Comment:
            continue
        if count > MOST_ELEMENTS or not isinstance(element.tag, str):
            yield "<?"
            return
        name = etree.QName(element)
        if name.namespace != SVG or not SHAPES.fullmatch(name.localname):
            yield name.localname
        for key, value in element.attrib.items():
            if not ATTRIBUTES.fullmatch(key) or ("(" in value and key != "transform"):
                yield key


def _sides(root) -> tuple[float, float]:
    """The sides of the picture, from its viewBox or else its width and height."""
    box = root.get("viewBox", "").replace(",", " ").split()
    found = box[2:] if len(box) == 4 else [root.get("width", ""), root.get("height", "")]
    try:
        width, height = (float(side.removesuffix("px").removesuffix("mm")) for side in found)
    except ValueError as error:
        raise _no_picture() from error
    return width, height


def _judge_sides(width: float, height: float) -> None:
    if not (math.isfinite(width) and math.isfinite(height) and min(width, height) > 0):
        raise _no_picture()
    if abs(width - height) > UNEVEN * max(width, height):
        raise ValidationError(_("A seal is as wide as it is high. Cut the picture square."))


def _no_picture() -> ValidationError:
    return ValidationError(
        _("This is not a sound PNG or plain SVG. Save the picture anew and send that.")
    )
