"""What python-docx has no words for: grid, fonts for Chinese, frames, lines, fields. Pure XML."""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from lxml import etree

TWIPS_A_MM = 1440 / 25.4
LINE = 28.95  # points: 22 of them fill 225 mm in Word's grid of lines
LINE_PITCH = 579  # twips
SQUEEZE = -5  # twips between characters: 28 of 16 pt in 156 mm
CHAR = 315  # twips of one character with its gap
RED, BLACK = "E60012", "000000"
FANG, KAI, HEI, XBS, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
VML = "urn:schemas-microsoft-com:vml"
FRAME_FOLLOWERS = tuple(
    f"w:{name}"
    for name in ("widowControl", "pBdr", "shd", "tabs", "snapToGrid", "spacing", "ind", "jc",
                 "outlineLvl", "rPr", "sectPr")
)  # fmt: skip
WATERMARK_PLACE = (
    "position:absolute;rotation:325;z-index:-251658752;mso-position-horizontal:center;"
    "mso-position-horizontal-relative:page;mso-position-vertical:center;"
    "mso-position-vertical-relative:page"
)
WATERMARK = """<w:pict xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" \
xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" \
path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>\
<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>\
<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/>\
<v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>\
<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>
<v:shape id="PowerPlusWaterMarkObject" type="#_x0000_t136" fillcolor="#e3e3e3" stroked="f">
<v:textpath style="font-family:'黑体'"/></v:shape></w:pict>"""
KEPT = {"\t", "\n"}


def twips(mm: float) -> str:
    """Millimetres as OOXML wants them."""
    return str(round(mm * TWIPS_A_MM))


def sound(text: str) -> str:
    """The text without what XML cannot hold."""
    return "".join(
        char
        for char in text
        if char in KEPT
        or (
            ord(char) > 31
            and not 0xD800 <= ord(char) < 0xE000
            and ord(char) not in (0xFFFE, 0xFFFF)
        )
    )


def element(name: str, **attributes: Any):
    """An element of the w: namespace with w: attributes; `from_` is written from."""
    found = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        found.set(qn(f"w:{key.rstrip('_')}"), str(value))
    return found


def set_font(
    properties, face: str, size: float | None = None, colour: str = "", scale: float = 1
) -> None:
    """One face for Chinese and Latin alike, whatever theme the template has."""
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    names = dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), face)
    properties.insert(0, element("rFonts", hint="eastAsia", **names))
    for tag in ("color", "sz", "szCs"):
        for old in properties.findall(qn(f"w:{tag}")) if size or colour else ():
            properties.remove(old)
    if colour:
        properties.append(element("color", val=colour))
    if scale < 1:
        properties.append(element("w", val=round(scale * 100)))
    if size:
        properties.append(element("sz", val=round(size * 2)))
        properties.append(element("szCs", val=round(size * 2)))


def lay_grid(section) -> None:
    """22 lines of 28 characters: the grid fixes lines, the font's own spacing the characters."""
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(element("docGrid", type="lines", linePitch=LINE_PITCH))


def border(paragraph, side: str, eighths: int, **more: Any) -> None:
    """A line on one side of a paragraph."""
    options = {"val": "single", "sz": eighths, "space": 0, "color": BLACK} | more
    properties = paragraph._p.get_or_add_pPr()
    lines = properties.find(qn("w:pBdr"))
    if lines is None:
        lines = element("pBdr")
        _insert(paragraph, lines, FRAME_FOLLOWERS[2:])
    lines.append(element(side, **options))


def indent(paragraph, left: float = 0, right: float = 0, first: float = 0) -> None:
    """Indents in characters; a negative `first` hangs."""
    properties = paragraph._p.get_or_add_pPr().get_or_add_ind()
    values = {"left": left, "right": right, "firstLine" if first >= 0 else "hanging": abs(first)}
    for key in (
        "firstLineChars",
        "hangingChars",
        "leftChars",
        "rightChars",
        "firstLine",
        "hanging",
    ):
        properties.attrib.pop(qn(f"w:{key}"), None)
    properties.set(qn("w:firstLineChars"), "0")
    for key, value in values.items():
        properties.set(qn(f"w:{key}"), str(round(value * CHAR)))


