"""The picture of a seal on a DOCX, floating over signature and date where the standard puts it.

Word and WPS that know no SVG show a marked place instead; those that do show the SVG itself.
"""

from copy import deepcopy
from io import BytesIO

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image, ImageDraw

from .content import Seal

NO_LEGAL_SEAL = "印章图样，不是具有法律效力的电子印章"
PNG = b"\x89PNG\r\n\x1a\n"
PIXELS, STROKE, DASHES = 600, 9, 36
RED = (230, 0, 18, 255)
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
ANCHOR = (
    f'<wp:anchor xmlns:wp="{WP}" distT="0" distB="0" distL="0" distR="0" simplePos="0" '
    'relativeHeight="251659264" behindDoc="1" locked="0" layoutInCell="1" allowOverlap="1">'
    '<wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="margin"><wp:posOffset>{left}'
    '</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>{top}'
    "</wp:posOffset></wp:positionV></wp:anchor>"
)
EXTENSION = (
    f'<a:extLst xmlns:a="{DRAWING}"><a:ext uri="{{{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}}}">'
    f'<asvg:svgBlip xmlns:asvg="{SVG}" xmlns:r="{RELATIONS}" r:embed="{{key}}"/></a:ext></a:extLst>'
)


def put(paragraph, seal: Seal, left: float, top: float) -> None:
    """Put the seal's picture `left` mm into the type area and `top` mm below the paragraph's top.

    It says of itself that it is no legal electronic seal.
    """
    is_png, size = seal.image.startswith(PNG), Mm(seal.diameter_mm)
    picture = seal.image if is_png else marked_place()
    inline = paragraph.add_run().add_picture(BytesIO(picture), size, size)._inline
    if not is_png:
        _add_svg(paragraph.part, inline, seal.image)
    inline.docPr.set("name", "印章")
    inline.docPr.set("descr", NO_LEGAL_SEAL)
    anchor = parse_xml(ANCHOR.format(left=int(Mm(left)), top=int(Mm(top))))
    for child in inline:
        anchor.append(deepcopy(child))
    anchor.find(qn("wp:extent")).addnext(parse_xml(f'<wp:wrapNone xmlns:wp="{WP}"/>'))
    inline.getparent().replace(inline, anchor)


def _add_svg(part, inline, content: bytes) -> None:
    """The SVG itself beside its stand-in, for whatever can show it."""
    name = PackURI("/word/media/seal.svg")
    svg = Part(name, "image/svg+xml", content, part.package)
    key = part.relate_to(svg, RELATIONSHIP_TYPE.IMAGE)
    blip = next(inline.iter(qn("a:blip")))
    blip.append(parse_xml(EXTENSION.format(key=key)))


def marked_place() -> bytes:
    """A dashed red circle as PNG: where the seal stands."""
    picture = Image.new("RGBA", (PIXELS, PIXELS), (0, 0, 0, 0))
    pen, step = ImageDraw.Draw(picture), 360 / DASHES
    box = (STROKE, STROKE, PIXELS - STROKE, PIXELS - STROKE)
    for nth in range(DASHES):
        pen.arc(box, nth * step, (nth + 0.6) * step, RED, STROKE)
    found = BytesIO()
    picture.save(found, "PNG")
    return found.getvalue()