def frame(paragraph, top: float, left: float, width: float) -> None:
    """Put a paragraph at a place of the paper, in mm, out of the flow of the text."""
    place = element(
        "framePr", w=twips(width), hSpace=0, wrap="notBeside", vAnchor="page", hAnchor="page",
        x=twips(left), y=twips(top),
    )  # fmt: skip
    _insert(paragraph, place, FRAME_FOLLOWERS)


def exact(paragraph, points: float, before: float = 0, after: float = 0) -> None:
    """Line height and the space around, in points."""
    form = paragraph.paragraph_format
    form.line_spacing = Pt(points)
    form.space_before, form.space_after = Pt(before), Pt(after)


def page_field(paragraph) -> None:
    """— 1 —, as 4号宋体."""
    for kind, text in (("", "— "), ("begin", ""), ("instr", "PAGE"), ("end", ""), ("", " —")):
        run = paragraph.add_run(text if not kind else "")
        set_font(run._r.get_or_add_rPr(), SONG, 14)
        if kind == "instr":
            instruction = element("instrText")
            instruction.text = text
            run._r.append(instruction)
        elif kind:
            run._r.append(element("fldChar", fldCharType=kind))


def frame_at_foot(paragraph, width: float) -> None:
    """Move a paragraph to the lower edge of the type area; neighbours so moved stay together."""
    place = element(
        "framePr", w=twips(width), hSpace=0, wrap="around", vAnchor="margin", hAnchor="margin",
        xAlign="left", yAlign="bottom",
    )  # fmt: skip
    _insert(paragraph, place, FRAME_FOLLOWERS)


def fill(paragraph, points: float) -> None:
    """Make an empty paragraph a black line of a thickness: a border would leave its frame."""
    exact(paragraph, points)
    _insert(paragraph, element("shd", val="clear", color="auto", fill=BLACK), FRAME_FOLLOWERS[3:])


def no_spaces_between_scripts(style) -> None:
    """Word widens the joint of Chinese and digits, which would leave the grid."""
    for name in ("autoSpaceDE", "autoSpaceDN"):
        properties = style.element.get_or_add_pPr()
        properties.insert_element_before(element(name, val=0), *FRAME_FOLLOWERS[4:])


def chinese_and_modern(document) -> None:
    """Tell Word that the text is Chinese, and to lay it out as it does today."""
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:eastAsia"), "zh-CN")
    settings = document.settings.element
    for lang in settings.iter(qn("w:themeFontLang")):
        lang.set(qn("w:eastAsia"), "zh-CN")
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def no_grid(paragraph) -> None:
    """Let a paragraph's own line height count, whatever the grid of the page."""
    _insert(paragraph, element("snapToGrid", val=0), FRAME_FOLLOWERS[4:])


def _insert(paragraph, child, followers: tuple[str, ...]) -> None:
    """The schema fixes the order of a paragraph's properties."""
    paragraph._p.get_or_add_pPr().insert_element_before(child, *followers)


def table_lines(table, outer: int, inner: int, *, sides: bool) -> None:
    """The lines of a table, in eighths of a point."""
    lines = element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        drawn = sides or side in ("top", "bottom", "insideH")
        size = inner if side.startswith("inside") else outer
        options = {"val": "single" if drawn and size else "nil", "sz": size, "space": 0}
        lines.append(element(side, color=BLACK, **options))
    for old in table._tbl.tblPr.findall(qn("w:tblBorders")):
        table._tbl.tblPr.remove(old)
    table._tbl.tblPr.insert_element_before(
        lines, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"
    )


def watermark(header, text: str) -> None:
    """Grey letters across each page, behind the text."""
    picture = etree.fromstring(WATERMARK)
    shape = picture.find(f"{{{VML}}}shape")
    shape.set("style", f"width:{120 * len(text)}pt;height:120pt;{WATERMARK_PLACE}")
    shape.find(f"{{{VML}}}textpath").set("string", sound(text))
    header.paragraphs[0].add_run()._r.append(picture)
